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
    .description(
      'Serves the timeline app: every scenario and lesson, simulated in the page. An interrupt (Ctrl+C) ends it, with exit code 0.',
    )
    .option('--port <number>', 'where to listen; 0 for any that is free', readPort, 4_173)
    .option('--host <address>', 'whom to serve: by default this machine alone', '127.0.0.1')
    .addHelpText('after', `\nExample:\n  npx faultline serve --port 8080\n${exitCodesHelp}`)
    .action(async (options: ServeOptions) => {
      session.code = await serve(options, session);
    });
}

/** A server of exactly these files; it reads nothing while it runs. */
export function createSiteServer(files: ReadonlyMap<string, SiteFile>): Server {
  const server = createServer((request, response) => answer(files, request, response));
  // What is no HTTP gets an answer with the same headers, and not Node's bare one.
  server.on('clientError', (_, socket) => {
    if (!socket.writable) return;
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 400 Bad Request\r\n${lines.join('')}\r\n`);
  });
  return server;
}

async function serve({ port, host }: ServeOptions, { io }: Session): Promise<number> {
  const server = createSiteServer(siteFiles());
  const interrupt = io.interruptible();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new OutputError(whyNot(error, host, port))));
      server.listen(port, host, resolve);
    });
    const { port: taken } = server.address() as AddressInfo;
    const name = host.includes(':') ? `[${host}]` : host;
    if (!isOwnMachine(host)) io.err(`Everybody who reaches ${host} can open the app.\n`);
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

function whyNot(error: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `cannot listen on ${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where}: something else listens there; choose another port, or --port 0 for any that is free`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${where}: --host: expected an address of this machine, such as 127.0.0.1 or 0.0.0.0`;
    case 'EACCES':
      return `${where}: not allowed; ports below 1024 belong to the system`;
    default:
      return `${where}: ${error.message}`;
  }
}

function isOwnMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
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
    const all = {
      ...headers,
      'content-type': 'text/plain; charset=utf-8',
      ...(code === 405 ? { allow: 'GET, HEAD' } : {}),
    };
    response.writeHead(code, all).end(`${text}\n`);
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
