// `faultline serve`: the timeline app in the browser, from this machine and for this machine alone unless told otherwise.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { InputError } from '../sim/index.ts';
import { loadSite, type SiteFile } from '../viz/assets.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { OutputError } from './files.ts';
import type { Session } from './program.ts';

interface ServeOptions {
  readonly port: number;
  readonly host: string;
}

export function addServe(program: Command, session: Session): void {
  program
    .command('serve')
    .summary('open the timeline app in a browser')
    .description('Serves the timeline app: every scenario and lesson, simulated in the page. Ends with an interrupt.')
    .option('--port <number>', 'where to listen; 0 for any that is free', readPort, 4_173)
    .option('--host <address>', 'whom to serve: by default this machine alone', '127.0.0.1')
    .addHelpText('after', `\nExample:\n  npx faultline serve --port 8080\n${exitCodesHelp}`)
    .action(async (options: ServeOptions) => {
      session.code = await serve(options, session);
    });
}

/** A server of exactly these files; it reads nothing while it runs. */
export function createSiteServer(files: ReadonlyMap<string, SiteFile>): Server {
  return createServer((request, response) => answer(files, request, response));
}

async function serve({ port, host }: ServeOptions, { io }: Session): Promise<number> {
  const server = createSiteServer(siteFiles());
  const interrupt = io.interruptible();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new OutputError(`cannot listen on ${host}:${port}: ${error.message}`)));
      server.listen(port, host, resolve);
    });
    const { port: taken } = server.address() as AddressInfo;
    const name = host.includes(':') ? `[${host}]` : host;
    io.out(`The timeline app: http://${name}:${taken}/\nPress Ctrl+C to stop.\n`);
    await new Promise<void>((resolve) => {
      if (interrupt.signal.aborted) resolve();
      else interrupt.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return exitCode.fine;
  } finally {
    interrupt.release();
    server.closeAllConnections();
    server.close();
  }
}

function siteFiles(): ReadonlyMap<string, SiteFile> {
  try {
    return loadSite();
  } catch (error) {
    throw new OutputError(error instanceof Error ? error.message : String(error));
  }
}

/** What the page may do: run its own scripts and start its own thread, and nothing of anybody else. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "worker-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
};

function answer(
  files: ReadonlyMap<string, SiteFile>,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): void {
  const plain = (code: number, text: string): void => {
    response.writeHead(code, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  };
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'expected GET');
  // The path is a key of a table and never a path on the disk, so there is nothing to climb out of.
  const path = (url ?? '/').replace(/[?#].*$/s, '');
  const file = files.get(path === '/' ? '/index.html' : path);
  if (file === undefined) return plain(404, 'there is no such page');
  response.writeHead(200, { ...headers, 'content-type': file.type, 'content-length': file.content.length });
  response.end(method === 'HEAD' ? undefined : file.content);
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InputError(`--port: expected a whole number from 0 to 65535, found ${JSON.stringify(text)}`);
}
