// How long what lasts when something fails, in the bands that were measured on a real ensemble with its default times: a tick
// of 2 s, a sync limit of 5 ticks. Each over several seeds.
import { describe, expect, test } from 'vitest';
import type { Answer, ServiceRequest } from '../../../protocols/zookeeper/index.ts';
import { epochOf } from '../../../protocols/zab/index.ts';
import { seconds, transcript, type HistoryEvent, type TimedFault } from '../../../sim/index.ts';
import { ask, converse, type Line, type Outcome, type Setup } from './ensemble.ts';

const seeds = [1, 2, 3];
const cutAt = 10;
const get: ServiceRequest = { type: 'getData', path: '/a' };

/** One client reads all the time, another writes numbers that count up. */
function readAndWrite(reader: string, writer: string, from: number, to: number): Line[] {
  const lines: Line[] = [
    ask(writer, { type: 'create', path: '/a', data: '0' }, 3),
    ask(writer, { type: 'create', path: '/e', mode: 'ephemeral' }, 3.1),
  ];
  for (let step = 0; from + step / 5 < to; step++) {
    lines.push(ask(reader, get, from + step / 5));
    lines.push(ask(writer, { type: 'setData', path: '/a', data: String(lines.length) }, from + step / 5));
  }
  return lines;
}

interface Step {
  readonly at: number;
  readonly answer: Answer;
}

/** What a client was answered with success, at which second. */
function succeeded({ run }: Outcome, client: string, type: string): Step[] {
  return run.history.flatMap((event: HistoryEvent) => {
    const request = run.workload.find(({ id }) => id === event.operation)?.value as { readonly type?: string } | null;
    if (event.type !== 'ok' || event.client !== client || request?.type !== type) return [];
    const answer = event.value as unknown as Answer;
    return answer.result.error === 'OK' ? [{ at: event.time / 1e6, answer }] : [];
  });
}

/** The longest time without a success: when it began, when it ended, and how long it was, in seconds. */
function longestGap(steps: readonly Step[]): { readonly gap: number; readonly from: number; readonly until: number } {
  const gaps = steps
    .slice(1)
    .map(({ at }, place) => ({ gap: at - steps[place]!.at, from: steps[place]!.at, until: at }));
  return gaps.reduce((most, each) => (each.gap > most.gap ? each : most), { gap: 0, from: 0, until: 0 });
}

function isWithin(value: number, low: number, high: number): void {
  expect(value).toBeGreaterThanOrEqual(low);
  expect(value).toBeLessThanOrEqual(high);
}

const cut = (groups: [string[], string[]], lasts = 15): TimedFault => {
  return { at: seconds(cutAt), fault: { type: 'partition', groups, for: seconds(lasts) } };
};
const kill = (node: string, lasts = 40): TimedFault => {
  return { at: seconds(cutAt), fault: { type: 'crash', node, for: seconds(lasts) } };
};

describe.each(seeds)('with seed %i', (seed) => {
  test('a follower that is cut off serves old data for the sync limit of 10 s, then none until it is back', () => {
    const clients = { c1: { server: 'n1', timeout: 30, onlyThere: true }, c2: { server: 'n2', timeout: 30 } };
    const said = converse(readAndWrite('c1', 'c2', 9, 45), {
      seed,
      clients,
      faults: [cut([['n1'], ['n2', 'n3']])],
      until: 46,
    });
    const reads = succeeded(said, 'c1', 'getData');
    const writes = succeeded(said, 'c2', 'setData');
    const last = reads.find(({ at }) => at === longestGap(reads).from)!;
    isWithin(last.at - cutAt, 9, 12);
    // They were old: what it still read had been overwritten long before.
    const newest = writes.findLast(({ at }) => at < last.at - 1)!;
    expect(last.answer.zxid).toBeLessThan(newest.answer.zxid);
    expect(reads.some(({ at }) => at > 35)).toBe(true);
    // Elsewhere nothing was noticed.
    expect(longestGap(writes).gap).toBeLessThan(0.5);
  });

  test('a leader that is cut off stops all writes for about 10 s, and is read meanwhile', () => {
    const clients = { c1: { server: 'n3', timeout: 30, onlyThere: true }, c2: { server: 'n1', timeout: 30 } };
    const said = converse(readAndWrite('c1', 'c2', 9, 45), {
      seed,
      clients,
      faults: [cut([['n3'], ['n1', 'n2']])],
      until: 46,
    });
    const { gap, until } = longestGap(succeeded(said, 'c2', 'setData'));
    isWithin(gap, 9, 14);
    isWithin(longestGap(succeeded(said, 'c1', 'getData')).from - cutAt, 9, 12);
    isWithin(until - cutAt, 9, 14);
  });

  test('a leader that dies at once is replaced in about a second; sessions and ephemerals outlive it', () => {
    const clients = { c1: { server: 'n1', timeout: 30 }, c2: { server: 'n2', timeout: 30 } };
    const lines = [...readAndWrite('c1', 'c2', 9, 16), ask('c1', { type: 'exists', path: '/e' }, 17)];
    const said = converse(lines, { seed, debug: false, clients, faults: [kill('n3')], whenDown: 'refuse', until: 20 });
    const writes = succeeded(said, 'c2', 'setData');
    isWithin(longestGap(writes).gap, 0.2, 3);
    expect([writes[0], writes.at(-1)].map((step) => epochOf(step!.answer.zxid))).toEqual([1, 2]);
    expect(said.answer(lines.length - 1).result.error).toBe('OK');
    expect(said.run.history.some(({ error }) => error === 'SessionExpired')).toBe(false);
  });

  test.each([4, 8])('a session of %i s whose client is gone expires at the next tick after that', (timeout) => {
    const setup: Setup = {
      seed,
      clients: { c1: { server: 'n1', timeout } },
      faults: [{ at: seconds(cutAt), fault: { type: 'isolate', node: 'c1', for: seconds(20) } }],
      until: 35,
      trace: true,
    };
    const said = converse([ask('c1', { type: 'create', path: '/e', mode: 'ephemeral' })], setup);
    const lines = transcript(said.run);
    const timeOf = (line: string | undefined): number => Number(line!.trim().split(' ')[0]) / 1000;
    const heard = timeOf(lines.findLast((line) => line.includes('n1 ← c1') && timeOf(line) <= cutAt + 0.1));
    const expired = timeOf(lines.find((line) => line.includes('note: session expires')));
    // A tick for the rounding, and half of one until the follower had reported the last sign of life.
    isWithin(expired - heard, timeout, timeout + 3.2);
  });

  test('without a quorum the survivor drops its clients and refuses reads, too', () => {
    const clients = { c1: { server: 'n1', timeout: 30, onlyThere: true } };
    const reads = Array.from({ length: 80 }, (_, step) => ask('c1', get, 9 + step / 10));
    const lines = [ask('c1', { type: 'create', path: '/a' }), ...reads];
    const said = converse(lines, {
      seed,
      debug: false,
      clients,
      faults: [kill('n2'), kill('n3')],
      whenDown: 'refuse',
      until: 25,
    });
    // At the end of the run everything is mended.
    const answered = succeeded(said, 'c1', 'getData').filter(({ at }) => at < 24);
    isWithin(answered.at(-1)!.at - cutAt, 0, 2.2);
  });
});
