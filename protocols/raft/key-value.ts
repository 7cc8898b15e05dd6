// The replicated state machine of the `raft` protocol: a key-value store with client sessions, so that a command that was
// sent twice takes effect once (Ongaro's thesis, section 6.3). It is deterministic, as every service has to be.
import type { Json } from '../../sim/index.ts';
import type { Rules } from './rules.ts';
import type { Service } from './server.ts';

/** `register` opens a session, whose id is the index of its entry; `apply` changes a key within one. */
export type Command =
  | { readonly type: 'register' }
  | { readonly type: 'apply'; readonly session: number; readonly sequence: number; readonly operation: Write };

export type Write =
  | { readonly type: 'write'; readonly key: string; readonly value: Json }
  | { readonly type: 'cas'; readonly key: string; readonly from: Json; readonly to: Json };

export type Answer =
  | { readonly type: 'registered'; readonly session: number }
  | { readonly type: 'done'; readonly value: Json }
  | { readonly type: 'mismatch'; readonly found: Json }
  | { readonly type: 'session-expired' };

export interface Machine {
  readonly data: Map<string, Json>;
  readonly sessions: Map<number, Session>;
}

/** What a client did last: the command's number, the answer to it, and the index of its entry. */
interface Session {
  sequence: number;
  answer: Answer;
  usedAt: number;
}

/** Sessions kept unless told otherwise. */
const defaultSessionLimit = 4_096;

/** @param sessionLimit beyond it the least recently used session expires, at the same entry on every server. */
export function keyValueService(
  rules: Pick<Rules, 'isDuplicate' | 'snapshotsSessions'>,
  sessionLimit: number = defaultSessionLimit,
): Service<Machine, Command, Answer> {
  return {
    initial: () => ({ data: new Map(), sessions: new Map() }),
    apply: (machine, command, { index }) => applyCommand(machine, index, command, rules, sessionLimit),
    save: ({ data, sessions }) => ({ data, sessions: rules.snapshotsSessions ? sessions : new Map<number, Session>() }),
  };
}

function applyCommand(
  machine: Machine,
  index: number,
  command: Command,
  rules: Pick<Rules, 'isDuplicate'>,
  sessionLimit: number,
): Answer {
  switch (command.type) {
    case 'register':
      machine.sessions.set(index, { sequence: -1, answer: { type: 'registered', session: index }, usedAt: index });
      if (machine.sessions.size > sessionLimit) expireOldest(machine);
      return { type: 'registered', session: index };
    case 'apply': {
      const session = machine.sessions.get(command.session);
      if (session === undefined) return { type: 'session-expired' };
      if (rules.isDuplicate(session.sequence, command.sequence)) return session.answer;
      session.answer = applyWrite(machine.data, command.operation);
      session.sequence = command.sequence;
      session.usedAt = index;
      return session.answer;
    }
  }
}

function applyWrite(data: Map<string, Json>, operation: Write): Answer {
  switch (operation.type) {
    case 'write':
      data.set(operation.key, operation.value);
      return { type: 'done', value: operation.value };
    case 'cas': {
      const found = data.get(operation.key) ?? null;
      if (found !== operation.from) return { type: 'mismatch', found };
      data.set(operation.key, operation.to);
      return { type: 'done', value: operation.to };
    }
  }
}

function expireOldest({ sessions }: Machine): void {
  let oldest = Infinity;
  let least = Infinity;
  for (const [id, { usedAt }] of sessions) {
    if (usedAt < least) [oldest, least] = [id, usedAt];
  }
  sessions.delete(oldest);
}
