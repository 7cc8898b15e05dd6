// Builds the package into dist: the TypeScript rooms with tsc, the timeline page with vite. Quiet when all is well, and
// quick when nothing changed, because start, test and bench all call it first.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const next = join(root, 'dist.next');
const stamp = join(dist, '.stamp');
const rooms = ['sim', 'protocols', 'checkers', 'scenarios', 'fuzz', 'viz', 'cli'];
const singles = [
  'index.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
];

const sources = listSources();
if (!isFresh(sources)) {
  // A stamp as old as the sources were when the build began: an edit during the build makes the next one work again.
  const began = new Date();
  // It builds beside and swaps at the end, so that a build that fails leaves the last good one in place.
  rmSync(next, { recursive: true, force: true });
  compile();
  await buildPage();
  makeExecutable(join(next, 'cli/main.js'));
  writeFileSync(join(next, '.stamp'), JSON.stringify({ began: began.getTime(), sources }));
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
}

function listSources() {
  const found = singles.filter((path) => existsSync(join(root, path)));
  for (const room of rooms) {
    if (!existsSync(join(root, room))) continue;
    for (const path of readdirSync(join(root, room), { recursive: true })) {
      if (/\.(ts|css|json|html)$/.test(path)) found.push(join(room, path));
    }
  }
  return found.sort();
}

function isFresh(paths) {
  if (!existsSync(stamp)) return false;
  try {
    const last = JSON.parse(readFileSync(stamp, 'utf8'));
    if (JSON.stringify(last.sources) !== JSON.stringify(paths)) return false;
    return paths.every((path) => statSync(join(root, path)).mtimeMs <= last.began);
  } catch {
    return false;
  }
}

function compile() {
  const tsc = join(root, 'node_modules/.bin/tsc');
  const result = spawnSync(tsc, ['-p', 'tsconfig.build.json', '--outDir', next], { cwd: root, encoding: 'utf8' });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    process.stderr.write(`build: tsc -p tsconfig.build.json failed\n${result.stdout}${result.stderr}`);
    rmSync(next, { recursive: true, force: true });
    process.exit(1);
  }
}

async function buildPage() {
  const { build } = await import('vite');
  try {
    for (const part of ['page', 'worker'])
      await build({ configFile: join(root, `viz/${part}/vite.config.ts`), build: { outDir: join(next, 'viz') } });
    copyFileSync(join(root, 'viz/page/index.html'), join(next, 'viz/index.html'));
  } catch (error) {
    process.stderr.write(`build: the timeline page failed\n${error instanceof Error ? error.stack : String(error)}\n`);
    rmSync(next, { recursive: true, force: true });
    process.exit(1);
  }
}

function makeExecutable(path) {
  if (existsSync(path)) chmodSync(path, 0o755);
}
