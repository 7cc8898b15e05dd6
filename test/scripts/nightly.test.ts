// The nightly campaign, on two seeds of each scenario: it must start, run them all, and end well.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarios } from '../../scenarios/index.ts';

const root = join(import.meta.dirname, '../..');

test.skipIf(!existsSync(join(root, 'dist/cli/main.js')) && process.env['CI'] === undefined)(
  'the nightly campaign runs every scenario that must hold (skipped where the package is not built)',
  () => {
    const argv = ['--import', 'tsx', join(root, 'scripts/nightly.ts'), '2'];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
    expect({ status, errors: stderr.match(/^error.*$/gm) }).toEqual({ status: 0, errors: null });
    const holding = scenarios.filter(({ expect: declared }) => declared.type === 'holds');
    for (const { name } of holding) expect(stdout).toContain(`${name}: 2 seeds from `);
    const campaigns = stdout.match(/2 seeds from /g) ?? [];
    expect(campaigns.length).toBeGreaterThanOrEqual(holding.length);
    expect(stdout.match(/\bVALID\b/g)).toHaveLength(campaigns.length);
  },
  600_000,
);
