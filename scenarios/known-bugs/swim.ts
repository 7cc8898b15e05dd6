// Broken on purpose: the rules of failure detection by gossip, each replaced by one line that looks as if it would do.
import { defineScenario, type Scenario } from '../../sim/index.ts';
import type { SerfRules, SwimRules } from '../../protocols/swim/index.ts';
import { spreadParameters, spreadWorld } from '../swim-spreads.ts';
import { swimParameters, swimStories, type SwimVariant } from '../swim.ts';

type Story = keyof typeof swimStories | 'spreads';

/** A broken variant, and the name of the scenario that it breaks. */
interface SwimBug {
  readonly scenario: Scenario;
  readonly partner: string;
}

function broken(name: string, story: string, what: string, where: Story, variant: SwimVariant): SwimBug {
  const fixed = { name: `swim-${name}`, story, protocol: 'swim', expect: { type: 'breaks', what: [what] } } as const;
  if (where === 'spreads') {
    const world = (parameters: { nodes: number }) => spreadWorld(parameters, variant);
    return { scenario: defineScenario({ ...fixed, parameters: spreadParameters, world }), partner: 'swim-spreads' };
  }
  const { name: partner, world: unbroken } = swimStories[where];
  const world = (parameters: { nodes: number }) => unbroken(parameters, variant);
  return { scenario: defineScenario({ ...fixed, parameters: swimParameters, world }), partner };
}

const rules = (changed: Partial<SwimRules>): SwimVariant => ({ rules: changed });
const serf = (changed: Partial<SerfRules>): SwimVariant => ({ serfRules: changed });

export const swimBugs: readonly SwimBug[] = [
  broken(
    'stale-alive',
    'Alive news of the same incarnation override a suspicion; who crashed comes back again and again.',
    'none rises unchanged',
    'detects',
    rules({ acceptsAlive: (known, incarnation) => incarnation >= known.incarnation }),
  ),
  broken(
    'stale-alive-ends-suspicion',
    'Alive news that are no news stop the clock of a suspicion; the suspect is never declared dead.',
    'crashes are detected',
    'lastWords',
    rules({ staleAliveEndsSuspicion: true }),
  ),
  broken(
    'weak-refutation',
    'Who is accused objects with the incarnation it is accused in, and nobody believes it.',
    'nobody who lives is declared dead',
    'refutes',
    rules({ refutation: (_own, accused) => accused }),
  ),
  broken(
    'helper-vouches',
    'A helper that has heard from a suspect raises its incarnation on its own.',
    'incarnations are their own',
    'swim',
    rules({ helperVouches: true }),
  ),
  broken(
    'merges-dead',
    'Whom a peer calls dead in a full exchange is dead at once, without a chance to object.',
    'no death unannounced',
    'swim',
    rules({ mergesDeadAsSuspect: false }),
  ),
  broken(
    'forgotten-life',
    'A member that restarts in the same incarnation leaves standing what was said of its earlier life.',
    'membership converges',
    'swim',
    rules({ isOfEarlierLife: () => false }),
  ),
  broken(
    'few-retransmits',
    'News are passed on once by everybody who hears them, and die out before most have heard.',
    'news reach nearly all',
    'spreads',
    rules({ retransmitLimit: () => 1 }),
  ),
  broken(
    'unshuffled',
    'Everybody probes in the order of joining, so that all of them probe the same member at the same time.',
    'nobody is crowded',
    'spreads',
    rules({ shuffles: false }),
  ),
  broken(
    'any-ack',
    'An ack of an earlier ping counts for the one that is under way; late answers of one cover the silence of another.',
    'crashes are detected',
    'lateAcks',
    rules({ answersProbe: (state) => state.probe !== null }),
  ),
  broken(
    'health-never-recovers',
    'A member that once took itself for slow takes itself for slow for ever, and probes ever more rarely.',
    'health recovers',
    'swim',
    rules({ awarenessAfterSuccess: 0 }),
  ),
  broken(
    'silent-to-the-dead',
    'The dead are neither told nor called; a partition that lasts longer than a suspicion lasts for ever.',
    'membership converges',
    'swim',
    rules({ talksToTheDead: false }),
  ),
  broken(
    'name-taken-over',
    'Whoever comes with the name of a member that lives replaces it.',
    'names stay',
    'namesake',
    rules({ mayMove: () => true }),
  ),
  broken(
    'unwitnessed-clock',
    'The Lamport clock counts what a member sends and not what it hears.',
    'events are ordered',
    'swim',
    serf({ witness: (own) => own + 1 }),
  ),
  broken(
    'events-again',
    'An event is taken for new each time it comes, up to a bound.',
    'events are ordered',
    'swim',
    serf({ isNew: (seen, identity) => seen.filter((other) => other === identity).length < 2 }),
  ),
  broken(
    'suspects-any-incarnation',
    'An accusation counts whatever incarnation it is about: old ones go back behind an objection.',
    'none rises unchanged',
    'swim',
    rules({ acceptsSuspect: () => true }),
  ),
  broken(
    'dead-any-incarnation',
    'News of a death override the objection that came before them.',
    'none rises unchanged',
    'swim',
    rules({ acceptsDead: () => true }),
  ),
  broken(
    'suspects-the-dead',
    'Who is dead already is suspected once more, and dies again.',
    'lives follow the chart',
    'detects',
    rules({ mayBeSuspected: ({ status }) => status !== 'left' }),
  ),
  broken(
    'endless-suspicion',
    'Who is suspected stays so: when the suspicion runs out, nothing follows.',
    'crashes are detected',
    'detects',
    rules({ isStillSuspect: () => false }),
  ),
  broken(
    'double-confirmation',
    'Whoever repeats that it suspects a member confirms the suspicion once more, and it runs out too soon.',
    'suspicions last their time',
    'detects',
    rules({ isNewAccuser: () => true }),
  ),
  broken(
    'slow-confirmation',
    'Others confirm a suspicion, and its time-out is not set anew.',
    'suspicions last their time',
    'detects',
    rules({ confirmationsShorten: false }),
  ),
  broken(
    'nack-as-ack',
    'A helper that says that it heard nothing is taken for one that did; whoever crashes is never suspected.',
    'crashes are detected',
    'lastWords',
    rules({ nackProvesLife: true }),
  ),
  broken(
    'wrong-relay',
    'A helper passes an ack on under its own number, and who asked for it does not know what it answers.',
    'probes fail as often as they should',
    'accurate',
    rules({ relayedSequence: (_asked, own) => own }),
  ),
  broken(
    'asks-the-target',
    'Among those who are asked to ping a silent member is that member.',
    'helpers are others',
    'refutes',
    rules({ mayHelp: ({ status }) => status === 'alive' }),
  ),
  broken(
    'asks-suspects',
    'Members that are suspected themselves are asked to help.',
    'helpers are others',
    'swim',
    rules({ mayHelp: (helper, target) => helper.name !== target.name }),
  ),
  broken(
    'random-targets',
    'Each period probes any member, as in the first protocol of the paper; some wait for long.',
    'everybody is probed',
    'refutes',
    { config: { targets: 'random' } },
  ),
  broken(
    'leave-as-death',
    'Who leaves is taken for one that failed, and is called again and again.',
    'who leaves has left',
    'splits',
    rules({ statusOfDead: () => 'dead' }),
  ),
  broken(
    'health-without-bound',
    'Each silence makes a member take itself for slower, without end.',
    'health is bounded',
    'swim',
    rules({ clampAwareness: (wanted) => Math.max(0, wanted) }),
  ),
  broken(
    'binary-retransmits',
    'The logarithm of the number of retransmissions is that of base 2; news go round three times as often as they need.',
    'news retire',
    'refutes',
    rules({ retransmitLimit: (mult, n) => mult * (32 - Math.clz32(n)) }),
  ),
  broken(
    'old-news-stay',
    'News of a member wait in the queue beside what is overtaken by them.',
    'news retire',
    'refutes',
    rules({ supersedes: false }),
  ),
  broken(
    'events-forgotten',
    'Few events are remembered, and what comes late is dropped as too old.',
    'events arrive',
    'swim',
    serf({ remembers: 2 }),
  ),
];

export const swimKnownBugs: readonly Scenario[] = swimBugs.map(({ scenario }) => scenario);
