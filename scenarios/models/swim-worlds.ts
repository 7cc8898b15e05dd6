// The worlds of SWIM that `faultline explore` knows by name: the unbroken one with its knobs, and those with one rule broken.
import type { ExploredScenario } from './registry.ts';
import { swimWorld, type ExploredSwimOptions } from './swim.ts';

export interface BrokenSwim {
  readonly breaks: string;
  readonly story: string;
  readonly world: ExploredSwimOptions;
}

/** Only n1 probes, and n2 helps it. */
const helped = { helps: true, probers: ['n1'], timeouts: 4 };

/** By name: each with one rule broken. */
export const brokenSwims: Readonly<Record<string, BrokenSwim>> = {
  'stale-alive': {
    breaks: 'none rises unchanged',
    story: 'News that a member is alive override a suspicion of the same incarnation.',
    world: {
      rules: { acceptsAlive: (known, incarnation) => incarnation >= known.incarnation },
      exchanges: true,
      timeouts: 3,
    },
  },
  'suspects-any-incarnation': {
    breaks: 'none rises unchanged',
    story: 'An accusation counts whatever incarnation it is about, and goes back behind an objection.',
    world: { rules: { acceptsSuspect: () => true } },
  },
  'dead-any-incarnation': {
    breaks: 'none rises unchanged',
    story: 'News of a death override the objection that came before them.',
    world: { rules: { acceptsDead: () => true }, probers: ['n1'], timeouts: 6 },
  },
  'weak-refutation': {
    breaks: 'who is accused objects',
    story: 'A member objects with the incarnation that it is accused in.',
    world: { rules: { refutation: (_own, accused) => accused } },
  },
  'merges-dead': {
    breaks: 'none rises unchanged',
    story: 'Whom a peer calls dead in a full exchange is dead at once, without a chance to object.',
    world: { rules: { mergesDeadAsSuspect: false }, exchanges: true, probers: ['n1'] },
  },
  'helper-vouches': {
    breaks: 'incarnations are their own',
    story: 'A helper that has heard from a suspect raises its incarnation on its own.',
    world: { rules: { helperVouches: true }, ...helped },
  },
  'nack-as-ack': {
    breaks: 'an answer proves life',
    story: 'A helper that says that it heard nothing is taken for one that did.',
    world: { rules: { nackProvesLife: true }, ...helped },
  },
  'any-ack': {
    breaks: 'an answer proves life',
    story: 'An ack of an earlier ping counts for the one that is under way.',
    world: { rules: { answersProbe: ({ probe }) => probe !== null }, probers: ['n1'] },
  },
};

export const exploredSwims: readonly ExploredScenario[] = [
  {
    name: 'swim-bounded',
    story:
      'The SWIM that the simulator runs, three members, within a few time-outs and crashes; every order of messages.',
    expect: { type: 'holds' },
    parameters: {
      members: { about: 'members that know each other', default: 3, range: [2, 4] },
      timeouts: { about: 'timers that fire in a run, whatever they are for', default: 4, range: [1, 8] },
      crashes: { about: 'crashes in a run', default: 0, range: [0, 3] },
      helps: { about: 'whether another member is asked to ping one that is silent', default: false },
      exchanges: { about: 'whether members also exchange all that they know', default: false },
    },
    world: ({ members, timeouts, crashes, helps, exchanges }) =>
      swimWorld({
        members: Number(members),
        timeouts: Number(timeouts),
        crashes: Number(crashes),
        helps: helps === true,
        exchanges: exchanges === true,
      }),
  },
  ...Object.entries(brokenSwims).map(([name, { breaks, story, world }]): ExploredScenario => ({
    name: `swim-explored-${name}`,
    story,
    expect: { type: 'breaks', what: [breaks] },
    parameters: {},
    world: () => swimWorld(world),
  })),
];
