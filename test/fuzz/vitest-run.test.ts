// A failing simulation in a vitest of its own, as its author sees it: what it says, what it leaves, and one seed again.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../cli/command.ts';

const root = join(import.meta.dirname, '../..');

test('a failing simTest names its seed, tells the smallest run, leaves its transcript and its timeline, and runs again', () => {
  const folder = join(temporaryFolder(), 'project');
  mkdirSync(folder);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(
    join(folder, 'bad.test.ts'),
    `import { simTest } from ${JSON.stringify(join(root, 'fuzz/vitest.ts'))};
import { findScenario } from ${JSON.stringify(join(root, 'scenarios/index.ts'))};
simTest("nobody's vote counts twice", { ...findScenario('election-early-leader'), expect: { type: 'holds' } }, { seeds: 20 });
`,
  );
  const out = vitest(folder, {});
  expect(out).toMatch(/election-early-leader is invalid under seed \d+:\n\s+at most one leader: /);
  expect(out).toMatch(/In the smallest run that shows it:\n\s+At .*\n/);
  const [, transcript = '', timeline = ''] = /Its transcript: +(\S+)\n\s*Its timeline: +(\S.*\S)\n/.exec(out) ?? [];
  expect(readFileSync(join(folder, transcript), 'utf8')).toMatch(/ms +n1 +starts\n/);
  // Without the page there is the command that makes the timeline.
  if (timeline.endsWith('.html')) expect(readFileSync(join(folder, timeline), 'utf8')).toContain('id="timeline-data"');
  else expect(timeline).toMatch(/^npx faultline timeline \S+\.replay\.json --scenario FILE/);
  const [, seed = '', again = ''] = /FAULTLINE_SEED=(\d+) npx vitest run -t '(.*)'\n/.exec(out) ?? [];
  expect(again).toBe("nobody'\\''s vote counts twice");
  const alone = vitest(folder, { FAULTLINE_SEED: seed });
  expect(alone).toContain(`election-early-leader is invalid under seed ${seed}:`);
  expect(vitest(folder, { FAULTLINE_SEED: 'x' })).toContain('FAULTLINE_SEED: expected a whole number, found "x"');
}, 120_000);

function vitest(folder: string, environment: NodeJS.ProcessEnv): string {
  const env = { ...process.env, NO_COLOR: '1', ...environment };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder],
    { cwd: folder, env, encoding: 'utf8', timeout: 100_000 },
  );
  expect(status).toBe(1);
  return stdout + stderr;
}
