// What clients of three Consul servers see when the leader dies, is stopped, or loses its quorum, against bands that were
// measured on real servers (1.8.7, raft_multiplier 1).
import { describe, expect, test } from 'vitest';
import { consulServer } from '../../../protocols/consul/server.ts';
import { ms, seconds, type Fault } from '../../../sim/index.ts';
import { converse, get, put, valueOf, type Exchange, type Step } from './conversation.ts';

const server = consulServer();
const nodes = { s1: server, s2: server, s3: server };
const servers = ['s1', 's2', 's3'];

/** The same request to each server. */
const toAll = (at: number, request: Step['request']): Step[] => servers.map((ask) => ({ at, ask, request }));

describe('a leader that is gone', () => {
  test.each(['crash', 'pause'] as const)('by %s is replaced after 2.5 to 3.6 s, seldom sooner or later', (type) => {
    const gaps: number[] = [];
    for (let seed = 0; seed < 60; seed++) {
      const faults = [[seconds(10), { type, node: '@leader', for: seconds(15) }]] as const;
      const { notes } = converse({ nodes, steps: [], seed, until: seconds(20), faults });
      const next = notes.find(({ at, kind, data }) => at > seconds(10) && kind === 'role' && data['role'] === 'leader');
      gaps.push((next?.at ?? 0) - seconds(10));
    }
    const inBand = gaps.filter((gap) => gap > seconds(2.5) && gap < seconds(3.6));
    expect(inBand.length).toBeGreaterThan(40);
    expect(Math.min(...gaps)).toBeGreaterThan(seconds(1.9));
    expect(Math.max(...gaps)).toBeLessThan(seconds(4.5));
  });
});

describe('what the leader was asked for others when it died', () => {
  const died = seconds(10);
  const crash = [[died, { type: 'crash', node: '@leader', for: seconds(60) }]] as const;
  const leaderOf = (seed: number): unknown =>
    converse({ nodes, steps: [{ at: died - ms(10), ask: 's1', request: { type: 'status-leader' } }], seed })
      .exchanges[0]!.response.body;
  /** What the others answered. */
  const ask = (seed: number, after: number, request: Step['request']): readonly Exchange[] => {
    const others = servers.filter((one) => one !== leaderOf(seed));
    const steps = [
      { at: seconds(8), ask: others[0]!, request: put('a', 'old') },
      ...others.map((one) => ({ at: died + after, ask: one, request })),
    ];
    return converse({ nodes, steps, seed, faults: crash, refuses: true, until: seconds(90) }).exchanges.slice(1);
  };

  test('is asked again where it changes nothing, once nothing listens at the old one', () => {
    for (let seed = 0; seed < 16; seed++) {
      for (const exchange of ask(seed, -ms(5), get('a', { index: 10_000, wait: seconds(40) }))) {
        expect([valueOf(exchange), exchange.response.status]).toEqual(['old', 200]);
        expect(exchange.took).toBeGreaterThan(seconds(40));
        expect(exchange.took).toBeLessThan(seconds(47));
      }
    }
  });

  test('fails where it writes, and nobody knows whether it took place', () => {
    const bodies = new Set<unknown>();
    for (let seed = 0; seed < 16; seed++) {
      for (const { response, took } of ask(seed, -ms(1), put('a', 'new'))) {
        bodies.add(response.body);
        expect(took).toBeLessThan(seconds(4));
      }
    }
    expect(bodies).toContain('rpc error making call: EOF');
  });

  test('waits on where only another server is gone', () => {
    for (let seed = 0; seed < 16; seed++) {
      const leader = leaderOf(seed) as string;
      const [gone, asked] = servers.filter((one) => one !== leader);
      const { exchanges } = converse({
        nodes,
        seed,
        refuses: true,
        steps: [{ at: died + ms(50), ask: asked!, request: put('a', 'new') }],
        faults: [
          [died, { type: 'crash', node: gone!, for: seconds(20) }],
          [died, { type: 'pause', node: leader, for: seconds(8) }],
        ],
      });
      expect(exchanges[0]!.took).toBeGreaterThan(seconds(7.9));
      expect(JSON.stringify(exchanges[0]!.response.body)).not.toContain('EOF');
    }
  });

  test('is refused at once while nobody has noticed', () => {
    for (let seed = 0; seed < 16; seed++) {
      for (const { response, took } of ask(seed, ms(20), put('a', 'new'))) {
        expect(response.status).toBe(500);
        expect(response.body).toContain('connection refused');
        expect(took).toBeLessThan(ms(10));
      }
    }
  });
});

describe('a leader that is stopped while another is elected', () => {
  const ask = (seed: number): readonly Exchange[] => {
    const steps = [
      { at: seconds(8), ask: 's1', request: put('a', 'old') },
      ...toAll(seconds(14.5), put('a', 'new')),
      ...Array.from({ length: 20 }, (_, place) => toAll(seconds(16) + place * ms(1), get('a'))).flat(),
      ...Array.from({ length: 5 }, () => toAll(seconds(16), get('a', { consistency: 'consistent' }))).flat(),
    ];
    const stopped: Fault = { type: 'pause', node: '@leader', for: seconds(8) };
    const { exchanges } = converse({ nodes, steps, seed, until: seconds(40), faults: [[seconds(10), stopped]] });
    expect(exchanges.slice(1, 4).filter(({ response }) => response.status === 200).length).toBeGreaterThanOrEqual(2);
    return exchanges.slice(4);
  };

  test('answers default reads with what is not true any more in some rounds, consistent reads never', () => {
    const staleRounds: number[] = [];
    for (let seed = 0; seed < 16; seed++) {
      const exchanges = ask(seed);
      const [defaults, consistent] = [exchanges.slice(0, 60), exchanges.slice(60)];
      const isStale = (exchange: Exchange): boolean => exchange.response.status === 200 && valueOf(exchange) === 'old';
      const stale = defaults.filter(isStale).length;
      if (stale > 0) staleRounds.push(stale);
      expect(consistent.filter(isStale)).toEqual([]);
      for (const { response } of consistent.filter(({ response: { status } }) => status !== 200)) {
        expect(response.body).toMatch(/leadership lost while committing log|node is not the leader/);
      }
    }
    expect(staleRounds.length).toBeGreaterThan(0);
    expect(staleRounds.length).toBeLessThan(16);
    expect(Math.max(...staleRounds)).toBe(20); // all that were queued at the deposed leader
  });
});

describe('a leader without a quorum', () => {
  const lost = seconds(10);
  const cut = servers.map((node) => [lost, { type: 'isolate', node, for: seconds(12) }] as const);

  /** What the old leader answered to each request, in turn. */
  const ask = (seed: number, requests: readonly (readonly [after: number, request: Step['request']])[]): Exchange[] => {
    const steps: Step[] = [
      { at: seconds(8), ask: 's1', request: put('a', 'old') },
      ...toAll(lost - ms(1), { type: 'status-leader' }),
      ...requests.flatMap(([after, request]) => toAll(lost + after, request)),
    ];
    const { exchanges } = converse({ nodes, steps, seed, until: seconds(70), faults: cut });
    const leader = servers.indexOf(exchanges[1]?.response.body as string);
    return requests.map((_, place) => exchanges[4 + 3 * place + leader] as Exchange);
  };

  test('reads from its memory until the lease ends, and says after half a second that writes may be lost', () => {
    for (let seed = 0; seed < 16; seed++) {
      const [read, consistent, write] = ask(seed, [
        [ms(10), get('a')],
        [ms(10), get('a', { consistency: 'consistent' })],
        [ms(10), put('a', 'new')],
      ]);
      expect([read?.response.status, valueOf(read!)]).toEqual([200, 'old']);
      for (const failed of [consistent, write]) {
        expect(failed?.response).toMatchObject({ status: 500, body: 'leadership lost while committing log' });
        expect(failed?.took).toBeGreaterThan(ms(350));
        expect(failed?.took).toBeLessThan(ms(520));
      }
    }
  });

  test('later refuses everything after 7 s but stale reads, which tell how long there has been no leader', () => {
    for (let seed = 0; seed < 16; seed++) {
      const [read, consistent, write, stale] = ask(seed, [
        [seconds(3), get('a')],
        [seconds(3), get('a', { consistency: 'consistent' })],
        [seconds(3), put('b', '1')],
        [seconds(3.5), get('a', { consistency: 'stale' })],
      ]);
      for (const failed of [read, consistent, write]) {
        expect(failed?.response).toMatchObject({ status: 500, body: 'No cluster leader' });
        expect(failed?.took).toBeGreaterThanOrEqual(seconds(7));
        expect(failed?.took).toBeLessThan(seconds(7.1));
      }
      expect(stale?.response).toMatchObject({ status: 200, knownLeader: false });
      const contact = stale?.response.lastContact ?? 0;
      expect(contact).toBeGreaterThan(2_900);
      expect(contact).toBeLessThan(3_200);
    }
  });

  test('may see the write applied after all that it said had failed', () => {
    const found = { new: 0, old: 0 };
    for (let seed = 0; seed < 16; seed++) {
      const [write, read] = ask(seed, [
        [ms(10), put('a', 'new')],
        [seconds(35), get('a')],
      ]);
      expect(write?.response.status).toBe(500);
      found[valueOf(read!) as 'new' | 'old']++;
    }
    expect(found.new).toBeGreaterThan(0);
    expect(found.new + found.old).toBe(16);
  });
});
