// `faultline serve`: whom it serves, what it serves and nothing else, and how it ends. The requests of an attacker are tried
// on a careless server as well, so that it is known that they would find something.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../../cli/program.ts';
import { createSiteServer } from '../../cli/serve.ts';
import type { SiteFile } from '../../viz/assets.ts';
import { faultline, outcomeOf, startFaultline, temporaryFolder, testIo } from './command.ts';

const file = (text: string): SiteFile => ({ type: 'text/plain; charset=utf-8', content: Buffer.from(text) });
const site = new Map([
  ['/index.html', file('the page')],
  ['/timeline.js', file('the script')],
]);
const secret = 'nobody may read this';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends bytes as they are, which no well-behaved client would, and reads the whole answer. */
function send(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    socket.on('close', () => resolve(answer)).on('error', () => resolve(answer));
  });
}

const get = (port: number, path: string): Promise<string> =>
  send(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);

const climbs = [
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2e%2e%2fsecret.txt',
  '//../secret.txt',
  '/./../secret.txt',
  '/a/../../secret.txt',
  '/link.txt',
  '/folder/secret.txt',
  '/index.html/../../secret.txt',
  '/..%5csecret.txt',
  '/..%c0%afsecret.txt',
  '/index.html%00/../../secret.txt',
  '/%252e%252e/secret.txt',
  '/constructor',
  '/__proto__',
];

test('serves its files by their names, and what is no file of it not at all', async () => {
  const port = await listen(createSiteServer(site));
  expect(await get(port, '/')).toContain('the page');
  expect(await get(port, '/index.html?x=1')).toContain('the page');
  expect(await get(port, '/timeline.js')).toContain('the script');
  expect(await send(port, 'HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).not.toContain('the page');
  const refused = await send(port, 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\ncontent-length: 0\r\n\r\n');
  expect(refused).toMatch(/^HTTP\/1.1 405 [^]*allow: GET, HEAD/i);
});

test('nobody climbs out of it, by dots, codes, links or null bytes', async () => {
  const port = await listen(createSiteServer(site));
  for (const path of climbs) expect(await get(port, path)).toMatch(/^HTTP\/1.1 (?:404|400) /);
  // The partner: a server that joins paths lets some of them out.
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'site'));
  writeFileSync(join(folder, 'secret.txt'), secret);
  writeFileSync(join(folder, 'site/index.html'), 'the page');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'site/link.txt'));
  symlinkSync(folder, join(folder, 'site/folder'));
  const careless = createServer((request, response) => {
    try {
      response.end(readFileSync(join(folder, 'site', decodeURIComponent(request.url ?? '/'))));
    } catch {
      response.writeHead(404).end();
    }
  });
  const found: string[] = [];
  const carelessPort = await listen(careless);
  for (const path of climbs) if ((await get(carelessPort, path)).includes(secret)) found.push(path);
  expect(found).toEqual(
    expect.arrayContaining(['/../secret.txt', '/..%2fsecret.txt', '/link.txt', '/folder/secret.txt']),
  );
});

test('tells browsers with every answer that nothing of anybody else may run', async () => {
  const port = await listen(createSiteServer(site));
  const answers = [
    await get(port, '/'),
    await get(port, '/nothing'),
    await send(port, 'DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    await send(port, 'this is no HTTP\r\n\r\n'),
    await send(port, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
  ];
  expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['200', '404', '405', '400', '400']);
  for (const answer of answers) {
    expect(answer).toMatch(/content-security-policy: default-src 'none'; script-src 'self';/i);
    expect(answer).toMatch(/x-content-type-options: nosniff/i);
    expect(answer).not.toMatch(/unsafe-|access-control-allow/i);
  }
});

test('listens on this machine alone, and says so when it is told otherwise', async () => {
  const said = async (...argv: string[]): Promise<{ out: string; err: string; code: number }> => {
    let out = '';
    let err = '';
    const stop = new AbortController();
    const io = {
      ...testIo(
        (text) => {
          out += text;
          stop.abort();
        },
        (text) => (err += text),
      ),
      interruptible: () => ({ signal: stop.signal, release: () => {} }),
    };
    const code = await runCli(['serve', '--port', '0', ...argv], io);
    return { out, err, code };
  };
  expect(await said()).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/http:\/\/127\.0\.0\.1:\d+\/\n/) });
  expect(await said('--host', '0.0.0.0')).toMatchObject({ code: 0, err: expect.stringContaining('Everybody') });
});

test('a port that is taken, no port at all and an address of another machine are refused in words', async () => {
  const port = await listen(createServer());
  expect(await faultline('serve', '--port', String(port))).toEqual({
    code: 2,
    out: '',
    err: `error: cannot listen on 127.0.0.1:${port}: something else listens there; choose another port, or --port 0 for any that is free\n`,
  });
  const noPort = await faultline('serve', '--port', '70000');
  expect(noPort).toMatchObject({ code: 2, err: expect.stringContaining('from 0 to 65535, found "70000"') });
  const elsewhere = await faultline('serve', '--port', '0', '--host', '192.0.2.1');
  expect(elsewhere).toMatchObject({
    code: 2,
    err: expect.stringContaining('--host: expected an address of this machine'),
  });
});

test('Ctrl+C ends it with 0, and its address answers until then', async () => {
  const child = startFaultline(temporaryFolder(), 'serve', '--port', '0');
  const ended = outcomeOf(child);
  const address = await new Promise<string>((resolve) => {
    child.stdout!.on('data', (text: string) => {
      const found = /http:\S+/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
  expect((await fetch(address)).status).toBe(200);
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 0, err: '' });
  await expect(fetch(address)).rejects.toThrow();
}, 60_000);
