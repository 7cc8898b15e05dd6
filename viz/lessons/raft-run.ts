// The quiet Raft that lessons begin with: every knob is set, so that a seed decides nothing but chance.
import type { TimedFault } from '../../sim/fault.ts';
import type { NodeId } from '../../sim/protocol.ts';
import type { Operation, Parameters } from '../../sim/scenario.ts';
import { ms } from '../../sim/time.ts';
import type { RunRequest } from '../request.ts';

const quiet: Parameters = {
  nodes: 5,
  spares: 0,
  clients: 2,
  keys: 2,
  network: 'lan',
  election: 150,
  guards: 'both',
  batch: 64,
  inflight: 256,
  groupCommit: false,
  leaderWrites: 'parallel',
  backsUpBy: 'term',
  snapshot: 0,
  reads: 'index',
  forwarding: false,
  membership: 'none',
  transfers: false,
  drift: 0,
  swarm: false,
};

/** What a lesson sets besides the seed; the rest stays quiet. */
export interface RaftLesson {
  readonly knobs?: Parameters;
  readonly faults?: readonly TimedFault[];
  /** Of the lesson's own making, where the clients that the seed draws would tell too much. */
  readonly workload?: readonly Operation[];
  readonly until?: number;
  readonly scenario?: string;
}

/** A run of Raft, or of one of its broken variants, with these knobs, these faults and no others. */
export function raftRun(seed: string, lesson: RaftLesson = {}): RunRequest {
  const { knobs = {}, faults = [], scenario = 'raft', ...rest } = lesson;
  return { scenario, seed, parameters: { ...quiet, ...knobs }, faults, ...rest };
}

/** Operations on the one key `x`, in milliseconds: a number writes it, `read` reads it. */
export function operationsOnX(
  ...list: readonly (readonly [ms: number, client: NodeId, what: number | 'read'])[]
): Operation[] {
  return list.map(([at, client, what], id) => ({
    id,
    client,
    at: ms(at),
    ...(what === 'read' ? { f: 'read', value: ['x', null] } : { f: 'write', value: ['x', what] }),
  }));
}
