// Everything that others recorded, judged by the command: each row of the manifest gets the verdict that it states. The
// folder is no part of the project: where it is absent these tests are skipped.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultline, faultlineJson } from './command.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'histories');
const manifest = path.join(folder, 'MANIFEST.tsv');
const present = existsSync(manifest);
if (!present) console.warn(`skipped the recorded histories: there is no ${manifest}`);

interface Question {
  readonly argv: readonly string[];
  /** What the manifest expects of it; undefined where it says nothing. */
  readonly expected: 'valid' | 'invalid';
  /** For transactions that are not: the weakest models that are ruled out. */
  readonly not?: readonly string[];
}

interface Rule {
  readonly files: RegExp;
  readonly questions: (expected: string) => readonly Question[];
}

const invalid = (...argv: string[]): Rule['questions'] => {
  return () => [{ argv, expected: 'invalid' }];
};

const plain = (...argv: string[]): Rule['questions'] => {
  return (expected) => {
    const isInvalid = /^not-linearizable|^valid=false|^invalid/.test(expected);
    return [{ argv, expected: isInvalid ? 'invalid' : 'valid' }];
  };
};

/** The first that fits a file says how it is judged. */
const rules: readonly Rule[] = [
  { files: /^porcupine\//, questions: plain() },
  { files: /^knossos\/cas-register\//, questions: plain('--initial', '0', '--nil-reads', 'unknown') },
  { files: /^(?:elle-cli\/)?knossos\/mutex\//, questions: plain() },
  { files: /^fastlin\//, questions: plain() },
  { files: /^synth\/register/, questions: plain('--initial', '0') },
  { files: /^synth\//, questions: plain() },
  { files: /^elle-cli\/jepsen\/bank-neg\.edn/, questions: plain('--set', 'mayBeNegative=true') },
  { files: /^elle-cli\/jepsen\//, questions: plain() },
  { files: /^elle-cli\/elle\/rw-register/, questions: invalid() }, // a read of what nobody wrote, which Elle calls valid
  { files: /^elle-cli\/elle\//, questions: plain('--consistency', 'serializable') },
  { files: /^grail-arangodb\/rw-register-test\/g1c/, questions: () => [] }, // serializable, but real time is not known
  { files: /^grail-arangodb\/rw-register-test\//, questions: invalid() },
  { files: /^(?:grail-arangodb|elle-sim)\/|^elle\/huge-scc/, questions: elle },
  { files: /^elle\/paper-example/, questions: invalid() },
  { files: /^awdit\//, questions: awdit },
  { files: /^polysi\//, questions: invalid('--consistency', 'strong-session-snapshot-isolation') },
  { files: /^(?:elle|jepsen)-tests\//, questions: () => [] }, // suites: below
];

/** Histories of the suites on which we judge otherwise than the suite states, and why. */
const differences = new Map<string, boolean | 'unknown'>([
  // Elle is in doubt of a history whose graph is empty, whatever was asked for; nothing here breaks what was asked for.
  ...(['elle-inline-3', 'elle-inline-5', 'elle-inline-57'] as const).map((id) => [id, true] as const),
  // Reads of values that nobody wrote, which Elle calls valid for registers (and a bug of its own, in its test).
  ...(['elle-inline-52', 'elle-inline-71', 'elle-inline-75'] as const).map((id) => [id, false] as const),
]);

describe.skipIf(!present)('recorded histories', () => {
  const rows = present ? readFileSync(manifest, 'utf8').trim().split('\n').slice(1) : [];
  const cases = rows.flatMap((row) => {
    const [file = '', , , , , expected = ''] = row.split('\t');
    const rule = rules.find(({ files }) => files.test(file));
    const questions = rule?.questions(expected) ?? [];
    return questions.map((question) => ({ file, asked: question.argv.join(' '), ...question }));
  });

  test('include every source', () => {
    for (const { files } of rules) {
      expect(rows.some((row) => files.test(row))).toBe(true);
    }
    expect(rows.filter((row) => !rules.some(({ files }) => files.test(row)))).toEqual([]);
  });

  test.each(cases)('$file $asked is $expected', async ({ file, argv, expected, not }) => {
    const { code, out, err } = await faultline('check', path.join(folder, file), ...argv, '--json');
    const document = JSON.parse(out) as { readonly not: readonly string[]; readonly anomalies: readonly object[] };
    expect({ code, err }).toEqual({ code: expected === 'valid' ? 0 : 1, err: '' });
    expect(document.anomalies.length > 0).toBe(expected === 'invalid');
    if (not !== undefined) expect(document.not).toEqual(not);
  });
});

interface SuiteDocument {
  readonly files: readonly { readonly part: string; readonly valid: boolean | 'unknown'; readonly stated?: unknown }[];
}

describe.skipIf(!present)('suites of histories', () => {
  test.each([
    ['elle-tests/elle-inline.jsonl', 91],
    ['jepsen-tests/jepsen-checker-inline.jsonl', 41],
  ])('%s: each of %d gets the verdict that it states, but for known differences', async (file, count) => {
    const { code, document } = await faultlineJson<SuiteDocument>('check', path.join(folder, file));
    expect(code).toBe(1);
    expect(document.files).toHaveLength(count);
    const otherwise = document.files.filter(({ valid, stated }) => valid !== stated);
    const expected = [...differences].filter(([id]) => document.files.some(({ part }) => part === id));
    expect(otherwise.map(({ part, valid }) => [part, valid])).toEqual(expected.toSorted(byNumber));
  });

  test('can be judged one by one, by name', async () => {
    const file = path.join(folder, 'elle-tests/elle-inline.jsonl');
    const { code, out } = await faultline('check', file, '--part', 'elle-inline-61', '--explain');
    expect(code).toBe(1);
    expect(out).toMatch(/elle-inline\.jsonl, history elle-inline-61\n {2}INVALID {2}G-single-item\n/);
  });
});

const byNumber = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  Number(one.split('-').at(-1)) - Number(other.split('-').at(-1));

describe.skipIf(!present)('histories of real servers', () => {
  const names = present
    ? readdirSync(path.join(folder, 'real')).flatMap((name) => /^(.*)\.jsonl$/.exec(name)?.[1] ?? [])
    : [];

  test.each(names)('%s gets the verdict of the one who recorded it', async (name) => {
    const meta = JSON.parse(readFileSync(path.join(folder, 'real', `${name}.meta.json`), 'utf8')) as {
      readonly verdict?: { readonly linearizable: boolean };
      readonly mutualExclusion?: boolean;
    };
    const file = path.join(folder, 'real', `${name}.jsonl`);
    const initial = name.startsWith('consul') ? ['--initial', '0'] : [];
    const { code, err } = await faultline('check', file, ...initial);
    const isFine = meta.verdict?.linearizable ?? meta.mutualExclusion;
    expect(isFine).toBeTypeOf('boolean');
    expect({ code, err }).toEqual({ code: isFine === true ? 0 : 1, err: '' });
  });
});

/** `strict-serializable: valid=false … || with sequential-keys?…` and `serializable=true … | …`: without assumptions. */
function elle(expected: string): readonly Question[] {
  const [plainly = ''] = expected.split('|| with');
  const pattern =
    /\b(strict-serializable|serializable|snapshot-isolation)[:=] ?(?:valid=)?(true|false)[^|]*? not=\[([^\]]*)\]/g;
  return [...plainly.matchAll(pattern)].map(([, model = '', valid, not = '']) => {
    const argv = ['--consistency', model];
    if (valid === 'true') return { argv, expected: 'valid' };
    return { argv, expected: 'invalid', not: not.split(' ').map((name) => name.replace(/^:/, '')) };
  });
}

/** `RC ok, RA VIOLATED, causal VIOLATED`. */
function awdit(expected: string): readonly Question[] {
  const levels: Readonly<Record<string, string>> = { RC: 'read-committed', RA: 'read-atomic', causal: 'causal' };
  return expected.split(', ').map((statement) => {
    const [level = '', verdict] = statement.split(' ');
    return { argv: ['--consistency', levels[level] ?? level], expected: verdict === 'ok' ? 'valid' : 'invalid' };
  });
}
