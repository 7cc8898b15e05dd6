// A cluster with clients that do what a test says, at the times it says: for facts and fault behaviour that need members.
import {
  ctlClient,
  etcd,
  watchClient,
  type EtcdConfig,
  type WatchClientOptions,
} from '../../../protocols/etcd/index.ts';
import type { EtcdRequest } from '../../../protocols/etcd/api.ts';
import { currentLeader } from '../../../protocols/raft/index.ts';
import {
  alwaysOn,
  defineScenario,
  ms,
  seconds,
  simulate,
  type HistoryEvent,
  type Json,
  type Operation,
  type Property,
  type Run,
  type TimedFault,
} from '../../../sim/index.ts';

/** One thing that a client does: at a time in seconds, a request, perhaps at a certain member. */
export interface Doing {
  readonly at: number;
  readonly client?: string;
  readonly request?: EtcdRequest;
  readonly member?: string;
  /** Instead of a request: what a watcher is told. */
  readonly watch?: Json;
}

export interface ClusterStory {
  readonly doings: readonly Doing[];
  readonly faults?: readonly TimedFault[];
  readonly config?: Partial<EtcdConfig>;
  readonly members?: number;
  readonly watcher?: WatchClientOptions;
  readonly clients?: number;
  readonly seconds: number;
  readonly seed?: number;
  readonly trace?: boolean;
  /** How long the clients wait for an answer, in seconds; by default as long as it takes. */
  readonly patience?: number;
}

/** What became of each doing, in their order: its response, or the error as text. */
export interface Played {
  readonly run: Run;
  readonly results: readonly Result[];
  /** What members noted of their roles, and of leases that they revoked. */
  readonly notes: readonly Noted[];
}

export interface Noted {
  /** In seconds. */
  readonly at: number;
  readonly kind: string;
  readonly data: { readonly [field: string]: Json | undefined };
}

export interface Result {
  readonly type: HistoryEvent['type'] | 'never';
  readonly value: Json;
  readonly error: string;
  /** Seconds from asking to the end. */
  readonly took: number;
  readonly endedAt: number;
}

export function play(story: ClusterStory): Played {
  const { doings, faults = [], members = 3, clients = 1 } = story;
  const server = etcd(story.config);
  const notes: Noted[] = [];
  const scenario = defineScenario({
    name: 'etcd-story',
    story: 'Clients do what they are told.',
    protocol: 'etcd',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: Array.from({ length: members }, (_, index) => ({ id: `n${index + 1}`, protocol: server })),
      clients: [
        ...Array.from({ length: clients }, (_, index) => ({
          id: `c${index + 1}`,
          protocol: ctlClient({ callTimeout: seconds(60) }),
          timeout: seconds(story.patience ?? 600),
        })),
        // w1 never asks how far its watch is, w2 does so every second.
        ...[600, 1].map((every, index) => ({
          id: `w${index + 1}`,
          protocol: watchClient({ isRaw: true, patience: seconds(600), pingEvery: seconds(every), ...story.watcher }),
          timeout: seconds(600),
        })),
      ],
      network: { latency: 'lan' },
      until: seconds(story.seconds),
      tail: 0,
      workload: [],
      faults: [],
      roles: { leader: currentLeader(server) },
      properties: [collect(notes)],
      checks: [],
    }),
  });
  const workload = doings.map(({ at, client, request, member, watch }, id): Operation => {
    const value = watch ?? ({ request, ...(member === undefined ? {} : { member }) } as unknown as Json);
    const f = watch === undefined ? 'call' : 'watch';
    return { id, at: ms(at * 1_000), client: client ?? (watch === undefined ? 'c1' : 'w1'), f, value };
  });
  const run = simulate(scenario, { seed: story.seed ?? 1, workload, faults, trace: story.trace === true });
  return { run, notes, results: doings.map((_, id) => resultOf(run, id)) };
}

/** A property that holds whatever happens, and writes down what it hears. */
function collect(notes: Noted[]): Property {
  return alwaysOn(['role', 'lease revoked'], 'notes', 'what members note', () => ({ now }, { note }) => {
    if (note !== undefined) notes.push({ at: now / 1e6, ...note });
    return undefined;
  });
}

function resultOf({ history }: Run, id: number): Result {
  const [invoked, completed] = history.filter(({ operation }) => operation === id);
  if (invoked === undefined) return { type: 'never', value: null, error: '', took: -1, endedAt: -1 };
  const { type, value, error = '', time } = completed ?? invoked;
  return { type, value, error, took: (time - invoked.time) / 1e6, endedAt: time / 1e6 };
}
