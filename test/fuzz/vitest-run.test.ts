// A failing simulation in a vitest of its own, as its author sees it: what it says, what it leaves, and one seed again.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../cli/command.ts';

const root = join(import.meta.dirname, '../..');
const imports = `import { simTest } from ${JSON.stringify(join(root, 'fuzz/vitest.ts'))};
import { findScenario } from ${JSON.stringify(join(root, 'scenarios/index.ts'))};
`;

test('a failing simTest names its seed, tells the smallest run, leaves its transcript and its timeline, and runs again', () => {
  const folder = project();
  writeFileSync(
    join(folder, 'bad.test.ts'),
    `${imports}simTest("nobody's vote counts twice (in any term)", { ...findScenario('election-early-leader'), expect: { type: 'holds' } }, { seeds: 20 });
`,
  );
  const out = vitest(folder, {});
  expect(out).toMatch(/election-early-leader is invalid under seed \d+:\n\s+at most one leader: /);
  expect(out).toMatch(/In the smallest run that shows it:\n\s+At .*\n/);
  const [, transcript = '', timeline = ''] = /Its transcript: +(\S+)\n\s*Its timeline: +(\S.*\S)\n/.exec(out) ?? [];
  expect(readFileSync(join(folder, transcript), 'utf8')).toMatch(/ms +n1 +starts\n/);
  // Without the page there is the command that makes the timeline.
  if (timeline.endsWith('.html')) {
    expect(readFileSync(join(folder, timeline), 'utf8')).toContain('id="timeline-data"');
    expect(out).not.toContain('it cannot be changed in the page');
  } else expect(timeline).toMatch(/^npx faultline timeline \S+\.replay\.json --scenario FILE/);
  const [, seed = '', again = ''] = /FAULTLINE_SEED=(\d+) npx vitest run (.*)\n/.exec(out) ?? [];
  expect(transcript).toBe(`out/election-early-leader-${seed}.shrunk.txt`);
  expect(again).toBe(String.raw`bad.test.ts -t 'nobody'\''s vote counts twice \(in any term\)$'`);
  const pattern = String.raw`nobody's vote counts twice \(in any term\)$`;
  const alone = vitest(folder, { FAULTLINE_SEED: seed }, 'bad.test.ts', '-t', pattern);
  expect(alone).toContain(`election-early-leader is invalid under seed ${seed}:`);
  expect(vitest(folder, { FAULTLINE_SEED: 'x' })).toContain('FAULTLINE_SEED: expected a whole number, found "x"');
}, 120_000);

test('a failing simTest of a file that needs Node says that its timeline cannot be changed', () => {
  const folder = project();
  writeFileSync(
    join(folder, 'bad.test.ts'),
    `import 'node:os';
${imports}simTest('bad', { ...findScenario('election-early-leader'), expect: { type: 'holds' } }, { seeds: 20, shrinkMs: 500 });
`,
  );
  const out = vitest(folder, {});
  expect(out).toMatch(
    /Its timeline: .*\.html\n\s+\(it cannot be changed in the page: bad.test.ts: it imports node:os, /,
  );
}, 120_000);

test('a simTest whose seeds do not end in their time says which was under way, and what it found by then is not lost', () => {
  const folder = project();
  writeFileSync(
    join(folder, 'late.test.ts'),
    `${imports}const base = findScenario('ping-pong');
const tick = { start: (ctx) => (ctx.setTimer('t', 0), {}), onTimer: (_state, _timer, ctx) => ctx.setTimer('t', 0), onMessage() {} };
const world = (set) => ({ ...base.world(set), nodes: base.world(set).nodes.map(({ id }) => ({ id, protocol: tick })) });
simTest('never ends', { ...base, world }, { seeds: 5, start: 3, timeout: 1_000 });
`,
  );
  const out = vitest(folder, {});
  expect(out).toContain('ping-pong: 0 of 5 seeds ended within 1 s; seed 3 was under way: does it ever end?');
  expect(out).toContain("FAULTLINE_SEED=3 npx vitest run late.test.ts -t 'never ends$'");
}, 120_000);

test('a handler that never ends is told of with its seed, and costs its file and no other', () => {
  const folder = project();
  writeFileSync(
    join(folder, 'hung.test.ts'),
    `${imports}const base = findScenario('ping-pong');
const hung = { start() { for (;;); }, onTimer() {}, onMessage() {} };
const world = (set) => ({ ...base.world(set), nodes: base.world(set).nodes.map(({ id }) => ({ id, protocol: hung })) });
simTest('never ends', { ...base, world }, { seeds: 5, start: 3, timeout: 1_000, shrinkMs: 0 });
`,
  );
  // Whoever is only slow lives on.
  writeFileSync(
    join(folder, 'slow.test.ts'),
    `import { test } from 'vitest';
import { watchForHang } from ${JSON.stringify(join(root, 'fuzz/hang.ts'))};
test('is slow', async () => {
  const hang = watchForHang(2_000);
  hang.tellOf('is slow, and no more');
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  hang.stop();
}, 20_000);
`,
  );
  const out = vitest(folder, {});
  expect(out).toContain(
    "never ends: seed 3 has not ended in 11 s. Run it alone:\n  FAULTLINE_SEED=3 npx vitest run hung.test.ts -t 'never ends$'\n",
  );
  expect(out).not.toContain('is slow, and no more');
  expect(out).toMatch(/Test Files +1 passed \(2\)/);
}, 120_000);

/** An empty project with our packages. */
function project(): string {
  const folder = join(temporaryFolder(), 'project');
  mkdirSync(folder);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function vitest(folder: string, environment: NodeJS.ProcessEnv, ...more: readonly string[]): string {
  const env = { ...process.env, NO_COLOR: '1', ...environment };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, ...more],
    { cwd: folder, env, encoding: 'utf8', timeout: 100_000 },
  );
  expect(status).toBe(1);
  return stdout + stderr;
}
