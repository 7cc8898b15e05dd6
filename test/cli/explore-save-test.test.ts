// The test files that `faultline explore --save-test` writes: they run under vitest, and notice when the run is another one.
import { spawn } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faultline, outcomeOf, temporaryFolder } from './command.ts';

const root = join(import.meta.dirname, '../..');

test('a saved test passes, and fails where the protocol does not do that any more', async () => {
  const folder = temporaryFolder();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const rooms = ['checkers', 'scenarios'].map((room) => [`faultline/${room}`, join(root, room, 'index.ts')]);
  const config = { resolve: { alias: Object.fromEntries(rooms) }, test: { pool: 'threads' } };
  writeFileSync(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify(config)};\n`);
  const saved = join(folder, 'found.test.ts');
  await faultline('explore', 'raft-explored-two-votes', '--save-test', saved);
  const text = readFileSync(saved, 'utf8');
  // the same run, said to be one of Raft as it should be: there the second vote is refused
  const sound = text.replace('findExploredScenario("raft-explored-two-votes")', 'findExploredScenario("raft-bounded")');
  expect(sound).not.toBe(text);
  writeFileSync(join(folder, 'sound.test.ts'), sound);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--root', folder, '--reporter', 'json'], { cwd: folder });
  const { code, out } = await outcomeOf(child);
  const { testResults } = JSON.parse(out) as { testResults: readonly { name: string; status: string }[] };
  const results = testResults.map(({ name, status }) => `${name.split('/').at(-1)} ${status}`).sort();
  expect({ code, results }).toEqual({ code: 1, results: ['found.test.ts passed', 'sound.test.ts failed'] });
}, 120_000);
