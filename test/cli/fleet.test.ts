// `fuzz --fleet` and `worker`: campaigns on a Redis server of the test's own, and everything that dies on the way.
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectFleet } from '../../cli/fleet-connection.ts';
import { codeDigest } from '../../cli/fleet-digest.ts';
import { prefix, queueName, type Announcement } from '../../cli/fleet-registry.ts';
import { CampaignServer } from '../../cli/fleet-server.ts';
import { packageVersion } from '../../cli/version.ts';
import { faultline, faultlineJson } from './command.ts';
import {
  cleanedUp,
  hasRedis,
  otherVersion,
  project,
  rangesUnderWay,
  start,
  startRedis,
  type Command,
} from './fleet.ts';

const broken = 'ping-pong-late-pong';
const fuzz = ['fuzz', './mine.ts', '--no-shrink', '--json'];

describe.skipIf(!hasRedis)('a fleet', { timeout: 300_000 }, () => {
  test('gives the reports that one machine gives, also two at a time, and leaves nothing on the server', async () => {
    const [server, folder] = [await startRedis(), project()];
    const workers = [1, 2].map(() => start(folder, 'worker', '--fleet', server.url, '--workers', '1'));
    const orders = [
      [broken, '--seeds', '70', '--start', '7', '--shard', '2/3'],
      ['ping-pong', '--seeds', '25', '--set', 'clients=2', '--until', '2s'],
      [broken, '--seeds', '500', '--until-failure'],
    ];
    const report = async (order: readonly string[]): Promise<object> => {
      const { code, document } = await faultlineJson<object>('fuzz', ...order, '--no-shrink');
      return { code, ...document, elapsedMs: 0 };
    };
    const together = orders.map((order) => report([...order, '--fleet', server.url]));
    for (const [place, order] of orders.entries()) expect(await together[place]).toEqual(await report(order));
    await Promise.any(workers.map((worker) => worker.says(/ping-pong of \S+: over, \d+ seeds? run here/)));
    for (const { child } of workers) child.kill('SIGTERM');
    const ended = await Promise.all(workers.map((worker) => worker.ended));
    expect(ended.map(({ code }) => code)).toEqual([130, 130]);
    expect(await cleanedUp(server, 10_000)).toEqual([]);
  });

  test('does again what a worker had begun that is killed or interrupted, and what a server has forgotten', async () => {
    const [server, folder] = [await startRedis(), project(150)];
    const alone = start(folder, ...fuzz, '--seeds', '60', '--workers', '2');
    const workers = [1, 2].map(() => start(folder, 'worker', '--fleet', server.url, '--workers', '1'));
    const [one, other] = workers;
    await Promise.all(workers.map((worker) => worker.says('1 thread for')));
    const together = start(folder, ...fuzz, '--seeds', '60', '--fleet', server.url);
    await rangesUnderWay(server, 2);
    one!.child.kill('SIGKILL');
    await server.kill();
    await together.says('trying for a minute');
    await server.restart();
    await together.says('there again');
    await rangesUnderWay(server, 1);
    other!.child.kill('SIGINT');
    expect(await other!.ended).toMatchObject({ code: 130 });
    const last = start(folder, 'worker', '--fleet', server.url, '--workers', '2', '--once');
    expect(await reportOf(together)).toEqual(await reportOf(alone));
    expect(await last.ended).toMatchObject({ code: 0 });
    expect(await cleanedUp(server, 10_000)).toEqual([]);
  });

  test('serves a campaign that it began to serve while the server was away', async () => {
    const server = await startRedis();
    const fleet = await connectFleet(server.url, (text) => expect.fail(text));
    onTestFinished(() => fleet.close());
    await server.kill();
    const announcement: Announcement = {
      ...{ id: '1', scenario: 'ping-pong', reference: 'ping-pong', watchdogMs: 60_000, host: 'here' },
      ...{ plan: { start: 1, stride: 1, parameters: {} }, version: packageVersion(), code: codeDigest(), file: null },
    };
    const worker = new CampaignServer(fleet, announcement, {
      name: 'worker',
      threads: 1,
      onRefuse: (reason) => expect.fail(reason),
    });
    // Long enough for a first attempt to connect that fails.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.restart();
    const queue = new fleet.queues.Queue(queueName('1'), { connection: fleet.redis, prefix, skipVersionCheck: true });
    await queue.add('range', { from: 0, to: 3 });
    await expect.poll(() => worker.seeds, { timeout: 60_000 }).toBe(3);
    await expect.poll(() => queue.getCompletedCount(), { timeout: 60_000 }).toBe(1);
    await worker.close();
  });

  test('forgets a campaign whose machine is killed, and ends one that is interrupted at once', async () => {
    const [server, folder] = [await startRedis(), project(300)];
    const worker = start(folder, 'worker', '--fleet', server.url, '--workers', '1');
    await worker.says('1 thread for');
    const [killed, interrupted] = [1, 2].map(() => start(folder, ...fuzz, '--seeds', '10000', '--fleet', server.url));
    await rangesUnderWay(server, 2);
    killed!.child.kill('SIGKILL');
    await interrupted!.says('failing');
    interrupted!.child.kill('SIGINT');
    const { code, out } = await interrupted!.ended;
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ ended: 'interrupted', verdict: 'invalid', planned: 10_000 });
    await worker.says(/(mine of \S+: over[^]*){2}/);
    expect(await cleanedUp(server, 10_000)).toEqual([]);
    worker.child.kill('SIGTERM');
    expect((await worker.ended).code).toBe(130);
  });

  test('loses no more than the seed whose run never ends, or takes its thread down', async () => {
    const [server, folder] = [await startRedis(), project()];
    const order = ['fuzz', './odd.ts', '--no-shrink', '--json', '--seeds', '12', '--watchdog', '4s'];
    const worker = start(folder, 'worker', '--fleet', server.url, '--workers', '2', '--once');
    const together = await start(folder, ...order, '--fleet', server.url).ended;
    expect(together.code).toBe(3);
    expect(JSON.parse(together.out)).toMatchObject({
      ...{ seeds: 12, lost: 2, ended: 'finished' },
      failures: [
        { seed: '2', verdict: 'unknown', findings: [{ name: 'a run ends' }] },
        { seed: '3', verdict: 'unknown', findings: [{ name: 'a run lets its thread live' }] },
      ],
    });
    expect(await worker.ended).toMatchObject({ code: 0 });
  });

  test('refuses workers of another version, without the file, or with another one, and goes on with the right one', async () => {
    const [server, folder] = [await startRedis(), project()];
    const worker = ['worker', '--fleet', server.url, '--once'];
    const together = start(folder, ...fuzz, '--seeds', '10', '--fleet', server.url);
    const wrong = [
      [start(project(0, 'another story'), ...worker), /mine\.ts, or what it imports, differs \(\w+ there, \w+ here\)/],
      [start('/', ...worker), /there is no file \.\/mine\.ts here \(looked for from \/\)/],
      [
        start({ folder, program: otherVersion('99.0.0') }, ...worker),
        /faultline \d\S+, this is 99\.0\.0: install the same/,
      ],
    ] as const;
    for (const [{ ended }, reason] of wrong) {
      const { code, err } = await ended;
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(/error: refuses mine of /) });
      expect(err).toMatch(reason);
    }
    for (const sentence of ['differs (', 'there is no file', 'this is 99.0.0']) await together.says(sentence);
    const right = start(folder, ...worker);
    expect(await together.ended).toMatchObject({ code: 1 });
    expect(await right.ended).toMatchObject({ code: 0 });
  });

  test('is not there, or does not let in, in one sentence each', async () => {
    const server = await startRedis('--requirepass', 'right');
    const open = await startRedis();
    const cases = [
      ['http://127.0.0.1', 2, '--fleet: expected redis://host:6379'],
      ['redis://127.0.0.1:1', 5, 'nothing listens at redis://127.0.0.1:1'],
      [server.url, 5, 'wants a password'],
      [server.url.replace('//', '//:wrong@'), 5, 'refuses the user or the password'],
      [`${open.url}/77`, 5, 'there is no such database'],
    ] as const;
    for (const [url, code, sentence] of cases) {
      for (const command of [['fuzz', broken], ['worker']]) {
        const outcome = await faultline(...command, '--fleet', url);
        expect(outcome).toEqual({ code, out: '', err: expect.stringContaining(sentence) });
        expect(outcome.err).not.toMatch(/wrong@|\n +at /);
      }
    }
    const { document } = await faultlineJson('fuzz', broken, '--fleet', 'redis://127.0.0.1:1');
    expect(document).toMatchObject({ error: { type: 'fleet' } });
  });
});

test.each([
  ['--guided', 'what it tries next depends on what the same thread has found before'],
  ['--workers=2', 'say it to each `faultline worker`'],
])('%s does not go with a fleet', async (option, reason) => {
  const { code, err } = await faultline('fuzz', broken, '--fleet', 'redis://127.0.0.1:1', option);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(reason) });
});

/** What a campaign printed, but for the time that it took. */
async function reportOf({ ended }: Command): Promise<object> {
  const { code, out, err } = await ended;
  expect({ code, err }).toMatchObject({ code: 1 });
  return { ...(JSON.parse(out) as object), elapsedMs: 0 };
}
