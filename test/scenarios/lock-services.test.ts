// The worlds of the comparison of lock services, in small: what their algorithms make inevitable is there in seconds.
import { expect, test } from 'vitest';
import { checkLocks } from '../../checkers/index.ts';
import { judgeProperty } from '../../cli/bench-properties.ts';
import { lockServices } from '../../scenarios/lock-services/calibration.ts';
import { creationScenario } from '../../scenarios/lock-services/creation.ts';
import { latencyScenario } from '../../scenarios/lock-services/latency.ts';
import { lockServiceStories, type Contender } from '../../scenarios/lock-services/stories.ts';
import { seconds, simulate } from '../../sim/index.ts';

test.each(lockServices)(
  '%s grants one lock to one of five processes at a time, and to many of them in turn',
  (service) => {
    const world = { service, processes: 5, same: true, seconds: 1 };
    const { history } = simulate(latencyScenario(world), { seed: 1, judge: false });
    const { verdict, grants } = checkLocks(service === 'consul' ? withoutTokens(history) : history);
    expect(verdict).toBe('valid');
    expect(grants).toBeGreaterThan(20);
  },
);

/** Consul’s clients ask for no token there. */
function withoutTokens(history: ReturnType<typeof simulate>['history']): typeof history {
  return history.map((event) => {
    const { lock, acquired } = (event.value ?? {}) as { readonly lock?: string; readonly acquired?: boolean };
    return { ...event, value: { lock: lock ?? '', ...(acquired === undefined ? {} : { acquired }) } };
  });
}

test.each(lockServices)('%s runs the same twice', (service) => {
  const world = { service, processes: 3, same: false, seconds: 0.3 };
  const [one, other] = [1, 2].map(() => simulate(latencyScenario(world), { seed: 7, judge: false, debug: true }));
  expect(one?.hash).toBe(other?.hash);
});

test('in a closed loop throughput is clients over latency', () => {
  for (const clients of [5, 20]) {
    const { history } = simulate(creationScenario({ service: 'etcd', clients, seconds: 3 }), { seed: 1, judge: false });
    const began = new Map(
      history.flatMap(({ type, operation, time }) => (type === 'invoke' ? [[operation, time]] : [])),
    );
    const ends = history.filter(({ type, time }) => type === 'ok' && time > seconds(6));
    const wait = ends.reduce((sum, { operation, time }) => sum + time - (began.get(operation) ?? 0), 0) / ends.length;
    const throughput = ends.length / 2; // in the last two of eight seconds
    expect((throughput * wait) / 1_000_000 / clients).toBeCloseTo(1, 1);
  }
});

const kept: readonly Contender[] = ['zookeeper', 'etcd', 'consul'];

test.each(kept)(
  '%s has one holder at a time whatever befalls one server, all clocks or all disks',
  { timeout: 60_000 },
  (one) => {
    for (const story of ['servers fail', 'clock jumps', 'power fails'] as const) {
      expect(judgeProperty(one, story, 2, 1)).toMatchObject({ violations: 0, vacuous: 0 });
    }
  },
);

test.each(['redis', 'redlock-py'] as const)('%s has two holders once clocks jump or servers forget', (one) => {
  for (const story of ['clock jumps', 'power fails'] as const) {
    expect(judgeProperty(one, story, 3, 1).violations).toBeGreaterThan(0);
  }
});

test.each(['redis', ...kept] as const)(
  'on %s a holder that stopped writes late, unless the store looks at tokens',
  (one) => {
    expect(judgeProperty(one, 'holder pauses', 4, 1).violations).toBeGreaterThan(0);
    expect(judgeProperty(one, 'holder pauses, fenced', 4, 1)).toMatchObject({ violations: 0, vacuous: 0 });
  },
);

test('whatever service and story a seed draws, the promise is kept', { timeout: 60_000 }, () => {
  for (let seed = 0; seed < 12; seed++) {
    const { findings } = simulate(lockServiceStories, { seed });
    expect({ seed, findings }).toEqual({ seed, findings: [] });
  }
});

test('the lock of a holder that is gone is free again, and is not if it lives for an hour', () => {
  expect(judgeProperty('redis', 'holder is gone', 8, 1)).toMatchObject({ violations: 0 });
  expect(judgeProperty('redis', 'holder is gone', 8, 1, seconds(3_600)).violations).toBeGreaterThan(0);
});

test('one server of three may go, but not where half plus one of three is two and a half', () => {
  expect(judgeProperty('redis', 'one server is gone', 3, 1)).toMatchObject({ violations: 0, vacuous: 0 });
  expect(judgeProperty('redlock-py', 'one server is gone', 3, 1)).toMatchObject({ violations: 3, vacuous: 0 });
  expect(judgeProperty('etcd', 'two servers are gone', 3, 1)).toMatchObject({ violations: 3, vacuous: 0 });
});

test('a ZooKeeper client whose create was cut off finds its node again, so that its lock does not stay taken', () => {
  for (let seed = 1; seed <= 3; seed++) {
    const { history } = simulate(lockServiceStories, {
      seed,
      parameters: { service: 'zookeeper', story: 'one server is gone' },
    });
    const last = history.findLast(({ f, type, value }) => f === 'acquire' && type === 'ok' && !isRefusal(value));
    expect(last?.time).toBeGreaterThan(seconds(30));
  }
});

function isRefusal(value: unknown): boolean {
  return (value as { readonly acquired?: boolean }).acquired === false;
}
