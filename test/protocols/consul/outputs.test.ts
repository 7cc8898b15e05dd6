// What agents tell the servers of a check: its status at once, its output alone only now and then, so that outputs that change all
// the time do not wake everybody who waits for news of a service's health (`check_update_interval`). And instances by their tags.
import { describe, expect, test } from 'vitest';
import { consulAgent } from '../../../protocols/consul/agent/agent.ts';
import type { ConsulRequest } from '../../../protocols/consul/requests.ts';
import { ms, seconds, transcript, type Micros } from '../../../sim/index.ts';
import { nodes, servers, settled } from './cluster.ts';
import { converse, inTurn, type Step } from './conversation.ts';

const gossip = { contacts: servers };
const at = (after: number): Micros => settled + seconds(after);
const service = { id: 'web1', service: 'web', tags: [], port: 80 };
const check = { id: 'alive', name: 'alive', ttl: seconds(100), serviceId: 'web1' };
const register: ConsulRequest = { type: 'agent-register-service', service, checks: [check] };
const says = (after: number, output: string, status: 'passing' | 'warning' = 'passing'): Step => ({
  ...{ at: at(after), ask: 'a1', as: 'app' },
  request: { type: 'agent-update-check', id: 'alive', status, output },
});
const look = (after: number): Step => ({ at: at(after), ask: 's1', request: { type: 'health-node', node: 'a1' } });

/** What the catalog says of the check at the looks, under an agent that tells outputs after so long. */
function told(
  steps: readonly Step[],
  checkUpdateInterval: Micros,
  { syncInterval = seconds(60), seed = 1 } = {},
): readonly string[] {
  const agent = consulAgent({ gossip, config: { checkUpdateInterval, syncInterval } });
  const all: Step[] = [{ at: settled, ask: 'a1', as: 'app', request: register }, ...steps];
  const { exchanges } = converse({ nodes: { ...nodes, a1: agent }, steps: all, until: at(60), seed });
  return all.flatMap(({ request }, place) => {
    if (request.type !== 'health-node') return [];
    const checks = exchanges[place]!.response.body as readonly Readonly<Record<string, string>>[];
    return checks.flatMap(({ id, status, output }) => (id === 'alive' ? [`${status} ${output}`] : []));
  });
}

describe('an output that changes alone', () => {
  test('is told after half of the interval, or up to as much again', () => {
    const steps = [says(1, 'one'), look(2), says(3, 'two'), says(6, 'three'), look(7.9), look(18.1)];
    expect(told(steps, seconds(10))).toEqual(['passing one', 'passing one', 'passing three']);
    const sooner = Array.from(
      { length: 12 },
      (_, seed) => told([says(1, 'one'), says(2, 'two'), look(11)], seconds(10), { seed })[0],
    );
    expect(new Set(sooner)).toEqual(new Set(['passing one', 'passing two']));
  });

  test('is told in its time however often it changes meanwhile', () => {
    const changes = Array.from({ length: 38 }, (_, place) => says(2 + place / 2, `change ${place}`));
    const [first, late] = told([says(1, 'one'), look(6.5), ...changes, look(18)], seconds(10));
    expect(first).toBe('passing one');
    expect(late).toMatch(/^passing change/);
  });

  test('goes with the next change of the status, and is not told once more', () => {
    const steps = [says(1, 'one'), says(2, 'two'), look(3), says(4, 'three', 'warning'), look(4.5)];
    expect(told(steps, seconds(10))).toEqual(['passing one', 'warning three']);
    const agent = consulAgent({ gossip, config: { checkUpdateInterval: seconds(10) } });
    const all = [{ at: settled, ask: 'a1', as: 'app', request: register }, ...steps] as const;
    const { run } = converse({ nodes: { ...nodes, a1: agent }, steps: all, until: at(40), trace: true });
    const lines = transcript(run, { from: at(1), to: at(40) });
    const outputs = lines.map((line) => / a1 +→ .*catalog-register.* output=(\w+)/.exec(line)?.[1]);
    expect(outputs.filter((output) => output !== undefined)).toEqual(['one', 'three']);
  });

  test('waits through a comparison with the catalog', () => {
    const steps = [says(1, 'one'), says(2, 'two'), look(9), look(59)];
    expect(told(steps, seconds(90), { syncInterval: seconds(3) })).toEqual(['passing one', 'passing one']);
  });

  test('is told at once where the interval is 0', () => {
    expect(told([says(1, 'one'), says(2, 'two'), look(2.1)], 0)).toEqual(['passing two']);
  });

  test('is forgotten with its check', () => {
    const gone: Step = { ...says(3, ''), request: { type: 'agent-deregister-check', id: 'alive' } };
    expect(told([says(1, 'one'), says(2, 'two'), gone, look(50)], seconds(10))).toEqual([]);
  });
});

test('a service is asked for by tags: all of them, in any case', () => {
  const registered = (ask: string, id: string, tags: readonly string[]): Step => ({
    at: settled,
    ask,
    request: { type: 'agent-register-service', service: { id, service: 'db', tags, port: 1 } },
  });
  const wanted: readonly (readonly string[] | undefined)[] = [undefined, ['primary'], ['primary', 'V2'], ['v3']];
  const ask = (type: 'catalog-service' | 'health-service'): ConsulRequest[] =>
    wanted.map((tags) => ({ type, service: 'db', ...(tags !== undefined && { tags }) }));
  const { exchanges } = converse({
    nodes,
    steps: [
      registered('a1', 'one', ['Primary', 'v1']),
      registered('a1', 'two', ['primary', 'v2']),
      registered('a1', 'three', ['v2']),
      ...inTurn('s1', settled + ms(500), [...ask('catalog-service'), ...ask('health-service')]),
    ],
  });
  const ids = exchanges.slice(3).map(({ response }) => {
    const body = response.body as readonly {
      readonly id?: string;
      readonly service: string | { readonly id: string };
    }[];
    return body.map(({ id, service: of }) => (typeof of === 'string' ? (id ?? '') : of.id)).toSorted();
  });
  const expected = [['one', 'three', 'two'], ['one', 'two'], ['two'], []];
  expect(ids).toEqual([...expected, ...expected]);
  expect(new Set(exchanges.slice(3, 7).map(({ response }) => response.index)).size).toBe(1);
});
