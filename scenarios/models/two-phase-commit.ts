// The two-phase commit that the simulator runs, explored: coordinator and participants lose their power between any two
// effects, and what they had not synced with it.
import { alwaysAll, reachable, type ExploredWorld, type NodeInWorld } from '../../checkers/explore/index.ts';
import { commitClient } from '../../protocols/two-phase-commit/client.ts';
import {
  coordinator,
  type CoordinatorOptions,
  type CoordinatorState,
} from '../../protocols/two-phase-commit/coordinator.ts';
import {
  participant,
  type ParticipantOptions,
  type ParticipantState,
} from '../../protocols/two-phase-commit/participant.ts';

export interface CommitWorldOptions extends CoordinatorOptions, Omit<ParticipantOptions, 'coordinator' | 'votesNo'> {
  readonly participants: number;
  /** How many of them vote no. */
  readonly opponents: number;
  readonly crashes: number;
  readonly timeouts: number;
}

export function commitExplored({
  participants,
  opponents,
  crashes,
  timeouts,
  ...options
}: CommitWorldOptions): ExploredWorld {
  const votes = Array.from({ length: participants }, (_, index) => (index < opponents ? 100 : 0));
  return {
    nodes: [
      { id: 'tm', protocol: coordinator(options) },
      ...votes.map((votesNo, index) => ({
        id: `p${index + 1}`,
        protocol: participant({ ...options, coordinator: 'tm', votesNo }),
      })),
    ],
    clients: [{ id: 'c1', protocol: commitClient('tm'), operations: [{ f: 'transact', value: 1 }] }],
    network: 'unordered',
    faults: { crashes, timeouts },
    random: 'zero', // votes do not depend on it
    restartKeeps: 'synced',
    crashPoints: 'between effects',
    properties: [
      alwaysAll('agreement', 'No two nodes decide a transaction differently.', ([tm, ...others]) => {
        const decisions = others.slice(0, participants).map((node) => [node.id, decisionsOf(node)] as const);
        const committed = committedBy(tm);
        for (const [id, own] of decisions) {
          for (const [tx, decision] of Object.entries(own)) {
            const rival = decisions.find(([, theirs]) => isRival(decision, theirs[tx]));
            if (rival !== undefined) return `${id} decided ${decision} of transaction ${tx}, ${rival[0]} the opposite`;
            if (decision === 'abort' && committed.includes(tx)) return `${id} aborted ${tx}, which tm has committed`;
          }
        }
        return undefined;
      }),
      reachable('a decision', 'Some run decides at every participant.', (nodes) =>
        nodes
          .slice(1, 1 + participants)
          .every((node) => Object.values(decisionsOf(node)).some((is) => is !== 'prepared')),
      ),
    ],
  };
}

function decisionsOf({ state }: NodeInWorld): ParticipantState['transactions'] {
  return (state as ParticipantState | undefined)?.transactions ?? {};
}

function committedBy(node: NodeInWorld | undefined): readonly string[] {
  return Object.keys((node?.state as CoordinatorState | undefined)?.committed ?? {});
}

function isRival(one: string, other: string | undefined): boolean {
  return (one === 'commit' && other === 'abort') || (one === 'abort' && other === 'commit');
}
