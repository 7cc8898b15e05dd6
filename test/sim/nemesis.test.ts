// Drawn fault schedules: they fit the world, keep their budget, and differ from seed to seed in kind.
import { expect, test } from 'vitest';
import {
  faultSchema,
  nemesis,
  parseFaults,
  randomStream,
  seconds,
  standardFaults,
  type FaultClass,
  type Setting,
  type TimedFault,
} from '../../sim/index.ts';

const settingOf = (count: number): Setting => ({
  nodes: Array.from({ length: count }, (_, index) => `n${index + 1}`),
  clients: ['c1'],
  roles: ['leader'],
  until: seconds(40),
  healAt: seconds(30),
});
const draw = (seed: number, setting: Setting, options: Parameters<typeof nemesis>[0] = {}): TimedFault[] =>
  nemesis(options)(randomStream(String(seed), 'faults'), setting);
const seeds = Array.from({ length: 200 }, (_, index) => index);
const all: readonly FaultClass[] = [...standardFaults, 'disk-lie', 'bit-rot'];

test('every schedule fits the world, from one node on, and lies before the healing', () => {
  for (const count of [1, 2, 3, 4, 7]) {
    const setting = settingOf(count);
    for (const seed of seeds.slice(0, 60)) {
      const schedule = draw(seed, setting, { classes: all, budget: count });
      const known = { nodes: [...setting.nodes, ...setting.clients], roles: setting.roles };
      expect(() => parseFaults(schedule, known)).not.toThrow();
      for (const { at } of schedule) expect(at).toBeLessThan(setting.healAt);
      expect(schedule).toEqual(draw(seed, setting, { classes: all, budget: count }));
    }
  }
});

test('at no time are more nodes impaired than the budget allows', () => {
  const impairing = new Set<string>([
    'crash',
    'power-loss',
    'pause',
    'isolate',
    'clock-freeze',
    'disk-stall',
    'disk-full',
    'disk-unreadable',
  ]);
  for (const [count, budget] of [
    [3, 1],
    [5, 2],
    [7, 3],
  ] as const) {
    let most = 0;
    for (const seed of seeds) {
      const spans = draw(seed, settingOf(count)).flatMap(({ at, fault }) => {
        const lasts = ('for' in fault ? fault.for : undefined) ?? 0;
        if (fault.type === 'partition') return (fault.groups[1] ?? []).map((node) => ({ node, at, end: at + lasts }));
        return impairing.has(fault.type) && 'node' in fault && !('when' in fault)
          ? [{ node: fault.node, at, end: at + lasts }]
          : [];
      });
      for (const { at } of spans) {
        const now = spans.filter((span) => span.at <= at && at < span.end);
        // Who plays the role may be any node, and another one for each fault.
        const names = new Set(now.map(({ node }, index) => (node === '@leader' ? `leader ${index}` : node)));
        most = Math.max(most, names.size);
        expect(names.size).toBeLessThanOrEqual(budget);
      }
    }
    expect(most).toBe(budget);
  }
});

test('over the budget there is no limit', () => {
  const down = draw(3, settingOf(3), { classes: ['crash'], budget: 'over', every: seconds(0.2) });
  const most = down.map(({ at }) => {
    const now = down.filter(
      ({ at: from, fault }) => from <= at && at < from + (fault.type === 'crash' ? (fault.for ?? 0) : 0),
    );
    return new Set(now.map(({ fault }) => (fault.type === 'crash' ? fault.node : ''))).size;
  });
  expect(Math.max(...most)).toBeGreaterThanOrEqual(3);
});

test('each seed leaves whole kinds of faults out, and over the seeds every kind occurs', () => {
  const seen = new Set<string>();
  const kinds = seeds.map((seed) => {
    const types = new Set(
      draw(seed, settingOf(5), { classes: all, every: seconds(0.2) }).map(({ fault }) => fault.type),
    );
    for (const type of types) seen.add(type);
    return types.size;
  });
  expect(Math.min(...kinds)).toBeLessThan(12);
  expect(Math.max(...kinds)).toBeLessThan(24);
  expect(seen.size).toBe(faultSchema.options.length - 5); // all but restart, disk-wipe, single messages lost or late, and heal
});

test('with all classes nothing is left out', () => {
  const types = (seed: number): number =>
    new Set(
      draw(seed, settingOf(5), { classes: ['pause', 'hold', 'loss'], allClasses: true }).map(({ fault }) => fault.type),
    ).size;
  expect([1, 2, 3].map(types)).toEqual([3, 3, 3]);
});
