// Builds the package into dist: the TypeScript rooms with tsc, the timeline page with vite. Quiet when all is well, and
// quick when nothing changed, because start, test and bench all call it first.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'dist/.stamp');
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
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  compile();
  await buildPage();
  makeExecutable(join(root, 'dist/cli/main.js'));
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, JSON.stringify({ began: began.getTime(), sources }));
}

function listSources() {
  const found = singles.filter((path) => existsSync(join(root, path)));
  for (const room of rooms) {
    if (!existsSync(join(root, room))) continue;
    for (const path of readdirSync(join(root, room), { recursive: true })) {
      if (/\.(ts|css|json)$/.test(path)) found.push(join(room, path));
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
  const result = spawnSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: root, encoding: 'utf8' });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    process.stderr.write(`build: tsc -p tsconfig.build.json failed\n${result.stdout}${result.stderr}`);
    process.exit(1);
  }
}

async function buildPage() {
  const { build } = await import('vite');
  try {
    await build({ configFile: join(root, 'viz/page/vite.config.ts') });
  } catch (error) {
    process.stderr.write(`build: the timeline page failed\n${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  }
}

function makeExecutable(path) {
  if (existsSync(path)) chmodSync(path, 0o755);
}
