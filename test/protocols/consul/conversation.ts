// Conversations with the servers and agents of a small world: who asks what and when, what is broken meanwhile, and what each
// was answered after how long.
import { consulHttpClient } from '../../../protocols/consul/client.ts';
import type { ConsulRequest, ConsulResponse } from '../../../protocols/consul/requests.ts';
import type { KvEntry } from '../../../protocols/consul/state/types.ts';
import {
  defineScenario,
  ms,
  seconds,
  simulate,
  type AnyProtocol,
  type Fault,
  type Json,
  type Micros,
  type NodeId,
  type Operation,
  type Noted,
  type Run,
} from '../../../sim/index.ts';

export interface Step {
  readonly at: Micros;
  /** The node that is asked. */
  readonly ask: NodeId;
  readonly request: ConsulRequest;
  /** Whose names of sessions and keys it uses; steps of one client wait for each other. Default one client per step. */
  readonly as?: string;
}

export interface Exchange {
  readonly response: ConsulResponse;
  readonly took: Micros;
}

export interface Conversation {
  readonly exchanges: readonly Exchange[];
  readonly run: Run;
  readonly notes: readonly Noted[];
}

export interface Talk {
  readonly nodes: Readonly<Record<NodeId, AnyProtocol>>;
  readonly steps: readonly Step[];
  readonly faults?: readonly (readonly [at: Micros, fault: Fault])[];
  readonly seed?: number;
  readonly until?: Micros;
  readonly debug?: boolean;
  /** Whether the run can be told line by line. */
  readonly trace?: boolean;
  /** Whether the machine of a node that is down refuses what it is sent; default false: it is lost. */
  readonly refuses?: boolean;
  /** How long clients wait for an answer; default 120 s. */
  readonly patience?: Micros;
}

/** Runs the world; every step must be answered. */
export function converse(talk: Talk): Conversation {
  const {
    nodes,
    steps,
    faults = [],
    seed = 1,
    until = seconds(60),
    debug,
    patience = seconds(120),
    refuses,
    trace,
  } = talk;
  const clients = new Map<string, Operation[]>();
  const workload: Operation[] = steps.map(({ at, ask, request, as = '' }, id) => {
    const client = `client-${as === '' ? id : as}-${ask}`;
    return { id, client, at, f: 'http', value: request as unknown as Json };
  });
  for (const operation of workload) {
    clients.set(operation.client, [...(clients.get(operation.client) ?? []), operation]);
  }
  const scenario = defineScenario({
    name: 'conversation',
    story: 'Clients talk to agents and servers.',
    protocol: 'consul',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: Object.entries(nodes).map(([id, protocol]) => ({ id, protocol })),
      clients: [...clients.keys()].map((id) => ({
        id,
        protocol: consulHttpClient({ timeout: patience, servers: [id.split('-')[2] as NodeId] }),
        timeout: patience,
      })),
      network: { latency: 'lan', whenDown: refuses === true ? 'refuse' : 'lose' },
      until,
      tail: 0,
      workload: workload.toSorted((one, other) => one.at - other.at),
      faults: faults.map(([at, fault]) => ({ at, fault })),
      roles: { leader: ({ nodes: all }) => all.find(({ state }) => isLeader(state))?.id },
      properties: [],
      checks: [],
    }),
  });
  const notes: Noted[] = [];
  const onNote = (note: Noted): void => void notes.push(note);
  const run = simulate(scenario, { seed, onNote, ...(debug === true && { debug }), ...(trace === true && { trace }) });
  const exchanges = workload.map(({ id, value }) => {
    const [invoke, end] = run.history.filter(({ operation }) => operation === id);
    if (end?.type !== 'ok') throw new Error(`${JSON.stringify(value)} was not answered: ${end?.type} ${end?.error}`);
    return { response: end.value as unknown as ConsulResponse, took: end.time - (invoke?.time ?? 0) };
  });
  return { exchanges, run, notes };
}

function isLeader(state: unknown): boolean {
  return (state as { readonly raft?: { readonly role: string } } | undefined)?.raft?.role === 'leader';
}

export const put = (key: string, value: string, more: object = {}): ConsulRequest => ({
  type: 'kv-put',
  key,
  value,
  ...more,
});
export const get = (key: string, more: object = {}): ConsulRequest => ({ type: 'kv-get', key, ...more });

export const session = (name: string, more: object = {}): ConsulRequest => ({
  type: 'session-create',
  session: { name, ...more },
});

/** One after the other, a tenth of a second apart, by one client. */
export function inTurn(ask: NodeId, at: Micros, requests: readonly ConsulRequest[], as = 'c'): readonly Step[] {
  return requests.map((request, place) => ({ at: at + place * ms(100), ask, as, request }));
}

/** The one entry that a read returned. */
export function entryOf({ response }: Pick<Exchange, 'response'>): KvEntry | undefined {
  return (response.body as unknown as readonly KvEntry[] | null)?.[0];
}

/** The value of the one key that a read returned. */
export function valueOf({ response }: Pick<Exchange, 'response'>): string | undefined {
  return entryOf({ response })?.value;
}
