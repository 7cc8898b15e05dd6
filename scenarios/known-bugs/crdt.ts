// Broken on purpose: data types that look as if they could be merged.
import { total, type GCounter } from '../../protocols/crdt/lattices.ts';
import { defineScenario, type Scenario } from '../../sim/index.ts';
import { crdtParameters, crdtWorld, type CrdtVariant } from '../crdt.ts';

function broken(name: string, story: string, what: readonly string[], variant: CrdtVariant): Scenario {
  return defineScenario({
    name,
    story,
    protocol: 'crdt',
    expect: { type: 'breaks', what },
    parameters: crdtParameters,
    world: (parameters) => crdtWorld(parameters, variant),
  });
}

/** Adds up what it should compare: meeting twice counts twice. */
const sum = (one: GCounter, other: GCounter): GCounter =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((replica) => {
      const both = (one[replica] ?? 0) + (other[replica] ?? 0);
      return [replica, Math.min(both, total(one) + total(other))];
    }),
  );

export const crdtKnownBugs: readonly Scenario[] = [
  broken(
    'crdt-counter-adds-up',
    'A counter is merged by adding; the same visits are counted again whenever two replicas meet.',
    ['every visit counts once'],
    { joins: { visits: sum } },
  ),
  broken(
    'crdt-register-without-tie-break',
    'Of two writes at the same time each replica keeps its own, and they never agree.',
    ['the replicas agree'],
    { joins: { title: (one, other) => (other.time > one.time ? other : one) } },
  ),
  broken(
    'crdt-set-without-memory',
    'A set is merged by union; whatever is removed at one replica comes back from another.',
    ['states only grow'],
    {
      joins: {
        cart: (one, other) => ({
          elements: { ...other.elements, ...one.elements },
          seen: { ...other.seen, ...one.seen },
        }),
      },
    },
  ),
  broken(
    'crdt-forgotten-count',
    'A replica acknowledges before it has written; after a power loss it names new events like those it forgot.',
    ['every visit counts once'],
    { syncsFirst: false },
  ),
];
