// The long campaigns that are too slow for every change: thousands of seeds of each scenario that must hold, starting where
// no night before has been. Failures leave replay files in out/nightly.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { scenarios } from '../scenarios/index.ts';

const seeds = Number(process.argv[2] ?? 20_000);
// The default number of seeds for each day since 1970: `fuzz` starts anywhere up to a thousand million.
const start = Math.floor(Date.now() / 86_400_000) * 20_000;
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

let failed = 0;
for (const { name, expect } of scenarios) {
  if (expect.type !== 'holds') continue;
  console.log(`${name}: ${seeds} seeds from ${start}`);
  const { status } = spawnSync(
    process.execPath,
    [cli, 'fuzz', name, '--seeds', String(seeds), '--start', String(start), '--out', `out/nightly/${name}`],
    { stdio: 'inherit' },
  );
  if (status !== 0) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
