// What agents and servers find again after a restart.
import { describe, expect, test } from 'vitest';
import type { ConsulRequest } from '../../../protocols/consul/requests.ts';
import { seconds, type Fault } from '../../../sim/index.ts';
import { nodes, servers, settled } from './cluster.ts';
import { converse, get, inTurn, put, session, valueOf, type Step } from './conversation.ts';

const at = (after: number): number => settled + seconds(after);
const service = { id: 'web1', service: 'web', tags: ['v1'], port: 80 };
const checkOf = (ttl: number) => ({ id: 'alive', name: 'alive', ttl: seconds(ttl), serviceId: 'web1' });
const health: ConsulRequest = { type: 'health-node', node: 'a1' };
const statusOf = (body: unknown): unknown =>
  (body as readonly { readonly id: string; readonly status: string }[]).find(({ id }) => id === 'alive')?.status;

describe('an agent that restarts', () => {
  const talk = (ttl: number, steps: readonly Step[], fault: Fault): readonly unknown[] => {
    const register: Step['request'] = { type: 'agent-register-service', service, checks: [checkOf(ttl)] };
    const pass: Step['request'] = { type: 'agent-update-check', id: 'alive', status: 'passing', output: 'fine' };
    const before = inTurn('a1', settled, [register, pass]);
    const { exchanges } = converse({
      nodes,
      steps: [...before, ...steps],
      faults: [[at(1), fault]],
      until: seconds(90),
    });
    return exchanges.slice(2).map(({ response }) => response.body);
  };
  const ask = (when: number, of: 'a1' | 's1', request: ConsulRequest): Step => ({ at: when, ask: of, request });

  test.each<[string, Fault]>([
    ['a crash', { type: 'crash', node: 'a1', for: seconds(2) }],
    ['the loss of power', { type: 'power-loss', node: 'a1', unsynced: 'lost', for: seconds(2) }],
  ])('after %s has its services and checks again', (_what, fault) => {
    const [services, checks, catalog] = talk(
      60,
      [
        ask(at(5), 'a1', { type: 'agent-services' }),
        ask(at(5), 'a1', { type: 'agent-checks' }),
        ask(at(75), 's1', { type: 'catalog-node', node: 'a1' }),
      ],
      fault,
    );
    expect(services).toEqual({ web1: service });
    expect(checks).toMatchObject({ alive: { serviceId: 'web1' } });
    expect(catalog).toMatchObject({ services: [{ id: 'web1' }] });
  });

  test('knows that a check passes whose time is not over, and tells the servers so', () => {
    const [local, told] = talk(60, [ask(at(4), 'a1', { type: 'agent-checks' }), ask(at(6), 's1', health)], {
      ...{ type: 'crash', node: 'a1', for: seconds(2) },
    });
    expect(local).toMatchObject({ alive: { status: 'passing', output: 'fine' } });
    expect(statusOf(told)).toBe('passing');
  });

  test('measures that time on the wall clock, which goes on while it is down and may be far from its own time', () => {
    const [local, late] = [2, 9].map((downFor) => {
      const register: Step['request'] = { type: 'agent-register-service', service, checks: [checkOf(5)] };
      const pass: Step['request'] = { type: 'agent-update-check', id: 'alive', status: 'passing', output: 'fine' };
      const { exchanges } = converse({
        nodes,
        steps: [...inTurn('a1', settled, [register, pass]), ask(at(1.5 + downFor), 'a1', { type: 'agent-checks' })],
        faults: [
          [seconds(1), { type: 'clock-jump', node: 'a1', by: seconds(3_600) }],
          [at(1), { type: 'crash', node: 'a1', for: seconds(downFor) }],
        ],
      });
      return exchanges.at(-1)!.response.body;
    });
    expect([local, late]).toMatchObject([{ alive: { status: 'passing' } }, { alive: { status: 'critical' } }]);
  });

  test('takes a check for critical whose time is over', () => {
    const [local, told] = talk(5, [ask(at(11), 'a1', { type: 'agent-checks' }), ask(at(14), 's1', health)], {
      ...{ type: 'crash', node: 'a1', for: seconds(9) },
    });
    expect(local).toMatchObject({ alive: { status: 'critical' } });
    expect(statusOf(told)).toBe('critical');
  });

  test('forgets what was deregistered', () => {
    const [, services, catalog] = talk(
      60,
      [
        { at: at(0.5), ask: 'a1', request: { type: 'agent-deregister-service', id: 'web1' } },
        ask(at(5), 'a1', { type: 'agent-services' }),
        ask(at(75), 's1', { type: 'catalog-node', node: 'a1' }),
      ],
      { type: 'crash', node: 'a1', for: seconds(2) },
    );
    expect(services).toEqual({});
    expect(catalog).toMatchObject({ services: [] });
  });
});

test('servers that all restart have keys, locks and sessions again, and sessions have their time again', () => {
  const powerLoss = servers.map((node): Fault => ({ type: 'power-loss', node, unsynced: 'lost', for: seconds(3) }));
  const { exchanges } = converse({
    nodes,
    steps: [
      ...inTurn('s1', settled, [session('one', { ttl: seconds(10) }), put('l', 'mine', { acquire: '$one' })]),
      { at: at(18), ask: 's2', request: get('l', { consistency: 'consistent' }) },
      { at: at(20.5), ask: 's2', request: { type: 'session-list' } },
    ],
    faults: powerLoss.map((fault) => [at(5), fault] as const),
  });
  expect(exchanges[1]!.response.body).toBe(true);
  expect(valueOf(exchanges[2]!)).toBe('mine');
  expect(exchanges[2]!.response.body).toMatchObject([{ lockIndex: 1 }]);
  expect(exchanges[3]!.response.body).toHaveLength(1);
});

test('requests that a leader is asked which has just restarted wait for the next leader', () => {
  for (let seed = 0; seed < 8; seed++) {
    const crash: Fault = { type: 'crash', node: '@leader', for: seconds(0.2) };
    const reads = servers.map((one): Step => ({
      at: at(1.3),
      ask: one,
      request: get('a', { consistency: 'consistent' }),
    }));
    const writes = servers.map((one): Step => ({ at: at(1.35), ask: one, request: put(one, '1') }));
    const { exchanges } = converse({
      nodes,
      seed,
      steps: [{ at: settled, ask: 's1', request: put('a', '1') }, ...reads, ...writes],
      faults: [[at(1), crash]],
    });
    for (const { response, took } of exchanges.slice(1)) {
      expect([seed, response.status]).toEqual([seed, 200]);
      expect(took).toBeLessThan(seconds(6));
    }
    expect(exchanges.slice(1, 4).map(valueOf)).toEqual(['1', '1', '1']);
  }
});
