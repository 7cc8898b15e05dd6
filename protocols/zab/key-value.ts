// A small service on Zab: keys with values, changed by write and by compare-and-set. The leader turns each request into a
// transaction that says what happens, and a request that was sent twice into one that changes nothing.
import type { Json, NodeId } from '../../sim/index.ts';
import type { Service } from './service.ts';
import type { Zxid } from './zxid.ts';

export type KeyValueRequest = {
  readonly client: NodeId;
  /** A client that was restarted is another one. */
  readonly life: number;
  /** Counts the client's requests; one that is sent again keeps its number. */
  readonly sequence: number;
} & (
  | { readonly f: 'read'; readonly key: string }
  | { readonly f: 'write'; readonly key: string; readonly value: Json }
  | { readonly f: 'cas'; readonly key: string; readonly from: Json; readonly to: Json }
);

export type KeyValueTxn =
  | {
      readonly type: 'set';
      readonly session: string;
      readonly sequence: number;
      readonly key: string;
      readonly value: Json;
    }
  | { readonly type: 'get'; readonly session: string; readonly sequence: number; readonly key: string }
  | { readonly type: 'refuse'; readonly session: string; readonly sequence: number; readonly found: Json }
  | { readonly type: 'repeat'; readonly session: string };

export type KeyValueAnswer =
  | { readonly type: 'done'; readonly value: Json }
  | { readonly type: 'mismatch'; readonly found: Json }
  | { readonly type: 'forgotten' };

export interface KeyValueMachine {
  readonly data: Record<string, Json>;
  /** What each client asked last, and the answer; the session that is idle longest goes when there are too many. */
  readonly sessions: Record<
    string,
    { readonly sequence: number; readonly answer: KeyValueAnswer; readonly usedAt: Zxid }
  >;
}

const sessionLimit = 256;

export const keyValueService: Service<KeyValueMachine, KeyValueRequest, KeyValueTxn, KeyValueAnswer> = {
  initial: () => ({ data: {}, sessions: {} }),
  prepare({ data, sessions }, request) {
    const { client, life, sequence, key } = request;
    const session = `${client}/${life}`;
    if ((sessions[session]?.sequence ?? -1) >= sequence) return { type: 'repeat', session };
    switch (request.f) {
      case 'read':
        return { type: 'get', session, sequence, key };
      case 'write':
        return { type: 'set', session, sequence, key, value: request.value };
      case 'cas': {
        const found = data[key] ?? null;
        if (found !== request.from) return { type: 'refuse', session, sequence, found };
        return { type: 'set', session, sequence, key, value: request.to };
      }
    }
  },
  apply(machine, txn, zxid) {
    if (txn.type === 'repeat') return machine.sessions[txn.session]?.answer ?? { type: 'forgotten' };
    const answer = perform(machine, txn);
    machine.sessions[txn.session] = { sequence: txn.sequence, answer, usedAt: zxid };
    forgetIdle(machine);
    return answer;
  },
};

function perform({ data }: KeyValueMachine, txn: Exclude<KeyValueTxn, { type: 'repeat' }>): KeyValueAnswer {
  switch (txn.type) {
    case 'set':
      data[txn.key] = txn.value;
      return { type: 'done', value: txn.value };
    case 'get':
      return { type: 'done', value: data[txn.key] ?? null };
    case 'refuse':
      return { type: 'mismatch', found: txn.found };
  }
}

function forgetIdle({ sessions }: KeyValueMachine): void {
  const all = Object.entries(sessions);
  if (all.length <= sessionLimit) return;
  const [idle] = all.reduce((least, other) => (other[1].usedAt < least[1].usedAt ? other : least));
  delete sessions[idle];
}
