// `faultline fuzz`, `replay`, `diff` and `demo`: failures by cause, and files that run again.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findScenario, scenarios } from '../../scenarios/index.ts';
import type { Replay, Scenario } from '../../sim/index.ts';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

const scenario = 'ping-pong-late-pong';

interface FuzzDocument {
  readonly seeds: number;
  readonly failures: readonly { readonly seed: string; readonly hash: string; readonly replay: string | null }[];
}

describe('fuzz', () => {
  test('groups the failures by cause and names the command that shows the smallest', async () => {
    const folder = temporaryFolder();
    const { code, out, err } = await faultline('fuzz', scenario, '--seeds', '10', '--out', folder);
    expect(code).toBe(1);
    expect(err.replace(/warning: no timeline.*\n/, '')).toBe('');
    expect(out).toMatch(/INVALID {2}\d+ of 10 seeds violated something/);
    expect(out).toMatch(/a pong answers its own ping {2}\d+ seeds: \d/);
    expect(out).toMatch(/replay file +\S+\.replay\.json/);
    expect(out).toMatch(/run it again {2}npx faultline run ping-pong-late-pong --seed \d+/);
  });

  test('prints one document, with a replay file for every failing seed', async () => {
    const folder = temporaryFolder();
    const { code, document } = await faultlineJson<FuzzDocument>(
      'fuzz',
      scenario,
      '--seeds',
      '10',
      '--start',
      '5',
      '--out',
      folder,
    );
    expect(code).toBe(1);
    expect(document).toMatchObject({
      scenario,
      seed: '5',
      seeds: 10,
      planned: 10,
      ended: 'finished',
      verdict: 'invalid',
    });
    expect(document.failures.length).toBeGreaterThan(1);
    for (const { seed, hash, replay } of document.failures) {
      const file = JSON.parse(readFileSync(replay!, 'utf8')) as Replay;
      expect(file).toMatchObject({ format: 'faultline-replay', version: 1, scenario, seed, expected: { hash } });
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('of a scenario that holds ends with 0', async () => {
    const { code, document } = await faultlineJson('fuzz', 'ping-pong', '--seeds', '5', '--until', '1s');
    expect(code).toBe(0);
    expect(document).toMatchObject({ verdict: 'valid', failures: [], simulatedUs: 5_000_000 });
  });

  test('says so when a scenario that is broken on purpose was not caught', async () => {
    const { code, out } = await faultline(
      'fuzz',
      'counter-early-acknowledgement',
      '--seeds',
      '2',
      '--out',
      temporaryFolder(),
    );
    expect(code).toBe(0);
    expect(out).toContain('broken on purpose');
  });

  test('ends with 4 when a seed is not one run, and names the seed and the event', async () => {
    let leak = 0;
    const base = findScenario('ping-pong');
    const leaky: Scenario = {
      ...base,
      name: 'leaky',
      world: (parameters) => ({ ...base.world(parameters), faults: [{ at: 1_000 + leak++, fault: { type: 'heal' } }] }),
    };
    (scenarios as Scenario[]).push(leaky);
    onTestFinished(() => void (scenarios as Scenario[]).pop());
    const { code, out } = await faultline('fuzz', 'leaky', '--seeds', '5');
    expect(code).toBe(4);
    expect(out).toMatch(/BROKEN[^]*seed 1 is not deterministic[^]*first differ at event \d+/);
    const { document } = await faultlineJson('fuzz', 'leaky', '--seeds', '5');
    expect(document).toMatchObject({ ended: 'broken', broken: { seed: '1', type: 'nondeterminism' } });
  });

  test('does not start when its folder cannot be made', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { code, out, err } = await faultline('fuzz', scenario, '--out', join(file, 'out'));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('cannot create the folder');
  });
});

describe('replay and diff', () => {
  test('a replay file runs again to the same hash, and to the same verdict', async () => {
    const { path, file } = await recorded();
    const { code, document } = await faultlineJson('replay', path);
    expect(code).toBe(1); // as the recorded run: it has a violation
    expect(document).toMatchObject({ reproduced: true, hash: file.expected.hash, verdict: 'invalid' });
    expect((await faultline('replay', path)).out).toContain('the same as recorded, event for event');
  });

  test('a file that does not run as it says ends with 4 and names the event', async () => {
    const { path, file } = await recorded();
    const workload = file.workload.map((operation) =>
      operation.id === 20 ? { ...operation, at: operation.at + 7 } : operation,
    );
    writeFileSync(path, JSON.stringify({ ...file, workload }));
    const { code, document } = await faultlineJson('replay', path);
    expect(code).toBe(4);
    expect(document).toMatchObject({
      reproduced: false,
      divergence: { event: expect.any(Number), description: expect.stringMatching(/ms {2}c\d/), repeatable: true },
    });
    const { out } = await faultline('replay', path);
    expect(out).toMatch(/This is not the recorded run\. It first differs at event \d+, at [\d.]+ m?s /);
  });

  test('a file that was judged otherwise is told apart from one that ran otherwise', async () => {
    const { path, file } = await recorded();
    writeFileSync(path, JSON.stringify({ ...file, expected: { ...file.expected, verdict: 'valid' } }));
    const { code, out } = await faultline('replay', path);
    expect(code).toBe(4);
    expect(out).toContain('but was judged valid then and invalid now');
  });

  test('diff says that two files are the same run', async () => {
    const { path } = await recorded();
    const { code, out } = await faultline('diff', path, path);
    expect(code).toBe(0);
    expect(out).toContain('The runs are the same, event for event.');
  });

  test('diff names the first event at which two files part, and which inputs differ', async () => {
    const { path, file, folder } = await recorded();
    const other = join(folder, 'other.json');
    const faults = [{ at: 1_000_000, fault: { type: 'crash', node: 'server' } }];
    writeFileSync(other, JSON.stringify({ ...file, faults }));
    const { code, document } = await faultlineJson('diff', path, other);
    expect(code).toBe(1);
    expect(document).toMatchObject({
      same: false,
      inputs: ['faults'],
      parting: { event: expect.any(Number), before: expect.any(Array) },
    });
    const { out, err } = await faultline('diff', path, other);
    expect(out).toMatch(/inputs that differ: faults\nThe runs are the same up to event \d+/);
    expect(out).toMatch(/\n {2}- .*\n {2}\+ .*\n/);
    expect(err).toContain('does not run as it was recorded');
  });
});

test('the demo breaks what must break, keeps what must hold, and leaves its files', async () => {
  const folder = temporaryFolder();
  const { code, out } = await faultline('demo', '--out', folder);
  expect(code).toBe(0);
  expect(out).toMatch(/linearizable key-value[^]*The operations that prove it[^]*▸/);
  expect(out).toMatch(/VALID {2}every property and every check held: \d+ seeds/);
  expect(out.match(/^ {2}npx faultline \w+/gm)).toHaveLength(3);
  const replay = /npx faultline replay (\S+)/.exec(out)?.[1];
  expect(existsSync(replay!)).toBe(true);
}, 90_000);

/** A replay file of a run with a violation. */
async function recorded(): Promise<{ readonly folder: string; readonly path: string; readonly file: Replay }> {
  const folder = temporaryFolder();
  const { document } = await faultlineJson<FuzzDocument>('fuzz', scenario, '--seeds', '4', '--out', folder);
  const path = document.failures[0]!.replay!;
  return { folder, path, file: JSON.parse(readFileSync(path, 'utf8')) as Replay };
}
