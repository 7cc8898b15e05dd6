// Shrinking: the smallest run for the same cause, and the list minimiser under it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { optionsOf, type Case } from '../../fuzz/case.ts';
import { causeOf } from '../../fuzz/cause.ts';
import { mostImpaired } from '../../fuzz/impairment.ts';
import { shrink, type ShrinkProgress } from '../../fuzz/shrink/index.ts';
import { mostLost } from '../../fuzz/shrink/limits.ts';
import { minimize } from '../../fuzz/shrink/minimize.ts';
import { findScenario } from '../../scenarios/index.ts';
import { firstFailure } from './failing.ts';
import {
  alwaysOn,
  eventually,
  ms,
  always,
  networkPresets,
  seconds,
  simulate,
  type AnyProtocol,
  type Finding,
  type Scenario,
  type TimedFault,
} from '../../sim/index.ts';

/** What the smallest runs of these bugs need, in events: bounds that a person can still read. */
const bugs: readonly (readonly [name: string, events: number])[] = [
  ['ping-pong-late-pong', 20],
  ['counter-early-acknowledgement', 25],
  ['election-early-leader', 30],
  ['two-phase-commit-forgotten-vote', 25],
  ['raft-applies-early', 25],
  ['raft-always-truncates', 25],
];

describe('shrinking', () => {
  test.each(bugs)('%s becomes a run of at most %i events with the same cause', (name, most) => {
    const scenario = findScenario(name);
    const { run, finding } = firstFailure(scenario);
    const shrunk = shrink(scenario, run, finding);
    const again = simulate(scenario, optionsOf(shrunk.case));
    expect(again.findings.map(causeOf)).toContain(causeOf(finding));
    expect(shrunk).toMatchObject({ complete: true, before: { events: finding.event + 1 } });
    expect(again.events).toBeLessThanOrEqual(most);
    expect(again.events).toBe(shrunk.after.events);
    // Nothing more can be left out.
    const { case: smallest } = shrunk;
    for (const fault of smallest.faults) {
      const faults = smallest.faults.filter((other) => other !== fault);
      const less = simulate(scenario, { ...optionsOf({ ...smallest, faults }) });
      expect(less.findings.map(causeOf)).not.toContain(causeOf(finding));
    }
  });

  test('is the same every time, and tells how it goes on', () => {
    const scenario = findScenario('two-phase-commit-forgotten-vote');
    const { run, finding } = firstFailure(scenario);
    const told: ShrinkProgress[] = [];
    const one = shrink(scenario, run, finding, { onProgress: (progress) => told.push(progress) });
    expect(shrink(scenario, run, finding)).toEqual(one);
    expect(new Set(told.map(({ step }) => step))).toEqual(
      new Set([
        'faults',
        'clients',
        'operations',
        'knobs',
        'lengths of faults',
        'times',
        'variations',
        'single messages',
      ]),
    );
    expect(one.runs).toBeLessThan(5_000);
    // It never grows by much on its way.
    for (const [place, { size }] of told.entries()) {
      const before = told[place - 1]?.size.events ?? Infinity;
      expect(size.events).toBeLessThanOrEqual(before * 1.125 + 20);
    }
  });

  test('ends at its bounds with the smallest so far', () => {
    const scenario = findScenario('election-early-leader');
    const { run, finding } = firstFailure(scenario);
    const short = shrink(scenario, run, finding, { runs: 5 });
    expect(short).toMatchObject({ complete: false, runs: 5 });
    expect(simulate(scenario, optionsOf(short.case)).findings.map(causeOf)).toContain(causeOf(finding));
    expect(shrink(scenario, run, finding, { isOver: () => true })).toMatchObject({ complete: false, runs: 1 });
  });

  test('refuses a run that does not fail so when it is made again', () => {
    const scenario = findScenario('election-early-leader');
    const { run, finding } = firstFailure(scenario);
    expect(() => shrink(scenario, run, { ...finding, name: 'something else' })).toThrow('shows no “something else”');
  });
});

describe('what must come true', () => {
  test('is shown with as little work as any other property', () => {
    const scenario = findScenario('gossip-no-anti-entropy');
    const { run, finding } = firstFailure(scenario);
    const { after } = shrink(scenario, run, finding);
    expect(finding.name).toBe('everybody hears');
    expect(after.operations).toBe(1);
    expect(after.events).toBeLessThan(30);
    // All that time before the heal was for nothing.
    expect(finding.at).toBeGreaterThan(run.healAt);
    expect(after.at).toBeLessThan(finding.at - run.healAt + seconds(1));
  });

  test('but with all the work after the heal, where somebody must be answered', () => {
    const base = findScenario('ping-pong');
    const answered = eventually('answers come', 'somebody is answered', seconds(1), ({ history }, healedAt) =>
      history.some(({ type, time }) => type === 'ok' && time > healedAt) ? undefined : 'nobody is',
    );
    const deaf = { start: () => ({}), onMessage: () => {} };
    const scenario: Scenario = {
      ...base,
      world: (set) => {
        const world = base.world(set);
        const nodes = world.nodes.map((node) => ({ ...node, protocol: deaf }));
        return { ...world, nodes, properties: [answered], checks: [] };
      },
    };
    const { run, finding } = firstFailure(scenario);
    const small = shrink(scenario, run, finding, { runs: 60 }).case;
    // Less time before the heal; after it all that was asked for, by the same clients, at the same distance.
    expect(small.until).toBeLessThan(run.until);
    const asked = ({ workload, until }: Pick<Case, 'workload' | 'until'>): readonly string[] =>
      workload
        .filter(({ at }) => at >= until - run.until + run.healAt)
        .map(({ at, client }) => `${client} ${until - at}`);
    expect(asked(small)).toEqual(asked(run));
    expect(asked(small).length).toBeGreaterThan(10);
  });
});

test('what a rare delay shows among many operations, it shows among few under another seed', () => {
  const base = findScenario('ping-pong');
  const server: AnyProtocol = {
    start: () => ({}),
    onMessage(_state, from, { serial }, ctx) {
      ctx.note('takes', { serial });
      ctx.disk.set('taken', serial);
      ctx.disk.sync();
      ctx.send(from, { serial });
    },
  };
  const client: AnyProtocol = {
    start: () => ({ serial: 0 }),
    onRequest: (state, _request, ctx) => ctx.send('server', { serial: ++state.serial }),
    onMessage: (state, _from, { serial }, ctx) => (serial === state.serial ? ctx.ok(null) : undefined),
  };
  const inOrder = alwaysOn(['takes'], 'requests are taken in order', 'no copy comes after two other requests', () => {
    let latest = 0;
    return (_view, { note }) => {
      const { serial } = note!.data as { readonly serial: number };
      latest = Math.max(latest, serial);
      return serial < latest - 1 ? `${serial} is taken after ${latest}` : undefined;
    };
  });
  const scenario: Scenario = {
    ...base,
    world: (set) => ({
      ...base.world(set),
      nodes: [{ id: 'server', protocol: server }],
      clients: [{ id: 'c1', protocol: client, timeout: seconds(5) }],
      network: networkPresets.lan,
      faults: [{ at: 0, fault: { type: 'duplicating-link', from: ['c1'], to: ['server'], duplicate: 1_000_000 } }],
      workload: Array.from({ length: 400 }, (_, id) => ({ id, client: 'c1', at: ms(id), f: 'ask', value: null })),
      ...{ properties: [inOrder], checks: [] },
    }),
  };
  const { run, finding } = firstFailure(scenario);
  const { before, after } = shrink(scenario, run, finding);
  expect(before.operations).toBeGreaterThan(30);
  expect(after.operations).toBeLessThan(4);
});

describe('a smaller run breaks nothing that was whole in the run it was made of', () => {
  /** Servers that count how often any of them has started again; two is too often. */
  const restless = (faults: readonly TimedFault[]): Scenario => {
    const base = findScenario('election');
    const twice = always('nobody starts a third time', 'the sum of all lives stays below five', () => ({ nodes }) => {
      const lives = nodes.reduce((sum, { incarnation }) => sum + incarnation, 0);
      return lives >= nodes.length + 2 ? `${lives} lives` : undefined;
    });
    return { ...base, world: (set) => ({ ...base.world(set), faults, properties: [twice], checks: [] }) };
  };
  const crash = (at: number, node: string): TimedFault => ({ at, fault: { type: 'crash', node, for: ms(80) } });

  test('two crashes that did not overlap are not brought together', () => {
    const scenario = restless([crash(ms(100), 'n1'), crash(ms(400), 'n2'), crash(ms(700), 'n3')]);
    const { run, finding } = firstFailure(scenario);
    const { faults, until } = shrink(scenario, run, finding).case;
    expect(faults.filter(({ fault }) => fault.type === 'crash')).toHaveLength(2);
    expect(mostImpaired(faults, until)).toBe(1);
  });

  test('messages are lost only where messages could get lost', () => {
    const base = findScenario('swim-unwitnessed-clock');
    const isLossy = (fault: TimedFault['fault'], loss = 0): boolean => {
      const world = { network: { ...networkPresets.lan, loss }, faults: [{ at: ms(900), fault }] };
      const scenario: Scenario = { ...base, world: (set) => ({ ...base.world(set), ...world }) };
      const { run, finding } = firstFailure(scenario);
      return shrink(scenario, run, finding, { runs: 2_500 }).case.faults.some(
        ({ fault: { type } }) => type === 'lose-messages',
      );
    };
    const slow = { type: 'slow-cpu', node: 'n2', perEvent: 100, for: ms(5) } as const;
    expect(isLossy(slow)).toBe(false);
    expect(isLossy(slow, 1)).toBe(false);
    expect(isLossy({ type: 'isolate', node: 'n2', for: ms(5) })).toBe(true);
  });

  test('and where only a network loses them, as many as it may well lose', () => {
    const limits = { kinds: new Set<TimedFault['fault']['type']>(), impaired: 0, nodes: 3 };
    const most = [0, 1, 10_000, 200_000, 1_000_000].map((loss) => mostLost({ ...limits, loss }, 100));
    expect(most).toEqual([0, 0, 3, 32, 100]);
  });
});

describe('the smallest run', () => {
  test('ends with the last event that proves it, where the one that is blamed needs witnesses', () => {
    const scenario = findScenario('redlock-clock-jump-majority');
    const { run, finding } = firstFailure(scenario);
    const shrunk = shrink(scenario, run, finding);
    const again = simulate(scenario, optionsOf(shrunk.case));
    expect(again.events).toBe(shrunk.after.events);
    expect(again.events).toBeLessThan(30);
    expect(again.findings.map(causeOf)).toContain(causeOf(finding));
    const shorter = simulate(scenario, optionsOf({ ...shrunk.case, maxEvents: again.events - 1 }));
    expect(shorter.findings.map(causeOf)).not.toContain(causeOf(finding));
  });

  // A member that nobody hears is declared dead by rights, and a client that waits for its last answer asks for nothing more:
  // neither what is lost nor what is not asked for may do the work of the bug.
  test.each([
    ['swim-weak-refutation', 'swim-refutes'],
    ['raft-deaf-leader', 'raft'],
  ])('of %s is no failure of %s', (broken, partner) => {
    const scenario = findScenario(broken);
    const { run, finding } = firstFailure(scenario);
    const { case: small, before, after } = shrink(scenario, run, finding, { runs: 1_500 });
    const right = simulate(findScenario(partner), optionsOf(small));
    expect(right.findings.map(causeOf)).not.toContain(causeOf(finding));
    expect(after.events).toBeLessThan(before.events / 1.5);
  });
});

describe('a list is minimised', () => {
  test('to exactly what is needed, wherever it stands', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { maxLength: 60 }), fc.infiniteStream(fc.boolean()), (items, picks) => {
        const needed = items.filter(() => picks.next().value === true);
        const accepts = (left: readonly number[]): boolean => needed.every((item) => left.includes(item));
        expect(minimize(items, accepts, () => false)).toEqual(needed);
      }),
    );
  });

  test('in about as many tries as the needed are logarithms of the rest', () => {
    let tries = 0;
    const items = Array.from({ length: 1_000 }, (_, index) => index);
    const left = minimize(
      items,
      (kept) => (tries++, kept.includes(421)),
      () => false,
    );
    expect(left).toEqual([421]);
    expect(tries).toBeLessThan(40);
  });

  test('in one try where nothing of it is needed, and until nothing more can be left out where one item hangs on another', () => {
    let tries = 0;
    const all = Array.from({ length: 1_000 }, (_, index) => index);
    expect(
      minimize(
        all,
        () => (tries++, true),
        () => false,
      ),
    ).toEqual([]);
    expect(tries).toBe(1);
    const accepted = new Set(['2 3 4', '2 4']);
    expect(
      minimize(
        [1, 2, 3, 4],
        (left) => accepted.has(left.join(' ')),
        () => false,
      ),
    ).toEqual([2, 4]);
  });

  test('to what was accepted last when time is over', () => {
    let tries = 0;
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const left = minimize(
      items,
      (kept) => (tries++, kept.includes(1)),
      () => tries >= 2,
    );
    expect(left).toEqual([1, 2, 3, 4]);
  });
});

test('causes are told apart by the property, and by the error where handlers threw', () => {
  const finding = { name: 'handlers do not throw', verdict: 'invalid' } as Finding;
  const threw = (reason: string): string => causeOf({ ...finding, reason });
  expect(threw('n1: term 3 has no entry 17')).toBe(threw('n22: term 41 has no entry 2'));
  expect(threw('late by 900 µs')).toBe(threw('late by 1.2 s'));
  expect(threw('n1: term 3 has no entry 17')).not.toBe(threw('n1: no such key'));
  expect(threw('n1: no entry')).toBe(threw('server-2: no entry'));
  expect(threw('n1: no key "a" of \'x\'')).toBe(threw('n1: no key "long" of \'y\''));
  expect(causeOf({ ...finding, name: 'agreement', reason: 'a' })).toBe(
    causeOf({ ...finding, name: 'agreement', reason: 'b' }),
  );
});
