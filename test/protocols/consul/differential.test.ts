// The replicated state against a model that shares no code with it: whatever sequence of commands is drawn, both say the same,
// hold the same, and blocking queries would wait on the same indices.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { consulKvRules, getKey, listKeys, type KvRules, type KvWrite } from '../../../protocols/consul/state/kv.ts';
import { applyConsul, type ConsulAnswer, type ConsulCommand } from '../../../protocols/consul/state/machine.ts';
import type { TransactionOperation } from '../../../protocols/consul/state/transaction.ts';
import { emptyState } from '../../../protocols/consul/state/types.ts';
import { applyModel, emptyModel, indexOfKey, indexOfPrefix } from './model.ts';

const keys = ['a', 'a/b', 'a/b/c', 'a/d', 'b'];
const prefixes = ['', 'a', 'a/', 'a/b', 'b', 'c'];
const nodes = ['n1', 'n2'];
const names = ['s1', 's1', 's2', 's2', 's3', ''];

const key = fc.constantFrom(...keys);
const value = fc.constantFrom('', '1', '2');
const session = fc.constantFrom(...names);
/** Indices near those that entries have: commands are applied at 1, 2, 3, ... */
const index = fc.nat(40);
const flags = fc.constantFrom(0, 0, 7);

const write: fc.Arbitrary<KvWrite> = fc.oneof(
  fc.record({ verb: fc.constant('set' as const), key, value, flags }),
  fc.record({ verb: fc.constant('cas' as const), key, value, flags, index: fc.oneof(fc.constant(0), index) }),
  {
    weight: 3,
    arbitrary: fc.record({ verb: fc.constantFrom('lock' as const, 'unlock' as const), key, value, session }),
  },
  fc.record({ verb: fc.constant('delete' as const), key }),
  fc.record({ verb: fc.constant('delete-tree' as const), key: fc.constantFrom(...prefixes) }),
  fc.record({ verb: fc.constant('delete-cas' as const), key, index }),
);

const operation: fc.Arbitrary<TransactionOperation> = fc.oneof(
  { weight: 3, arbitrary: write },
  fc.record({ verb: fc.constantFrom('get' as const, 'get-tree' as const, 'check-not-exists' as const), key }),
  fc.record({ verb: fc.constant('check-index' as const), key, index }),
  fc.record({ verb: fc.constant('check-session' as const), key, session }),
);

const node = fc.constantFrom(...nodes);
const check = fc.constantFrom('serfHealth', 'web');
const status = fc.constantFrom('passing' as const, 'passing' as const, 'warning' as const, 'critical' as const);

const command: fc.Arbitrary<ConsulCommand> = fc.oneof(
  { weight: 16, arbitrary: fc.record({ type: fc.constant('kv' as const), write }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('transaction' as const),
      operations: fc.array(operation, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('session-create' as const),
      request: fc.record({
        id: fc.constantFrom('s1', 's2', 's3'),
        node,
        checks: fc.constantFrom(['serfHealth'], ['serfHealth', 'web'], []),
        behavior: fc.constantFrom('release', 'delete'),
      }),
    }),
  },
  fc.record({ type: fc.constant('session-destroy' as const), session }),
  { weight: 2, arbitrary: fc.record({ node, id: check, status }).map(healthOf) },
  fc.record({ node, checkId: check }).map((deregistration) => ({ type: 'deregister' as const, deregistration })),
  fc.record({ node }).map((deregistration) => ({ type: 'deregister' as const, deregistration })),
  fc.record({ type: fc.constant('reap-tombstones' as const), upTo: index }),
);

function healthOf(drawn: { node: string; id: string; status: 'passing' | 'warning' | 'critical' }): ConsulCommand {
  const { node: name, id, status: now } = drawn;
  const one = { id, name: id, status: now, output: '', serviceId: '' };
  return { type: 'register', registration: { node: name, address: name, checks: [one] } };
}

/** Both worlds begin with two healthy nodes and a session on each. */
const beginning: readonly ConsulCommand[] = [
  ...nodes.map((name) => healthOf({ node: name, id: 'serfHealth', status: 'passing' })),
  { type: 'session-create', request: { id: 's1', node: 'n1' } },
  { type: 'session-create', request: { id: 's2', node: 'n2', behavior: 'delete' } },
];

/** Runs both; the first difference in words, or undefined. */
function difference(commands: readonly ConsulCommand[], rules: KvRules): string | undefined {
  const state = emptyState();
  let model = emptyModel;
  let at = 0;
  const live = new Set<string>();
  for (const one of [...beginning, ...commands]) {
    // IDs are never drawn twice while a session lives.
    if (one.type === 'session-create' && live.has(one.request.id)) continue;
    at++;
    const { answer } = applyConsul(state, one, at, rules);
    const step = applyModel(model, one, at);
    ({ model } = step);
    live.clear();
    for (const { id } of model.sessions) live.add(id);
    const [real, naive] = [
      [words(answer), held(state), [...state.sessions.keys()], indices(state)],
      [step.said, rowsOf(model.rows), model.sessions.map(({ id }) => id), modelIndices(model)],
    ].map((view) => JSON.stringify(view));
    if (real !== naive) return `after ${at} ${JSON.stringify(one)}:\n${real}\n${naive}`;
  }
  return undefined;
}

const held = (state: ReturnType<typeof emptyState>): unknown[] => rowsOf([...state.kv.values()]);

function rowsOf(rows: readonly { readonly key: string }[]): unknown[] {
  const sorted = rows.toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return sorted.map((row) => Object.entries(row).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function indices(state: ReturnType<typeof emptyState>): number[] {
  return [...keys.map((one) => getKey(state, one).index), ...prefixes.map((one) => listKeys(state, one).index)];
}

function modelIndices(model: typeof emptyModel): number[] {
  return [...keys.map((one) => indexOfKey(model, one)), ...prefixes.map((one) => indexOfPrefix(model, one))];
}

function words(answer: ConsulAnswer): string {
  switch (answer.type) {
    case 'done':
    case 'not-done':
    case 'committed':
      return answer.type;
    case 'error':
      return `error ${answer.error}`;
    case 'session':
      return `session ${answer.id}`;
    case 'rolled-back':
      return `rolled-back ${answer.errors.map(({ opIndex }) => opIndex).join(' ')}`;
  }
}

const sequences = fc.array(command, { minLength: 15, maxLength: 40 });

test('the state and the model agree on whatever is drawn', () => {
  fc.assert(
    fc.property(sequences, (commands) => {
      expect(difference(commands, consulKvRules)).toBeUndefined();
    }),
    { numRuns: 2_000, seed: 17 },
  );
});

test.each<[string, Partial<KvRules>]>([
  ['counts every acquire', { lockIndexOnAcquire: (existing) => (existing?.lockIndex ?? 0) + 1 }],
  ['never counts', { lockIndexOnAcquire: (existing) => existing?.lockIndex ?? 1 }],
  ['takes what another one holds', { isFree: () => true }],
  ['lets the dead acquire', { sessionIsValid: () => true }],
])('a state that %s is found', (_what, broken) => {
  const found = fc.check(
    fc.property(sequences, (commands) => difference(commands, { ...consulKvRules, ...broken }) === undefined),
    { numRuns: 2_000, seed: 17 },
  );
  expect(found.failed).toBe(true);
});
