// Broken on purpose: the rules of failure detection by gossip, each replaced by one line that looks as if it would do.
import { defineScenario, type Scenario } from '../../sim/index.ts';
import type { SerfRules, SwimRules } from '../../protocols/swim/index.ts';
import { spreadParameters, spreadWorld } from '../swim-spreads.ts';
import { swimParameters, swimStories, type SwimVariant } from '../swim.ts';

type Story = keyof typeof swimStories | 'spreads';

function broken(name: string, story: string, what: string, where: Story, variant: SwimVariant): Scenario {
  const fixed = { name: `swim-${name}`, story, protocol: 'swim', expect: { type: 'breaks', what: [what] } } as const;
  if (where === 'spreads') {
    return defineScenario({
      ...fixed,
      parameters: spreadParameters,
      world: (parameters) => spreadWorld(parameters, variant),
    });
  }
  return defineScenario({
    ...fixed,
    parameters: swimParameters,
    world: (parameters) => swimStories[where].world(parameters, variant),
  });
}

const rules = (changed: Partial<SwimRules>): SwimVariant => ({ rules: changed });
const serf = (changed: Partial<SerfRules>): SwimVariant => ({ serfRules: changed });

export const swimKnownBugs: readonly Scenario[] = [
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
];
