// The small protocols that the simulator runs, as worlds to explore, each with partners that are broken on purpose.
import type { ParameterSpecs, Parameters } from '../../sim/index.ts';
import { counterExplored } from './counter.ts';
import { electionExplored } from './election.ts';
import { gossipExplored } from './gossip.ts';
import { lockExplored } from './lock.ts';
import { pingPongExplored } from './ping-pong.ts';
import type { ExploredScenario } from './registry.ts';
import { commitExplored } from './two-phase-commit.ts';

const holds = { type: 'holds' } as const;
const breaks = (what: string): ExploredScenario['expect'] => ({ type: 'breaks', what: [what] });
const knob = (about: string, usual: number, least: number, most: number) =>
  ({ about, default: usual, range: [least, most] }) as const;
const timeouts = (usual: number) => knob('timers that fire in a run', usual, 0, 12);
const crashes = (usual: number) => knob('crashes in a run', usual, 0, 4);
const number = (parameters: Parameters, name: string): number => Number(parameters[name]);

const pingPong = { clients: knob('clients', 1, 1, 3), rounds: knob('pings of each', 2, 1, 4), timeouts: timeouts(2) };
const counter = {
  clients: knob('clients', 1, 1, 3),
  increments: knob('increments of each client', 2, 1, 4),
  crashes: crashes(1),
  timeouts: timeouts(2),
} satisfies ParameterSpecs;
const lock = {
  clients: knob('clients', 2, 1, 3),
  additions: knob('additions of each client', 1, 1, 3),
  timeouts: timeouts(2),
} satisfies ParameterSpecs;
const election = { nodes: knob('nodes', 3, 2, 4), crashes: crashes(1), timeouts: timeouts(4) } satisfies ParameterSpecs;
const gossip = {
  nodes: knob('nodes', 2, 2, 4),
  drops: knob('messages lost in a run', 1, 0, 4),
  timeouts: timeouts(4),
} satisfies ParameterSpecs;
const commit = {
  participants: knob('participants', 2, 1, 4),
  opponents: knob('participants that vote no', 0, 0, 4),
  crashes: crashes(1),
  timeouts: timeouts(1),
} satisfies ParameterSpecs;

const pingPongOf = (set: Parameters) => ({
  clients: number(set, 'clients'),
  rounds: number(set, 'rounds'),
  timeouts: number(set, 'timeouts'),
});
const counterOf = (set: Parameters) => ({
  clients: number(set, 'clients'),
  increments: number(set, 'increments'),
  crashes: number(set, 'crashes'),
  timeouts: number(set, 'timeouts'),
});
const lockOf = (set: Parameters) => ({
  clients: number(set, 'clients'),
  additions: number(set, 'additions'),
  timeouts: number(set, 'timeouts'),
});
const electionOf = (set: Parameters) => ({
  nodes: number(set, 'nodes'),
  crashes: number(set, 'crashes'),
  timeouts: number(set, 'timeouts'),
  synchronous: true,
});
const gossipOf = (set: Parameters) => ({
  nodes: number(set, 'nodes'),
  drops: number(set, 'drops'),
  timeouts: number(set, 'timeouts'),
});
const commitOf = (set: Parameters) => ({
  participants: number(set, 'participants'),
  opponents: number(set, 'opponents'),
  crashes: number(set, 'crashes'),
  timeouts: number(set, 'timeouts'),
});

export const smallProtocols: readonly ExploredScenario[] = [
  {
    name: 'ping-pong',
    story: 'Clients ping a server that may answer late and twice, and tell each pong by its number.',
    expect: holds,
    parameters: pingPong,
    world: (set) => pingPongExplored(pingPongOf(set)),
  },
  {
    name: 'ping-pong-late-pong',
    story: 'A client that looks at no number takes a late pong for the answer to its next ping.',
    expect: breaks('a pong answers its own ping'),
    parameters: pingPong,
    world: (set) => pingPongExplored({ ...pingPongOf(set), checksRound: false }),
  },
  {
    name: 'counter',
    story: 'The power of a counter fails between any two effects, and every loss of unsynced writes is tried.',
    expect: holds,
    parameters: counter,
    world: (set) => counterExplored(counterOf(set)),
  },
  {
    name: 'counter-early-acknowledgement',
    story: 'The counter says yes before the increment is on its disk, and the power fails in between.',
    expect: breaks('counts what it acknowledged'),
    parameters: counter,
    world: (set) => counterExplored({ ...counterOf(set), syncsFirst: false }),
  },
  {
    name: 'lock',
    story:
      'Clients share a number under a lock that runs out, on clocks that agree on nothing; the fencing token decides.',
    expect: holds,
    parameters: lock,
    world: (set) => lockExplored(lockOf(set)),
  },
  {
    name: 'lock-without-fencing',
    story: 'The store takes every write: one that is late undoes the work of the next holder.',
    expect: breaks('no update is lost'),
    parameters: lock,
    world: (set) => lockExplored({ ...lockOf(set), fencing: false }),
  },
  {
    name: 'election',
    story:
      'The bully election where messages are faster than time-outs, as its paper assumes: no two lead at one instant.',
    expect: holds,
    parameters: election,
    world: (set) => electionExplored(electionOf(set)),
  },
  {
    name: 'election-early-leader',
    story: 'The winner of an election leads before the others have halted.',
    expect: breaks('at most one leader'),
    parameters: election,
    world: (set) => electionExplored({ ...electionOf(set), waitsForHalted: false }),
  },
  {
    name: 'election-impatient',
    story: 'A message is slower than a time-out: who has not answered yet is taken for dead.',
    expect: breaks('at most one leader'),
    parameters: election,
    world: (set) => electionExplored({ ...electionOf(set), synchronous: false }),
  },
  {
    name: 'gossip',
    story: 'A rumour is repeated once, perhaps in vain; who missed it asks for it.',
    expect: holds,
    parameters: gossip,
    world: (set) => gossipExplored({ ...gossipOf(set), antiEntropy: true }),
  },
  {
    name: 'gossip-no-anti-entropy',
    story: 'A rumour is repeated once, perhaps in vain, and nobody ever asks for what it missed.',
    expect: breaks('no deadlock'),
    parameters: gossip,
    world: (set) => gossipExplored({ ...gossipOf(set), antiEntropy: false }),
  },
  {
    name: 'commit',
    story: 'The two-phase commit that the simulator runs: power fails between any two effects, and nobody disagrees.',
    expect: holds,
    parameters: commit,
    world: (set) => commitExplored(commitOf(set)),
  },
  {
    name: 'commit-forgotten-decision',
    story: 'The coordinator announces a commit that is not on its disk yet, and forgets it.',
    expect: breaks('agreement'),
    parameters: commit,
    world: (set) => commitExplored({ ...commitOf(set), syncsDecision: false }),
  },
  {
    name: 'commit-forgotten-vote',
    story: 'A participant votes yes before its vote is on its disk, and forgets it.',
    expect: breaks('agreement'),
    parameters: commit,
    world: (set) => commitExplored({ ...commitOf(set), syncsVote: false }),
  },
  {
    name: 'commit-impatient',
    story: 'A participant that has promised to commit loses patience and aborts.',
    expect: breaks('agreement'),
    parameters: commit,
    world: (set) => commitExplored({ ...commitOf(set), blocksInDoubt: false }),
  },
];
