// Requests and answers come over connections: what the network repeats takes place once, and the answer to a process that is no
// more cannot be taken for one to the process that came after it.
import { expect, test } from 'vitest';
import { isFirstCopy, type Asked } from '../../../protocols/consul/asked.ts';
import { ms, seconds, transcript, type Fault } from '../../../sim/index.ts';
import { nodes, servers, settled } from './cluster.ts';
import { converse, put, session, type Step } from './conversation.ts';

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
