// The command as a process: pure output, signals, and readers that go away.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { interruptedFaultline, outcomeOf, startFaultline, temporaryFolder } from './command.ts';

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
  const argv = ['fuzz', 'ping-pong-late-pong', '--seeds', '1000000', '--json'];
  const { code, out } = await interruptedFaultline(folder, ' failing: ', ...argv);
  expect(code).toBe(130);
  const document = JSON.parse(out) as { seeds: number; failures: { replay: string | null }[] };
  expect(document).toMatchObject({ ended: 'interrupted', verdict: 'invalid', planned: 1_000_000 });
  expect(document.seeds).toBeGreaterThan(0);
  expect(readdirSync(join(folder, 'out')).filter((name) => name.endsWith('.replay.json'))).toHaveLength(1);
}, 90_000);

test('an interrupt ends a run with 130, and what happened until then is judged and printed', async () => {
  const folder = temporaryFolder();
  const begun = join(folder, 'begun');
  writeFileSync(
    join(folder, 'marked.js'),
    `import { writeFileSync } from 'node:fs';
import { findScenario } from ${JSON.stringify(join(import.meta.dirname, '../../scenarios/index.ts'))};
const base = findScenario('raft');
const marked = ({ protocol, ...node }) => ({ ...node, protocol: { ...protocol, onTimer: (...all) => {
  writeFileSync(${JSON.stringify(begun)}, '');
  return protocol.onTimer(...all);
} } });
const world = (set) => { const made = base.world(set); return { ...made, nodes: made.nodes.map(marked) }; };
export const raft = { ...base, world };
`,
  );
  const child = startFaultline(folder, 'run', './marked.js', '--until', '24h', '--json');
  const waiting = setInterval(() => {
    if (!existsSync(begun)) return;
    clearInterval(waiting);
    child.kill('SIGINT');
  }, 500);
  const { code, out } = await outcomeOf(child);
  expect(code).toBe(130);
  const document = JSON.parse(out) as { events: number; simulatedUs: number };
  expect(document).toMatchObject({
    verdict: 'unknown',
    findings: expect.arrayContaining([expect.objectContaining({ name: 'interrupted' })]),
  });
  expect(document.events).toBeGreaterThan(0);
  expect(document.simulatedUs).toBeLessThan(86_400_000_000);
});

test('a reader that goes away, as head does, ends it quietly', async () => {
  const child = startFaultline(temporaryFolder(), 'list');
  child.stdout!.destroy();
  let err = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, err }).toEqual({ code: 0, err: '' });
}, 30_000);
