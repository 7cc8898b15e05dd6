// The app's parts that need no browser: the player's chart, steps, changes, addresses, exports, clocks, and the server.
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createActor } from 'xstate';
import { createSiteServer } from '../../cli/serve.ts';
import { findScenario } from '../../scenarios/index.ts';
import { simulate, Simulation } from '../../sim/simulate.ts';
import { liveTimelineOf, timelineOf } from '../../viz/data.ts';
import { raftRun } from '../../viz/lessons/raft-run.ts';
import { joinPayloads, leadReader, payloadReader } from '../../viz/live.ts';
import { pack, readFragment, unpack } from '../../viz/page/address.ts';
import { changedRequest, moveFault } from '../../viz/page/change.ts';
import { offAt } from '../../viz/page/draw/clocks.ts';
import { initialsOf } from '../../viz/page/draw/lanes.ts';
import { Cancelled, createEngine, createScope, type Engine } from '../../viz/page/engine.ts';
import { mermaidOf } from '../../viz/page/export/mermaid.ts';
import { messageFilter, rowFilter } from '../../viz/page/filter.ts';
import { noLocks } from '../../viz/page/locks.ts';
import { buildModel } from '../../viz/page/model.ts';
import { playerChart } from '../../viz/page/player.ts';
import { entryText } from '../../viz/page/side/log.ts';
import { causeOf, effectOf, rowAt, stepEvent, stepMessage } from '../../viz/page/steps.ts';
import { asSentence } from '../../viz/page/words.ts';
import { parseRequest } from '../../viz/request.ts';
import { watchClocks } from '../../viz/worker/clocks.ts';
import { createServices } from '../../viz/worker/services.ts';
import { about, staleRead } from './fixture.ts';
import { finish } from './shown.ts';

const model = buildModel(timelineOf(staleRead(), about));
describe('the player', () => {
  const start = () => createActor(playerChart, { input: { end: 1_000_000, speed: 0.1 } }).start();

  test('moves only while it plays, and stops at the end', () => {
    const player = start();
    player.send({ type: 'tick', ms: 50 });
    expect(player.getSnapshot().context.moment).toBe(0);
    player.send({ type: 'play' });
    player.send({ type: 'tick', ms: 50 });
    expect(player.getSnapshot().context.moment).toBe(5_000);
    player.send({ type: 'tick', ms: 100_000 });
    expect(player.getSnapshot()).toMatchObject({ value: 'paused', context: { moment: 1_000_000 } });
    player.send({ type: 'play' });
    expect(player.getSnapshot()).toMatchObject({ value: 'playing', context: { moment: 0 } });
  });

  test('waits while it is held, and then goes on as before', () => {
    const player = start();
    player.send({ type: 'play' });
    player.send({ type: 'grab' });
    player.send({ type: 'tick', ms: 50 });
    player.send({ type: 'seek', moment: 9_000_000 });
    expect(player.getSnapshot()).toMatchObject({ value: { held: 'playing' }, context: { moment: 1_000_000 } });
    player.send({ type: 'release' });
    expect(player.getSnapshot().value).toBe('playing');
  });
});

test('roles are abbreviated so that no two of a run look alike', () => {
  const raft = ['leader', 'learner', 'follower', 'candidate', 'pre-candidate'];
  expect(raft.map((role) => initialsOf(role, raft))).toEqual(['Ld', 'Lr', 'F', 'C', 'P']);
});

test.each([
  [{ term: 1, type: 'noop' }, '1: noop'],
  [
    { term: 2, type: 'command', command: { type: 'apply', operation: { type: 'write', key: 'x', value: 1 } } },
    '2: write x 1',
  ],
  [{ term: 1, type: 'command', command: { type: 'kv', write: { verb: 'set', key: 'k1', value: '9' } } }, '1: set k1 9'],
  [{ zxid: 2 ** 32 + 7, txn: { type: 'set', session: 'c1/6', sequence: 5, key: 'k', value: null } }, '1.7: set k'],
  ['n1', 'n1'],
  [{ a: 1 }, '{"a":1}'],
])('the entry %j of a list is told as %s', (item, text) => {
  expect(entryText(item)).toBe(text);
});

describe('steps', () => {
  test('go through every event once, forward as backward', () => {
    const forward: number[] = [];
    for (let row: number | undefined = 0; row !== undefined; row = stepEvent(model, row, 1)) forward.push(row);
    const backward: number[] = [];
    for (let row: number | undefined = forward.at(-1); row !== undefined; row = stepEvent(model, row, -1))
      backward.push(row);
    expect(backward.toReversed()).toEqual(forward);
    expect(forward).toHaveLength(new Set(model.rows.event).size);
  });

  test('from a cause lead to an effect whose cause it is', () => {
    for (let row = 0; row < model.rows.length; row++) {
      const effect = effectOf(model, row);
      if (effect !== undefined) expect(causeOf(model, effect)).toBe(row);
    }
    const message = stepMessage(model, -1, 1, 1) ?? -1;
    expect(model.rows.node[message]).toBe(1);
    expect(rowAt(model, -1)).toBe(-1);
    expect(rowAt(model, Infinity)).toBe(model.rows.length - 1);
  });
});

test('what is looked for passes, and nothing else', () => {
  expect(rowFilter(model, { text: '', lane: -1, key: '' })).toBeUndefined();
  const passes = rowFilter(model, { text: 'vote-reply', lane: 1, key: '' });
  const rows = [...model.rows.time.keys()].filter((row) => passes?.(row));
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.length).toBeLessThan(model.rows.length / 2);
  const messages = messageFilter(model, { text: 'vote-reply', lane: -1, key: '' }) ?? new Uint8Array();
  const types = new Set(
    [...messages.keys()]
      .filter((index) => messages[index] === 1)
      .map((index) => model.messages.types[model.messages.type[index] as number]?.name),
  );
  expect([...types]).toEqual(['vote-reply']);
});

describe('a change', () => {
  const first = simulate(findScenario('raft'), { seed: '3', trace: true });
  const shown = {
    asked: { scenario: 'raft', seed: '3' },
    model: buildModel(liveTimelineOf(first, about)),
    clocks: [],
    locks: noLocks,
    explained: [],
  };
  const rerun = (asked: ReturnType<typeof changedRequest>) => simulate(findScenario('raft'), asked as never);

  test('of nothing is the same run', () => {
    const same = changedRequest(shown, { type: 'faults', faults: first.faults });
    expect(rerun(same).hash).toBe(first.hash);
  });

  test('of a fault, a knob or the seed is another run, with the rest as it was', () => {
    const faults = moveFault(first.faults, 0, 5_000_000_000, first.healAt);
    expect(faults[0]?.at).toBe(first.healAt - 1);
    const moved = rerun(changedRequest(shown, { type: 'faults', faults }));
    expect(moved.hash).not.toBe(first.hash);
    expect(moved.workload).toEqual(first.workload);
    const seed = rerun(changedRequest(shown, { type: 'seed', seed: '4', keep: true }));
    expect([seed.parameters, seed.faults]).toEqual([first.parameters, first.faults]);
    const knob = rerun(changedRequest(shown, { type: 'knob', name: 'election', value: 301 }));
    expect(knob.parameters).toEqual({ ...first.parameters, election: 301 });
  });
});

describe('an address', () => {
  test('holds what it was given, whatever letters that has', async () => {
    const value = [{ at: 5, fault: { type: 'crash', node: 'n1 ☃ <&">' } }];
    expect(await unpack(await pack(value), 'f')).toEqual(value);
    const read = await readFragment(
      `v=1.2.3&s=raft&seed=a%26b&p=${encodeURIComponent('{"nodes":3}')}&f=${await pack(value)}&t=12&z=0,99&h=ab`,
    );
    expect(read).toEqual({
      request: { scenario: 'raft', seed: 'a&b', parameters: { nodes: 3 }, faults: value },
      version: '1.2.3',
      hash: 'ab',
      moment: 12,
      window: { from: 0, to: 99 },
    });
  });

  test('that is none is refused, as is one that unpacks to too much', async () => {
    await expect(readFragment('seed=1')).rejects.toThrow('this link names no scenario');
    await expect(readFragment('s=raft&t=soon')).rejects.toThrow('t: expected microseconds, found "soon"');
    await expect(readFragment('s=raft&p={')).rejects.toThrow('p: expected JSON');
    await expect(unpack('%%%', 'f')).rejects.toThrow('f: expected packed JSON');
    await expect(unpack(await pack('x'.repeat(5_000_000)), 'f')).rejects.toThrow('it unpacks to more than');
  });

  test('with a request that fits nothing is refused by the simulator', () => {
    expect(() => parseRequest({ scenario: 'raft', seed: '1', evil: 1 })).toThrow('evil');
    expect(() =>
      parseRequest({ scenario: 'raft', seed: '1', faults: [{ at: 0, fault: { type: 'explode' } }] }),
    ).toThrow('request.faults[0].fault');
    expect(() => parseRequest({ scenario: 'raft', seed: 5 })).toThrow('request.seed');
  });
});

test('payloads come out of their bytes as they went in', () => {
  const texts = ['null', '"☃ 𝄞"', '{"a":[1,2]}', '""'];
  const read = payloadReader(joinPayloads(texts));
  expect(texts.map((_, index) => JSON.stringify(read(index)))).toEqual(texts);
  expect(read(-1)).toBeNull();
});

test('the first field of a payload is read alone where it is a plain text, and left to the whole reading elsewhere', () => {
  const texts = [
    '{"type":"ping","n":1}',
    '{"kind":"☃"}',
    '{"type":"a\\"b"}',
    '{"n":1}',
    '{}',
    '"type"',
    '{"type":""}',
    'null',
    '[1]',
  ];
  const lead = leadReader(joinPayloads(texts));
  expect(texts.map((_, index) => lead(index))).toEqual([
    { field: 'type', text: 'ping' },
    ...[undefined, undefined, undefined, undefined, undefined],
    { field: 'type', text: '' },
    ...[undefined, undefined],
  ]);
  expect(lead(-1)).toBeUndefined();
  for (const [index, text] of texts.entries()) {
    const found = lead(index);
    if (found !== undefined) expect(Object.entries(JSON.parse(text) as object)[0]).toEqual([found.field, found.text]);
  }
});

test('a choice that is a sentence gets no second full stop', () => {
  expect(['It waits', 'It waits.', 'Does it?', 'It says “I do not know.”', 'maybe (yes.)'].map(asSentence)).toEqual([
    'It waits.',
    'It waits.',
    'Does it?',
    'It says “I do not know.”',
    'maybe (yes.)',
  ]);
});

describe('an engine for a part of the page', () => {
  /** A thread that never answers and keeps what it was told. */
  const silent = (): { readonly told: string[]; readonly engine: Engine } => {
    const told: string[] = [];
    const thread = { addEventListener: () => undefined, postMessage: ({ type }: { type: string }) => told.push(type) };
    return { told, engine: createEngine(() => Promise.resolve(thread as unknown as Worker)) };
  };

  test('gives up what it asked when the part is closed, and nothing else', async () => {
    const { told, engine } = silent();
    const [part, other] = [createScope(engine), createScope(engine)];
    const left = part.ask('catalogue', undefined).answer;
    void other.ask('catalogue', undefined);
    part.close();
    await expect(left).rejects.toThrow(Cancelled);
    await expect(part.ask('catalogue', undefined).answer).rejects.toThrow(Cancelled);
    expect(told).toEqual(['catalogue', 'catalogue', 'cancel']);
  });
});

test('a sequence diagram holds the messages of its stretch and no markup', () => {
  const text = mermaidOf(model, { from: 0, to: model.data.end });
  expect(text.split('\n')[0]).toBe('sequenceDiagram');
  expect(text.match(/->>/g)?.length).toBe([...model.messages.fate].filter((fate) => fate <= 1).length);
  expect(text).toContain('--xp1: append (lost: cut)');
  expect(text).not.toMatch(/[<"`;]/);
});

test('the line of a clock says what the clock said at every event', () => {
  const scenario = findScenario('lock');
  const simulation = new Simulation(scenario, { seed: '4' });
  const watch = watchClocks(simulation);
  const readings: [node: number, at: number, off: number][] = [];
  for (let events = 0; simulation.step(); events++) {
    watch.look();
    const { now, nodes } = simulation.view;
    if (events % 97 === 0) nodes.forEach((_, node) => readings.push([node, now, simulation.clocks(node).wall - now]));
  }
  const tracks = watch.take();
  const wrong = readings.filter(([node, at, off]) => {
    const track = tracks[node];
    // At a step the clock has two readings for one instant.
    const isStep = track?.time.some((time) => Math.abs(time - at) < 2);
    return track !== undefined && isStep !== true && Math.abs(offAt(track, at) - off) > 8;
  });
  expect(readings.length).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
  expect(Math.max(...(tracks[1]?.off ?? []))).toBeGreaterThan(1_000_000);
});

test('the state at an event is the same whichever way one comes to it', () => {
  const services = createServices('1.0.0');
  const { number, timeline } = finish(services.run({ request: { scenario: 'counter', seed: '2' } }));
  const moment = (event: number): string => JSON.stringify(finish(services.moment({ run: number, event })));
  const middle = Math.floor(timeline.events / 2);
  const first = moment(middle);
  moment(timeline.events - 1);
  expect(moment(middle)).toBe(first);
  expect(moment(middle + 1)).not.toBe(first);
});

test('a scenario that is not built in is refused with what helps, and one with another rule is compared event by event', () => {
  const services = createServices('1.0.0');
  expect(() => finish(services.run({ request: { scenario: 'mine', seed: '1' } }))).toThrow(
    /there is no scenario "mine".*npx faultline timeline FILE --scenario/s,
  );
  const world = { seed: '1', parameters: raftRun('1').parameters, faults: [] };
  const { number } = finish(services.run({ request: { scenario: 'raft-ack-before-sync', ...world } }));
  const { difference } = finish(services.run({ request: { scenario: 'raft', ...world }, against: number }));
  expect(difference?.inputs).toEqual(['scenario']);
  // They part where the one answers and the other syncs first.
  expect(difference?.parting?.one).toContain('RequestVote');
  expect(difference?.parting?.other).not.toBe(difference?.parting?.one);
  const same = finish(services.run({ request: { scenario: 'raft', ...world }, against: number + 1 }));
  expect(same.difference).toEqual({ inputs: [] });
});

test('the server serves its own files, to this machine, and nothing else', async () => {
  const server = createSiteServer(new Map([['/index.html', { type: 'text/html', content: Buffer.from('hello') }]]));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const get = (path: string, method = 'GET'): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, method }, (response) => {
        response.resume();
        resolve(response);
      })
        .on('error', reject)
        .end();
    });
  expect((await get('/')).statusCode).toBe(200);
  expect((await get('/')).headers['content-security-policy']).toContain("default-src 'none'");
  for (const path of [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '//etc/passwd',
    '/constructor',
  ]) {
    expect((await get(path)).statusCode).toBe(404);
  }
  expect((await get('/', 'POST')).statusCode).toBe(405);
  server.close();
});
