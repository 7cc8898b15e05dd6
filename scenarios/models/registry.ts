// The worlds that `faultline explore` knows by name: each small enough to be searched in every run, with the knobs that set
// how far. The counts of the first five are those published for the same models elsewhere.
import { distance } from 'fastest-levenshtein';
import type { ExploredWorld } from '../../checkers/explore/index.ts';
import { InputError, type Parameters, type ParameterSpecs, type Scenario } from '../../sim/index.ts';
import { forgetfulRaftWorld } from './forgetful-raft.ts';
import { worldsAtLast } from './at-last.ts';
import { brokenRaftScenarios } from './raft-broken.ts';
import { raftWorld } from './raft.ts';
import { abdWorld, paxosWorld, singleCopyWorld } from './register.ts';
import { smallProtocols } from './small-protocols.ts';
import { exploredSwims } from './swim-worlds.ts';
import { twoPhaseWorld } from './tla-two-phase.ts';
import { zabWorld } from './zab.ts';

/** A world to explore, as one value with its story and its parameters. */
export interface ExploredScenario {
  readonly name: string;
  /** One line: what is searched. */
  readonly story: string;
  readonly expect: Scenario['expect'];
  readonly parameters: ParameterSpecs;
  world(parameters: Parameters): ExploredWorld;
}

const clients = { about: 'clients that each write once and read once', default: 1, range: [1, 4] } as const;
const network = {
  about: 'how messages travel',
  default: 'unordered',
  oneOf: ['unordered', 'ordered', 'duplicating'],
} as const;
type Network = NonNullable<ExploredWorld['network']>;

export const exploredScenarios: readonly ExploredScenario[] = [
  {
    name: 'two-phase-commit',
    story: 'The two-phase commit of the TLA+ examples: resource managers agree to commit or to abort.',
    expect: { type: 'holds' },
    parameters: { rms: { about: 'resource managers', default: 3, range: [1, 8] } },
    world: ({ rms }) => twoPhaseWorld(Number(rms)),
  },
  {
    name: 'paxos',
    story: 'Single-decree Paxos on three servers, with clients that must see one register.',
    expect: { type: 'holds' },
    parameters: { clients, network },
    world: (set) => paxosWorld({ clients: Number(set['clients']), network: set['network'] as Network }),
  },
  {
    name: 'single-copy-register',
    story: 'A register on one server, which is linearizable, or on more, which is not.',
    expect: { type: 'holds' },
    parameters: { clients, servers: { about: 'servers; more than one breaks it', default: 1, range: [1, 3] } },
    world: (set) => singleCopyWorld({ clients: Number(set['clients']), servers: Number(set['servers']) }),
  },
  {
    name: 'abd-register',
    story: 'The register of Attiya, Bar-Noy and Dolev: every read writes back what it saw.',
    expect: { type: 'holds' },
    parameters: { clients, servers: { about: 'servers', default: 3, range: [1, 5] }, network },
    world: (set) =>
      abdWorld({
        clients: Number(set['clients']),
        servers: Number(set['servers']),
        network: set['network'] as Network,
      }),
  },
  {
    name: 'raft-forgetful',
    story: 'A Raft that keeps nothing on disk: it votes, crashes, restarts, and votes again in the same term.',
    expect: { type: 'breaks', what: ['election safety'] },
    parameters: {},
    world: () => forgetfulRaftWorld(),
  },
  {
    name: 'raft-bounded',
    story: 'The Raft that the simulator runs, three servers, within a few time-outs, crashes and duplicates.',
    expect: { type: 'holds' },
    parameters: {
      timeouts: { about: 'election and heartbeat time-outs in a run', default: 2, range: [1, 8] },
      crashes: { about: 'crashes in a run', default: 0, range: [0, 4] },
      duplicates: { about: 'messages that arrive twice in a run', default: 0, range: [0, 4] },
    },
    world: ({ timeouts, crashes, duplicates }) =>
      raftWorld({ timeouts: Number(timeouts), crashes: Number(crashes), duplicates: Number(duplicates) }),
  },
  ...brokenRaftScenarios,
  ...smallProtocols,
  ...worldsAtLast,
  ...exploredSwims,
  {
    name: 'zab-bounded',
    story: 'The Zab that the simulator runs, three servers, within a few elections and crashes; every leader writes.',
    expect: { type: 'holds' },
    parameters: {
      elections: {
        about: 'elections in a run, or time-outs where every message is explored',
        default: 1,
        range: [1, 6],
      },
      crashes: { about: 'crashes in a run, also in the middle of a handler', default: 1, range: [0, 4] },
      writes: { about: 'transactions that each leader proposes', default: 1, range: [0, 4] },
      election: {
        about: 'elections in one step, with any legal outcome, or message by message',
        default: 'oracle',
        oneOf: ['oracle', 'fast'],
      },
    },
    world: ({ elections, crashes, writes, election }) =>
      zabWorld({
        elections: Number(elections),
        crashes: Number(crashes),
        writes: Number(writes),
        election: election as 'oracle' | 'fast',
      }),
  },
];

/** @throws InputError that suggests the nearest name when there is none of this name. */
export function findExploredScenario(name: string): ExploredScenario {
  const found = exploredScenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = exploredScenarios.map((scenario) => scenario.name);
  const near = names.toSorted((one, other) => distance(name, one) - distance(name, other))[0] ?? '';
  const hint = distance(name, near) <= name.length / 3 ? `; did you mean ${near}?` : '';
  throw new InputError(
    `there is no world ${JSON.stringify(name)} to explore${hint} (\`faultline explore --list\` lists them all)`,
  );
}
