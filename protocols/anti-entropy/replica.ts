// Replicas that take writes on their own and compare what they have, now and then, with a random other: by a digest of all
// keys, or down a hash tree. Nothing is remembered between messages, so that any of them may be lost or come twice.
import { ms, type Context, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';
import { childrenOf, depth, hashEntry, hashTree, pathOf, type Entry } from './tree.ts';

type Version = readonly [key: string, time: number, writer: string];

export type AntiEntropyMessage =
  | { readonly type: 'put'; readonly key: string; readonly value: string | null; readonly serial: number }
  | { readonly type: 'done'; readonly serial: number }
  /** Hashes of some nodes of one level of the sender's tree. */
  | { readonly type: 'hashes'; readonly hashes: readonly (readonly [path: string, hash: number])[] }
  /** What the sender has of all keys. */
  | { readonly type: 'digest'; readonly versions: readonly Version[] }
  /** Entries for the receiver, and what the sender has of the keys concerned: whatever is newer is sent back. */
  | {
      readonly type: 'entries';
      readonly entries: readonly Entry[];
      readonly asks: readonly Version[];
      readonly paths: readonly string[];
    };

export interface AntiEntropy {
  state: { readonly entries: Map<string, Entry>; clock: number };
  message: AntiEntropyMessage;
  timer: 'compare';
  request: never;
  response: never;
}

/** The rules that convergence hangs on. */
export interface AntiEntropyRules {
  /** The later write counts; of two at the same time that of the greater writer. */
  isNewer(one: Entry, other: Entry): boolean;
  /** All that may differ is in the hash. */
  hashOf(entry: Entry): number;
  /** A deletion is kept as an entry, so that it can be told. */
  readonly keepsDeletions: boolean;
  /** Who receives a write knows of a later time from then on. */
  witness(own: number, heard: number): number;
}

export const antiEntropyRules: AntiEntropyRules = {
  isNewer: (one, other) => one.time > other.time || (one.time === other.time && one.writer > other.writer),
  hashOf: hashEntry,
  keepsDeletions: true,
  witness: (own, heard) => Math.max(own, heard),
};

export interface AntiEntropyOptions {
  readonly compares: 'merkle' | 'digest';
  readonly every?: Micros;
  readonly rules?: Partial<AntiEntropyRules>;
}

type Ctx = Context<AntiEntropy>;

export function antiEntropyReplica({
  compares,
  every = ms(200),
  rules: changed,
}: AntiEntropyOptions): Protocol<AntiEntropy> {
  const rules = { ...antiEntropyRules, ...changed };
  return {
    start(ctx) {
      ctx.setTimer('compare', 1 + ctx.random(every));
      const state: AntiEntropy['state'] = { entries: new Map(), clock: 0 };
      const { records, damage } = ctx.disk.read<never>('entries');
      if (damage !== undefined) ctx.disk.truncate('entries', damage.index);
      for (const entry of records as readonly Entry[]) keep(rules, state, entry);
      return state;
    },
    onMessage(state, from, message, ctx) {
      switch (message.type) {
        case 'put': {
          const { key, value, serial } = message;
          take(rules, state, { key, value, time: state.clock + 1, writer: ctx.id }, ctx);
          ctx.disk.sync();
          return ctx.send(from, { type: 'done', serial });
        }
        case 'digest':
          return answer(rules, state, from, [], message.versions, [...state.entries.values()], ctx);
        case 'hashes':
          return descend(rules, state, from, message.hashes, ctx);
        case 'entries': {
          for (const entry of message.entries) take(rules, state, entry, ctx);
          const mine = entriesUnder(state, message.paths);
          const newer = newerThan(rules, mine, message.asks);
          if (newer.length > 0) ctx.send(from, { type: 'entries', entries: newer, asks: [], paths: [] });
          return;
        }
        case 'done':
          return; // for clients
      }
    },
    onTimer(state, _timer, ctx) {
      ctx.setTimer('compare', every);
      const peer = ctx.peers[ctx.random(ctx.peers.length)] as NodeId;
      if (compares === 'digest')
        ctx.send(peer, { type: 'digest', versions: [...state.entries.values()].map(versionOf) });
      else
        ctx.send(peer, {
          type: 'hashes',
          hashes: [['', hashTree(state.entries.values(), (entry) => rules.hashOf(entry)).get('') ?? 0]],
        });
    },
  };
}

/** Below nodes that differ: the hashes of their children, or at the buckets what is in them. */
function descend(
  rules: AntiEntropyRules,
  state: AntiEntropy['state'],
  from: NodeId,
  theirs: readonly (readonly [string, number])[],
  ctx: Ctx,
): void {
  const tree = hashTree(state.entries.values(), (entry) => rules.hashOf(entry));
  const different = theirs.flatMap(([path, hash]) => ((tree.get(path) ?? 0) === hash ? [] : [path]));
  if (different.length === 0) return;
  if ((different[0] ?? '').length < depth) {
    const hashes = different.flatMap(childrenOf).map((path) => [path, tree.get(path) ?? 0] as const);
    return ctx.send(from, { type: 'hashes', hashes });
  }
  const entries = entriesUnder(state, different);
  ctx.send(from, { type: 'entries', entries, asks: entries.map(versionOf), paths: different });
}

/** Sends what is newer here, and asks for what is newer there. */
function answer(
  rules: AntiEntropyRules,
  state: AntiEntropy['state'],
  from: NodeId,
  paths: readonly string[],
  theirs: readonly Version[],
  mine: readonly Entry[],
  ctx: Ctx,
): void {
  const entries = newerThan(rules, mine, theirs);
  const older = theirs.some(([key, time, writer]) => {
    const own = state.entries.get(key);
    return own === undefined || rules.isNewer({ key, value: null, time, writer }, own);
  });
  if (entries.length > 0 || older)
    ctx.send(from, { type: 'entries', entries, asks: mine.map(versionOf), paths: paths.length > 0 ? paths : [''] });
}

function newerThan(rules: AntiEntropyRules, mine: readonly Entry[], theirs: readonly Version[]): Entry[] {
  const known = new Map(theirs.map(([key, time, writer]) => [key, { key, value: null, time, writer }]));
  return mine.filter((entry) => {
    const other = known.get(entry.key);
    return other === undefined || rules.isNewer(entry, other);
  });
}

function entriesUnder({ entries }: AntiEntropy['state'], paths: readonly string[]): Entry[] {
  return [...entries.values()].filter(({ key }) => paths.some((path) => pathOf(key).startsWith(path)));
}

function take(rules: AntiEntropyRules, state: AntiEntropy['state'], entry: Entry, ctx: Ctx): void {
  if (!keep(rules, state, entry)) return;
  ctx.disk.append('entries', { ...entry });
  ctx.note('taken', { key: entry.key, time: entry.time, writer: entry.writer });
}

function keep(rules: AntiEntropyRules, state: AntiEntropy['state'], entry: Entry): boolean {
  state.clock = rules.witness(state.clock, entry.time);
  const own = state.entries.get(entry.key);
  if (own !== undefined && !rules.isNewer(entry, own)) return false;
  if (entry.value === null && !rules.keepsDeletions) state.entries.delete(entry.key);
  else state.entries.set(entry.key, entry);
  return true;
}

const versionOf = ({ key, time, writer }: Entry): Version => [key, time, writer];

export interface AntiEntropyClient {
  state: { serial: number };
  message: AntiEntropyMessage;
  timer: never;
  request: Request;
  response: null;
}

/** Puts `[key, value]` at a random replica; a value of null deletes. */
export const antiEntropyClient: Protocol<AntiEntropyClient> = {
  // After a time-out it starts afresh, and late answers are to smaller numbers.
  start: (ctx) => ({ serial: ctx.monotonic() }),
  onRequest(state, request, ctx) {
    const [key, value] = request.value as [string, string | null];
    const replica = ctx.peers[ctx.random(ctx.peers.length)] as NodeId;
    ctx.send(replica, { type: 'put', key, value, serial: ++state.serial });
  },
  onMessage(state, _from, message, ctx) {
    if (message.type === 'done' && message.serial === state.serial) ctx.ok(null);
  },
};
