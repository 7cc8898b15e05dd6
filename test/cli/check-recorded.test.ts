// Everything that others recorded, judged by the command: each row of the manifest gets the verdict that it states. The
// folder is no part of the project: where it is absent these tests are skipped.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultline } from './command.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', 'shared', 'histories');
const manifest = path.join(folder, 'MANIFEST.tsv');
const present = existsSync(manifest);
if (!present) console.warn(`skipped the recorded histories: there is no ${manifest}`);

interface Question {
  readonly argv: readonly string[];
  /** What the manifest expects of it; undefined where it says nothing. */
  readonly expected: 'valid' | 'invalid';
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
];

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
  });

  test.each(cases)('$file $asked is $expected', async ({ file, argv, expected }) => {
    const { code, err } = await faultline('check', path.join(folder, file), ...argv);
    expect({ code, err }).toEqual({ code: expected === 'valid' ? 0 : 1, err: '' });
  });
});

/** `strict-serializable: valid=false … || with sequential-keys?…` and `serializable=true … | …`: without assumptions. */
function elle(expected: string): readonly Question[] {
  const [plainly = ''] = expected.split('|| with');
  const pattern = /\b(strict-serializable|serializable|snapshot-isolation)[:=] ?(?:valid=)?(true|false)/g;
  return [...plainly.matchAll(pattern)].map(([, model = '', valid]) => ({
    argv: ['--consistency', model],
    expected: valid === 'true' ? 'valid' : 'invalid',
  }));
}

/** `RC ok, RA VIOLATED, causal VIOLATED`. */
function awdit(expected: string): readonly Question[] {
  const levels: Readonly<Record<string, string>> = { RC: 'read-committed', RA: 'read-atomic', causal: 'causal' };
  return expected.split(', ').map((statement) => {
    const [level = '', verdict] = statement.split(' ');
    return { argv: ['--consistency', levels[level] ?? level], expected: verdict === 'ok' ? 'valid' : 'invalid' };
  });
}
