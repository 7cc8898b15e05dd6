// The histories of Jepsen's own tests of its checkers and of elle-cli's, with the verdicts that those give; none of them
// shows what we refuse and Jepsen does not (doubled and phantom elements: see the planted anomalies). They are not part of
// the project: where their folder is absent these tests are skipped.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findChecker, readHistory, type CheckerOptions, type Judgement } from '../../../checkers/index.ts';
import { checkQueue, checkTotalQueue } from '../../../checkers/family/queue.ts';
import { checkSetFull } from '../../../checkers/family/set-full.ts';
import { checkCounter } from '../../../checkers/family/counter.ts';
import type { History } from '../../../sim/history.ts';
import type { Json } from '../../../sim/protocol.ts';
import { readHistoryFile } from '../../../cli/history-file.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', '..', 'shared', 'histories');
const inline = path.join(folder, 'jepsen-tests', 'jepsen-checker-inline.jsonl');
const present = existsSync(inline);
if (!present) console.warn(`skipped the recorded histories of Jepsen's checkers: there is no ${inline}`);

interface InlineTest {
  readonly id: string;
  readonly checker: string;
  readonly test: string;
  readonly history: readonly { readonly [field: string]: Json }[];
  readonly opts: { readonly [name: string]: boolean } | null;
  readonly result: { readonly [name: string]: Json };
}

const names: { readonly [checker: string]: string } = {
  Stats: 'stats',
  Queue: 'queue',
  Set: 'set',
  SetFull: 'set-full',
  TotalQueue: 'total-queue',
  UniqueIds: 'unique-ids',
  Counter: 'counter',
  long_fork$checker$reify__5924: 'long-fork',
  causal_reverse$checker$reify__6132: 'causal-reverse',
};
const verdicts: ReadonlyMap<Json | undefined, string> = new Map<Json, string>([
  [true, 'valid'],
  [false, 'invalid'],
  ['unknown', 'unknown'],
]);

/** Some of the histories have two operations of one process at once, which no process can have. */
const historyOf = async ({ history }: InlineTest): Promise<History> => {
  const busy = new Set<Json>();
  const overlaps = history.some(({ type, process = null }) => {
    if (type === 'invoke' && busy.has(process)) return true;
    if (type === 'invoke') busy.add(process);
    else busy.delete(process);
    return false;
  });
  const events = overlaps ? history.map((event) => ({ ...event, process: null })) : history;
  return (await readHistory([events.map((event) => JSON.stringify(event)).join('\n')])).history;
};

describe.skipIf(!present)("the histories of Jepsen's tests of its checkers", () => {
  const tests = present
    ? readFileSync(inline, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as InlineTest)
    : [];
  const known = tests.filter(({ checker }) => names[checker] !== undefined);
  const of = (checker: string) => known.filter((test) => test.checker === checker);

  it('are all there but for that of composing checkers', () => {
    expect(known).toHaveLength(40);
  });

  it.each(known)('$id, $test', async (test) => {
    const options: CheckerOptions = test.opts?.['linearizable?'] === false ? { mayBeStale: true } : {};
    const result = findChecker(names[test.checker]!).result(await historyOf(test), options);
    expect(result.verdict).toBe(verdicts.get(test.result['valid?']));
  });

  it('give the same elements their fates in sets', async () => {
    for (const test of of('SetFull')) {
      const { stable, lost, neverRead, stale } = checkSetFull(await historyOf(test), { mayBeStale: true });
      const { result } = test;
      expect([test.id, stable.length, lost, neverRead, stale]).toEqual([
        test.id,
        result['stable-count'],
        result['lost'],
        result['never-read'],
        result['stale'],
      ]);
    }
  });

  it('give the same bounds to the reads of counters', async () => {
    for (const test of of('Counter')) {
      const { reads } = checkCounter(await historyOf(test));
      const shown = reads.map(({ lower, value, upper }) => [lower, value, upper]);
      const byRead = (one: readonly number[], other: readonly number[]) => (one.join(' ') < other.join(' ') ? -1 : 1);
      expect([test.id, shown.toSorted(byRead)]).toEqual([
        test.id,
        (test.result['reads'] as number[][]).toSorted(byRead),
      ]);
    }
  });

  it('find the same elements lost, unexpected and doubled in queues', async () => {
    for (const test of of('TotalQueue')) {
      const { evidence, recovered } = checkTotalQueue(await historyOf(test));
      const valuesOf = (type: string) => evidence.find((one) => one.type === type)?.values ?? [];
      const { result } = test;
      expect([valuesOf('lost'), valuesOf('unexpected'), valuesOf('duplicated'), recovered]).toEqual([
        result['lost'],
        result['unexpected'],
        result['duplicated'],
        result['recovered'],
      ]);
    }
    expect(checkQueue([]).verdict).toBe('valid');
  });
});

describe.skipIf(!present)("elle-cli's histories", () => {
  const read = async (file: string) =>
    (await readHistory(readHistoryFile(path.join(folder, 'elle-cli', file)), { file })).history;

  it.each([
    ['jepsen/bank.edn', 'bank', {}, 'valid', []],
    ['jepsen/bank.json', 'bank', {}, 'valid', []],
    ['jepsen/bank-neg.edn', 'bank', { mayBeNegative: true }, 'valid', []],
    ['jepsen/bank-negative-balances.json', 'bank', {}, 'invalid', ['negative-balance']],
    ['jepsen/bank-tidb.edn', 'bank', {}, 'invalid', ['wrong-total']],
    ['jepsen/long-fork.edn', 'long-fork', {}, 'invalid', ['long-fork']],
    ['jepsen/set.edn', 'set', {}, 'valid', []],
    ['jepsen/set.edn', 'set-full', {}, 'valid', []],
  ] as const)('%s: %s %o is %s', async (file, checker, options, verdict, types) => {
    const result = findChecker(checker).result(await read(file), options) as Judgement;
    expect([result.verdict, result.evidence.map(({ type }) => type)]).toEqual([verdict, types]);
  });

  it('of a mutex is not linearizable, and the owners make it no better', { timeout: 20_000 }, async () => {
    const history = await read('knossos/mutex/bad/etcd.json');
    for (const model of ['mutex', 'owned-mutex']) {
      expect(findChecker('linearizable').result(history, { model }).verdict).toBe('invalid');
    }
  });
});
