// The quiet Raft that lessons begin with: every knob is set, so that a seed decides nothing but chance.
import type { TimedFault } from '../../sim/fault.ts';
import type { Parameters } from '../../sim/scenario.ts';
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

/** A run of Raft, or of one of its broken variants, with these knobs, these faults and no others. */
export function raftRun(
  seed: string,
  {
    knobs = {},
    faults = [],
    scenario = 'raft',
  }: { knobs?: Parameters; faults?: readonly TimedFault[]; scenario?: string } = {},
): RunRequest {
  return { scenario, seed, parameters: { ...quiet, ...knobs }, faults };
}
