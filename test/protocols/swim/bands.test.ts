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

/** When the other four note something about `m1`. */
function seenOf(seed: number, faults: readonly Fault[], workload: readonly Operation[] = []): Seen[] {
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
  simulate(scenario, { seed });
  return seen;
}

/** From `since` until the last of the four has noted the status. */
function untilAll(seen: readonly Seen[], status: string, since: Micros): Micros {
  const first = new Map<string, Micros>();
  for (const each of seen) {
    if (each.status === status && each.at > since && !first.has(each.node)) first.set(each.node, each.at);
  }
  expect(first.size, `members that see m1 ${status}`).toBe(4);
  return Math.max(...first.values()) - since;
}

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
const middle = (times: readonly Micros[]): Micros => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;

describe('five members on a LAN', () => {
  test('all see a crash after 5 to 8 s, typically 6', () => {
    const times = seeds.map((seed) => untilAll(seenOf(seed, [{ type: 'crash', node: 'm1' }]), 'dead', struckAt));
    expect(formatDuration(Math.min(...times))).toMatch(/^[56]\.?\d* s$/);
    expect(Math.max(...times)).toBeLessThan(seconds(8.5));
    expect(Math.abs(middle(times) - seconds(6))).toBeLessThan(seconds(0.5));
  });

  test('see a paused member alike, and believe it at once when it comes back and objects', () => {
    const objections = seeds.map((seed) => {
      const seen = seenOf(seed, [{ type: 'pause', node: 'm1', for: seconds(15) }]);
      const dead = untilAll(seen, 'dead', struckAt);
      expect(dead).toBeGreaterThan(seconds(4.5));
      expect(dead).toBeLessThan(seconds(8.5));
      return untilAll(seen, 'alive', struckAt + seconds(15));
    });
    // One round of gossip at most, if the accusation lies in its inbox.
    expect(middle(objections)).toBeLessThan(ms(450));
  });

  test('see a leave within two rounds of gossip', () => {
    const leave = (at: Micros): Operation[] => [{ id: 0, client: 'c1', at, f: 'leave', value: ['m1', null] }];
    const times = seeds.map((seed) => untilAll(seenOf(seed, [], leave(struckAt)), 'left', struckAt));
    expect(Math.max(...times)).toBeLessThan(ms(600));
    expect(middle(times)).toBeLessThan(ms(450));
  });
});
