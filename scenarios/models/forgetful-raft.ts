// The world of Stateright's Raft example, with its state counts: at most one of three nodes is down at a time, and it comes
// back with nothing. Its states while down stay visible there, so they do here.
import { alwaysPair, reachableByOne, type ExploredWorld, type NodeInWorld } from '../../checkers/explore/index.ts';
import {
  forgetfulRaft,
  type ForgetfulRaftOptions,
  type ForgetfulRaftState,
} from '../../protocols/models/forgetful-raft.ts';

/** @param options with `remembersVote` term and vote survive a restart, and the violation is gone. */
export function forgetfulRaftWorld(options: ForgetfulRaftOptions = {}): ExploredWorld {
  const protocol = forgetfulRaft(options);
  const ids = ['n1', 'n2', 'n3'];
  return {
    nodes: ids.map((id) => ({ id, protocol })),
    symmetric: [ids],
    idSets: ['votes'],
    network: 'unordered',
    faults: { crashes: Infinity, maxDown: 1 },
    effectless: 'counted',
    restartKeeps: options.remembersVote === true ? 'synced' : 'nothing',
    whileDown: 'visible',
    properties: [
      alwaysPair('election safety', 'No term has two leaders (Ongaro 2014, figure 3.2).', (one, other) => {
        const [left, right] = [stateOf(one), stateOf(other)];
        if (left.role !== 'leader' || right.role !== 'leader' || left.term !== right.term) return undefined;
        return `${one.id} and ${other.id} both lead term ${left.term}`;
      }),
      alwaysPair('state machine safety', 'No two nodes deliver different payloads at one place.', (one, other) => {
        const [left, right] = [stateOf(one).delivered, stateOf(other).delivered];
        const place = left.findIndex((payload, index) => index < right.length && right[index] !== payload);
        if (place === -1) return undefined;
        return `${one.id} delivered ${left[place]} at ${place} and ${other.id} delivered ${right[place]}`;
      }),
      reachableByOne('a leader is elected', 'Some run elects a leader.', (node) => stateOf(node).role === 'leader'),
    ],
  };
}

function stateOf({ state }: NodeInWorld): ForgetfulRaftState {
  return state as ForgetfulRaftState;
}
