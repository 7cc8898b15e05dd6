// How a known bug of Raft is written down: the scenario with one rule replaced by a one-liner, and what must catch it. The
// names in brackets are those of the literature: students' guides, SandTable's and CCF's bug lists, etcd's tests, Jepsen.
import type { Rules } from '../../protocols/raft/index.ts';
import type { NemesisOptions, Scenario } from '../../sim/index.ts';
import { raftScenario, type RaftVariant } from '../raft.ts';

export function broken(
  name: string,
  story: string,
  what: readonly string[],
  rules: Partial<Rules>,
  rest: Partial<RaftVariant> = {},
): Scenario {
  return raftScenario({ name, story, expect: { type: 'breaks', what }, rules, ...rest });
}

export const crashes: NemesisOptions = { classes: ['crash', 'power-loss', 'crash-at-write'] };

/** Knobs without what is beside the point: the paper's Raft, of five servers that stay. */
export const plain = {
  membership: 'none',
  transfers: false,
  reads: 'index',
  apply: 1_000_000,
  sessions: 4_096,
  expiry: 0,
} as const;
