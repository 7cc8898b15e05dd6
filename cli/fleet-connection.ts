// The way to the Redis that holds a fleet together. Its packages are loaded only when somebody asks for a fleet, and whatever is
// wrong with the address or the server is said in one sentence.
import type * as bullmq from 'bullmq';
import type { Redis } from 'ioredis';
import { InputError } from '../sim/index.ts';

type Queues = typeof bullmq;

/** The fleet cannot be reached, does not let us in, or was lost on the way. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
}

export interface Fleet {
  readonly redis: Redis;
  readonly queues: Queues;
  /** The address without its password, for people. */
  readonly address: string;
  /** Milliseconds since the connection was lost; 0 while it stands. */
  lostMs(): number;
  /** Never throws, and does not wait for a server that is gone. */
  close(): void;
}

const patienceMs = 5_000;

/**
 * Connects to a Redis by its address, `redis://[user:password@]host[:port][/database]`, or `rediss://` with TLS.
 * @param warn hears of what may go wrong later
 * @throws InputError when it is no such address
 * @throws FleetError when there is nobody, or nobody who lets us in, or no Redis that can do it
 */
export async function connectFleet(address: string, warn: (text: string) => void): Promise<Fleet> {
  const shown = withoutPassword(address);
  assertAddress(address, shown);
  const { redis: Client, queues } = await loadPackages();
  let isOpen = false;
  let lostAt: number | undefined;
  const redis = new Client(address, {
    lazyConnect: true,
    connectTimeout: patienceMs,
    // Commands wait for a connection that comes back; whoever waits keeps an eye on `lostMs`.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isOpen ? Math.min(2_000, times * 100) : null),
  });
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => (lastError = error));
  redis.on('close', () => (lostAt ??= performance.now()));
  redis.on('ready', () => (lostAt = undefined));
  try {
    // A database that does not exist is refused by nothing else: the client would go on in the first one.
    const answer = redis
      .connect()
      .then(() => redis.select(redis.options.db ?? 0))
      .then(() => redis.info());
    answer.catch(() => {}); // it may come late
    const silence = `no answer within ${patienceMs / 1_000} s${shown.startsWith('rediss') ? '; does it speak TLS?' : ''}`;
    judgeServer(await within(patienceMs, answer, silence), shown, warn);
  } catch (error) {
    redis.disconnect();
    if (error instanceof FleetError) throw error;
    throw new FleetError(explain(lastError ?? (error as Error), shown));
  }
  isOpen = true;
  // Queues make connections of their own from this one's options: a lazy one gives up for good where its first attempt fails.
  redis.options.lazyConnect = false;
  return {
    ...{ redis, queues, address: shown },
    lostMs: () => (lostAt === undefined ? 0 : performance.now() - lostAt),
    close: () => redis.disconnect(),
  };
}

/** The promise's value, or an error with this message when it takes longer. */
export async function within<T>(milliseconds: number, promise: Promise<T>, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for what is asked of the server, but not long where it is away. Never throws. */
export async function whileThere(fleet: Pick<Fleet, 'lostMs'>, promise: Promise<unknown>): Promise<void> {
  await within(fleet.lostMs() > 0 ? 500 : 15_000, promise, 'the server is away').catch(() => {});
}

function withoutPassword(address: string): string {
  return address.replace(/(\/\/[^:/@]*):.*@/, '$1:…@');
}

function assertAddress(address: string, shown: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isFine =
    url !== undefined && /^rediss?:$/.test(url.protocol) && url.hostname !== '' && /^(\/\d{0,4})?$/.test(url.pathname);
  if (isFine) return;
  throw new InputError(
    `--fleet: expected redis://host:6379 (rediss:// with TLS; user:password@ before the host, /number of the database behind it), ` +
      `found ${JSON.stringify(shown)}`,
  );
}

/** Optional packages: who never uses a fleet may leave them out. */
async function loadPackages(): Promise<{ readonly redis: typeof Redis; readonly queues: Queues }> {
  try {
    const [{ Redis: client }, queues] = await Promise.all([import('ioredis'), import('bullmq')]);
    return { redis: client, queues };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new InputError('--fleet needs two packages that are not installed: npm install bullmq ioredis');
  }
}

/**
 * Refuses servers that cannot hold a fleet.
 * @param info what INFO answers
 * @throws FleetError
 */
export function judgeServer(info: string, address: string, warn: (text: string) => void): void {
  const value = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const version = value('redis_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (version === '') throw new FleetError(`${address} answers, but not as a Redis does`);
  if (major < leastVersion[0] || (major === leastVersion[0] && minor < leastVersion[1])) {
    throw new FleetError(`${address} is Redis ${version}: a fleet needs ${leastVersion.join('.')} or later`);
  }
  if (value('redis_mode') === 'cluster')
    throw new FleetError(`${address} is a Redis Cluster: a fleet needs a single server`);
  if (value('role') === 'slave') throw new FleetError(`${address} is a read-only replica: a fleet needs the primary`);
  const policy = value('maxmemory_policy');
  if (value('maxmemory') !== '0' && policy !== '' && policy !== 'noeviction') {
    warn(
      `warning: ${address} throws data away when its memory is full (${policy}): ranges may be lost and run again\n`,
    );
  }
}

/** What the queues' scripts were written for. */
const leastVersion = [6, 2] as const;

function explain({ message, ...error }: Error & { code?: string }, address: string): string {
  const code = error.code ?? '';
  if (/^(WRONGPASS|ERR invalid password)/.test(message))
    return `${address} refuses the user or the password: ${message}`;
  if (message.startsWith('NOAUTH')) return `${address} wants a password: redis://:password@host:port`;
  if (message.includes('DB index')) return `${address}: there is no such database: ${message}`;
  if (/RESP|Protocol error/i.test(message)) return `what answers at ${address} is no Redis`;
  if (message.startsWith('NOPERM')) return `${address} does not let this user in far enough: ${message}`;
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at ${address}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${address}: there is no such host`;
    default:
      return `cannot connect to ${address}: ${message.split('\n')[0]}`;
  }
}
