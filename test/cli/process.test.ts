// The command as a process: pure output, signals, and readers that go away.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { outcomeOf, startFaultline, temporaryFolder } from './command.ts';

test('--json leaves one document on standard output, and the exit code says what it says', async () => {
  const { code, out, err } = await outcomeOf(
    startFaultline(temporaryFolder(), 'run', 'counter-early-acknowledgement', '--seed', '6', '--json'),
  );
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(JSON.parse(out)).toMatchObject({ verdict: 'invalid' });
}, 30_000);

test('what is piped has no colours, not even where CI asks for them', async () => {
  vi.stubEnv('CI', 'true'); // inherited by the process
  onTestFinished(() => void vi.unstubAllEnvs());
  const { out } = await outcomeOf(startFaultline(temporaryFolder(), 'run', 'counter', '--until', '1s'));
  expect(out).toContain('VALID');
  expect(out).not.toContain('\u001b');
}, 30_000);

test('an interrupt ends fuzzing with 130, with what was found so far printed and kept', async () => {
  const folder = temporaryFolder();
  const child = startFaultline(folder, 'fuzz', 'ping-pong-late-pong', '--seeds', '1000000', '--json');
  const ended = outcomeOf(child);
  setTimeout(() => child.kill('SIGINT'), 15_000); // threads start first
  const { code, out } = await ended;
  expect(code).toBe(130);
  const document = JSON.parse(out) as { seeds: number; failures: { replay: string | null }[] };
  expect(document).toMatchObject({ ended: 'interrupted', verdict: 'invalid', planned: 1_000_000 });
  expect(document.seeds).toBeGreaterThan(0);
  expect(readdirSync(join(folder, 'out')).filter((name) => name.endsWith('.replay.json'))).toHaveLength(1);
}, 90_000);

test('an interrupt ends a run with 130, and what happened until then is judged and printed', async () => {
  const child = startFaultline(temporaryFolder(), 'run', 'raft', '--until', '24h', '--json');
  setTimeout(() => child.kill('SIGINT'), 12_000);
  const { code, out } = await outcomeOf(child);
  expect(code).toBe(130);
  const document = JSON.parse(out) as { events: number; simulatedUs: number };
  expect(document).toMatchObject({
    verdict: 'unknown',
    findings: expect.arrayContaining([expect.objectContaining({ name: 'interrupted' })]),
  });
  expect(document.events).toBeGreaterThan(0);
  expect(document.simulatedUs).toBeLessThan(86_400_000_000);
}, 60_000);

test('a reader that goes away, as head does, ends it quietly', async () => {
  const child = startFaultline(temporaryFolder(), 'list');
  child.stdout!.destroy();
  let err = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, err }).toEqual({ code: 0, err: '' });
}, 30_000);
