// A stretch of time in numbers, counted once more in the plainest way; and the charts that runs are shown on, which allow
// exactly what the properties allow.
import { describe, expect, test } from 'vitest';
import { roleMoves } from '../../protocols/raft/chart.ts';
import { lockClientMoves } from '../../protocols/redlock/chart.ts';
import { memberMoves } from '../../protocols/swim/chart.ts';
import { zabMoves } from '../../protocols/zab/chart.ts';
import { keyOf, keysOf, messageFilter, operationFilter, rowFilter } from '../../viz/page/filter.ts';
import { kindOf, payloadOf } from '../../viz/page/model.ts';
import { chartAt, chartedRun, type ChartedRun } from '../../viz/page/role-charts.ts';
import { latencyOf, summarize } from '../../viz/page/summary.ts';
import { shownOf } from './shown.ts';

describe('a summary', () => {
  const { model } = shownOf({ scenario: 'raft', seed: '6' });
  const { data, rows, messages } = model;

  test.each([
    [0, data.end],
    [700_000, 700_000],
    [1_000_000, 2_345_678],
    [data.end - 5_000, data.end + 1],
  ])('of %i to %i µs counts what happened then', (from, to) => {
    const summary = summarize(model, { from, to });
    const count = (kinds: readonly string[]): number =>
      rows.time.reduce(
        (sum, time, row) => sum + (time >= from && time <= to && kinds.includes(kindOf(rows, row)) ? 1 : 0),
        0,
      );
    const sum = (of: (each: (typeof summary.messages)[number]) => number): number =>
      summary.messages.reduce((all, each) => all + of(each), 0);
    expect(sum(({ sent }) => sent)).toBe(count(['send', 'duplicate']));
    expect(summary.timersFired).toBe(count(['timer']));
    expect(summary.writes.issued).toBeLessThanOrEqual(count(['write']));
    expect(summary.losses.reduce((all, [, each]) => all + each, 0)).toBe(sum(({ lost }) => lost));
    const invoked = summary.operations.reduce((all, { ok, fail, unknown }) => all + ok + fail + unknown, 0);
    expect(invoked).toBe(count(['invoke']));
    const sent = [...messages.sent.keys()].filter((index) => {
      const time = messages.sent[index] as number;
      return time >= from && time <= to && messages.fate[index] === 1;
    });
    expect(sum(({ delivered }) => delivered)).toBe(sent.length);
    for (const place of summary.faults) expect(data.faults[place]?.from).toBeLessThanOrEqual(to);
    expect(summary.faults.length).toBe(data.faults.filter((fault) => fault.from <= to && fault.to >= from).length);
  });

  test('of everything has all findings, role changes and writes of the run', () => {
    const broken = shownOf({ scenario: 'raft-local-reads', seed: '7' }).model;
    const summary = summarize(broken, { from: 0, to: broken.data.end });
    expect(summary.findings.length).toBe(broken.data.findings.length);
    expect(summary.findings.length).toBeGreaterThan(0);
    const moves = broken.rolesByLane.reduce((sum, spans) => sum + spans.length, 0);
    expect(summary.roleChanges.length).toBeGreaterThan(5);
    expect(summary.roleChanges.length).toBeLessThanOrEqual(moves);
    expect(summary.writes.issued).toBe(
      rowsOf(broken.rows.kind.length).filter((row) => kindOf(broken.rows, row) === 'write').length,
    );
  });

  test('tells latencies by rank', () => {
    expect(latencyOf([])).toBeUndefined();
    expect(latencyOf([7])).toEqual({ median: 7, p99: 7, longest: 7 });
    const hundred = rowsOf(100).map((each) => 100 - each);
    expect(latencyOf(hundred)).toEqual({ median: 50, p99: 99, longest: 100 });
  });
});

const rowsOf = (length: number): number[] => Array.from({ length }, (_, row) => row);

describe('the chart', () => {
  const charted = (scenario: string, seed: string): ChartedRun => {
    const found = chartedRun(shownOf({ scenario, seed }).model);
    if (found === undefined) throw new Error(`${scenario} has no chart`);
    return found;
  };
  const edgesOf = ({ chart }: ChartedRun): Set<string> => new Set(chart.edges.map(({ from, to }) => `${from}>${to}`));
  /** Moves beyond the chart; a process that begins anew begins anywhere. */
  const beyond = (run: ChartedRun): string[] => {
    const allowed = edgesOf(run);
    return run.moves.flatMap(({ from, to }) =>
      from === '' || to === '' || allowed.has(`${from}>${to}`) ? [] : [`${from}>${to}`],
    );
  };

  test('shows the moves that the properties allow, and no others', () => {
    expect(edgesOf(charted('raft', '1'))).toEqual(roleMoves);
    expect(edgesOf(charted('redlock', '1'))).toEqual(lockClientMoves);
    expect(edgesOf(charted('swim', '2'))).toEqual(memberMoves);
    const zab = [...edgesOf(charted('zab', '1'))].map((edge) => edge.replaceAll('LOOKING', 'LOOKING ELECTION'));
    expect(new Set(zab)).toEqual(zabMoves);
  }, 30_000);

  test.each(['raft', 'zab', 'redlock', 'swim'])(
    'of %s holds every move of its runs',
    (scenario) => {
      for (const seed of ['1', '2', '3']) {
        const run = charted(scenario, seed);
        expect(beyond(run)).toEqual([]);
        expect(run.moves.length).toBeGreaterThan(3);
      }
    },
    60_000,
  );

  test('has everybody who lives where the lanes have them, at any moment', () => {
    const { model } = shownOf({ scenario: 'raft', seed: '3' });
    const run = chartedRun(model) as ChartedRun;
    for (let time = 0; time < model.data.end; time += 49_999) {
      const { inState } = chartAt(run, time);
      const shown = [...inState].flatMap(([state, who]) => who.map((each) => `${each} ${state}`)).sort();
      const lanes = model.data.roles
        .filter(({ from, to }) => from <= time && (time < to || to >= model.data.end))
        .map(({ lane, role }) => `${model.data.lanes[lane]?.id} ${role}`);
      expect(shown).toEqual(lanes.sort());
    }
  });
});

test('a filter by key lets through what is about that key', () => {
  const { model } = shownOf({ scenario: 'raft', seed: '3' });
  const keys = keysOf(model);
  expect(keys.length).toBeGreaterThan(1);
  const [key = ''] = keys;
  const filter = { text: '', lane: -1, key };
  const operations = operationFilter(model, filter) ?? new Uint8Array();
  model.data.operations.forEach((operation, index) => expect(operations[index] === 1).toBe(keyOf(operation) === key));
  const { messages, rows } = model;
  const messagesOfKey = messageFilter(model, filter) ?? new Uint8Array();
  let passed = 0;
  messagesOfKey.forEach((passes, index) => {
    const text = JSON.stringify(payloadOf(rows, messages.sendRow[index] as number));
    expect(passes === 1).toBe(text.includes(`"${key}"`));
    passed += passes;
  });
  expect(passed).toBeGreaterThan(10);
  expect(passed).toBeLessThan(messages.length);
  const passes = rowFilter(model, filter);
  const ids = new Set(model.data.operations.flatMap((each) => (keyOf(each) === key ? [each.id] : [])));
  for (const row of rowsOf(rows.length))
    if (kindOf(rows, row) === 'invoke') expect(passes?.(row)).toBe(ids.has(rows.ref[row] as number));
});
