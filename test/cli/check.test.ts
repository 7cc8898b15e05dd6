// `faultline check`: what people and programs read of recorded histories.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { faultline, faultlineJson, outcomeOf, startFaultline, temporaryFolder } from './command.ts';

interface Checked {
  readonly valid: boolean | 'unknown';
  readonly checker: string;
  readonly model: string | null;
  readonly operations: number;
  readonly anomalies: readonly { type: string; reason: string; operations: number[]; lines: number[] }[];
  readonly partitions: readonly { key: string | null; valid: boolean | 'unknown' }[];
  readonly skipped: readonly object[];
  readonly remarks: readonly string[];
}

const staleRead = [
  '{:process 0, :type :invoke, :f :write, :value 1}',
  '{:process 0, :type :ok, :f :write, :value 1}',
  '{:process 0, :type :invoke, :f :write, :value 2}',
  '{:process 0, :type :ok, :f :write, :value 2}',
  '{:process 1, :type :invoke, :f :read, :value nil}',
  '{:process 1, :type :ok, :f :read, :value 1}',
];

const writeSkew = [
  '{"process":0,"type":"invoke","f":"txn","value":[["r","x",null],["w","y",1]]}',
  '{"process":1,"type":"invoke","f":"txn","value":[["r","y",null],["w","x",1]]}',
  '{"process":0,"type":"ok","f":"txn","value":[["r","x",null],["w","y",1]]}',
  '{"process":1,"type":"ok","f":"txn","value":[["r","y",null],["w","x",1]]}',
];

function save(lines: readonly string[], name = 'history'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

describe('check, for people', () => {
  test('tells a history of watches by its functions', async () => {
    const watched = (revision: number): string =>
      `{:process 1, :type :ok, :f :watch, :value [{:events [{:type "put", :key "x", :value 1, :revision ${revision}}]}]}`;
    const lines = (revision: number): string[] => [
      '{:process 0, :type :invoke, :f :put, :value ["x" 1]}',
      '{:process 0, :type :ok, :f :put, :value 2}',
      '{:process 1, :type :invoke, :f :watch, :value {:watch "w", :from 2, :key "x"}}',
      watched(revision),
    ];
    const { code, out } = await faultline('check', save(lines(2)));
    expect(code).toBe(0);
    expect(out).toMatch(/chosen +the history holds watches of keys\n/);
    expect((await faultline('check', save(lines(1)))).code).toBe(1);
  });

  test('says valid, what was checked and why so', async () => {
    const { code, out, err } = await faultline('check', save(staleRead.slice(0, 4)));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('VALID  linearizable: each operation fits at one instant');
    expect(out).toMatch(/checked +2 operations \(jepsen-edn\), by linearizable, register/);
    expect(out).toMatch(/chosen +the history holds reads and writes without keys\n/);
  });

  test('says in words what contradicts what, and shows it when asked to explain', async () => {
    const path = save(staleRead);
    const brief = await faultline('check', path);
    expect(brief.code).toBe(1);
    expect(brief.out).toContain('INVALID  not linearizable');
    expect(brief.out).toContain("c1's read that returned 1");
    expect(brief.out).toContain('--explain shows');
    const { out } = await faultline('check', path, '--explain');
    expect(out).toMatch(/▸ +4\.000 ms {2}– +5\.000 ms {2}c1 +read +ok → 1\n/);
  });

  test('shows a cycle of transactions in words, and which models it rules out', async () => {
    const { code, out } = await faultline('check', save(writeSkew), '--explain');
    expect(code).toBe(1);
    expect(out).toContain('INVALID  G2-item');
    expect(out).toContain('So T1 would precede itself.');
    expect(out).toMatch(/ruled out +repeatable-read, and all that is stronger\n/);
    expect(out).toMatch(/still stands +.*snapshot-isolation/);
    const weaker = await faultline('check', save(writeSkew), '--consistency', 'snapshot-isolation');
    expect(weaker.code).toBe(0);
  });

  test('offers a search for an order where each transaction touches one key, and searches when told to', async () => {
    const inTurn = (...micros: readonly string[]) =>
      micros.flatMap((micro) =>
        ['invoke', 'ok'].map((type) => `{"process":0,"type":"${type}","f":"txn","value":[${micro}]}`),
      );
    const fine = await faultline('check', save(inTurn('["w","x",1]', '["r","x",1]')));
    expect(fine.out.replace(/\s+/g, ' ')).toContain('touches one key: --checker linearizable decides');
    const twice = save(inTurn('["append","x",1]', '["append","x",1]', '["r","x",[1]]'));
    const { code, out } = await faultline('check', twice, '--checker', 'linearizable');
    expect(code).toBe(1);
    expect(out).toMatch(/checked +3 operations on 1 key .*, by linearizable, list-append/);
    expect((await faultline('check', save(writeSkew))).out).not.toContain('--checker linearizable');
    const skewed = await faultline('check', save(writeSkew), '--checker', 'linearizable');
    expect(skewed.out).toContain('by linearizable, multi-register');
  });

  test('tells transactions over logs from others', async () => {
    const path = save([
      '{:type :invoke, :f :txn, :value [[:send 5 1] [:poll]], :process 0}',
      '{:type :ok, :f :txn, :value [[:send 5 [0 1]] [:poll {5 [[0 1]]}]], :process 0}',
      '{:type :invoke, :f :txn, :value [[:poll]], :process 1}',
      '{:type :ok, :f :txn, :value [[:poll {5 [[0 2]]}]], :process 1}',
    ]);
    const { code, out } = await faultline('check', path);
    expect(code).toBe(1);
    expect(out).toMatch(/chosen +the history holds sends and polls of a log\n/);
    expect(out.replace(/\s+/g, ' ')).toContain('c1 polled 2 of 5, which nobody had sent');
  });

  test('gives a semaphore as many permits as its name says', async () => {
    const acquired = [0, 1, 2].flatMap((process) =>
      ['invoke', 'ok'].map((type) => `{"process":${process},"type":"${type}","f":"acquire","value":null}`),
    );
    const codeFor = async (model: string) => (await faultline('check', save(acquired), '--model', model)).code;
    expect([await codeFor('semaphore'), await codeFor('semaphore:3')]).toEqual([1, 0]);
    const { code, err } = await faultline('check', save(acquired), '--model', 'semaphore:x');
    expect([code, err]).toEqual([2, expect.stringContaining('expected a positive number of permits, found "x"')]);
    const unknown = await faultline('check', save(acquired), '--model', 'semafor');
    expect(unknown.err).toMatch(/--model: expected one of register, .*, found "semafor"/);
  });

  test('suggests the initial value where a value was read that nobody wrote', async () => {
    const history = ['{:process 1, :type :invoke, :f :read}', '{:process 1, :type :ok, :f :read, :value 7}'];
    const { code, out } = await faultline('check', save(history));
    expect(code).toBe(1);
    expect(out.replace(/\s+/g, ' ')).toContain('7 was read, but nobody wrote it');
    expect((await faultline('check', save(history), '--initial', '7')).code).toBe(0);
  });

  test('puts several files into a table, and ends with the worst', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'in'));
    const write = (name: string, lines: readonly string[]): string => {
      writeFileSync(join(folder, 'in', name), lines.join('\n'));
      return join(folder, 'in', name);
    };
    const good = write('good.edn', staleRead.slice(0, 4));
    const bad = write('bad.edn', staleRead);
    const broken = write('broken.edn', ['{:process 0, :type :invoke, :f :read', '{:process']);
    const judged = await faultline('check', good, bad);
    expect(judged.code).toBe(1);
    expect(judged.out).toMatch(/^in .*\/in\/ +verdict +operations +ms +why\n/);
    expect(judged.out).toMatch(/\ngood\.edn +VALID +2 +[\d.]+ +linearizable/);
    expect(judged.out).toMatch(/\nbad\.edn +INVALID +3 +[\d.]+ +c1's read/);
    expect(judged.out).toContain('2 files: 1 valid, 1 invalid\n');
    const refused = await faultline('check', good, broken, bad);
    expect(refused.code).toBe(2);
    expect(refused.out).toContain('3 files: 1 valid, 1 invalid, 1 not judged\n');
  });

  test('reads gzip and standard input', async () => {
    const path = join(temporaryFolder(), 'history.edn.gz');
    writeFileSync(path, gzipSync(staleRead.join('\n')));
    expect((await faultline('check', path)).code).toBe(1);
    const child = startFaultline(temporaryFolder(), 'check', '-');
    child.stdin?.end(staleRead.join('\n'));
    const { code, out } = await outcomeOf(child);
    expect(code).toBe(1);
    expect(out).toContain('standard input\n  INVALID');
  });
});

describe('check, when something is wrong with the input', () => {
  test('names file, line and column, what was expected and what was found', async () => {
    const path = save([...staleRead.slice(0, 2), '{:process 0, :type :maybe, :f :read}']);
    const { code, out, err } = await faultline('check', path);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(`error: ${path}:3:1: expected one of invoke, ok, fail and info as the type, found ":maybe"\n`);
  });

  test('goes on without what it cannot read when told to be lenient, and counts it', async () => {
    const path = save([...staleRead, '{:process 0, :type :maybe, :f :read}']);
    const { code, document } = await faultlineJson<Checked>('check', path, '--lenient');
    expect(code).toBe(1);
    expect(document.skipped).toMatchObject([{ count: 1, line: 7 }]);
  });

  test('names the models and the checkers where it cannot tell which fits', async () => {
    const path = save(['{:process 0, :type :invoke, :f :juggle}', '{:process 0, :type :ok, :f :juggle}']);
    const { code, err } = await faultline('check', path);
    expect(code).toBe(2);
    expect(err).toContain('its operations are juggle; choose with --model (');
  });

  test('refuses operations that the model does not know, at their line', async () => {
    const { code, err } = await faultline('check', save(staleRead), '--model', 'key-value');
    expect(code).toBe(2);
    expect(err).toMatch(/history:1: expected \[key, value\] as the argument, found 1; the model key-value was chosen/);
  });

  test.each([
    [['--model', 'regster'], /--model: expected one of register, /],
    [['--checker', 'x'], /--checker: expected one of linearizable, /],
    [['--consistency', 'x'], /--consistency: expected one of .*strict-serializable/],
    [['--timeout', 'soon'], /--timeout: expected a duration/],
    [['--initial', '{'], /--initial: expected a value in JSON or EDN/],
    [['--format', 'x'], /format: expected one of jepsen-edn/],
  ])('refuses %j', async (wrong, message) => {
    const { code, err } = await faultline('check', save(staleRead), ...wrong);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test('takes an empty file as a history in which nothing happened, and says so', async () => {
    const { code, document } = await faultlineJson<Checked>('check', save([]));
    expect(code).toBe(0);
    expect(document).toMatchObject({ valid: true, checker: 'none', operations: 0 });
    expect(document.remarks).toEqual(['the file holds no operations of clients, so nothing was judged']);
  });
});

describe('check, for programs', () => {
  test('prints one document with the lines of the file that prove it', async () => {
    const { code, document } = await faultlineJson<Checked>('check', save(staleRead));
    expect(code).toBe(1);
    expect(document).toMatchObject({ valid: false, checker: 'linearizable', model: 'register', operations: 3 });
    expect(document.anomalies).toMatchObject([{ type: 'not-linearizable', operations: [1, 2], lines: [3, 5] }]);
    expect(document.partitions).toMatchObject([{ key: null, valid: false }]);
  });

  test('prints one document for several files', async () => {
    const [good, bad] = [save(staleRead.slice(0, 4)), save(staleRead)];
    const { code, document } = await faultlineJson<{ valid: boolean; files: Checked[] }>('check', good, bad, '/none');
    expect(code).toBe(2);
    expect(document.valid).toBe(false);
    expect(document.files.map(({ valid }) => valid)).toEqual([true, false, 'unknown']);
    expect(document.files[2]).toMatchObject({ file: '/none', error: { type: 'input' } });
  });
});

describe('check, as pictures', () => {
  test('draws the cycle of transactions', async () => {
    const path = join(temporaryFolder(), 'cycle.svg');
    const { code, out } = await faultline('check', save(writeSkew), '--svg', path);
    expect(code).toBe(1);
    expect(out).toContain(path);
    expect(readFileSync(path, 'utf8')).toMatch(/^<svg [^]*G2-item \(write skew\)[^]*<\/svg>$/);
  });
});
