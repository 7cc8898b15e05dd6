// Transaction histories that others recorded, with the verdicts of their checkers. They are not part of the project: where
// their folder is absent these tests are skipped.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { impliedAnomalies, type AnomalyName } from '../../../checkers/isolation/anomalies.ts';
import { drawBoundary } from '../../../checkers/isolation/models.ts';
import { readHistory } from '../../../checkers/formats/index.ts';
import {
  checkIsolation,
  checkWeakIsolation,
  type IsolationModel,
  type IsolationOptions,
  type IsolationResult,
} from '../../../checkers/index.ts';
import { fromLooseEvents, type LooseEvent } from './recorded-lines.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', '..', 'shared', 'histories');
const manifest = path.join(folder, 'MANIFEST.tsv');
const present = existsSync(manifest);
if (!present) console.warn(`skipped the recorded transactions: there is no ${manifest}`);

const rows = present ? readFileSync(manifest, 'utf8').trim().split('\n').slice(1) : [];
const entries = rows.map((row) => row.split('\t')).map((columns) => ({ file: columns[0]!, expected: columns[5]! }));

describe.skipIf(!present)('recorded transactions', () => {
  const judged = entries.filter(
    ({ file }) => /^(?:grail-arangodb|elle-sim|elle)\//.test(file) && !file.includes('rw-register-test'),
  );

  it.each(judged.filter(({ file }) => file !== 'elle/paper-example.edn'))(
    '$file shows what Elle found',
    async ({ file, expected }) => {
      const history = await readRecorded(file);
      const statements = parseStatements(expected);
      expect(statements.length).toBeGreaterThan(0);
      for (const { model, assumptions, valid, anomalies, not } of statements) {
        const result = checkIsolation(history, { model, ...assumptions });
        expect(result.verdict).toBe(valid ? 'valid' : 'invalid');
        if (file === 'elle/huge-scc.edn.gz') {
          // Elle lists G2-item-realtime because its search for worse ones timed out; there is one with a single rw edge.
          expect(namesFor(result)).toEqual(['G-single-item-realtime']);
        } else {
          expect(closure(namesFor(result))).toEqual(closure(anomalies));
        }
        if (!valid) expect(result.not).toEqual(not);
      }
    },
  );

  it('g1c.edn is serializable, whatever its name says', async () => {
    const result = checkIsolation(await readRecorded('grail-arangodb/rw-register-test/g1c.edn'), { realtime: false });
    expect(result).toMatchObject({ anomalies: [], strongest: ['strict-serializable'], verdict: 'unknown' });
  });

  const sessionSnapshots: IsolationOptions = { model: 'strong-session-snapshot-isolation' };
  it.each<[string, Partial<IsolationOptions>, readonly AnomalyName[]]>([
    ['elle/paper-example.edn', {}, ['G-single-item']],
    ['elle-cli/elle/list-append-gh-30.edn', { model: 'serializable' }, ['G2-item']],
    // Elle calls the next two valid, though a read returned 3, which nobody wrote.
    ['elle-cli/elle/rw-register.edn', {}, ['garbage-read']],
    ['elle-cli/elle/rw-register.json', {}, ['garbage-read']],
    // Elle only says G1a of the next; its third transaction read 3 from a key that nobody wrote at all.
    ['grail-arangodb/rw-register-test/g1a.edn', {}, ['garbage-read', 'G1a']],
    ['grail-arangodb/rw-register-test/g1b-1.edn', {}, ['internal', 'G1b']],
    ['grail-arangodb/rw-register-test/long-fork.edn', {}, ['G-nonadjacent-item']],
    ['grail-arangodb/rw-register-test/non-repeatable-read.edn', {}, ['internal', 'fractured-read']],
    // Elle calls this one valid, but no order of the versions explains it.
    ['grail-arangodb/rw-register-test/g0.edn', { realtime: false }, ['fractured-read']],
    ['polysi/violations/yugabyte/yugabyte.txt', { ...sessionSnapshots, realtime: false }, ['causality-violation']],
  ])('%s with %j shows %j', async (file, options, names) => {
    const result = checkIsolation(await readRecorded(file), options);
    expect(result.verdict).toBe('invalid');
    expect(result.anomalies.map(({ name }) => name)).toEqual(names);
  });
});

describe.skipIf(!present)('the histories of AWDIT', () => {
  const files = entries.filter(({ file }) => file.startsWith('awdit/'));

  it.each(files)('$file: $expected', async ({ file, expected }) => {
    const history = await readRecorded(file);
    const levels = ['read-committed', 'read-atomic', 'causal'] as const;
    const verdicts = levels.map((level) => checkWeakIsolation(history, level).verdict);
    const stated = expected.split(', ').map((word) => (word.endsWith('ok') ? 'valid' : 'invalid'));
    expect(verdicts).toEqual(stated);
  });
});

/** Rows of Elle's own tests on which we say more or less than Elle, and why. */
const differences: ReadonlyMap<number, { readonly more?: readonly AnomalyName[]; readonly verdict?: string }> = new Map(
  [
    // Elle is in doubt of a history whose graph is empty, whatever was asked for; nothing here breaks what was asked for.
    [3, { verdict: 'valid' }],
    [5, { verdict: 'valid' }],
    [57, { verdict: 'valid' }],
    // One process ran these one after the other and missed its own write: not only a matter of the data.
    [40, { more: ['G-single-item-process'] }],
    [42, { more: ['G-single-item-process'] }],
    // The anti-dependency lies beside the dirty writes: operation 21 misses 12, which precedes 26, which precedes its own 16.
    [49, { more: ['G-single-item'] }],
    // Reads of values that nobody wrote, which Elle calls valid for registers (and a bug of its own, in its test).
    [52, { more: ['garbage-read'], verdict: 'invalid' }],
    [53, { more: ['garbage-read'] }],
    [71, { more: ['garbage-read'], verdict: 'invalid' }],
    [75, { more: ['garbage-read'], verdict: 'invalid' }],
    [76, { more: ['garbage-read'] }],
    [78, { more: ['garbage-read'] }],
    // Elle looks only at the cycle; that the read was of a part of a transaction rules out read atomic as well.
    [74, { more: ['fractured-read'] }],
    [77, { more: ['causality-violation'] }],
    // Elle names the cycle G1c-realtime by its read; the order of the writes closes it as well, in one session.
    [79, { more: ['garbage-read', 'G0-process'] }],
  ],
);

interface InlineRow {
  readonly checker: string;
  readonly test: string;
  readonly opts: Readonly<Record<string, unknown>>;
  readonly history: readonly LooseEvent[];
  readonly result: { readonly 'valid?': unknown; readonly 'anomaly-types': string[]; readonly not: string[] };
}

describe.skipIf(!present)("the histories of Elle's own tests", () => {
  const file = path.join(folder, 'elle-tests', 'elle-inline.jsonl');
  const inline = present
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line, number) => ({ number, row: JSON.parse(line) as InlineRow }))
    : [];
  const known = inline.filter(({ row }) => row.checker !== 'closed-predicate'); // predicates are not judged here
  const named = known.map((entry) => ({ ...entry, test: entry.row.test }));

  it.each(named)('$number $test', ({ number, row }) => {
    const { models, anomalies: asked } = whatIsAsked(row.opts);
    const { history, operationAt } = fromLooseEvents(row.history);
    const order = row.opts['transaction-order'] as Readonly<Record<string, number>> | undefined;
    const options: IsolationOptions = {
      workload: row.checker as 'list-append' | 'rw-register',
      wfrKeys: row.opts['wfr-keys?'] === true,
      sequentialKeys: row.opts['sequential-keys?'] === true,
      linearizableKeys: row.opts['linearizable-keys?'] === true,
      transactionOrder:
        order && new Map(Object.entries(order).map(([at, place]) => [operationAt.get(Number(at))!, place])),
    };
    const results = models.map((model) => checkIsolation(history, { ...options, model }));
    const free = checkIsolation(history, { ...options, model: 'read-uncommitted' });
    const names = [
      ...results.flatMap(namesFor),
      ...free.anomalies.map(({ name }) => name).filter((name) => asked.some((one) => impliedAnomalies(name).has(one))),
    ];
    const difference = differences.get(number) ?? {};
    const theirs = namesOf(row.result['anomaly-types']);
    expect(closure(names)).toEqual(closure([...theirs, ...(difference.more ?? [])]));
    const verdict = names.length > 0 ? 'invalid' : free.verdict === 'unknown' ? 'unknown' : 'valid';
    const expected = { true: 'valid', false: 'invalid', unknown: 'unknown' }[String(row.result['valid?'])];
    expect(verdict).toBe(difference.verdict ?? expected);
    if (expected === 'invalid' && difference.more === undefined) {
      const layers = free.anomalies.map(({ name }) => name).filter((name) => isInLayer(name, models));
      expect(drawBoundary(layers.filter((name) => name !== 'garbage-read')).not.toSorted()).toEqual(row.result.not);
    }
  });
});

async function readRecorded(file: string) {
  const bytes = readFileSync(path.join(folder, file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return (await readHistory([text], { file, lenient: true })).history;
}

function namesFor(result: IsolationResult): readonly AnomalyName[] {
  return result.anomalies.flatMap(({ name, isForbidden }) => (isForbidden ? [name] : []));
}

/** All that the anomalies imply, sorted: two lists that imply the same say the same. */
function closure(names: readonly AnomalyName[]): readonly AnomalyName[] {
  return [...new Set(names.flatMap((name) => [...impliedAnomalies(name)]))].toSorted();
}

/** Elle's names without its notes on its own search. */
function namesOf(names: readonly string[]): readonly AnomalyName[] {
  const notes = /^(?:empty-transaction-graph|cycle-search-timeout)$|-cycle-exists$/;
  return names.filter((name) => !notes.test(name)) as readonly string[] as readonly AnomalyName[];
}

interface Statement {
  readonly model: IsolationModel;
  readonly assumptions: Partial<IsolationOptions>;
  readonly valid: boolean;
  readonly anomalies: readonly AnomalyName[];
  readonly not: readonly string[];
}

function parseStatements(expected: string): readonly Statement[] {
  const pattern =
    /(with sequential-keys\?\+wfr-keys\?: )?(strict-serializable|serializable|snapshot-isolation)[:=] ?(?:valid=)?(true|false) (?:anomalies=)?\[([^\]]*)\] not=\[([^\]]*)\]/g;
  return [...expected.matchAll(pattern)].map(([, assumed, model, valid, anomalies, not]) => ({
    model: model as IsolationModel,
    assumptions: assumed === undefined ? {} : { sequentialKeys: true, wfrKeys: true },
    valid: valid === 'true',
    anomalies: namesOf(words(anomalies!)),
    not: words(not!),
  }));
}

function words(list: string): readonly string[] {
  return list.split(' ').flatMap((word) => (word === '' ? [] : [word.replace(/^:/, '')]));
}

/** The models of Elle's options, or the anomalies that it was asked to look for. */
function whatIsAsked(opts: Readonly<Record<string, unknown>>): {
  readonly models: readonly IsolationModel[];
  readonly anomalies: readonly AnomalyName[];
} {
  const wider: Readonly<Record<string, readonly AnomalyName[]>> = {
    G1: ['G1a', 'G1b', 'G1c'],
    G2: ['G2-item'],
    'G-single': ['G-single-item'],
  };
  const anomalies = (opts['anomalies'] ?? []) as readonly AnomalyName[];
  const given = opts['consistency-models'];
  const models = given === null ? [] : ((given ?? ['strict-serializable']) as readonly string[]);
  return {
    models: models.map((model) => (model === 'strong-serializable' ? 'strict-serializable' : model) as IsolationModel),
    anomalies: anomalies.flatMap((name) => wider[name] ?? [name]),
  };
}

/** Elle only looks at the orders of sessions and of real time if the models that were asked for need them. */
function isInLayer(name: AnomalyName, models: readonly IsolationModel[]): boolean {
  const strong = models.some((model) => model.startsWith('str'));
  const real = models.some((model) => model.startsWith('str') && !model.includes('session'));
  return name.endsWith('-realtime') ? real : name.endsWith('-process') ? strong : true;
}
