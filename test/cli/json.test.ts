// docs/json.md is a promise: every documented field is printed, and every printed field is documented.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

type Fields = Record<string, unknown>;

const page = readFileSync(join(import.meta.dirname, '../../docs/json.md'), 'utf8');

test('the documents of run, fuzz, replay and diff have the documented fields', async () => {
  const out = temporaryFolder();
  const run = (await faultlineJson<Fields>('run', 'counter-early-acknowledgement', '--seed', '6')).document;
  const [finding, ...others] = run['findings'] as Fields[];
  expect(others).toEqual([]);
  expect(Object.keys(finding!).toSorted()).toEqual(documented('A finding:').toSorted());
  expect(Object.keys(run).toSorted()).toEqual(documented('## `faultline run').toSorted());

  const fuzz = await faultlineJson<Fields>('fuzz', 'ping-pong-late-pong', '--seeds', '4', '--out', out);
  const optional = ['stride', 'source', 'corpus', 'broken', 'problem', 'missing'];
  expect(Object.keys(fuzz.document).toSorted()).toEqual(without(documented('## `faultline fuzz'), optional).toSorted());
  const [failure] = fuzz.document['failures'] as Fields[];
  expect(Object.keys(failure!)).toEqual(['seed', 'verdict', 'hash', 'events', 'findings', 'replay']);

  const path = failure!['replay'] as string;
  const replay = (await faultlineJson<Fields>('replay', path)).document;
  const replayed = [...documented('## `faultline run'), ...without(documented('## `faultline replay'), ['divergence'])];
  expect(Object.keys(replay).toSorted()).toEqual(replayed.toSorted());

  const diff = (await faultlineJson<Fields>('diff', path, path)).document;
  expect(Object.keys(diff).toSorted()).toEqual(documented('## `faultline diff').toSorted());
});

test('the documents of check have the documented fields', async () => {
  const path = join(temporaryFolder(), 'history.edn');
  await faultline('run', 'raft-local-reads', '--seed', '7', '--history', path);
  const check = (await faultlineJson<Fields>('check', path)).document;
  expect(Object.keys(check).toSorted()).toEqual(documented('## `faultline check').toSorted());
  const [anomaly] = check['anomalies'] as Fields[];
  expect(Object.keys(anomaly!).toSorted()).toEqual(documented('An anomaly of `check`:').toSorted());
  const part = (check['partitions'] as Fields[]).find(({ valid }) => valid === false);
  expect(Object.keys(part!).toSorted()).toEqual(['engine', 'key', 'operations', 'reason', 'steps', 'valid']);
  const both = (await faultlineJson<Fields>('check', path, path)).document;
  expect(Object.keys(both)).toEqual(['valid', 'files']);
});

/** The field names in the first column of the table that follows the title. */
function documented(title: string): string[] {
  const from = page.indexOf(title);
  expect(from).toBeGreaterThan(-1);
  const table = /\n\n(\|[^]*?)\n\n/.exec(page.slice(from))?.[1] ?? '';
  const rows = table.split('\n').slice(2);
  return rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map((match) => match[1] ?? ''));
}

const without = (names: readonly string[], left: readonly string[]): string[] =>
  names.filter((name) => !left.includes(name));
