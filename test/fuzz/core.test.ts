// Safety, then liveness: a majority makes progress without the rest, a broken protocol does not, and a majority that cannot is
// explained.
import { expect, test } from 'vitest';
import { campaign, coreProgress, optionsOf, shrink, withCore } from '../../fuzz/index.ts';
import { findScenario } from '../../scenarios/index.ts';
import { seconds, simulate, type Scenario } from '../../sim/index.ts';

const raft = findScenario('raft');
const quiet = { nodes: 3, spares: 0, network: 'lan', membership: 'none', transfers: false, sessions: 4_096 };

test('a majority of Raft servers makes progress after any faults, without the rest', async () => {
  const { verdict, causes } = await campaign(withCore(raft), { seeds: 30, parameters: quiet });
  expect({ verdict, causes: causes.map(({ names, smallest }) => [names, smallest.findings[0]?.reason]) }).toEqual({
    verdict: 'valid',
    causes: [],
  });
}, 120_000);

test('a protocol that stops for good after a crash is found, though nothing was promised of it before', () => {
  const { scenario, finding } = firstStop('the world stops');
  expect(finding).toMatchObject({ name: coreProgress, verdict: 'invalid' });
  const run = simulate(scenario, { seed: '1' });
  const shrunk = shrink(scenario, run, finding!);
  expect(shrunk.after.faults).toBeLessThanOrEqual(shrunk.before.faults);
  expect(simulate(scenario, optionsOf(shrunk.case)).findings.map(({ name }) => name)).toContain(coreProgress);
});

test('a single server that must not fail cannot promise it: that is said, and is no violation', () => {
  const { finding } = firstStop('nobody answers');
  expect(finding).toMatchObject({ name: coreProgress, verdict: 'unknown' });
  expect(finding!.reason).toContain('this majority cannot promise progress here');
});

/** A server that gives up after its first restart, or that never answers at all. */
function firstStop(kind: 'the world stops' | 'nobody answers'): {
  readonly scenario: Scenario;
  readonly finding: ReturnType<typeof simulate>['findings'][number] | undefined;
} {
  const base = findScenario('ping-pong');
  const scenario = withCore({
    ...base,
    name: 'stops',
    world: (parameters) => {
      const world = base.world(parameters);
      const [server] = world.nodes;
      const { protocol } = server!;
      const stopping = {
        ...protocol,
        start(ctx) {
          const starts = Number(ctx.disk.get('starts') ?? 0) + 1;
          ctx.disk.set('starts', starts);
          ctx.disk.sync();
          return { own: protocol.start(ctx), starts };
        },
        onMessage(state, from, message, ctx) {
          const { own, starts } = state as { own: object; starts: number };
          if (kind === 'the world stops' && starts === 1) protocol.onMessage(own, from, message, ctx);
        },
      } satisfies typeof protocol;
      const crash = { at: seconds(1) / 10, fault: { type: 'crash' as const, node: server!.id, for: 1_000 } };
      return { ...world, nodes: [{ ...server!, protocol: stopping }], faults: [crash], checks: [], properties: [] };
    },
  });
  return { scenario, finding: simulate(scenario, { seed: '1' }).findings[0] };
}
