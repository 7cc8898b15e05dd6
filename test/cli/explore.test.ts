// `faultline explore`: every run of a small world, told to people and to programs.
import { describe, expect, test } from 'vitest';
import { exploredScenarios } from '../../scenarios/index.ts';
import { faultline, faultlineJson } from './command.ts';

interface Document {
  readonly unique: number;
  readonly generated: number;
  readonly levels: number;
  readonly complete: boolean;
  readonly violations: readonly { readonly property: string; readonly trace: readonly string[] }[];
  readonly statesPerSecond: number;
  readonly memoHitRate: number;
}

describe('explore', () => {
  test('counts every state of a world that holds, and ends with 0', async () => {
    const { code, document } = await faultlineJson<Document>('explore', 'two-phase-commit', '--set', 'rms=3');
    expect(code).toBe(0);
    expect(document).toMatchObject({ unique: 288, generated: 1_146, levels: 11, complete: true, violations: [] });
    expect(document.statesPerSecond).toBeGreaterThan(0);
    expect(document.memoHitRate).toBeGreaterThan(0.5);
  });

  test('shows the shortest run that breaks a world, and ends with 1', async () => {
    const { code, out } = await faultline('explore', 'raft-forgetful');
    expect(code).toBe(1);
    expect(out).toMatch(/INVALID {2}election safety, after 8 actions\n {4}n\d and n\d both lead term 1\n/);
    expect(out).toMatch(/5 {2}n2 {7}crashes\n +6 {2}n2 {7}restarts\n/);
    expect(out).toMatch(/· role follower → candidate, term 0 → 1/);
  });

  test('ends with 3 when a bound was reached', async () => {
    const { code, document } = await faultlineJson<Document>('explore', 'raft-forgetful', '--depth', '4');
    expect(code).toBe(3);
    expect(document).toMatchObject({ unique: 370, levels: 4, complete: false, endedBy: 'levels', violations: [] });
    expect((await faultline('explore', 'paxos', '--states', '100')).code).toBe(3);
  });

  test('walks at random by seed', async () => {
    const argv = ['explore', 'single-copy-register', '--set', 'servers=2', '--set', 'clients=2'];
    const found = await faultlineJson<Document>(...argv, '--strategy', 'random', '--seed', '7');
    expect(found.code).toBe(1);
    expect(found.document.violations[0]?.property).toBe('linearizable register');
    expect((await faultlineJson(...argv, '--strategy', 'random', '--seed', '7')).document).toMatchObject({
      violations: found.document.violations,
    });
  });

  test('depth first sees the same states as breadth first', async () => {
    const { document } = await faultlineJson<Document>('explore', 'paxos', '--strategy', 'dfs');
    expect(document).toMatchObject({ unique: 265, generated: 482, complete: true });
  });

  // broken Rafts are judged where their lengths are pinned
  const worlds = exploredScenarios.filter(({ name }) => !name.startsWith('raft-explored-'));
  test.each(worlds.map((scenario) => [scenario.name, scenario] as const))(
    '%s is as it declares',
    async (name, { expect: declared }) => {
      const { code, document } = await faultlineJson<Document>('explore', name);
      expect(code).toBe(declared.type === 'holds' ? 0 : 1);
      const broken = document.violations.map(({ property }) => property);
      expect(broken).toEqual(declared.type === 'holds' ? [] : declared.what);
    },
  );

  test.each([
    [['nope'], 'there is no world "nope" to explore (`faultline explore --list` lists them all)'],
    [['paxo'], 'there is no world "paxo" to explore; did you mean paxos?'],
    [['paxos', '--set', 'clients=9'], 'parameter clients: expected a whole number from 1 to 4, found 9'],
    [
      ['paxos', '--set', 'network=carrier pigeon'],
      'parameter network: expected one of unordered, ordered, duplicating',
    ],
    [['paxos', '--depth', '0'], '--depth: expected a whole number from 1'],
    [['paxos', '--strategy', 'luck'], 'Allowed choices are bfs, dfs, iddfs, random, pct, pos'],
    [['paxos', '--timeout', 'soon'], 'expected a duration'],
    [['paxos', '--budget', 'crashs=1'], 'found "crashs"; did you mean crashes?'],
    [['paxos', '--budget', 'luck=1'], '--budget: expected one of crashes, drops, duplicates, timeouts,'],
    [['paxos', '--budget', 'crashes=some'], '--budget: expected crashes=<whole number>, found "crashes=some"'],
    [['paxos', '--set', 'network=ordered', '--budget', 'duplicates=1'], 'duplicated in an unordered network only'],
  ])('refuses %j', async (argv, message) => {
    const { code, out, err } = await faultline('explore', ...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});
