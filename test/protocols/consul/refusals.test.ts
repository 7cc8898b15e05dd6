// What Consul refuses before it reaches the log, and what is kept when something is said twice.
import { expect, test } from 'vitest';
import type { ConsulRequest } from '../../../protocols/consul/requests.ts';
import { ms, seconds } from '../../../sim/index.ts';
import { answers, ask, remove, settled } from './cluster.ts';
import { inTurn, put, session, type Step } from './conversation.ts';

test('flags that contradict each other, and keys without a name', () => {
  const responses = answers(
    put('a', '1', { cas: 1, acquire: 'x' }),
    remove('a', { recurse: true, cas: 1 }),
    put('', '1'),
    remove(''),
  );
  expect(responses.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
});

test('a transaction that locks a key under its lock-delay is told which operation that was', () => {
  const lock = { type: 'transaction', operations: [{ verb: 'lock', key: 'l', value: '', session: '$two' }] };
  const steps: Step[] = [
    ...inTurn('s1', settled, [
      session('one', { lockDelay: seconds(5) }),
      session('two'),
      put('l', '', { acquire: '$one' }),
      { type: 'session-destroy', session: '$one' },
    ]),
    ...[1, 6].map((after): Step => {
      return { at: settled + seconds(after), ask: 's1', as: 'c', request: lock as unknown as ConsulRequest };
    }),
  ];
  const [during, after] = ask(steps).slice(4);
  expect(during!.response).toMatchObject({
    status: 409,
    body: { errors: [{ opIndex: 0, what: 'failed to lock key "l" due to lock delay' }] },
  });
  expect(after!.response.status).toBe(200);
});

test('sessions are listed by their node', () => {
  const of = (node?: string): ConsulRequest => ({ type: 'session-list', ...(node !== undefined && { node }) });
  const [, , all, one, none] = answers(session('one'), session('two', { node: 's2' }), of(), of('s2'), of('s3'));
  expect([all, one, none].map((response) => (response!.body as readonly unknown[]).length)).toEqual([2, 1, 0]);
});

test('a check that is registered again stays what it was', () => {
  const service = { id: 'web1', service: 'web', tags: [], port: 80 };
  const check = { id: 'alive', name: 'alive', ttl: seconds(60), serviceId: 'web1' };
  const register: ConsulRequest = { type: 'agent-register-service', service, checks: [check] };
  const pass: ConsulRequest = { type: 'agent-update-check', id: 'alive', status: 'passing', output: 'fine' };
  const exchanges = ask([
    ...inTurn('a1', settled, [register, pass, register, { type: 'agent-checks' }]),
    { at: settled + ms(900), ask: 's1', request: { type: 'health-service', service: 'web', passing: true } },
  ]);
  expect(exchanges[3]!.response.body).toMatchObject({ alive: { status: 'passing', output: 'fine' } });
  expect(exchanges[4]!.response.body).toHaveLength(1);
});
