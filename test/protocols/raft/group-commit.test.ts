// Group commit: what is proposed while a leader is busy is written, synced and sent in one go, and nothing that Raft promises
// is lost by it.
import { describe, expect, test } from 'vitest';
import { raft, raftClient, type RaftConfig, type Rules } from '../../../protocols/raft/index.ts';
import { raftScenario } from '../../../scenarios/raft.ts';
import {
  defineScenario,
  ms,
  networkPresets,
  seconds,
  simulate,
  type LatencyTable,
  type Micros,
  type Operation,
} from '../../../sim/index.ts';

interface Sums {
  readonly invalid: number;
  readonly names: ReadonlySet<string>;
}

interface Busy {
  readonly entries: number;
  readonly appends: number;
  /** How long the last of the writes took. */
  readonly wait: Micros;
}

/** Clients that write as fast as they can to three servers whose disks take 5 ms to sync. */
function busyRun(many: number, config: Partial<RaftConfig>): Busy {
  const server = raft({ voters: ['n1', 'n2', 'n3'], ...config });
  const nodes = ['n1', 'n2', 'n3'].map((id) => ({ id, protocol: server, syncLatency: everyTime(ms(5)) }));
  const client = raftClient({ retryAfter: seconds(1) });
  const clients = Array.from({ length: many }, (_, place) => ({
    id: `c${place}`,
    protocol: client,
    timeout: seconds(5),
  }));
  const workload: Operation[] = Array.from({ length: 400 }, (_, id) => {
    return { id, client: `c${id % many}`, at: seconds(1), f: 'write', value: [`k${id}`, id] };
  });
  const world = { nodes, clients, network: networkPresets.lan, until: seconds(3), tail: 1, workload: () => workload };
  const scenario = defineScenario({
    ...{ name: 'busy', story: '', protocol: 'raft', expect: { type: 'holds' }, parameters: {} },
    world: () => ({ ...world, faults: [], properties: [], checks: [] }),
  });
  let [entries, appends] = [0, 0];
  const { history } = simulate(scenario, {
    seed: 1,
    onNote({ kind, data }) {
      if (kind !== 'append') return;
      appends++;
      entries += (data['to'] as number) - (data['from'] as number) + 1;
    },
  });
  const answered = history.findLast(({ type }) => type === 'ok');
  const asked = history.find(({ operation }) => operation === answered?.operation);
  return { entries, appends, wait: (answered?.time ?? Infinity) - (asked?.time ?? 0) };
}

function everyTime(latency: Micros): LatencyTable {
  return [
    [0, latency],
    [1_000_000, latency],
  ];
}

/** Runs the Raft scenario, each seed with parameters and faults of its own. */
function sumsOf(seeds: number, config: Partial<RaftConfig>, rules: Partial<Rules> = {}): Sums {
  const scenario = raftScenario({ name: 'group-commit', story: '', expect: { type: 'holds' }, config, rules });
  let invalid = 0;
  const names = new Set<string>();
  for (let seed = 0; seed < seeds; seed++) {
    const { findings } = simulate(scenario, { seed });
    if (findings.some(({ verdict }) => verdict === 'invalid')) invalid++;
    for (const { name } of findings) names.add(name);
  }
  return { invalid, names };
}

describe.each(['parallel', 'first'] as const)('with a leader that writes %s', (leaderWrites) => {
  const config = { groupCommit: true, leaderWrites };

  test('all properties hold whatever befalls', { timeout: 60_000 }, () => {
    expect(sumsOf(25, config).invalid).toBe(0);
  });

  test('many clients at once share the syncs of a slow disk', () => {
    const shares = [false, true].map((groupCommit) => {
      const { entries, appends } = busyRun(20, { ...config, groupCommit });
      return entries / appends;
    });
    expect(shares[0]).toBeLessThan(1.5);
    expect(shares[1]).toBeGreaterThan(5);
  });

  test('a leader that counts itself before its sync is found', { timeout: 60_000 }, () => {
    const { names } = sumsOf(20, config, { syncsBeforeCounting: false });
    expect([...names]).toContain('quorum durability');
  });
});

test('a write waits for one sync where leader and followers write in parallel, and for two where the leader writes first', () => {
  const waits = (['parallel', 'first'] as const).map((leaderWrites) => {
    return busyRun(1, { groupCommit: true, leaderWrites }).wait;
  });
  expect(waits[0]).toBeGreaterThan(ms(5));
  expect(waits[0]).toBeLessThan(ms(8));
  expect(waits[1]).toBeGreaterThan(ms(10));
  expect(waits[1]).toBeLessThan(ms(13));
});
