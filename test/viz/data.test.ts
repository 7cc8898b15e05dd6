// The timeline's data: what it makes of a run in which everything happens, and of runs that are awkward.
import { describe, expect, test } from 'vitest';
import type { Run } from '../../sim/run.ts';
import { unpackColumn } from '../../viz/columns.ts';
import { timelineOf, type PackedTimeline } from '../../viz/data.ts';
import { about, busyRun, emptyRun, staleRead } from './fixture.ts';

const data = timelineOf(staleRead(), about);

describe('the timeline of a run', () => {
  test('has a lane for each node and then for each client', () => {
    expect(data.lanes.map((lane) => `${lane.type} ${lane.id}`)).toEqual([
      'node n1',
      'node n2',
      'node n3',
      'client c1',
      'client c2',
    ]);
  });

  test('survives the way through JSON and keeps every row', () => {
    const run = staleRead();
    const carried = JSON.parse(JSON.stringify(data)) as PackedTimeline;
    expect(carried).toEqual(data);
    expect([...unpackColumn(carried.trace.columns.time, new Float64Array(carried.trace.length))]).toEqual([
      ...(run.trace?.time ?? []),
    ]);
    expect([...unpackColumn(carried.trace.columns.cause, new Int32Array(carried.trace.length))]).toEqual([
      ...(run.trace?.cause ?? []),
    ]);
  });

  test('tells who played which role when, and that a crash ends a role', () => {
    const roles = data.roles.map(
      ({ lane, role, detail, from, to }) => `n${lane + 1} ${role} ${detail} ${from / 1000}-${to / 1000}`,
    );
    expect(roles).toEqual([
      'n1 candidate term 1 12-19.5',
      'n2 follower term 1 16-188',
      'n3 follower term 1 16-330',
      'n1 leader term 1 19.5-283',
      'n2 candidate term 2 188-195.5',
      'n2 leader term 2 195.5-520',
      'n1 follower term 2 283-520',
      'n3 follower term 2 391-520',
    ]);
  });

  test('tells when a process was down or paused and why', () => {
    const bands = data.bands.map(({ lane, type, from, to, reason, open }) => ({ lane, type, from, to, reason, open }));
    expect(bands).toEqual([
      { lane: 2, type: 'down', from: 330_000, to: 390_000, reason: 'power loss', open: false },
      { lane: 1, type: 'paused', from: 420_000, to: 450_000, reason: '', open: false },
    ]);
  });

  test('shows faults as they struck, not as they were planned', () => {
    const [partition, crash] = data.faults;
    expect(partition).toMatchObject({
      family: 'network',
      from: 120_000,
      to: 280_000,
      open: false,
      sides: [
        { label: 'side A', lanes: [0] },
        { label: 'side B', lanes: [1, 2] },
      ],
    });
    expect(crash).toMatchObject({ label: 'crash n3 for 60 ms', from: 330_000, to: 390_000, sides: [{ lanes: [2] }] });
  });

  test('names the sides of a fault on links, and has one side where they overlap', () => {
    const sidesOf = (from: string[], to: string[]) => {
      const { trace: _, ...untraced } = staleRead();
      const faults = [{ at: 5, fault: { type: 'one-way' as const, from, to } }];
      return timelineOf({ ...untraced, faults }, about).faults[0]?.sides;
    };
    expect(sidesOf(['n1', 'n2'], ['n3'])).toEqual([
      { label: 'from', lanes: [0, 1] },
      { label: 'to', lanes: [2] },
    ]);
    expect(sidesOf(['n1', 'n2'], ['n2', 'n1'])).toEqual([{ label: '', lanes: [1, 0] }]);
  });

  test('pairs operations and marks the evidence of findings', () => {
    const outcomes = data.operations.map(({ id, outcome, to, evidence }) => ({ id, outcome, to, evidence }));
    expect(outcomes).toEqual([
      { id: 0, outcome: 'ok', to: 66_000, evidence: [] },
      { id: 1, outcome: 'ok', to: 222_000, evidence: [0] },
      { id: 2, outcome: 'ok', to: 234_000, evidence: [0] },
      { id: 4, outcome: 'fail', to: 310_000, evidence: [] },
      { id: 3, outcome: 'info', to: 432_000, evidence: [] },
      { id: 5, outcome: 'open', to: null, evidence: [] },
    ]);
  });

  test('ties a finding to the violation that the simulator noted, and one that a check made to none', () => {
    expect(data.findings.map(({ name, row }) => [name, row >= 0])).toEqual([
      ['linearizable', true],
      ['progress', false],
    ]);
  });

  test('takes under 32 bytes for each message', () => {
    const packed = timelineOf(busyRun(20_000), about).trace.columns;
    expect(Object.values(packed).join('').length / 20_000).toBeLessThan(32);
  });
});

describe('awkward runs', () => {
  test('a run of nothing has an end after its beginning and no lanes', () => {
    expect(timelineOf(emptyRun(), about)).toMatchObject({
      lanes: [],
      end: 1,
      faults: [],
      operations: [],
      trace: { length: 0 },
    });
  });

  test('without a trace the faults are shown as planned', () => {
    const { trace: _, ...untraced } = staleRead();
    const { faults, roles, operations } = timelineOf(untraced, about);
    expect(faults.map(({ from, to }) => [from, to])).toEqual([
      [120_000, 280_000],
      [330_000, 390_000],
      [420_000, 450_000],
    ]);
    expect(roles).toEqual([]);
    expect(operations).toHaveLength(6);
  });

  test('rows of unknown kinds are carried along', () => {
    const run = staleRead();
    run.trace?.kind.fill(200, 3, 9);
    expect(unpackColumn(timelineOf(run, about).trace.columns.kind, new Uint8Array(9))[5]).toBe(200);
  });

  test('a payload that is no JSON is carried as text', () => {
    const run = staleRead();
    const payloads = run.trace?.payloads.map(() => '{broken') ?? [];
    const broken = { ...run, trace: { ...run.trace, payloads } } as Run;
    expect(timelineOf(broken, about).trace.payloads[0]).toBe('{broken');
  });

  test('a fault that nothing ends lasts to the end of the run, a skipped one is none', () => {
    const run = staleRead();
    const trace = run.trace as NonNullable<Run['trace']>;
    const faultEnd = 16;
    for (let row = 0; row < trace.length; row++) if (trace.kind[row] === faultEnd) trace.kind[row] = 200;
    const payloads = trace.payloads.map((text) =>
      text.includes('"pause"') ? '{"type":"skipped","why":"nobody"}' : text,
    );
    const { faults } = timelineOf({ ...run, trace: { ...trace, payloads } }, about);
    expect(faults.map(({ type, from, to, open }) => [type, from, to, open])).toEqual([
      ['partition', 120_000, 520_000, true],
      ['crash', 330_000, 390_000, false],
    ]);
  });
});
