// What goes wrong around a campaign, not in its protocol: threads that do not start, seeds that never end, time that is up, scenarios
// whose turn never came. Whoever reads only the exit code, or only one of the reports, must hear of it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseReport, type CampaignReport } from '../../fuzz/index.ts';
import {
  faultline,
  interruptedFaultline,
  outcomeOf,
  startFaultline,
  temporaryFolder,
  type Outcome,
} from './command.ts';

interface Ended extends Outcome {
  readonly campaigns: readonly CampaignReport[];
}

/** Fuzzes a file of scenarios made of ping-pong; the merge of its report must end as it did. */
async function fuzz(lines: readonly string[], ...argv: string[]): Promise<Ended> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const ours = JSON.stringify(join(import.meta.dirname, '../../scenarios/index.ts'));
  const head = ["import { isMainThread } from 'node:worker_threads';", `import { findScenario } from ${ours};`];
  writeFileSync(join(folder, 'mine.ts'), [...head, "const base = findScenario('ping-pong');", ...lines, ''].join('\n'));
  const report = join(folder, 'report.json');
  writeFileSync(report, '{ "campaigns": [] }'); // of another day
  const options = ['--until', '1s', '--workers', '2', '--report', 'report.json', ...argv];
  const outcome = await outcomeOf(startFaultline(folder, 'fuzz', './mine.ts', ...options));
  const campaigns = parseReport(readFileSync(report, 'utf8'), 'report');
  expect((await faultline('merge', report)).code).toBe(outcome.code);
  return { ...outcome, campaigns };
}

const first = "export const first = { ...base, name: 'first' };";

test('a seed that never ends is told of, though the time is up before it has had all of its own', async () => {
  const hangs = "export const hangs = { ...base, name: 'hangs', world: (set: any) => { for (;!isMainThread;); } };";
  // A machine that has much to do takes long to begin the first seed.
  for (const time of [3, 9, 27]) {
    const options = ['--time', `${time}s`, '--watchdog', `${time + 1}s`];
    const { code, out, campaigns } = await fuzz([hangs], ...options);
    expect({ code, campaigns }).toMatchObject({ code: 3, campaigns: [{ ended: 'out-of-time', verdict: 'unknown' }] });
    if (campaigns[0]!.seeds === 0 && time < 27) continue;
    expect(campaigns[0]!.lost).toBeGreaterThan(0);
    expect(out).toContain(`no end after ${time + 1} s`);
    return;
  }
});

test('a file that loads here but not in a thread is bad input, in the report too', async () => {
  const { code, out, err, campaigns } = await fuzz([first, "if (!isMainThread) throw new Error('not here');"]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^error: .*mine\.ts cannot be loaded: Error: not here\n/);
  expect(campaigns).toMatchObject([{ seeds: 0, verdict: 'unknown', broken: { type: 'input' } }]);
});

test('what a seed leaves behind and fails later takes down its thread, and is told of', async () => {
  const leaves = [
    "export const leaves = { ...base, name: 'leaves', world: (set: any) => {",
    "  if (!isMainThread) void Promise.reject(new Error('left behind'));",
    '  return base.world(set);',
    '} };',
  ];
  const { code, out, campaigns } = await fuzz(leaves, '--seeds', '2');
  expect({ code, out }).toMatchObject({ code: 3, out: expect.stringContaining('left behind') });
  expect(campaigns).toMatchObject([{ seeds: 2, lost: 2, verdict: 'unknown' }]);
});

test('scenarios whose turn never came are in the report of an interrupted campaign', async () => {
  const folder = temporaryFolder();
  const argv = ['fuzz', 'ping-pong*', '--seeds', '1000000', '--report', 'report.json'];
  const { code } = await interruptedFaultline(folder, 'seeds/s', ...argv);
  const campaigns = parseReport(readFileSync(join(folder, 'report.json'), 'utf8'), 'report');
  expect(code).toBe(130);
  expect(campaigns.length).toBeGreaterThan(1);
  expect(campaigns.map(({ ended }) => ended)).toEqual(campaigns.map(() => 'interrupted'));
  expect(campaigns.at(-1)).toMatchObject({ seeds: 0, verdict: 'unknown' });
});

test('a campaign that does not begin leaves no report of an earlier one to be read, and says why in its own form', async () => {
  const folder = temporaryFolder();
  const report = join(folder, 'report.json');
  writeFileSync(report, '{}');
  const fuzzed = await faultline('fuzz', 'ping-pong', '--until', '1s', '--seeds', '1', '--report', report);
  expect(fuzzed.code).toBe(0);
  expect(JSON.parse(readFileSync(report, 'utf8'))).toHaveProperty('campaigns');
  expect(existsSync(`${report}.tmp`)).toBe(false);
  const missing = ['fuzz', './missing.ts', '--reporter'];
  const message = 'cannot read ./missing.ts: there is no such file or folder';
  expect(await faultline(...missing, 'github')).toMatchObject({
    code: 2,
    out: `::error title=faultline::${message}\n`,
  });
  const { out } = await faultline(...missing, 'json');
  expect(JSON.parse(out)).toEqual({ error: { type: 'input', message } });
});

test('schedules of the corpus that no scenario runs are counted', async () => {
  const folder = temporaryFolder();
  const corpus = ['--seeds', '2', '--no-shrink', '--out', folder, '--corpus', join(folder, 'corpus')];
  await faultline('fuzz', 'ping-pong-late-pong', ...corpus);
  const { code, err } = await faultline('fuzz', 'ping-pong', '--until', '1s', ...corpus);
  expect(code).toBe(0);
  expect(err).toMatch(/^note: 1 schedule in .*corpus of other scenarios: ping-pong-late-pong\n$/);
});

test('what breaks while the evidence is saved hides nothing of what the seeds have found', async () => {
  const breaks = [
    "const broken = findScenario('ping-pong-late-pong');",
    "export const breaks = { ...broken, name: 'breaks', world: (set: any) => {",
    "  if (isMainThread && new Error().stack?.includes('saveEvidence')) throw new TypeError('not twice');",
    '  return broken.world(set);',
    '} };',
  ];
  const { code, out, err, campaigns } = await fuzz(breaks, '--seeds', '12', '--until', '5s');
  expect(err).toMatch(/^error: internal error, please report it: TypeError: not twice\n/m);
  expect(out).toMatch(/INVALID[^]*a pong answers its own ping[^]*shrunk/);
  expect(campaigns).toMatchObject([{ seeds: 12, verdict: 'invalid', broken: { type: 'error' } }]);
  expect(campaigns[0]!.causes.length).toBeGreaterThan(0);
  expect(code).toBe(4);
});
