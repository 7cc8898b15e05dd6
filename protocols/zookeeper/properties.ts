// What the service guarantees beyond Zab, judged where it shows: in the order of zxids that clients are answered with, and
// in the trees of the servers.
import { alwaysOn, sometimesNoted, type Property, type Touch } from '../../sim/index.ts';
import type { ServerState } from './server-types.ts';
import type { Tree } from './tree.ts';

/** The properties of an ensemble; clients must note `answered` for the first two. */
export function serviceProperties(): Property[] {
  return [
    singleOrder(),
    singleSystemImage(),
    sameTrees(),
    clientOrder(),
    ephemeralsHaveSessions(),
    oneConnection(),
    takenUpSessions(),
    sessionsHaveOneClient(),
    sometimesNoted('session expires', 'the leader lets a session expire'),
    sometimesNoted('client refused', 'a server refuses a client that has seen more'),
  ];
}

interface Answered {
  readonly session: number;
  readonly zxid: number;
  readonly path: string;
  readonly mzxid: number;
  readonly data: string | null;
}

/**
 * All that clients are answered fits one order, that of the zxids: a read at a zxid shows the last write up to it. With
 * single system image this is sequential consistency, with its witness.
 */
export function singleOrder(): Property {
  const about = 'every read shows the last write before the zxid that it was answered with';
  return alwaysOn(['answered'], 'single order', about, () => {
    const paths = new Map<string, { readonly writes: Map<number, string | null>; readonly reads: Answered[] }>();
    return (_view, { note }) => {
      const { path, mzxid, data, zxid, session } = dataOf<Answered>(note);
      if (path === '') return undefined;
      const known = paths.get(path) ?? { writes: new Map<number, string | null>(), reads: [] };
      paths.set(path, known);
      const before = known.writes.get(mzxid);
      if (before !== undefined && before !== data) return `${path} was ${before} and ${data} at ${mzxid}`;
      const isNewWrite = mzxid !== 0 && before === undefined;
      if (mzxid !== 0) known.writes.set(mzxid, data);
      const between = [...known.writes.keys()].find((write) => write > mzxid && write <= zxid);
      if (between !== undefined) {
        return `session ${session} read ${path} of ${mzxid} at ${zxid}, although it was written at ${between}`;
      }
      const passed = isNewWrite ? known.reads.find((read) => read.mzxid < mzxid && mzxid <= read.zxid) : undefined;
      known.reads.push({ path, mzxid, data, zxid, session });
      if (passed === undefined) return undefined;
      return `session ${passed.session} read ${path} of ${passed.mzxid} at ${passed.zxid}, although it was written at ${mzxid}`;
    };
  });
}

/** Once a client has seen a state, it never sees an older one, whatever server it is connected to. */
export function singleSystemImage(): Property {
  const about = 'no session goes back to an older state';
  return alwaysOn(['answered'], 'single system image', about, () => {
    const newest = new Map<number, number>();
    return (_view, { node, note }) => {
      const { session, zxid } = dataOf<Answered>(note);
      const before = newest.get(session) ?? 0;
      newest.set(session, Math.max(before, zxid));
      return zxid >= before ? undefined : `${node.id} was answered from ${zxid} after ${before}`;
    };
  });
}

/** No two clients are given the same session: whose session it is is all that a server knows of who asks. */
export function sessionsHaveOneClient(): Property {
  const about = 'no session is given to two clients';
  return alwaysOn(['answered'], 'sessions have one client', about, () => {
    const clients = new Map<number, string>();
    return (_view, { node, note }) => {
      const { session } = dataOf<Answered>(note);
      const client = `${node.id} in life ${node.incarnation}`;
      const known = clients.get(session) ?? client;
      clients.set(session, known);
      return known === client ? undefined : `session ${session} is that of ${known}, and answers ${client}`;
    };
  });
}

/** Servers that have applied the same transactions have the same tree. */
export function sameTrees(): Property {
  const about = 'two servers that have applied up to the same zxid have the same tree';
  return alwaysOn(['session opens', 'session closes'], 'same trees', about, () => {
    const seen = new Map<number, { readonly server: string; readonly text: string }>();
    return (_view, { node }) => {
      if (node.state === undefined || node.busy) return undefined;
      const { zab } = node.state as ServerState;
      const text = JSON.stringify(sorted(zab.machine as Tree));
      const other = seen.get(zab.lastApplied);
      seen.set(zab.lastApplied, { server: node.id, text });
      if (other === undefined || other.text === text) return undefined;
      return `${node.id} and ${other.server} have different trees at ${zab.lastApplied}`;
    };
  });
}

/** What one client asks for is carried out in the order in which it asked, over all its connections. */
export function clientOrder(): Property {
  const about = 'the writes of a session are applied in the order in which its client sent them';
  return alwaysOn(['applies'], 'FIFO client order', about, () => {
    const applied = new Map<number, { readonly cxid: number; readonly zxid: number }[]>();
    return (_view, { note }) => {
      const { session, cxid, zxid } = dataOf<{ session: number; cxid: number; zxid: number }>(note);
      const others = applied.get(session) ?? [];
      const wrong = others.find((other) => other.cxid < cxid !== other.zxid < zxid && other.cxid !== cxid);
      others.push({ cxid, zxid });
      applied.set(session, others);
      if (wrong === undefined) return undefined;
      return `request ${cxid} of session ${session} was applied at ${zxid}, and request ${wrong.cxid} at ${wrong.zxid}`;
    };
  });
}

/** A server has one connection of a session, none once that is closed, and none at all while it looks for a leader. */
export function oneConnection(): Property {
  const about =
    'a server has at most one connection of a session, none of a closed one, and none while it does not serve';
  return alwaysOn(
    ['attaches', 'session closes', 'gives-up'],
    'one connection',
    about,
    () =>
      (_view, { node, note }) => {
        const state = node.state as ServerState | undefined;
        const connections = Object.values(state?.connections ?? {});
        if (note?.kind === 'gives-up') {
          const isIdle = state?.zab.isActive !== true && connections.length > 0;
          return isIdle ? `${node.id} looks for a leader, and has ${connections.length} connections` : undefined;
        }
        const { session } = dataOf<{ session: number }>(note);
        // Who has only asked to take the session up may have come since, and will be refused.
        const count = connections.filter((each) => each.session === session && each.phase !== 'revalidating').length;
        if (count <= (note?.kind === 'attaches' ? 1 : 0)) return undefined;
        return `${node.id} has ${count} connections of session ${session} when it ${note?.kind}`;
      },
  );
}

interface Revalidation {
  readonly session: number;
  readonly owner: string;
  readonly takenFrom: string;
  readonly isOpen: boolean;
}

/** The leader lets a client take up a session that is open, and from then on only where that client is now. */
export function takenUpSessions(): Property {
  const about = 'a session is taken up again only while it is open, and moves to the server that asks';
  return alwaysOn(['revalidates'], 'sessions taken up', about, () => (_view, { node, note }) => {
    // Told by the note: when it is judged the leader may have restarted, or the session moved on.
    const { session, owner, takenFrom, isOpen } = dataOf<Revalidation>(note);
    if (!isOpen) return `${node.id} lets a client take up session ${session}, which it has closed`;
    if (takenFrom === owner) return undefined;
    return `session ${session} is at ${owner} now, and ${node.id} waits for its requests from ${takenFrom}`;
  });
}

/** An ephemeral node is there only as long as its session, which knows it. */
export function ephemeralsHaveSessions(): Property {
  const about = 'the session of every ephemeral node is open';
  return alwaysOn(['session closes', 'applies'], 'ephemerals have sessions', about, () => (view, { node, note }) => {
    if (note?.kind === 'session closes') {
      const { session } = dataOf<{ session: number }>(note);
      const zab = (node.state as ServerState | undefined)?.zab;
      const own = zab?.machine as Tree | undefined;
      // Not of one that has started again meanwhile, and is not yet as far.
      if (zab?.isActive === true && own?.sessions[session] !== undefined)
        return `${node.id} still has session ${session}, which it has closed`;
    }
    for (const { id, state } of view.nodes) {
      const tree = (state as ServerState | undefined)?.zab?.machine as Tree | undefined;
      for (const [session, paths] of Object.entries(tree?.ephemerals ?? {})) {
        if (tree?.sessions[session] === undefined)
          return `${id} has ${paths.join(', ')} of session ${session}, which is closed`;
      }
      for (const [path, { owner }] of Object.entries(tree?.nodes ?? {})) {
        if (owner !== 0 && tree?.ephemerals[owner]?.includes(path) !== true)
          return `${id} has ${path} of session ${owner}, and will not delete it when that is closed`;
      }
    }
    return undefined;
  });
}

function sorted({ nodes, sessions, ephemerals }: Tree): unknown {
  const byKey = (record: object): unknown => Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1));
  return [byKey(nodes), byKey(sessions), byKey(ephemerals)];
}

/** What a note says, by the type of the note that the property listens to. */
function dataOf<T>(note: Touch['note']): T {
  if (note === undefined) throw new Error('a property that listens to notes was judged without one');
  return note.data as T;
}
