// Safety, then liveness: a majority makes progress without the rest, a broken protocol does not, and a majority that cannot is
// explained.
import { expect, test } from 'vitest';
import { campaign, coreProgress, optionsOf, shrink, withCore } from '../../fuzz/index.ts';
import { findScenario } from '../../scenarios/index.ts';
import {
  networkPresets,
  parseFaults,
  seconds,
  simulate,
  traceRow,
  type AnyProtocol,
  type Scenario,
  type World,
} from '../../sim/index.ts';

const raft = findScenario('raft');
const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** Servers that never answer, and a client that asks as soon as the core is whole. */
function deaf(voters: World['voters']): Scenario {
  const protocol: AnyProtocol = { start: () => ({}), onMessage: () => {}, onRequest: () => {} };
  return {
    ...raft,
    name: 'deaf',
    parameters: {},
    world: () => ({
      nodes: nodes.map((id) => ({ id, protocol })),
      clients: [{ id: 'c1', protocol, timeout: seconds(1) }],
      ...{ network: networkPresets.lan, until: seconds(2), tail: seconds(1), faults: [], properties: [], checks: [] },
      workload: [{ id: 0, client: 'c1', at: seconds(1), f: 'ask', value: null }],
      ...(voters === undefined ? {} : { voters }),
    }),
  };
}

test('a majority of Raft servers makes progress after any faults, without the rest, whoever the members are by then', async () => {
  // Spares that are no members, members that come and go: a majority of all nodes would often be no majority of these.
  const parameters = { network: 'lan', spares: 2, membership: 'joint', sessions: 4_096 };
  const { verdict, causes } = await campaign(withCore(raft), { seeds: 16, start: 200, parameters });
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

test('the core is a majority of every group of voters, the rest is struck by what is data, and members changed since explain', () => {
  const coreOf = (
    voters: World['voters'],
    seed: number,
  ): { readonly struck: readonly string[]; readonly reason: string } => {
    const run = simulate(withCore(deaf(voters)), { seed, parameters: { 'core-rest': 'pause' }, trace: true });
    expect(run.healAt).toBeGreaterThan(run.until); // who stands still does not even go on in the last instant
    expect(parseFaults(run.faults, { nodes, roles: ['rest-1', 'rest-2', 'rest-3', 'rest-4'] })).toEqual(run.faults);
    const rows = Array.from({ length: run.trace!.length }, (_, index) => traceRow(run.trace!, index));
    const struck = rows.flatMap(({ kind, node }) => (kind === 'pause' ? [node] : []));
    return { struck, reason: run.findings.map(({ verdict, reason }) => `${verdict}: ${reason}`).join() };
  };
  const seeds = Array.from({ length: 12 }, (_, index) => index);
  for (const seed of seeds) {
    expect(coreOf(undefined, seed).struck).toHaveLength(2);
    const joint = coreOf(
      () => [
        ['n1', 'n2'],
        ['n3', 'n4', 'n5'],
      ],
      seed,
    ).struck;
    expect(joint.some((node) => node === 'n1' || node === 'n2')).toBe(false);
    expect(joint.length).toBeLessThanOrEqual(1);
  }
  // At first one is enough; in the end two others are, of whom nobody is left.
  const moving: World['voters'] = (_, known) => (known.length === 5 ? [['n1']] : [['n1', 'n2', 'n3', 'n4', 'n5']]);
  const moved = seeds.map((seed) => coreOf(moving, seed)).find(({ struck }) => struck.length > 2);
  expect(moved?.reason).toMatch(
    /^unknown: nothing succeeded .*; but the members were changed since: of n1, n2, n3, n4, n5 /,
  );
});

test('progress that hangs on luck is not promised either', () => {
  // The servers answer in about half of the runs, whatever fails.
  const lucky: AnyProtocol = {
    start: () => ({ answers: undefined }),
    onMessage(state, from, _message, ctx) {
      const own = state as { answers: boolean | undefined };
      own.answers ??= ctx.random(2) === 0;
      if (own.answers) ctx.send(from, { type: 'answer' });
    },
  };
  const asking: AnyProtocol = {
    start: () => ({}),
    onMessage: (_state, _from, _message, ctx) => ctx.ok(1),
    onRequest: (_state, _request, ctx) => ctx.send('n1', { type: 'ask' }),
  };
  const base = deaf(undefined);
  const scenario = withCore({
    ...base,
    world: (set) => {
      const world = base.world(set);
      const [client] = world.clients;
      return { ...world, nodes: [{ id: 'n1', protocol: lucky }], clients: [{ ...client!, protocol: asking }] };
    },
  });
  const findings = Array.from({ length: 20 }, (_, seed) => simulate(scenario, { seed }).findings).flat();
  expect(findings.length).toBeGreaterThan(3);
  expect(findings.map(({ verdict }) => verdict)).not.toContain('invalid');
  expect(findings[0]?.reason).toMatch(/in [1-4] of 5 runs in which nothing fails before/);
});

test('a core has time, whole and alone: nothing strikes it after, and who asks late is no witness', () => {
  const base = deaf(undefined);
  const late = (at: number): Scenario =>
    withCore({
      ...base,
      world: (set) => ({
        ...base.world(set),
        workload: [{ id: 0, client: 'c1', at, f: 'ask', value: null }],
        faults: (_random, { healAt }) =>
          [100_000, 999_999].map((time) => ({
            at: Math.min(time, healAt - 1 + time),
            fault: { type: 'pause', node: 'n1', for: 1_000 },
          })),
      }),
    });
  const parameters = { 'core-at': 99 };
  const run = simulate(late(seconds(1)), { seed: 1, parameters });
  const coreAt = run.faults.find(({ fault }) => fault.type === 'heal')!.at;
  expect(run.until - coreAt).toBe(2 * seconds(1)); // twice the tail, at the least
  expect(run.faults.filter(({ fault }) => fault.type === 'pause').map(({ at }) => at)).toEqual([100_000]);
  expect(run.findings).toHaveLength(1);
  expect(simulate(late(coreAt + seconds(1)), { seed: 1, parameters }).findings).toEqual([]);
});

test('a single server that must not fail cannot promise it: that is said, and is no violation', () => {
  const { finding } = firstStop('nobody answers');
  expect(finding).toMatchObject({ name: coreProgress, verdict: 'unknown' });
  expect(finding!.reason).toMatch(
    /in 5 of 5 runs in which nothing fails before: this majority cannot promise progress here/,
  );
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
