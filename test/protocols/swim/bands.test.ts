// Five members on a LAN under the faults that were measured on real agents: how long until all see a crash, a pause, an objection
// and a leave.
import { describe, expect, test } from 'vitest';
import { lan, startingMembers, swim, swimClient } from '../../../protocols/swim/index.ts';
import {
  alwaysOn,
  formatDuration,
  ms,
  seconds,
  simulate,
  type Fault,
  type Micros,
  type Operation,
  type Scenario,
} from '../../../sim/index.ts';

const ids = ['m1', 'm2', 'm3', 'm4', 'm5'];
const struckAt = seconds(10);

interface Seen {
  readonly at: Micros;
  readonly node: string;
  readonly status: string;
}

interface Struck {
  /** When the other four note something about `m1`. */
  readonly seen: readonly Seen[];
  /** When the client was answered. */
  readonly answeredAt: Micros | undefined;
}

function strike(seed: number, faults: readonly Fault[], workload: readonly Operation[] = []): Struck {
  const seen: Seen[] = [];
  const protocol = swim({ known: startingMembers(ids), config: lan });
  const listens = alwaysOn(['member'], 'seen', 'what is seen of m1', () => (view, { node, note }) => {
    if (note?.data['member'] === 'm1' && node.id !== 'm1')
      seen.push({ at: view.now, node: node.id, status: note.data['status'] as string });
    return undefined;
  });
  const scenario: Scenario = {
    name: 'five-members',
    story: 'Five members of which one is struck.',
    protocol: 'swim',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: ids.map((id) => ({ id, protocol })),
      clients: [{ id: 'c1', protocol: swimClient, timeout: seconds(5) }],
      network: { latency: 'lan' },
      until: seconds(60),
      tail: seconds(1),
      workload,
      faults: faults.map((fault) => ({ at: struckAt, fault })),
      properties: [listens],
      checks: [],
    }),
  };
  const { history } = simulate(scenario, { seed });
  return { seen, answeredAt: history.find(({ type }) => type === 'ok')?.time };
}

/** From `since` until the last of the four has noted the status. */
function untilAll(struck: Struck, status: string, since: Micros): Micros {
  return Math.max(...untilEach(struck, status, since));
}

/** From `since` until each of the four has noted the status. */
function untilEach({ seen }: Struck, status: string, since: Micros): Micros[] {
  const first = new Map<string, Micros>();
  for (const each of seen) {
    if (each.status === status && each.at > since && !first.has(each.node)) first.set(each.node, each.at);
  }
  expect(first.size, `members that see m1 ${status}`).toBe(4);
  return [...first.values()].map((at) => at - since);
}

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
const middle = (times: readonly Micros[]): Micros => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;

describe('five members on a LAN', () => {
  test('all see a crash after 5 to 8 s, typically 6', () => {
    const times = seeds.map((seed) => untilAll(strike(seed, [{ type: 'crash', node: 'm1' }]), 'dead', struckAt));
    expect(formatDuration(Math.min(...times))).toMatch(/^[56]\.?\d* s$/);
    expect(Math.max(...times)).toBeLessThan(seconds(8.5));
    expect(Math.abs(middle(times) - seconds(6))).toBeLessThan(seconds(0.5));
  });

  test('see a paused member alike, and believe it at once when it comes back and objects', () => {
    const objections = seeds.map((seed) => {
      const struck = strike(seed, [{ type: 'pause', node: 'm1', for: seconds(15) }]);
      const dead = untilAll(struck, 'dead', struckAt);
      expect(dead).toBeGreaterThan(seconds(4.5));
      expect(dead).toBeLessThan(seconds(8.5));
      return untilEach(struck, 'alive', struckAt + seconds(15));
    });
    // Accusations and pings lie in its inbox: the acks carry the objection, to four members at most, perhaps to one of them twice;
    // who gets none hears of it from the others.
    const first = objections.map((times) => Math.min(...times));
    const last = objections.map((times) => Math.max(...times));
    expect(Math.max(...first)).toBeLessThan(ms(12));
    expect(middle(last)).toBeLessThan(ms(22));
    expect(objections.flat().filter((time) => time <= ms(22)).length).toBeGreaterThan(0.85 * objections.flat().length);
    expect(Math.max(...last)).toBeLessThan(2 * lan.gossipInterval);
  });

  test('have a paused member gossip at once when it comes back, as its ticker is overdue', () => {
    const firsts = seeds.flatMap((seed) => {
      const back = struckAt + seconds(2);
      const alive = strike(seed, [{ type: 'pause', node: 'm1', for: seconds(2) }]).seen.filter(({ status, at }) => {
        return status === 'alive' && at > back;
      });
      return alive.length === 0 ? [] : [Math.min(...alive.map(({ at }) => at)) - back];
    });
    expect(firsts.length).toBeGreaterThan(seeds.length / 3);
    // If it waited for its next round, a quarter would take over 100 ms.
    expect(firsts.filter((time) => time <= ms(22)).length).toBeGreaterThan(0.9 * firsts.length);
  });

  test('know of a leave within two rounds of gossip, and all when the one who leaves is told that it has left', () => {
    const leave: Operation[] = [{ id: 0, client: 'c1', at: struckAt, f: 'leave', value: ['m1', null] }];
    const leaves = seeds.map((seed) => {
      const struck = strike(seed, [], leave);
      const told = (struck.answeredAt ?? Infinity) - struckAt;
      return { known: untilAll(struck, 'left', struckAt), told };
    });
    expect(Math.max(...leaves.map(({ known }) => known))).toBeLessThan(2 * lan.gossipInterval);
    expect(Math.max(...leaves.map(({ known, told }) => known - told))).toBeLessThan(ms(24));
    // Its news went round four times, twice by gossip at least, and then it waited for a second.
    expect(Math.max(...leaves.map(({ told }) => told))).toBeLessThan(seconds(1.5));
    expect(Math.min(...leaves.map(({ told }) => told))).toBeGreaterThan(seconds(1));
  });
});
