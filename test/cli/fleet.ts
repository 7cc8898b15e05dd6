// A fleet for tests: a Redis server of their own, and workers and campaigns as processes whose words can be waited for.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFailed, onTestFinished } from 'vitest';
import { startFaultline, temporaryFolder, type Outcome } from './command.ts';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
if (!hasRedis) process.stderr.write('redis-server is not installed: the tests of fleets are skipped\n');

export interface Server {
  readonly url: string;
  readonly client: Redis;
  /** Ends it as a machine ends that loses its power; what it knew is gone. */
  kill(): Promise<void>;
  /** Starts it again, empty, at the same address. */
  restart(): Promise<void>;
  /** The keys that it holds. */
  keys(): Promise<readonly string[]>;
}

/** A server on a free port that keeps nothing on disk and is gone after the test. */
export async function startRedis(...options: string[]): Promise<Server> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child = await startServer(port, options);
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: null });
  client.on('error', () => {});
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  onTestFinished(async () => {
    client.disconnect();
    await kill();
  });
  return {
    ...{ url, client, kill },
    restart: async () => void (child = await startServer(port, options)),
    keys: async () => (await client.keys('*')).sort(),
  };
}

async function startServer(port: number, options: readonly string[]): Promise<ChildProcess> {
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', ...options], {
    cwd: temporaryFolder(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('redis-server does not start')));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Ready to accept connections')) resolve();
    });
  });
  return child;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Outcome>;
  /** Waits until it has written this to standard error. */
  says(words: string | RegExp): Promise<void>;
}

/** Another installation's command line, and where it is started. */
export interface Installation {
  readonly folder: string;
  readonly program: string;
}

/** A `faultline` command as a process that is gone after the test. */
export function start(where: string | Installation, ...argv: string[]): Command {
  const child =
    typeof where === 'string'
      ? startFaultline(where, ...argv)
      : spawn(process.execPath, ['--import', import.meta.resolve('tsx'), where.program, ...argv], {
          cwd: where.folder,
        });
  const read = { out: '', err: '' };
  const listeners = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (read.out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    read.err += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Outcome>((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? -1, ...read }));
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  onTestFailed(
    () => void process.stderr.write(`faultline ${argv.join(' ')} said until the test failed:\n${read.err}\n`),
  );
  const says = (words: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (typeof words === 'string' ? read.err.includes(words) : words.test(read.err)) resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without “${String(words)}”, but with:\n${read.err}`)));
    });
  return { child, ended, says };
}

/** Installs these sources under another version; its command line. */
export function otherVersion(version: string): string {
  const root = join(import.meta.dirname, '../..');
  const folder = temporaryFolder();
  for (const room of ['sim', 'protocols', 'checkers', 'scenarios', 'fuzz', 'viz', 'cli']) {
    cpSync(join(root, room), join(folder, room), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', version }));
  return join(folder, 'cli/main.ts');
}

/** Waits until so many ranges of seeds are in the hands of workers. */
export async function rangesUnderWay({ client }: Server, wanted: number): Promise<void> {
  for (;;) {
    const lists = await client.keys('faultline:seeds-*:active');
    const lengths = await Promise.all(lists.map((list) => client.llen(list)));
    if (lengths.reduce((sum, length) => sum + length, 0) >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until the server holds nothing any more, or says what it does hold. */
export async function cleanedUp(server: Server, milliseconds: number): Promise<readonly string[]> {
  const began = performance.now();
  for (;;) {
    const keys = await server.keys();
    if (keys.length === 0 || performance.now() - began > milliseconds) return keys;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * A folder with scenarios of its own, built on ours: `mine.ts` fails at times; the second seed of `odd.ts` hangs, and its third takes
 * its thread down.
 * @param each real milliseconds that a seed takes at least, as bigger worlds do
 */
export function project(each = 0, story = 'a story'): string {
  const folder = temporaryFolder();
  const ours = (room: string): string => JSON.stringify(join(import.meta.dirname, `../../${room}/index.ts`));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'names.ts'), `export const story = ${JSON.stringify(story)};\n`);
  const lines = (...text: string[]): string => `${text.join('\n')}\n`;
  writeFileSync(
    join(folder, 'mine.ts'),
    lines(
      `import { findScenario } from ${ours('scenarios')};`,
      "import { story } from './names';",
      "const base = findScenario('ping-pong-late-pong');",
      'const world = (parameters: any) => {',
      `  for (const begin = performance.now(); performance.now() - begin < ${each}; );`,
      '  return base.world(parameters);',
      '};',
      "export const mine = { ...base, name: 'mine', story, world };",
    ),
  );
  writeFileSync(
    join(folder, 'odd.ts'),
    lines(
      `import { findScenario } from ${ours('scenarios')};`,
      `import { resolveParameters } from ${ours('sim')};`,
      "const base = findScenario('ping-pong');",
      "const which = { about: 'tells seeds apart', default: 1, draw: (random: any) => random.below(1_000_000_000) };",
      'const world = ({ which, ...rest }: any) => {',
      "  if (which === drawn('2')) for (;;);",
      "  if (which === drawn('3')) process.exit(7);",
      '  return base.world(rest);',
      '};',
      "export const odd = { ...base, name: 'odd', parameters: { ...base.parameters, which }, world };",
      'const drawn = (seed: string) => resolveParameters(odd as any, {}, seed).which;',
    ),
  );
  return folder;
}
