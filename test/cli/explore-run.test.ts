// What `faultline explore` makes of a violation: a file that runs it again, a timeline, a test, a smaller world.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { progressInWords } from '../../cli/explore-runner.ts';
import { faultline, faultlineJson, interruptedFaultline, temporaryFolder } from './command.ts';

const broken = ['explore', 'single-copy-register', '--set', 'servers=2', '--set', 'clients=2'];

describe('a violation that was explored', () => {
  test('is saved, and runs again to the same states and the same verdict', async () => {
    const file = join(temporaryFolder(), 'found.replay.json');
    const found = await faultline(...broken, '--save', file);
    expect(found).toMatchObject({ code: 1 });
    const again = await faultline('replay', file);
    expect(again).toMatchObject({ code: 1, err: '' });
    expect(again.out).toContain('the same as recorded, state for state');
    const lines = (text: string): string[] => text.split('\n').filter((line) => /^ {4} *(?:\d+ {2}|·)/.test(line));
    expect(lines(again.out)).toEqual(lines(found.out));
    expect(lines(again.out).length).toBeGreaterThan(8);
  });

  test.each([
    ['an action that is not possible', '"to":"s2","message":{', '"to":"s1","message":{', /step \d is not possible/],
    ['another state', /"states":"..../, '"states":"0000', /the births led to another state than it did then/],
    ['another reason', /"reason":"c/, '"reason":"d', /the same states, but linearizable register was invalid then/],
  ])('is refused with 4 where the file has %s', async (_, from, to, message) => {
    const file = join(temporaryFolder(), 'found.replay.json');
    await faultline(...broken, '--save', file);
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
    const { code, out } = await faultline('replay', file);
    expect(code).toBe(4);
    expect(out).toMatch(/NOT the same as recorded/);
    expect(out.replace(/\s+/g, ' ')).toMatch(message);
    const { document } = await faultlineJson<{ reproduced: boolean; divergence: object }>('replay', file);
    expect(document).toMatchObject({ reproduced: false, divergence: {} });
  });

  test.each([
    ['no JSON', '{"format":"faultline-explored-run"', 'explored run: expected JSON'],
    ['a world that there is not', '{"world":"nowhere"', 'there is no world "nowhere" to explore'],
    ['a field that is missing', '{"worlds":"paxos"', 'run.version'],
  ])('is bad input where the file has %s', async (_, start, message) => {
    const file = join(temporaryFolder(), 'found.replay.json');
    await faultline(...broken, '--save', file);
    const whole = readFileSync(file, 'utf8');
    const text = start.includes('nowhere')
      ? whole.replace('"world":"single-copy-register"', '"world":"nowhere"')
      : start.includes('worlds')
        ? '{"format":"faultline-explored-run","worlds":"paxos"}'
        : start;
    writeFileSync(file, text);
    const { code, err } = await faultline('replay', file);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  test('is saved as a test that names it and holds its actions', async () => {
    const file = join(temporaryFolder(), 'found.test.ts');
    await faultline('explore', 'raft-forgetful', '--save-test', file);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('npx faultline explore raft-forgetful');
    expect(text).toContain('{ type: "crash", node: "n2" },');
    expect(text).toContain('expect(provesViolation(world, actions, "election safety")).toBe(true);');
  });

  test('is found in a smaller world where --shrink is asked for', async () => {
    const argv = ['explore', 'single-copy-register', '--set', 'servers=3', '--set', 'clients=3', '--json', '--shrink'];
    const { code, out } = await faultline(...argv);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      parameters: { clients: 1, servers: 2 },
      violations: [{ property: 'linearizable register' }],
      reproduce: 'npx faultline explore single-copy-register --set clients=1 --set servers=2',
    });
  });
});

test('progress fits into a line: how far, how fast, how much of it, and what happens most', () => {
  const actions = [
    { what: 'deliver s1', count: 900 },
    { what: 'timer s2', count: 30 },
    { what: 'crash s3', count: 2 },
  ];
  const progress = { unique: 120_000, generated: 300_000, frontier: 9_000, levels: 14, share: 0.0712, actions };
  expect(progressInWords('paxos', progress, 2_000)).toBe(
    'paxos: 120,000 states · level 14 · 60,000/s · about 7.1 % · mostly deliver s1, timer s2',
  );
});

describe('exploring', () => {
  test('tells its budgets, its frontier and what ended it', async () => {
    const { document } = await faultlineJson('explore', 'raft-forgetful', '--budget', 'crashes=0', '--depth', '4');
    expect(document).toMatchObject({ budgets: { timeouts: 'unlimited' }, endedBy: 'levels', complete: false });
    const found = await faultlineJson<{ frontier: number }>('explore', 'raft-forgetful', '--states', '500');
    expect(found).toMatchObject({ code: 3, document: { endedBy: 'states' } });
    expect(found.document.frontier).toBeGreaterThan(100);
    const small = await faultlineJson('explore', 'raft-forgetful', '--memory', '1');
    expect(small).toMatchObject({ code: 3, document: { endedBy: 'bytes' } });
  });

  test('without a crash finds no second vote where one crash makes it possible', async () => {
    const argv = ['explore', 'raft-forgetful', '--depth', '9', '--budget'];
    const { code, document } = await faultlineJson(...argv, 'crashes=0');
    expect(code).toBe(3);
    expect(document).toMatchObject({ levels: 9, violations: [] });
    expect(await faultline(...argv, 'crashes=1')).toMatchObject({ code: 1 });
  });

  test('lists the worlds with their knobs', async () => {
    const { code, out } = await faultline('explore', '--list');
    expect(code).toBe(0);
    expect(out).toMatch(/paxos {2}holds\n.*Paxos.*\n +clients 1 \(1–4\), network unordered/);
    expect((await faultline('explore')).out).toBe(out);
  });

  test('is interrupted without losing what it found until then', async () => {
    const argv = ['explore', 'raft-bounded', '--set', 'timeouts=8', '--json'];
    const { code, out } = await interruptedFaultline(temporaryFolder(), 'states', ...argv);
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ endedBy: 'interrupt', complete: false, violations: [] });
  }, 60_000);
});
