// Requests and answers come over connections: what the network repeats takes place once, and the answer to a process that is no
// more cannot be taken for one to the process that came after it.
import { describe, expect, test } from 'vitest';
import { consulAgent } from '../../../protocols/consul/agent/agent.ts';
import { isFirstCopy, type Asked } from '../../../protocols/consul/asked.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import { ms, seconds, transcript, type Fault } from '../../../sim/index.ts';
import { nodes, servers, settled } from './cluster.ts';
import { converse, get, put, session, type Step, type Talk } from './conversation.ts';

const everybody = [...servers, 'a1'];

test('a request that the network repeats takes place once, at the agent, at the server and at the leader', () => {
  for (let seed = 0; seed < 8; seed++) {
    const asks = ['a1', ...servers];
    const steps: Step[] = [
      ...asks.map((ask, place): Step => ({ at: settled, ask, request: session(`of ${place}`) })),
      { at: settled + seconds(1), ask: 's1', request: { type: 'session-list' } },
    ];
    const all = [...everybody, ...asks.map((ask, place) => `client-${place}-${ask}`)];
    const fault: Fault = { type: 'duplicating-link', from: all, to: all, duplicate: 1_000_000, for: seconds(9) };
    const { exchanges } = converse({ nodes, steps, seed, faults: [[seconds(1), fault]], until: seconds(10) });
    expect(exchanges.at(-1)!.response.body).toHaveLength(asks.length);
  }
});

test('as many requests of each asker are remembered as may be on their way with a copy behind them', () => {
  const asked: Asked = new Map();
  const first = Array.from({ length: 200 }, (_, id) => isFirstCopy(asked, 'c1', id));
  expect(new Set(first)).toEqual(new Set([true]));
  expect([199, 150, 72].map((id) => isFirstCopy(asked, 'c1', id))).toEqual([false, false, false]);
  expect(isFirstCopy(asked, 'c2', 199)).toBe(true);
  expect(asked.get('c1')).toHaveLength(128);
});

test.each(['a1', 's1'] as const)('%s never uses a number again that an earlier process of it used', (node) => {
  const asks = (at: number, key: string): Step => ({ at, ask: node, request: put(key, '1') });
  let all = 0;
  for (let seed = 0; seed < 6; seed++) {
    const { run } = converse({
      nodes,
      seed,
      steps: [asks(settled, 'a'), asks(settled + ms(1), 'b'), asks(settled + seconds(5), 'c')],
      faults: [[settled + seconds(1), { type: 'crash', node, for: ms(10) }]],
      until: seconds(40),
      trace: true,
    });
    const sent = transcript(run).flatMap(
      (line) => new RegExp(`^ *[\\d.]+ ms +${node} +→ .* Ask id=(\\d+)`).exec(line)?.[1] ?? [],
    );
    expect(new Set(sent).size).toBe(sent.length);
    all += sent.length;
  }
  expect(all).toBeGreaterThan(6);
});

test('an agent that is telling the servers something does not tell them once more meanwhile', () => {
  const service = (id: string, at: number): Step => ({
    at,
    ask: 'a1',
    request: { type: 'agent-register-service', service: { id, service: id, tags: [], port: 80 } },
  });
  const steps = [service('one', settled), service('two', settled + ms(1)), service('three', settled + ms(1))];
  const { run } = converse({ nodes, steps, until: settled + seconds(0.3), trace: true });
  const told = transcript(run).filter((line) => /^ *[\d.]+ ms +a1 +→ .*catalog-register/.test(line));
  const ids = told.map((line) => /service=\{id=(\w+)/.exec(line)?.[1]);
  expect(ids).toHaveLength(3);
  expect(new Set(ids)).toEqual(new Set(['one', 'two', 'three']));
});

describe('an agent whose servers do not answer', () => {
  const gossip = { contacts: servers };
  const hasty = consulServer({ gossip, raft: { voters: servers }, config: { rpcHoldTimeout: seconds(1) } });
  const patient = (rpcHoldTimeout: number) => consulAgent({ gossip, config: { rpcHoldTimeout } });
  const world = (hold: number): Talk['nodes'] => ({ s1: hasty, s2: hasty, s3: hasty, a1: patient(hold) });

  test('asks again while they refuse connections, and gives up in its time', () => {
    const faults = servers.map((node) => [settled, { type: 'crash', node, for: seconds(60) }] as const);
    for (let seed = 0; seed < 6; seed++) {
      const steps: Step[] = [{ at: settled + ms(100), ask: 'a1', request: get('a') }];
      const { exchanges } = converse({ nodes: world(seconds(2)), steps, seed, faults, refuses: true });
      expect(exchanges[0]!.response.body).toContain('connection refused');
      expect(exchanges[0]!.took).toBeGreaterThanOrEqual(seconds(2));
      expect(exchanges[0]!.took).toBeLessThan(seconds(2.3));
    }
  });

  test('asks another one when the one that it is used to refuses', () => {
    for (const gone of servers) {
      const steps: Step[] = [1, 2, 3].map((place) => {
        return { at: settled + place * ms(100), ask: 'a1', request: get('a', { consistency: 'stale' }) };
      });
      const faults: Talk['faults'] = [[settled, { type: 'crash', node: gone, for: seconds(60) }]];
      const { exchanges } = converse({ nodes: world(seconds(7)), steps, faults, refuses: true, until: seconds(30) });
      expect(exchanges.map(({ response, took }) => [response.status, took < seconds(1)])).toEqual([
        [404, true],
        [404, true],
        [404, true],
      ]);
    }
  });

  test('asks again for a write as well while there is no leader, as none can have taken it', () => {
    for (let seed = 0; seed < 6; seed++) {
      const steps: Step[] = [{ at: settled + seconds(5), ask: 'a1', request: put('a', '1') }];
      const faults = servers.map((from): readonly [number, Fault] => {
        const to = servers.filter((other) => other !== from);
        return [settled, { type: 'one-way', from: [from], to, for: seconds(9) }];
      });
      const { response, took } = converse({ nodes: world(seconds(15)), steps, seed, faults }).exchanges[0]!;
      expect(response.body).toBe(true);
      expect(took).toBeGreaterThan(seconds(4));
    }
  });
});
