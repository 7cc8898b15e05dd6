// What `fuzz` can be told: threads, shards, time, patterns, files, reporters, a corpus; and the commands that work on what it
// leaves: `merge`, `corpus`, `shrink`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Replay } from '../../sim/index.ts';
import { faultline, faultlineJson, outcomeOf, startFaultline, temporaryFolder } from './command.ts';

const broken = 'ping-pong-late-pong';

interface FuzzDocument {
  readonly seeds: number;
  readonly hash: string;
  readonly failures: readonly { readonly seed: string; readonly replay: string | null }[];
  readonly causes: readonly { readonly seeds: number; readonly smallest: string; readonly story?: readonly string[] }[];
}

describe('the seeds of a campaign', () => {
  test('are divided among shards, and merged reports are as the whole', async () => {
    const folder = temporaryFolder();
    const fuzz = async (name: string, ...more: string[]): Promise<void> => {
      const report = ['--report', join(folder, name), '--out', join(folder, 'out')];
      await faultline('fuzz', broken, '--seeds', '11', '--no-shrink', ...report, ...more);
    };
    await fuzz('whole.json');
    for (const shard of [1, 2, 3]) await fuzz(`${shard}.json`, '--shard', `${shard}/3`);
    const whole = (await faultline('merge', '--reporter', 'json', join(folder, 'whole.json'))).out;
    const merged = (await faultline('merge', '--reporter', 'json', ...[1, 2, 3].map((n) => join(folder, `${n}.json`))))
      .out;
    const [one, three] = [JSON.parse(whole), JSON.parse(merged)] as [FuzzDocument, FuzzDocument];
    expect(three.seeds).toBe(11);
    expect(three.causes).toMatchObject(one.causes.map(({ seeds, smallest }) => ({ seeds, smallest })));
    const seedsOf = ({ failures }: FuzzDocument): string[] => failures.map(({ seed }) => seed).sort();
    expect(seedsOf(three)).toEqual(seedsOf(one));
    expect((await faultline('merge', join(folder, 'whole.json'))).code).toBe(1);
  });

  test('that one shard has not reported of are missed', async () => {
    const folder = temporaryFolder();
    const report = join(folder, 'report.json');
    const fuzz = ['fuzz', 'ping-pong', '--seeds', '4', '--until', '1s', '--shard', '2/2', '--report', report];
    expect((await faultline(...fuzz)).out).toMatch(/seeds +2 seeds, 2 to 4 in steps of 2\n/);
    expect(await faultline('merge', report, '--reporter', 'github')).toMatchObject({
      code: 3,
      out:
        '::notice title=ping-pong::2 seeds from 2: valid; the reports of 1 of 2 shards are missing\n' +
        '::warning title=ping-pong%3A not everything was run::the reports of 1 of 2 shards are missing\n',
      err: 'warning: ping-pong: the reports of 1 of 2 shards are missing\n',
    });
  });

  test('end in time', async () => {
    const { code, document } = await faultlineJson('fuzz', 'ping-pong', '--time', '300ms');
    expect(code).toBe(0);
    expect(document).toMatchObject({ ended: 'out-of-time', verdict: 'valid' });
  });

  test.each([
    [['--shard', '4/3'], '--shard: expected i/n'],
    [['--shard', '3/3', '--seeds', '2'], '--shard: 3/3 leaves no seed of 2'],
    [['--time', 'long'], '--time: expected a duration'],
    [['--reporter', 'xml'], '--reporter: expected one of pretty, json, junit, github, sarif'],
    [['--workers', '-1'], '--workers: expected a whole number from 0 to 256'],
  ])('are refused with %j', async (argv, message) => {
    const { code, err } = await faultline('fuzz', broken, ...argv);
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });
});

test('a pattern stands for several scenarios, and no scenario for none', async () => {
  const { document } = await faultlineJson<{ campaigns: { scenario: string }[] }>(
    ...['fuzz', 'ping-pon?*', '--seeds', '2', '--no-shrink', '--out', temporaryFolder()],
  );
  expect(document.campaigns.map(({ scenario }) => scenario)).toEqual(['ping-pong', broken]);
  expect((await faultline('fuzz', 'nothing-*')).err).toContain('no scenario fits "nothing-*"');
});

describe('a corpus', () => {
  test('keeps what was found small, runs it first, and forgets it only when told', async () => {
    const folder = temporaryFolder();
    const corpus = join(folder, 'corpus');
    const fuzz = ['fuzz', broken, '--seeds', '3', '--out', folder, '--corpus', corpus];
    const first = await faultline(...fuzz);
    expect(first.out).toContain('added to the corpus: ');
    // An entry for each way in which it came about.
    expect(first.out).toMatch(/in one way, 1 of 2 that were shrunk: \d[^]*in another way, 1 of 2 that were shrunk: \d/);
    expect(readdirSync(corpus)).toHaveLength(2);
    const { out, code } = await faultline(...fuzz);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^corpus\n(?:.*fails +a pong answers its own ping\n){2}2 entries: 2 fail, 0 pass, 0 no longer apply/,
    );
    expect(readdirSync(corpus)).toHaveLength(2);
    expect((await faultline('corpus', 'replay', corpus)).code).toBe(1);
    expect((await faultline('corpus', 'list', corpus)).out).toContain('2 entries');
    rmSync(join(corpus, readdirSync(corpus)[1]!));
    // Under another name the scenario is gone; the entry says so, and leaves the question open.
    const path = join(corpus, readdirSync(corpus)[0]!);
    writeFileSync(path, readFileSync(path, 'utf8').replace(`"scenario": "${broken}"`, '"scenario": "gone"'));
    const gone = await faultlineJson('corpus', 'replay', corpus);
    expect(gone).toMatchObject({ code: 3, document: { entries: [{ outcome: 'does not apply' }] } });
    // Perhaps only the file of the scenario was forgotten: nothing is thrown away for that.
    await faultline('corpus', 'prune', corpus);
    expect(readdirSync(corpus)).toHaveLength(1);
    rmSync(path);
    expect((await faultline('corpus', 'replay', corpus)).code).toBe(0);
  });

  test('that holds something else says so, and leaves the question open', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.json'), '{"format":"something"}');
    mkdirSync(join(folder, 'b.json'));
    const reasons = [/a\.json +unreadable +.*a\.json\.format: Invalid/, /b\.json +unreadable +EISDIR/];
    for (const action of ['list', 'replay']) {
      const { code, out } = await faultline('corpus', action, folder);
      expect(code).toBe(3);
      for (const reason of reasons) expect(out).toMatch(reason);
    }
    // What fails besides is found all the same; it is told with the first scenario.
    const fuzz = ['fuzz', broken, '--seeds', '3', '--no-shrink', '--out', folder, '--corpus', folder];
    const { document } = await faultlineJson<{ readonly corpus: object }>(...fuzz);
    expect(document).toMatchObject({ seeds: 3, verdict: 'invalid' });
    expect(document.corpus).toMatchObject({
      entries: [
        { path: join(folder, 'a.json'), outcome: 'unreadable', reason: expect.stringMatching(/^a\.json\.format/) },
        { path: join(folder, 'b.json'), outcome: 'unreadable' },
      ],
      added: [expect.stringContaining(broken)],
    });
    expect((await faultline('corpus', 'prune', folder, '--fixed')).out).not.toContain('removed');
    expect((await faultline('fuzz', 'ping-pong', '--seeds', '1', '--corpus', folder)).code).toBe(3);
  });

  test('is worked on in one of three ways', async () => {
    const folder = temporaryFolder();
    expect(await faultline('corpus', 'eat', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('list, replay or prune'),
    });
  });
});

test('shrink makes a replay file small, and what it writes replays', async () => {
  const folder = temporaryFolder();
  const { document } = await faultlineJson<FuzzDocument>(
    'fuzz',
    broken,
    '--seeds',
    '4',
    '--no-shrink',
    '--out',
    folder,
  );
  const { code, out } = await faultline('shrink', document.failures[0]!.replay!);
  expect(code).toBe(1);
  expect(out).toMatch(/shrunk +\d+ → \d+ events, \d+ → \d+ faults[^]*At .* “a pong answers its own ping” is violated/);
  const path = readdirSync(folder).find((name) => name.endsWith('.shrunk.replay.json'))!;
  const small = JSON.parse(readFileSync(join(folder, path), 'utf8')) as Replay;
  expect(small.expected.events).toBeLessThan(30);
  expect(await faultlineJson('replay', join(folder, path))).toMatchObject({ code: 1, document: { reproduced: true } });
  const text = readFileSync(join(folder, path.replace('.replay.json', '.txt')), 'utf8');
  expect(text).toMatch(
    /\nThe world: seed \d+, clients=1\b[^]*\nThe schedule:\n( +\d+\.\d{3} ms {2}\S.*\n)+\nIn words:\n[^]*\nEvent by event:\n/,
  );
});

describe('a file of the user’s own', () => {
  test('is run by its path, in TypeScript, with what it imports; threads find the same as none', async () => {
    const folder = temporaryFolder();
    writeProject(folder);
    const fuzz = ['fuzz', './mine.ts', '--seeds', '12', '--json', '--no-shrink'];
    const alone = await outcomeOf(startFaultline(folder, ...fuzz, '--workers', '0'));
    const inThreads = await outcomeOf(startFaultline(folder, ...fuzz, '--workers', '2'));
    const [one, other] = [alone, inThreads].map(({ out }) => JSON.parse(out) as FuzzDocument);
    expect([alone.code, inThreads.code]).toEqual([1, 1]);
    expect({ ...other, elapsedMs: 0 }).toEqual({ ...one, elapsedMs: 0 });
    expect(one).toMatchObject({ scenario: 'mine', seeds: 12, source: { file: 'mine.ts', line: 5 } });
    // What it prints runs as it is printed.
    const { out } = await outcomeOf(startFaultline(folder, 'fuzz', './mine.ts', '--seeds', '3', '--workers', '0'));
    const [, path = '', own = ''] =
      / npx faultline replay (\S+\.shrunk\.replay\.json) --scenario '(\S+)'\n/.exec(out) ?? [];
    const again = await outcomeOf(startFaultline(folder, 'replay', path, '--scenario', own));
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining('the same as recorded') });
  }, 120_000);

  test('is annotated on GitHub where the repository has it, with a summary of the job', async () => {
    const folder = temporaryFolder();
    const own = join(folder, 'packages/own');
    writeProject(own);
    vi.stubEnv('GITHUB_WORKSPACE', folder);
    vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'summary.md'));
    onTestFinished(() => void vi.unstubAllEnvs());
    const { out } = await outcomeOf(startFaultline(own, 'fuzz', './mine.ts', '--seeds', '3', '--reporter', 'github'));
    expect(out).toMatch(
      /^::notice title=mine::3 seeds from 1: invalid\n::error file=packages\/own\/mine\.ts,line=5,title=mine/,
    );
    const summary = readFileSync(join(folder, 'summary.md'), 'utf8');
    expect(summary).toContain('| mine | ❌ 3 seeds from 1: invalid | a pong answers its own ping ');
    expect(summary).toContain("run it again: npx faultline run './mine.ts#mine' --seed");
  });

  test('that is no program is refused with the line, and nothing of the loader', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'bad.ts'), '\nexprt const a = 1;\n');
    const { code, err } = await outcomeOf(startFaultline(folder, 'fuzz', './bad.ts'));
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^error: \.\/bad\.ts cannot be loaded: /),
    });
    expect(err).toContain('bad.ts:2:6: ERROR');
    expect(err).not.toMatch(/^ +at /m);
  });

  test('whose run never ends, or ends its thread, costs the seed and no more', async () => {
    const folder = temporaryFolder();
    writeProject(folder);
    const fuzz = [
      'fuzz',
      './odd.ts',
      '--seeds',
      '4',
      '--workers',
      '1',
      '--watchdog',
      '1500ms',
      '--json',
      '--no-shrink',
    ];
    const { out, code } = await outcomeOf(startFaultline(folder, ...fuzz));
    const document = JSON.parse(out) as FuzzDocument & { readonly lost: number };
    expect({ code, seeds: document.seeds, lost: document.lost }).toEqual({ code: 3, seeds: 4, lost: 2 });
    expect(document.failures).toMatchObject([
      { seed: '2', verdict: 'unknown', findings: [{ name: 'a run ends' }] },
      { seed: '3', verdict: 'unknown', findings: [{ name: 'a run lets its thread live' }] },
    ]);
  }, 120_000);
});

test('init starts a project, and touches nothing that is there', async () => {
  const folder = join(temporaryFolder(), 'new');
  expect((await faultline('init', folder)).out).toContain('npx faultline fuzz ./scenario.ts');
  for (const file of ['scenario.ts', 'test/register.test.ts', '.github/workflows/faultline.yml', 'package.json']) {
    expect(existsSync(join(folder, file)), file).toBe(true);
  }
  expect(await faultline('init', folder)).toMatchObject({
    code: 2,
    err: expect.stringContaining('nothing was written'),
  });
});

/** Two scenario files that build on one of ours. */
function writeProject(folder: string): void {
  const ours = join(import.meta.dirname, '../../scenarios/index.ts');
  const head = `import { findScenario } from ${JSON.stringify(ours)};\nimport { name } from './names';\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'names.ts'), "export const name: string = 'mine';\n");
  writeFileSync(
    join(folder, 'mine.ts'),
    `${head}const base = findScenario('${broken}');\n// its own\nexport const mine = { ...base, name: 'mine', story: name as string };\n`,
  );
  // Its second seed hangs, its third ends the thread.
  writeFileSync(
    join(folder, 'odd.ts'),
    `${head}const base = findScenario('ping-pong');
const seeds = { about: 'n', default: 1, draw: (random: { below(n: number): number }) => random.below(1_000_000_000) };
export const odd = { ...base, name: 'odd', story: name, parameters: { ...base.parameters, which: seeds }, world: (set: { which: number }) => {
  const { which, ...rest } = set;
  const kind = kinds[which];
  if (kind === 'hang') for (;;);
  if (kind === 'die') process.exit(7);
  return base.world(rest);
} };
import { resolveParameters } from ${JSON.stringify(join(import.meta.dirname, '../../sim/index.ts'))};
const of = (seed: string) => Number(resolveParameters(odd, {}, seed)['which']);
const kinds: Record<number, string> = { [of('2')]: 'hang', [of('3')]: 'die' };
`,
  );
}
