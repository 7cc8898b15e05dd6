// A simulator's thread with a reader's own scenario in it, so that a timeline of it can be changed as one of a built-in
// scenario can. It is bundled from the same modules as ours, one copy of each, so that a run is the same run in the page; and
// it is tried out before it is written.
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import type { BuildFailure, Plugin } from 'esbuild';
import { coreEnding } from '../fuzz/core.ts';
import { packageVersion } from '../fuzz/version.ts';
import type { CatalogueEntry } from './catalogue.ts';
import type { TimelineAssets } from './html.ts';
import type { Answered, Asked } from './worker/messages.ts';

/** Where a scenario comes from that is not built in. */
export interface OwnScenario {
  readonly name: string;
  /** The file that exports it, or that tests it with `simTest`. */
  readonly file: string;
  /** How the file is named on the command line; absent of a test file, which no command can run. */
  readonly path?: string;
}

/** The assets for a timeline of this scenario: with its code, or with a word on why there is none. */
export async function withOwnScenario(
  assets: TimelineAssets,
  { name, file, path }: OwnScenario,
): Promise<TimelineAssets> {
  const own = await workerOf(file, path);
  if (own.type === 'failed') return { ...assets, recordedOnly: own.why };
  const isThere = own.names.has(name.replace(coreEnding, ''));
  if (isThere) return { ...assets, worker: own.worker };
  return { ...assets, recordedOnly: `${basename(file)} was looked through for it, and it is not there` };
}

type OwnWorker =
  | { readonly type: 'made'; readonly worker: string; readonly names: ReadonlySet<string> }
  | { readonly type: 'failed'; readonly why: string };

/** One for each file in a process: a campaign writes many timelines. */
const made = new Map<string, Promise<OwnWorker>>();

function workerOf(file: string, path: string | undefined): Promise<OwnWorker> {
  const known = made.get(file);
  if (known !== undefined) return known;
  const making = makeWorker(file, path).catch((error: unknown): OwnWorker => {
    return { type: 'failed', why: `${basename(file)}: ${whyOf(error)}` };
  });
  made.set(file, making);
  return making;
}

/** More than this nobody wants to open or to send. */
const mostBytes = 16_000_000;

async function makeWorker(file: string, path: string | undefined): Promise<OwnWorker> {
  if (!existsSync(file)) throw new Error('the file is not there any more');
  const worker = await bundle(file, path);
  if (worker.length > mostBytes) {
    throw new Error(`its code is ${worker.length} bytes, more than the ${mostBytes} that a timeline holds`);
  }
  return { type: 'made', worker, names: new Set(tryOut(worker).map(({ name }) => name)) };
}

/** This installation: its sources, or what they are compiled to. */
const root = fileURLToPath(new URL('..', import.meta.url));
const ending = extname(import.meta.url);
const here = (name: string): string => join(root, `${name}${ending}`);

async function bundle(file: string, path: string | undefined): Promise<string> {
  // Loaded only here: most commands write no timeline of a file's scenario.
  const { build } = await import('esbuild');
  const entry = [
    `import { serve } from ${JSON.stringify(here('viz/worker/serve'))};`,
    `import { scenariosIn } from ${JSON.stringify(here('viz/exported'))};`,
    `import { tested } from ${JSON.stringify(here('viz/stand-ins'))};`,
    `import * as file from ${JSON.stringify(file)};`,
    `serve({ scenarios: [...scenariosIn(file), ...tested], path: ${JSON.stringify(path)} });`,
  ];
  const { outputFiles } = await build({
    stdin: { contents: entry.join('\n'), resolveDir: root },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    // Names stay as they are: a protocol may read them, as in `constructor.name`.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'silent',
    define: { faultlineVersion: JSON.stringify(packageVersion()) },
    plugins: [installation],
  });
  return outputFiles[0]?.text ?? '';
}

/** `faultline` is this installation, wherever the file lies; vitest is what stands in for it. */
const installation: Plugin = {
  name: 'faultline',
  setup(build) {
    build.onResolve({ filter: /^faultline(\/(sim|protocols|checkers|scenarios|fuzz))?$/ }, ({ path }) => ({
      path: here(join(path.slice('faultline'.length), 'index')),
    }));
    build.onResolve({ filter: /^(faultline\/)?vitest$/ }, () => ({ path: here('viz/stand-ins') }));
    build.onLoad({ filter: /[\\/]fuzz[\\/]vitest\.[jt]s$/ }, ({ path }) => {
      if (path !== here('fuzz/vitest')) return undefined;
      return { contents: `export * from ${JSON.stringify(here('viz/stand-ins'))};`, resolveDir: root };
    });
  },
};

const tryOutMs = 5_000;

/** Begins the thread as a browser would, with nothing of Node, and asks it what scenarios it has. */
function tryOut(worker: string): readonly CatalogueEntry[] {
  let listen: ((event: { readonly data: Asked }) => void) | undefined;
  const answers: Answered[] = [];
  const host = {
    ...{ TextEncoder, TextDecoder, performance, structuredClone, URL, atob, btoa },
    console: { log() {}, info() {}, warn() {}, error() {}, debug() {} },
    addEventListener: (_: string, listener: typeof listen) => void (listen = listener),
    setTimeout: (turn: () => void) => turn(),
    postMessage: (answer: Answered) => void answers.push(answer),
  };
  runInContext(worker, createContext(host), { timeout: tryOutMs });
  listen?.({ data: { type: 'catalogue', id: 1, asks: undefined } });
  const [answer] = answers;
  if (answer?.type !== 'answer') throw new Error('the simulator with it does not begin');
  return answer.answer as readonly CatalogueEntry[];
}

/** One line for the reader: what her file has that a page cannot have. */
function whyOf(error: unknown): string {
  const [first] = (error as Partial<BuildFailure>).errors ?? [];
  if (first === undefined) return (error as Error).message.split('\n')[0] ?? '';
  const { text, location } = first;
  const wanted = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  const what =
    wanted !== undefined && isBuiltin(wanted) ? `it imports ${wanted}, which is Node’s and no browser has` : text;
  return location === null ? what : `${what} (${relative(process.cwd(), location.file)}:${location.line})`;
}
