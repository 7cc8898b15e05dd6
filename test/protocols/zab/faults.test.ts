// How long an ensemble with ZooKeeper's own time-outs (ticks of 2 s, syncLimit 5) is without a leader under the faults that were
// measured on real ensembles, as bands; and the chart of roles.
import { describe, expect, test } from 'vitest';
import { zabChart, zabDefaults, zabMoves } from '../../../protocols/zab/index.ts';
import { zabScenario } from '../../../scenarios/zab.ts';
import { ms, seconds, simulate, type Operation, type Run, type TimedFault } from '../../../sim/index.ts';

const { tickTime, initLimit, syncLimit, finalizeWait, longestNotificationInterval } = zabDefaults;
const scenario = zabScenario({
  name: 'zab-defaults',
  story: 'An ensemble with the time-outs of ZooKeeper.',
  expect: { type: 'holds' },
  config: { tickTime, initLimit, syncLimit, finalizeWait, longestNotificationInterval },
});

/** The longest time, in seconds, in which no write succeeds from the fault on; writes are tried every 100 ms. */
function gapAfter(faults: readonly TimedFault[], whenDown: 'lose' | 'refuse' = 'lose'): number {
  const run = play(faults, whenDown);
  const times = run.history.filter(({ type, time }) => type === 'ok' && time > seconds(2)).map(({ time }) => time);
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] as number))) / seconds(1);
}

function play(faults: readonly TimedFault[], whenDown: 'lose' | 'refuse'): Run {
  const clients = ['c1', 'c2', 'c3'];
  const workload: Operation[] = Array.from({ length: 600 }, (_, id) => ({
    id,
    client: clients[id % 3] as string,
    at: ms(2_000 + 50 * id),
    f: 'write',
    value: ['x', id],
  }));
  const parameters = { voters: 3, observers: 0, clients: 3, network: 'lan', whenDown, groupCommit: 0 };
  return simulate(scenario, { seed: 1, until: seconds(40), parameters, workload, faults });
}

describe('an ensemble with the time-outs of ZooKeeper', () => {
  test('is without a leader for about 10 s after the leader was cut off', () => {
    const gap = gapAfter([{ at: seconds(5), fault: { type: 'isolate', node: '@leader', for: seconds(20) } }]);
    expect(gap).toBeGreaterThan(9.5);
    expect(gap).toBeLessThan(13);
  });

  test('has a new leader in about half a second after the leader died, where its machine resets connections', () => {
    const gap = gapAfter([{ at: seconds(5), fault: { type: 'crash', node: '@leader', for: seconds(20) } }], 'refuse');
    expect(gap).toBeGreaterThan(0.2);
    expect(gap).toBeLessThan(1.5);
  });

  test('does not pause when a follower is cut off', () => {
    const gap = gapAfter([{ at: seconds(5), fault: { type: 'isolate', node: 'n1', for: seconds(20) } }]);
    expect(gap).toBeLessThan(0.7);
  });
});

describe('the chart of roles and phases', () => {
  test('goes through the phases of the paper in order, and back to the election from anywhere', () => {
    expect(Object.keys(zabChart.states)).toEqual(['LOOKING', 'LEADING', 'FOLLOWING', 'OBSERVING']);
    const phases = ['DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'];
    const expected = ['LOOKING ELECTION>LOOKING ELECTION'];
    for (const role of ['LEADING', 'FOLLOWING', 'OBSERVING']) {
      expected.push(`LOOKING ELECTION>${role} DISCOVERY`);
      phases.forEach((phase, place) => {
        expected.push(`${role} ${phase}>LOOKING ELECTION`);
        if (place > 0) expected.push(`${role} ${phases[place - 1]}>${role} ${phase}`);
      });
    }
    expect([...zabMoves].sort()).toEqual(expected.sort());
  });
});
