// `faultline list` and `faultline run`: what people and programs read of one run.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exploredScenarios, scenarios } from '../../scenarios/index.ts';
import { simulate, type Run } from '../../sim/index.ts';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

const breaking = ['run', 'counter-early-acknowledgement', '--seed', '6'];

describe('list', () => {
  test('names every scenario with its story and what it must do', async () => {
    const { code, out } = await faultline('list');
    expect(code).toBe(0);
    for (const { name } of [...scenarios, ...exploredScenarios]) expect(out).toContain(name);
    expect(out).toMatch(/counter-early-acknowledgement {2}breaks counts what it acknowledged/);
  });

  test('prints one document with the parameters', async () => {
    const { document } = await faultlineJson<{ scenarios: object[] }>('list');
    expect(document.scenarios).toHaveLength(scenarios.length);
    expect(document.scenarios[0]).toMatchObject({
      name: expect.any(String),
      story: expect.any(String),
      protocol: expect.any(String),
      expect: { type: 'holds' },
      parameters: expect.any(Array),
    });
  });
});

describe('run, for people', () => {
  test('says valid, in plain text, with the command that runs it again', async () => {
    const { code, out, err } = await faultline('run', 'counter', '--seed', 'my seed', '--set', 'clients=2');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('VALID  every property and every check held');
    expect(out).toContain("npx faultline run counter --seed 'my seed' --set clients=2\n");
    expect(out).not.toContain('\u001b');
  });

  test('shows a violation with the operations that prove it', async () => {
    const { code, out } = await faultline(...breaking);
    expect(code).toBe(1);
    expect(out).toContain('INVALID  1 violation found');
    expect(out).toContain('a count of 78 was told, but 79 increments had been acknowledged');
    expect(out).toMatch(/▸ +4205\.253 ms {2}– {2}4205\.734 ms {2}c1 +read 148 +ok → 78\n/);
  });

  test('shows every fault that a violation came about under, and none where nothing is violated', async () => {
    const { document } = await faultlineJson<{ faults: readonly object[] }>(...breaking);
    const [, listed = ''] =
      /what went wrong on purpose\n((?: {4}.*\n)+)/.exec((await faultline(...breaking)).out) ?? [];
    expect(document.faults.length).toBeGreaterThan(0);
    expect(listed.trim().split('\n')).toHaveLength(document.faults.length);
    expect((await faultline('run', 'counter')).out).not.toContain('what went wrong on purpose');
  });

  test('shows what the nodes did where no operation proves anything', async () => {
    const { out } = await faultline('run', 'election-early-leader', '--seed', '1');
    expect(out).toMatch(/What n\d did right before:\n(.*ms {2}n\d.*\n)*.*note: leader/);
  });

  test('keeps control characters out of the terminal', async () => {
    const { out } = await faultline('run', 'counter', '--seed', '\u001b[31mred\n', '--until', '100ms');
    expect(out).toContain('seed          \\u001b[31mred');
    expect(out.split('run it again')[0]).not.toContain('\u001b');
  });

  test('is the same text every time', async () => {
    expect(await faultline(...breaking)).toEqual(await faultline(...breaking));
  });
});

describe('run, for programs', () => {
  test('prints the run as one document', async () => {
    const { code, document } = await faultlineJson<Run & { findings: { evidence: object[] }[] }>(...breaking);
    expect(code).toBe(1);
    expect(document).toMatchObject({
      scenario: 'counter-early-acknowledgement',
      seed: '6',
      events: expect.any(Number),
      simulatedUs: 8_000_000,
      verdict: 'invalid',
      reproduce: 'npx faultline run counter-early-acknowledgement --seed 6',
    });
    const [finding] = document.findings;
    expect(finding).toMatchObject({ name: 'counts what it acknowledged', verdict: 'invalid', operations: [148] });
    expect(finding?.evidence).toMatchObject([{ id: 148, client: 'c1', f: 'read', result: 78, type: 'ok' }]);
  });

  test('gives the hash that the library gives', async () => {
    const { document } = await faultlineJson<Run>('run', 'lock', '--seed', '9', '--until', '2s', '--set', 'clients=2');
    const scenario = scenarios.find(({ name }) => name === 'lock')!;
    const run = simulate(scenario, { seed: '9', until: 2_000_000, parameters: { clients: 2 } });
    expect(document).toMatchObject({ hash: run.hash, events: run.events });
  });

  test('prints an error as the document', async () => {
    const input = await faultlineJson('run', 'rafd');
    expect(input).toMatchObject({ code: 2, document: { error: { type: 'input' } } });
    expect(await faultlineJson('run')).toMatchObject({ code: 2, document: { error: { type: 'usage' } } });
  });
});

describe('files of a run', () => {
  test('--trace writes a JSON object a line', async () => {
    const path = join(temporaryFolder(), 'deep/er/trace.jsonl');
    const { code, out } = await faultline('run', 'counter', '--until', '1s', '--trace', path);
    expect(code).toBe(0);
    expect(out).toContain(path);
    const rows = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(rows.length).toBeGreaterThan(100);
    expect(JSON.parse(rows[0]!)).toMatchObject({ time: 0, event: 0, kind: 'start', node: 'server' });
  });

  test('--html writes a timeline, or says how to build the page', async () => {
    const path = join(temporaryFolder(), 'run.html');
    const { code, err } = await faultline('run', 'counter', '--until', '1s', '--html', path);
    if (existsSync(join(import.meta.dirname, '../../dist/viz/timeline.js'))) {
      expect(code).toBe(0);
      expect(readFileSync(path, 'utf8')).toMatch(/^<!doctype html>/);
    } else {
      expect(code).toBe(2);
      expect(err).toContain('npm run build');
    }
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is an error that says so', async () => {
    const { code, err } = await faultline('run', 'counter', '--until', '1s', '--trace', '/dev/full');
    expect(code).toBe(2);
    expect(err).toContain('cannot write /dev/full: there is no space left on the device');
  });

  test.skipIf(!existsSync('/proc/self'))('a folder that cannot have folders is refused at once', async () => {
    const { code, err } = await faultline('run', 'counter', '--until', '1s', '--trace', '/proc/none/trace');
    expect(code).toBe(2);
    expect(err).toContain('cannot create the folder /proc/none');
  });

  test('a place that cannot be written is an error that leaves nothing behind', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), 'mine');
    for (const path of [join(folder, 'file/trace'), folder]) {
      const { code, err } = await faultline('run', 'counter', '--until', '1s', '--trace', path);
      expect(code).toBe(2);
      expect(err).toMatch(/^error: cannot (write|create)/);
    }
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
  });
});

describe('bad usage ends with 2 and says what was expected', () => {
  test.each([
    [['run'], "missing required argument 'scenario'"],
    [['bogus'], "unknown command 'bogus'"],
    [['run', 'counter', '--bogus'], "unknown option '--bogus'"],
    [['run', 'countr'], 'did you mean counter'],
    [['run', 'counter', '--seed', 'x'.repeat(101)], '--seed: expected a text of 1 to 100 characters'],
    [['run', 'counter', '--until', 'soon'], '--until: expected a duration such as'],
    [['run', 'counter', '--until', '0'], '--until: expected more than 0'],
    [['run', 'counter', '--set', 'clients'], '--set: expected key=value, found "clients"'],
    [['run', 'counter', '--set', 'nope=1'], 'has no parameter "nope"; it has: clients, reads'],
    [['run', 'counter', '--set', '__proto__=1'], 'has no parameter "__proto__"'],
    [['run', 'counter', '--set', 'clients=many'], 'clients: expected a whole number from 1 to 20, found "many"'],
    [['run', 'counter', '--set', 'clients=1e999'], 'found "1e999"'],
    [['run', 'counter', '--set', 'clients=1.5'], 'found 1.5'],
    [['fuzz', 'counter', '--seeds', '0'], '--seeds: expected a whole number from 1'],
    [['fuzz', 'counter', '--start', 'x'], '--start: expected a whole number from 0'],
    [['replay', 'no such file'], 'cannot read no such file: there is no such file or folder'],
    [['replay', 'package.json'], 'package.json: replay.format: '],
  ])('%j', async (argv, message) => {
    const { code, out, err } = await faultline(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

test('help and version are no errors, and every command has an example and the exit codes', async () => {
  for (const command of ['list', 'run', 'fuzz', 'replay', 'diff', 'demo']) {
    const { code, out } = await faultline(command, '--help');
    expect(code).toBe(0);
    expect(out).toContain('Example:\n  npx faultline');
    if (command !== 'list') expect(out).toContain('130  interrupted');
  }
  expect((await faultline('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await faultline('--help')).out).toContain('npx faultline demo');
});
