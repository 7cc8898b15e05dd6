// How campaigns end where something is against them: interrupts at any point, folders that cannot be written, runs that never end
// while they are shrunk. What was found by then is told, and no file is half written.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { parseEntry, parseReport, runEntry } from '../../fuzz/index.ts';
import { findScenario } from '../../scenarios/index.ts';
import type { Io } from '../../cli/io.ts';
import { runCli } from '../../cli/program.ts';
import { loadScenarios } from '../../cli/scenario-source.ts';
import { withShrinker } from '../../cli/shrink-pool.ts';
import {
  faultline,
  faultlineJson,
  outcomeOf,
  startFaultline,
  temporaryFolder,
  testIo,
  type Outcome,
} from './command.ts';

const broken = 'ping-pong-late-pong';

describe('an interrupt', () => {
  test('in the middle of the seeds leaves a whole report, and the failure as it was found in the corpus', async () => {
    const folder = temporaryFolder();
    const files = ['--out', 'out', '--corpus', 'corpus', '--report', 'report.json', '--workers', '1'];
    const child = startFaultline(folder, 'fuzz', broken, '--seeds', '1000000', ...files);
    const ending = outcomeOf(child);
    await until(() => existsSync(join(folder, 'corpus')));
    await sleep(4_000);
    child.kill('SIGINT');
    const { code, out } = await ending;
    expect({ code, out }).toMatchObject({
      code: 130,
      out: expect.stringMatching(/interrupted after [\d,]+ of 1,000,000/),
    });
    const [report] = parseReport(readFileSync(join(folder, 'report.json'), 'utf8'), 'report');
    expect(report).toMatchObject({ ended: 'interrupted', verdict: 'invalid' });
    const [name = '', ...others] = readdirSync(join(folder, 'corpus'));
    expect(others).toEqual([]);
    const entry = parseEntry(readFileSync(join(folder, 'corpus', name), 'utf8'), name);
    expect(runEntry(findScenario(broken), entry).type).toBe('fails');
    expect(everyFile(folder).filter((path) => path.endsWith('.tmp'))).toEqual([]);
  });

  test('while a failure is shrunk ends soon, with what was found', async () => {
    const folder = temporaryFolder();
    // A long run, whose shrinking takes until its bound of ten seconds.
    const files = ['--out', 'out', '--report', 'report.json', '--workers', '1'];
    const child = startFaultline(folder, 'fuzz', 'raft-length-only', '--start', '72', '--seeds', '1', ...files);
    const ending = outcomeOf(child);
    await until(() => existsSync(join(folder, 'out/raft-length-only-72.replay.json')));
    await sleep(1_500);
    child.kill('SIGTERM');
    const { code, out } = await ending;
    expect({ code, out }).toMatchObject({ code: 130, out: expect.stringContaining('1 of 1 seed violated something') });
    // Left alone it takes its ten seconds.
    const [, took = '0'] = /runs? in ([\d.]+) s, ended early/.exec(out.replaceAll(/\s+/g, ' ')) ?? [];
    expect(Number(took)).toBeLessThan(9.5);
    const [report] = parseReport(readFileSync(join(folder, 'report.json'), 'utf8'), 'report');
    expect(report).toMatchObject({ ended: 'finished', seeds: 1, verdict: 'invalid' });
    expect(everyFile(folder).filter((path) => path.endsWith('.tmp'))).toEqual([]);
  });
});

test('an entry of the corpus that never ends in the code as it is now is lost, and the others are told', async () => {
  const folder = temporaryFolder();
  const write = (onMessage: string): void => writeFileSync(join(folder, 'two.ts'), twoScenarios(onMessage));
  const run = (...argv: string[]): Promise<Outcome> => outcomeOf(startFaultline(folder, ...argv));
  const fuzz = (name: string): Promise<Outcome> =>
    run('fuzz', `./two.ts#${name}`, '--corpus', 'corpus', '--no-shrink', '--seeds', '3', '--watchdog', '2s');
  write('');
  for (const name of ['one', 'other']) expect(await fuzz(name)).toMatchObject({ code: 1 });
  const replay = ['corpus', 'replay', 'corpus', '--scenarios', './two.ts', '--watchdog', '2s', '--json'];
  const outcomes = async (): Promise<unknown> => {
    const { code, out } = await run(...replay);
    const { entries } = JSON.parse(out) as { entries: { scenario: string; outcome: string; reason: string }[] };
    return { code, entries: entries.map(({ scenario, outcome, reason }) => [scenario, outcome, reason]) };
  };
  const fails = expect.stringContaining('pong');
  const [one, other] = [
    ['one', 'fails', fails],
    ['other', 'fails', fails],
  ];
  expect(await outcomes()).toEqual({ code: 1, entries: [one, other] });
  write('onMessage() { for (;;); },');
  expect(await outcomes()).toEqual({ code: 1, entries: [['one', 'lost', 'no end after 2 s of real time'], other] });
  const { code, out } = await fuzz('one');
  expect({ code, out }).toMatchObject({ code: 3, out: expect.stringContaining('1 entry: 0 fail, 0 pass') });
  expect(out).toContain('lost');
  write('onMessage() { process.exit(7); },');
  expect(await outcomes()).toEqual({ code: 1, entries: [['one', 'lost', 'the thread ended with code 7'], other] });
  rmSync(join(folder, 'two.ts'));
  expect(await outcomes()).toMatchObject({
    code: 3,
    entries: ['one', 'other'].map((name) => [name, 'does not apply', expect.stringContaining('two.ts')]),
  });
}, 300_000);

/** Two scenarios with a bug; the nodes of `one` have handlers of their own besides. */
function twoScenarios(handlers: string): string {
  const ours = JSON.stringify(join(import.meta.dirname, '../../scenarios/index.ts'));
  return [
    `import { findScenario } from ${ours};`,
    `const base = findScenario('${broken}');`,
    'const world = (parameters: any) => {',
    '  const made = base.world(parameters);',
    `  const nodes = made.nodes.map((node) => ({ ...node, protocol: { ...node.protocol, ${handlers} } }));`,
    '  return { ...made, nodes };',
    '};',
    "export const one = { ...base, name: 'one', world };",
    "export const other = { ...base, name: 'other' };",
    '',
  ].join('\n');
}

test('an interrupt of `shrink` leaves the smallest run so far', async () => {
  const folder = temporaryFolder();
  const fuzz = ['fuzz', 'raft-length-only', '--start', '72', '--seeds', '1', '--no-shrink', '--out', folder];
  await faultline(...fuzz);
  const controller = new AbortController();
  let out = '';
  const terminal = { columns: 80, write: () => controller.abort() } as unknown as NodeJS.WriteStream;
  const io: Io = {
    ...testIo((text) => (out += text)),
    ...{ threads: true, terminal }, // as soon as it says how far it is
    interruptible: () => ({ signal: controller.signal, release: () => {} }),
  };
  const small = join(folder, 'small');
  const code = await runCli(['shrink', join(folder, 'raft-length-only-72.replay.json'), '--out', small], io);
  expect({ code, out }).toMatchObject({ code: 130, out: expect.stringMatching(/shrunk +\S[^]* ended\s+early\)/) });
  expect((await faultline('replay', `${small}.replay.json`)).out).toContain('the same as recorded');
});

test('a smaller run that never ends costs its own shrinking, and no other', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const ours = JSON.stringify(join(import.meta.dirname, '../../scenarios/index.ts'));
  const path = join(folder, 'odd.ts');
  writeFileSync(
    path,
    `import { findScenario } from ${ours};
const base = findScenario('${broken}');
let worlds = 0;
export const odd = { ...base, name: 'odd', world: (set: { clients: number }) => {
  if (set.clients === 7 && ++worlds > 20) for (;;);
  return base.world(set);
} };
`,
  );
  const warnings: string[] = [];
  const io = testIo(undefined, (text) => warnings.push(text));
  const [sourced] = await loadScenarios(path);
  const pool = { io, workers: 1, watchdogMs: 5_000, signal: new AbortController().signal };
  const order = { set: { seed: '1' }, cause: 'invalid a pong answers its own ping', runs: 500, milliseconds: 2_000 };
  const done = await withShrinker(sourced!, pool, (shrinker) =>
    Promise.all([shrinker({ ...order, set: { seed: 1, parameters: { clients: 7 } } }), shrinker(order)]),
  );
  expect(done).toMatchObject([undefined, { shrunk: { finding: { name: 'a pong answers its own ping' } } }]);
  expect(warnings.join('')).toMatch(/^warning: seed 1 is told as it was found, .*: no end after 7 s of real time$/m);
});

describe('what was found is told', () => {
  test('and kept in the corpus, when it is not to be shrunk', async () => {
    const folder = temporaryFolder();
    const fuzz = ['fuzz', broken, '--seeds', '3', '--no-shrink', '--out', folder, '--corpus', join(folder, 'corpus')];
    expect((await faultline(...fuzz)).out).toContain('added to the corpus: ');
    expect((await faultline(...fuzz)).out).toMatch(/^corpus\n.*fails +a pong answers its own ping\n1 entry: 1 fail/);
    expect(readdirSync(join(folder, 'corpus'))).toHaveLength(1);
  });

  test('also where the report or the corpus cannot be written', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'report.json'));
    const fuzz = ['fuzz', broken, '--seeds', '3', '--no-shrink', '--out', folder];
    const { code, out, err } = await faultline(...fuzz, '--report', join(folder, 'report.json'));
    expect({ code, out }).toMatchObject({ code: 2, out: expect.stringContaining('of 3 seeds violated something') });
    expect(err).toMatch(/error: cannot write .*report\.json: it is a folder/);
    // A folder in which there can be no files.
    const unwritable = await faultlineJson(...fuzz, '--corpus', '/proc/self/task', '--report', join(folder, 'r.json'));
    expect(unwritable).toMatchObject({ code: 2, document: { verdict: 'invalid', corpus: { added: [] } } });
    expect(existsSync(join(folder, 'r.json'))).toBe(true);
  });

  test('but a report that can never be written ends it before the first seed', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { code, out, err } = await faultline('fuzz', broken, '--report', join(file, 'report.json'));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('cannot create the folder');
  });

  test('of the scenarios around one that is no world', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const ours = JSON.stringify(join(import.meta.dirname, '../../scenarios/index.ts'));
    const sim = JSON.stringify(join(import.meta.dirname, '../../sim/index.ts'));
    writeFileSync(
      join(folder, 'three.ts'),
      `import { findScenario } from ${ours};
import { InputError } from ${sim};
const base = findScenario('ping-pong');
export const first = { ...base, name: 'first' };
export const second = { ...base, name: 'second', world: () => { throw new InputError('no world'); } };
export const third = { ...base, name: 'third' };
`,
    );
    const fuzz = ['fuzz', './three.ts', '--seeds', '2', '--workers', '0', '--json'];
    const { code, out, err } = await outcomeOf(startFaultline(folder, ...fuzz));
    const { campaigns } = JSON.parse(out) as { readonly campaigns: readonly object[] };
    expect({ code, campaigns }).toMatchObject({
      code: 2,
      campaigns: [
        { scenario: 'first', verdict: 'valid' },
        { scenario: 'second', verdict: 'unknown', seeds: 0, broken: { type: 'input', reason: 'no world' } },
        { scenario: 'third', verdict: 'valid' },
      ],
    });
    expect(err).toBe('error: second: no world\n');
  });
});

/** Waits for something that another process does. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 600) throw new Error('it does not come to that');
    await sleep(100);
  }
}

function everyFile(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true }).map(String);
}
