// Locks of anybody's protocol, drawn from what the clients were told: a scenario of its own, whose service keeps its promise or
// forgets it.
import { expect, test } from 'vitest';
import {
  defineScenario,
  ms,
  seconds,
  simulate,
  type Json,
  type NodeId,
  type Protocol,
  type Run,
} from '../../sim/index.ts';
import { liveTimelineOf, timelineOf } from '../../viz/data.ts';
import { layersOf } from '../../viz/page/layers.ts';
import { carriedRun } from '../../viz/page/shown-run.ts';
import { about, emptyRun } from './fixture.ts';

interface Locking {
  readonly state: { holder: NodeId | null; token: number };
  readonly message: { readonly type: 'acquire' | 'release' | 'yes' | 'no'; readonly token?: number };
  readonly timer: 'work';
  readonly request: { readonly f: string };
  readonly response: Json;
}

/** A lock server that answers yes to whoever comes first, or to everybody. */
const server = (isForgetful: boolean): Protocol<Locking> => ({
  start: () => ({ holder: null, token: 0 }),
  onMessage(state, from, { type }, ctx) {
    if (type === 'release') {
      if (state.holder === from) state.holder = null;
      return;
    }
    const isFree = state.holder === null || isForgetful;
    if (isFree) state.holder = from;
    ctx.send(from, isFree ? { type: 'yes', token: ++state.token } : { type: 'no' });
  },
});

const client: Protocol<Locking> = {
  start: () => ({ holder: null, token: 0 }),
  onRequest(_state, { f }, ctx) {
    ctx.send('server', { type: f === 'acquire' ? 'acquire' : 'release' });
    if (f === 'release') ctx.ok(null);
  },
  onMessage(_state, _from, { type, token = 0 }, ctx) {
    if (type === 'yes') ctx.ok(['door', token]);
    else ctx.fail('taken');
  },
};

const runOf = (isForgetful: boolean): Run => {
  const scenario = defineScenario({
    name: 'my-lock',
    story: 'A lock of mine.',
    protocol: 'mine',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: [{ id: 'server', protocol: server(isForgetful) }],
      clients: ['c1', 'c2'].map((id) => ({ id, protocol: client, timeout: seconds(1) })),
      network: { latency: 'lan' },
      until: seconds(2),
      tail: seconds(1),
      faults: [],
      properties: [],
      checks: [],
      workload: [
        { id: 0, client: 'c1', at: ms(10), f: 'acquire', value: ['door', null] },
        { id: 1, client: 'c2', at: ms(40), f: 'acquire', value: ['door', null] },
        { id: 2, client: 'c1', at: ms(100), f: 'release', value: ['door', null] },
        { id: 3, client: 'c2', at: ms(150), f: 'release', value: ['door', null] },
        { id: 4, client: 'c2', at: ms(200), f: 'acquire', value: ['door', null] },
        { id: 5, client: 'c2', at: ms(300), f: 'release', value: ['door', null] },
      ],
    }),
  });
  return simulate(scenario, { seed: '1', trace: true, faults: [] });
};

test('a lock of a protocol that nobody knows has its strips, and no red where it is one holder’s', () => {
  const shown = carriedRun(timelineOf(runOf(false), about));
  expect(shown.locks.beliefs.map(({ lane, lock, token }) => [lane, lock, token])).toEqual([
    [1, 'door', 1],
    [2, 'door', 2],
  ]);
  const [first, second] = shown.locks.beliefs;
  expect([first?.from, first?.to, second?.from, second?.to].map((time) => Math.round((time ?? 0) / 10_000))).toEqual([
    1, 10, 20, 30,
  ]);
  expect(shown.locks.beliefs.flatMap(({ shared, unfounded }) => [...shared, ...unfounded])).toEqual([]);
  expect(layersOf(shown).has('locks')).toBe(true);
});

test('where two were told that it is theirs, both strips are red for as long as both have it', () => {
  const { locks } = carriedRun(timelineOf(runOf(true), about));
  const red = locks.beliefs.flatMap(({ lane, shared }) => shared.map((stretch) => ({ lane, ...stretch })));
  expect(red.map(({ lane }) => lane)).toEqual([1, 2]);
  for (const { from, to } of red) expect([Math.round(from / 10_000), Math.round(to / 10_000)]).toEqual([4, 10]);
});

test('what a lease does not cover any more is held without ground', () => {
  const event = (index: number, time: number, type: 'invoke' | 'ok', f: string, value: Json, operation: number) => {
    return { index, time, process: 0, type, f, value, client: 'c1', operation };
  };
  const history = [
    event(0, 0, 'invoke', 'acquire', null, 0),
    event(1, 100, 'ok', 'acquire', { lease: 1_000, token: 7 }, 0),
    event(2, 3_000, 'invoke', 'release', null, 1),
    event(3, 3_100, 'ok', 'release', null, 1),
  ];
  const { held } = liveTimelineOf({ ...emptyRun(), clients: ['c1'], history, until: 5_000 }, about);
  expect(held).toEqual([
    { lane: 0, lock: 'the lock', token: 7, from: 100, to: 3_000, leased: [{ from: 100, to: 1_000 }] },
  ]);
  const { locks } = carriedRun(timelineOf({ ...emptyRun(), clients: ['c1'], history, until: 5_000 }, about));
  expect(locks.grants).toMatchObject([{ from: 100, to: 1_000 }]);
  expect(locks.beliefs[0]?.unfounded).toEqual([{ from: 1_000, to: 3_000 }]);
});

test('a semaphore and a history that pairs badly have none', () => {
  const event = (index: number, type: 'invoke' | 'ok', value: Json, operation: number) => {
    return { index, time: index, process: operation, type, f: 'acquire', value, client: `c${operation}`, operation };
  };
  const heldBy = (history: Run['history']): unknown =>
    liveTimelineOf({ ...emptyRun(), clients: ['c0', 'c1'], history }, about).held;
  expect(heldBy([event(0, 'invoke', { permits: 2 }, 0), event(1, 'ok', { permits: 2 }, 0)])).toEqual([]);
  expect(heldBy([event(0, 'ok', null, 0)])).toEqual([]);
});
