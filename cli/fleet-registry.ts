// What the machines of a fleet know of each other, in Redis: which campaigns are on, kept alive by whoever runs them, and which
// workers refuse one. Everything expires by itself, so that nothing stays of who died. The seeds themselves go through queues.
import { z } from 'zod';
import type { Plan } from '../fuzz/index.ts';
import { codeDigest, scenarioDigest } from './fleet-digest.ts';
import { whileThere, type Fleet } from './fleet-connection.ts';
import { scenarioFileOf } from './scenario-source.ts';
import { packageVersion } from './version.ts';

/** A campaign as workers see it: what they need to run its seeds, and to tell whether they are the right ones. */
export interface Announcement {
  readonly id: string;
  readonly scenario: string;
  /** How a worker finds the scenario: its name, or `path#name` from the folder where the worker was started. */
  readonly reference: string;
  readonly plan: Plan;
  readonly watchdogMs: number;
  /** Where it was begun. */
  readonly host: string;
  readonly version: string;
  readonly code: string;
  /** Of the scenario file; null where it comes from Faultline itself. */
  readonly file: string | null;
}

/** Enough to refuse what another version says otherwise; of the same code the rest is as it should be. */
const announcementSchema = z.looseObject({
  ...{ id: z.string(), scenario: z.string(), host: z.string(), version: z.string() },
});

/** All keys begin so, in whatever database the address names. */
export const prefix = 'faultline';
const leaseMs = 15_000;
const campaigns = `${prefix}:campaigns`;
const over = 'over';

export function queueName(id: string): string {
  return `seeds-${id}`;
}

const announcementKey = (id: string): string => `${prefix}:campaign:${id}`;
const refusalsKey = (id: string): string => `${prefix}:refusals:${id}`;

/** Says that the campaign is on; for longer than 15 seconds only if it is said again. */
export async function announce({ redis }: Fleet, announcement: Announcement): Promise<void> {
  const { id } = announcement;
  await redis.multi().set(announcementKey(id), JSON.stringify(announcement), 'PX', leaseMs).sadd(campaigns, id).exec();
}

/** Says that the campaign is over, and takes its ranges away; what is left where the server is away is swept by others. */
export async function withdraw(fleet: Fleet, id: string): Promise<void> {
  const { redis } = fleet;
  const going = redis
    .multi()
    .set(announcementKey(id), over, 'PX', 5_000)
    .del(refusalsKey(id))
    .exec()
    .then(() => removeQueue(fleet, id))
    .then(() => redis.srem(campaigns, id));
  await whileThere(fleet, going);
}

/** A campaign that is on, one that is over or cannot be read, or undefined when nobody says anything of it. */
export async function readAnnouncement({ redis }: Fleet, id: string): Promise<Announcement | 'over' | undefined> {
  const text = await redis.get(announcementKey(id));
  if (text === null) return undefined;
  if (text === over) return over;
  const parsed = announcementSchema.safeParse(jsonOf(text));
  return parsed.success ? (parsed.data as unknown as Announcement) : over;
}

/** The campaigns that are on. Sweeps away what is left of those whose machine died. */
export async function listCampaigns(fleet: Fleet): Promise<readonly Announcement[]> {
  const { redis } = fleet;
  const ids = (await redis.smembers(campaigns)).sort();
  const found: Announcement[] = [];
  for (const id of ids) {
    const announcement = await readAnnouncement(fleet, id);
    if (announcement === undefined) {
      await removeQueue(fleet, id);
      await redis.srem(campaigns, id);
    } else if (announcement !== over) found.push(announcement);
  }
  return found;
}

/** Why this machine must not run the seeds of a campaign, in a sentence; undefined when it may. */
export function misfitOf({ version, code, file, reference }: Announcement): string | undefined {
  const own = packageVersion();
  if (version !== own) return `it was begun by faultline ${version}, this is ${own}: install the same version on both`;
  if (code !== codeDigest()) {
    return `both are faultline ${own}, but their code differs (${code} there, ${codeDigest()} here): install the same package on both`;
  }
  const path = scenarioFileOf(reference);
  if (path === undefined) return undefined;
  const digest = scenarioDigest(path);
  if (digest === undefined) {
    return `there is no file ${path} here (looked for from ${process.cwd()}): it must be on every worker, at the same path`;
  }
  if (digest === file) return undefined;
  return `${path}, or what it imports, differs (${file} there, ${digest} here): copy the same files to both`;
}

/** Leaves word that a worker does not serve a campaign. */
export async function refuse({ redis }: Fleet, id: string, worker: string, reason: string): Promise<void> {
  await redis.multi().hset(refusalsKey(id), worker, reason).pexpire(refusalsKey(id), leaseMs).exec();
}

/** The workers that refuse the campaign, and why. */
export async function readRefusals({ redis }: Fleet, id: string): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(await redis.hgetall(refusalsKey(id))));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Takes away what the queue of a campaign that is not on has left: whoever still listens to it may leave something once more. */
export async function sweep(fleet: Fleet, id: string): Promise<void> {
  const state = await readAnnouncement(fleet, id);
  if (state === undefined || state === over) await removeQueue(fleet, id);
}

async function removeQueue({ redis, queues }: Fleet, id: string): Promise<void> {
  const queue = new queues.Queue(queueName(id), {
    connection: redis,
    prefix,
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  queue.on('error', () => {});
  await queue.obliterate({ force: true, count: 10_000 });
  await queue.close();
}
