// What becomes of faults, knobs, times and messages when a run is shrunk, each shown on nodes that beat for each other: whatever
// they do not hear, lose or live through is decided by the schedule alone.
import { describe, expect, test } from 'vitest';
import { caseOf, optionsOf, shrink, type Case } from '../../fuzz/index.ts';
import { Search } from '../../fuzz/shrink/index.ts';
import { forgetUnsent, loseMessages } from '../../fuzz/shrink/messages.ts';
import { earlierTimes } from '../../fuzz/shrink/times.ts';
import { tryCase, wantedOf } from '../../fuzz/shrink/trial.ts';
import { findScenario } from '../../scenarios/index.ts';
import {
  alwaysOn,
  ms,
  networkPresets,
  numbered,
  seconds,
  simulate,
  traceRow,
  type AnyProtocol,
  type Fault,
  type Property,
  type Scenario,
  type TimedFault,
} from '../../sim/index.ts';
import { firstFailure } from './failing.ts';

interface State {
  readonly heard: Record<string, number>;
}

/** Says every 20 ms that it is there, counts its beats on the disk without a sync, and notes how long it had heard nothing. */
const beating: AnyProtocol = {
  start(ctx) {
    ctx.note('begins', { beats: Number(ctx.disk.get('beats') ?? 0) });
    ctx.setTimer('beat', ms(20));
    return { heard: {} } satisfies State;
  },
  onTimer(_state, _timer, ctx) {
    const beats = Number(ctx.disk.get('beats') ?? 0) + 1;
    ctx.disk.set('beats', beats);
    ctx.note('beats', { beats });
    for (const peer of ctx.peers) ctx.send(peer, { type: 'beat' });
    ctx.setTimer('beat', ms(20));
  },
  onMessage(state, from, _message, ctx) {
    const { heard } = state as State;
    const now = ctx.monotonic();
    ctx.note('hears', { from, after: now - (heard[from] ?? now) });
    heard[from] = now;
  },
};

function world(faults: readonly TimedFault[], property: Property): Scenario {
  return {
    ...findScenario('election'),
    name: 'beats',
    parameters: { servers: { about: 'servers', default: 5, range: [1, 5] } },
    world: ({ servers }) => ({
      nodes: numbered('n', Number(servers), { protocol: beating }),
      ...{ clients: [], workload: [], checks: [], faults, properties: [property] },
      ...{ network: networkPresets.lan, until: seconds(3), tail: ms(500) },
    }),
  };
}

/** Nobody is silent for so long that another one notes it. */
const silence = (longest: number, between?: readonly [string, string]): Property =>
  alwaysOn(['hears'], 'all are heard', 'beats come in time', () => (_view, { node, note }) => {
    const { from, after } = note!.data as { readonly from: string; readonly after: number };
    const isMeant = between === undefined || [node.id, from].sort().join() === between.join();
    return isMeant && after > longest ? `${node.id} had not heard ${from} for ${after}` : undefined;
  });

const at = (time: number, fault: Fault): TimedFault => ({ at: time, fault });

function shrunk(scenario: Scenario): Case {
  const { run, finding } = firstFailure(scenario);
  return shrink(scenario, run, finding).case;
}

/** Before its first step. */
function searchIn(scenario: Scenario): Search {
  const { run, finding } = firstFailure(scenario);
  const wanted = wantedOf(scenario, caseOf(run), finding);
  return new Search(scenario, wanted, tryCase(scenario, caseOf(run), wanted, Infinity)!, {});
}

const faultsOf = (scenario: Scenario): readonly Fault[] =>
  shrunk(scenario)
    .faults.map(({ fault }) => fault)
    .filter(({ type }) => type !== 'lose-messages');

describe('a fault becomes plainer', () => {
  const cut = at(ms(507), {
    type: 'partition',
    groups: [
      ['n1', 'n4', 'n3'],
      ['n2', 'n5'],
    ],
    for: ms(733),
  });

  test('where the run had plainer ones: one node cut off, no longer than it takes', () => {
    const brief = at(ms(101), { type: 'isolate', node: 'n3', for: ms(9) });
    const [fault, ...others] = faultsOf(world([brief, cut], silence(ms(150), ['n1', 'n2'])));
    expect(others).toEqual([]);
    expect(fault).toEqual({ type: 'isolate', node: expect.stringMatching(/^n[12]$/), for: ms(200) });
  });

  test('else a cut of fewer nodes', () => {
    expect(faultsOf(world([cut], silence(ms(150), ['n1', 'n2'])))).toEqual([
      { type: 'partition', groups: [['n1'], ['n2']], for: ms(200) },
    ]);
  });

  test('of a length that is as round as it can be', () => {
    const long = at(ms(31), { type: 'isolate', node: 'n1', for: 2_345_678 });
    const [fault] = faultsOf(world([long], silence(ms(2_310))));
    expect(fault).toEqual({ type: 'isolate', node: 'n1', for: ms(2_346) });
  });

  test('certain instead of likely, of one link instead of many', () => {
    const link = { from: ['n1', 'n3'], to: ['n2', 'n4'], for: ms(800) };
    const lossy = world([at(ms(500), { type: 'lossy-link', ...link, loss: 990_000 })], silence(ms(150), ['n1', 'n2']));
    expect(faultsOf(lossy)).toEqual([{ type: 'lossy-link', from: ['n1'], to: ['n2'], for: ms(200), loss: 1_000_000 }]);
    const slow = at(ms(500), { type: 'slow-link', ...link, add: ms(900) });
    const held = at(ms(100), { type: 'hold', from: ['n5'], to: ['n4'], for: ms(1) });
    const [fault] = faultsOf(world([held, slow], silence(ms(150), ['n1', 'n2'])));
    expect(fault).toEqual({ type: 'hold', from: ['n1'], to: ['n2'], for: ms(200) });
  });

  test('a crash without aim where any will do, a power loss only where writes must be lost', () => {
    const again = alwaysOn(
      ['begins'],
      'nobody begins again',
      'one life each',
      () =>
        (_view, { node }) =>
          node.incarnation > 1 ? `${node.id} begins again` : undefined,
    );
    const forgetful = alwaysOn(['begins', 'beats'], 'nobody forgets', 'beats are counted', () => {
      const counted = new Map<string, number>();
      return (_view, { node, note }) => {
        const { beats } = note!.data as { readonly beats: number };
        if (beats < (counted.get(node.id) ?? 0)) return `${node.id} had counted further`;
        counted.set(node.id, beats);
        return undefined;
      };
    });
    const aimed = { when: 'after-effects', effects: 3, for: ms(90) } as const;
    const loss = at(ms(400), { type: 'power-loss', node: 'n2', unsynced: 'lost', ...aimed });
    expect(faultsOf(world([loss], again))).toEqual([{ type: 'crash', node: expect.any(String), for: ms(1) }]);
    expect(faultsOf(world([loss], forgetful))).toEqual([
      { type: 'power-loss', node: expect.any(String), unsynced: 'lost', for: ms(1) },
    ]);
  });
});

test('a smaller world is no weaker: whoever strikes one of five strikes one of three, whatever their names', () => {
  const found = shrunk(world([at(ms(600), { type: 'isolate', node: 'n5', for: ms(300) })], silence(ms(150))));
  expect(found.parameters['servers']).toBe(3);
  expect(found.faults.some(({ fault }) => 'node' in fault && ['n1', 'n2', 'n3'].includes(fault.node))).toBe(true);
});

test('what counts somebody is made small, what only speaks of them is as by default', () => {
  const base = world([at(ms(600), { type: 'isolate', node: 'n1', for: ms(300) })], silence(ms(150)));
  const sessions = { about: 'client sessions that the servers keep', default: 4_096, draw: () => 3 };
  const small = shrunk({ ...base, parameters: { ...base.parameters, sessions } });
  expect(small.parameters).toEqual({ servers: 3, sessions: 4_096 });
});

test('what happens late happens early and at round times, in the same order', () => {
  const faults = [
    at(812_345, { type: 'pause', node: 'n3', for: ms(210) }),
    at(1_654_321, { type: 'isolate', node: 'n1', for: ms(210) }),
  ];
  const both: Property = {
    ...silence(0),
    start: () => {
      let isPaused = false;
      return (_view, { node, note }) => {
        const { from, after } = note!.data as { readonly from: string; readonly after: number };
        if (after < ms(180)) return undefined;
        if (node.id === 'n2' && from === 'n3') isPaused = true;
        return isPaused && node.id === 'n2' && from === 'n1' ? 'first n3, then n1' : undefined;
      };
    },
  } as Property;
  const { faults: small } = shrunk(world(faults, both));
  const times = small.filter(({ fault }) => fault.type !== 'lose-messages').map((each) => each.at);
  expect(times).toHaveLength(2);
  expect(times[1]).toBeGreaterThanOrEqual(times[0]!);
  for (const time of times) {
    expect(time % ms(1)).toBe(0);
    expect(time).toBeLessThan(ms(500));
  }
});

test('what lasts over a wait becomes as much shorter, also where only the heal ends it', () => {
  // n2 hears of n3 again, and shortly after of n1: neither can come sooner without the other.
  const together: Property = alwaysOn(['hears'], 'one at a time', 'nobody comes back with another', () => {
    let back = -Infinity;
    return ({ now }, { node, note }) => {
      const { from, after } = note!.data as { readonly from: string; readonly after: number };
      if (node.id !== 'n2' || after < ms(180)) return undefined;
      if (from === 'n3') back = now;
      return from === 'n1' && now - back < ms(60) ? 'n3 and n1 are back' : undefined;
    };
  });
  const hold = { type: 'hold' as const, from: ['n1'], to: ['n2'] };
  const pause = at(ms(1_900), { type: 'pause', node: 'n3', for: ms(580) });
  for (const length of [ms(2_200), seconds(20)]) {
    const scenario = world([at(ms(300), { ...hold, for: length }), pause], together);
    const search = searchIn(scenario);
    earlierTimes(search);
    const [held, paused] = search.best.case.faults as [TimedFault, TimedFault];
    expect(held.at).toBeLessThan(ms(200));
    expect(held.fault).toMatchObject(hold);
    expect((held.fault as { readonly for: number }).for).toBeLessThan(ms(800));
    expect(paused).toEqual({ ...pause, at: paused.at });
    expect(paused.at).toBeLessThan(ms(400));
  }
});

test('messages that do not matter are lost, each by its number on its link', () => {
  const scenario = world([at(ms(500), { type: 'isolate', node: 'n1', for: ms(300) })], silence(ms(150), ['n1', 'n2']));
  const { trace } = simulate(scenario, { ...optionsOf(shrunk(scenario)), trace: true });
  const delivered = Array.from({ length: trace!.length }, (_, row) => traceRow(trace!, row)).filter(
    ({ kind }) => kind === 'deliver',
  );
  // A fault that loses something is an event as well: one message of a link is not worth it.
  const links = delivered.map(({ peer, node }) => `${peer} > ${node}`);
  expect(links.sort()).toEqual(['n1 > n2', 'n1 > n2', 'n1 > n3', 'n2 > n1', 'n3 > n1']);
});

test('what is lost to keep a run short does no fault’s work', () => {
  const cut = at(ms(500), { type: 'isolate', node: 'n1', for: ms(300) });
  const search = searchIn(world([cut], silence(ms(150), ['n1', 'n2'])));
  const before = search.best.events;
  loseMessages(search);
  const { case: found, events } = search.best;
  expect(events).toBeLessThan(before);
  expect(found.faults).toContainEqual(cut);
  const uncut = { ...found, faults: found.faults.filter(({ fault }) => fault.type !== 'isolate') };
  expect(search.tries(uncut, events)).toBeUndefined();
});

test('what is told as lost was sent', () => {
  const scenario = world([at(ms(500), { type: 'isolate', node: 'n1', for: ms(300) })], silence(ms(150), ['n1', 'n2']));
  const search = searchIn(scenario);
  const lose = (to: string, places: number[]): TimedFault =>
    at(0, { type: 'lose-messages', from: ['n4'], to: [to], places });
  const { case: found } = search.best;
  const faults = [...found.faults, lose('n5', [2, 90_000]), lose('n2', [90_000])];
  expect(search.accepts({ ...found, faults })).toBe(true);
  forgetUnsent(search);
  expect(search.best.case.faults).toEqual([...found.faults, lose('n5', [2])]);
});
