// The small protocols as worlds: each holds in every run, each broken partner is caught with a run that can be run again, and
// both engines agree on what states there are.
import { describe, expect, test } from 'vitest';
import {
  explore,
  explorePlain,
  narrate,
  retrace,
  runOf,
  transcriptOf,
  type Action,
} from '../../../checkers/explore/index.ts';
import { smallProtocols } from '../../../scenarios/models/small-protocols.ts';
import { withBudgets } from '../../../scenarios/models/budgets.ts';
import { resolveParameters, transcript } from '../../../sim/index.ts';

const worlds = smallProtocols.map((scenario) => {
  const parameters = resolveParameters(scenario, {}, '');
  return { scenario, parameters, world: scenario.world(parameters) };
});
const holding = worlds.filter(({ scenario }) => scenario.expect.type === 'holds');
const broken = worlds.filter(({ scenario }) => scenario.expect.type === 'breaks');

describe('every run', () => {
  test.each(holding.map((one) => [one.scenario.name, one] as const))('of %s holds', (_, { world }) => {
    expect(explore(world, { auditEvery: 100 })).toMatchObject({ complete: true, violations: [], unreached: [] });
  });

  test.each(worlds.map((one) => [one.scenario.name, one] as const))(
    'of %s has the same states in the plain engine, as far as that one looks',
    (_, { world }) => {
      const { unique, generated, levels, violations } = explore(world, { stop: 'never', maxLevels: 6 });
      const violated = violations.map(({ property }) => property).sort();
      expect(explorePlain(world, 6)).toEqual({ unique, generated, levels, violated });
    },
  );
});

describe('the broken partner', () => {
  test.each(broken.map((one) => [one.scenario.name, one] as const))(
    '%s is caught, and its run tells the same in every form',
    (_, { scenario, parameters, world }) => {
      const [violation] = explore(world).violations;
      expect(violation?.property).toBe(scenario.expect.type === 'breaks' ? scenario.expect.what[0] : '');
      const retraced = retrace(world, violation?.trace ?? []);
      expect(retraced.objections).toContainEqual(expect.objectContaining({ reason: violation?.reason }));
      const run = runOf(retraced, { scenario: scenario.name, parameters });
      expect(run.verdict).toBe('invalid');
      expect(run.findings[0]).toMatchObject({ name: violation?.property, reason: violation?.reason });
      const told = narrate(retraced);
      expect(told).toHaveLength(violation?.trace.length ?? -1);
      expect(transcript(run).at(-1)).toContain(`VIOLATION of "${violation?.property}"`);
      const delivered = violation?.trace.filter(isDelivery).length ?? 0;
      expect(transcript(run).filter((line) => /^ *[\d.]+ ms {2}\S+ +← .*(?<!lost.*)$/.test(line))).toHaveLength(
        delivered,
      );
    },
  );

  test('needs the faults that it is about: without crashes, forgetting does no harm', () => {
    for (const { scenario, world } of broken) {
      if (!/forgotten|early-ack/.test(scenario.name)) continue;
      const peaceful = explore(withBudgets(world, { crashes: 0 }));
      expect(peaceful, scenario.name).toMatchObject({ complete: true, violations: [] });
    }
  });

  test('reads like a story: the power fails between the acknowledgement and the sync', () => {
    const { world } = worlds.find(({ scenario }) => scenario.name === 'counter-early-acknowledgement')!;
    const [violation] = explore(world).violations;
    expect(transcriptOf(narrate(retrace(world, violation?.trace ?? [])))).toMatchInlineSnapshot(`
      [
        "1  c1 → server  increment id=0",
        "                  · sends incremented count=1 id=0 to c1",
        "                  · count 0 → 1, last is {c1=0}",
        "2  server → c1  incremented count=1 id=0",
        "                  · ok increment 1",
        "                  · invoke increment 1",
        "                  · sends increment id=1 to server",
        "                  · asking is {increment id=1}",
        "3  c1 → server  increment id=1: crashes after 2 effects; of its unsynced writes nothing survives",
        "                  · sends incremented count=2 id=1 to c1",
        "4  server → c1  incremented count=2 id=1",
        "                  · ok increment 2",
        "                  · invoke read 2",
        "                  · sends read id=2 to server",
        "                  · asking is {read id=2}",
        "5  server       restarts",
        "                  · recovered count=1",
        "6  c1 → server  read id=2",
        "                  · sends count count=1 id=2 to c1",
        "7  server → c1  count count=1 id=2",
        "                  · ok read 1",
        "                  · asking {read id=2} → null",
      ]
    `);
  });
});

function isDelivery(action: Action): boolean {
  return action.type === 'deliver' || (action.type === 'crash inside' && isDelivery(action.during));
}
