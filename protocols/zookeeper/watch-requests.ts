// How watches are set: by reads that ask for one, by a client that comes back with those it had, and for good.
import { sendOn } from './connections.ts';
import type { ServiceRequest, SetWatches, WatcherType } from './messages.ts';
import { nodeAt } from './tree.ts';
import { treeOf, type Connection, type Server, type ServerContext, type ServerState } from './server-types.ts';
import type { ReadRequest, Result } from './types.ts';
import { addWatch, hasWatch, removeWatch, type WatchEvent, type WatchKind, type WatchTable } from './watches.ts';

type WatchRequest = Extract<ServiceRequest, { type: 'setWatches' | 'addWatch' | 'checkWatches' | 'removeWatches' }>;

export function isWatchRequest(request: ServiceRequest): request is WatchRequest {
  const { type } = request;
  return type === 'setWatches' || type === 'addWatch' || type === 'checkWatches' || type === 'removeWatches';
}

/** A watch of a read: on a missing node only `exists` leaves one, and what was refused leaves none. */
export function setWatchesOf(table: WatchTable, watcher: string, request: ReadRequest, { error }: Result): void {
  if (!('watch' in request) || !request.watch) return;
  const { type, path } = request;
  if (type === 'exists' ? error === 'OK' || error === 'NoNode' : error === 'OK') {
    addWatch(table, type === 'exists' || type === 'getData' ? 'data' : 'child', path, watcher);
  }
}

export function answerWatchRequest(
  server: Server,
  state: ServerState,
  connection: Connection,
  request: WatchRequest,
  ctx: ServerContext,
): Result {
  const { watches } = state;
  const { name } = connection;
  switch (request.type) {
    case 'setWatches':
      for (const event of restoreWatches(server, state, name, request)) {
        sendOn(connection, { type: 'Event', event, zxid: server.zab.status(state).lastApplied }, ctx);
      }
      return { error: 'OK' };
    case 'addWatch':
      addWatch(watches, request.mode, request.path, name);
      return { error: 'OK' };
    case 'checkWatches': {
      const isThere = kindsOf(request.kind).some((kind) => hasWatch(watches, kind, request.path, name));
      return { error: isThere ? 'OK' : 'NoWatcher' };
    }
    case 'removeWatches': {
      const removed = kindsOf(request.kind).filter((kind) => removeWatch(watches, kind, request.path, name));
      return { error: removed.length > 0 ? 'OK' : 'NoWatcher' };
    }
  }
}

function kindsOf(kind: WatcherType): readonly WatchKind[] {
  switch (kind) {
    case 'children':
      return ['child'];
    case 'data':
    case 'persistent':
    case 'recursive':
      return [kind];
    case 'any':
      return ['child', 'data', 'persistent', 'recursive'];
  }
}

/** Sets the watches up again; those whose node has changed meanwhile fire at once (DataTree.setWatches). */
function restoreWatches(server: Server, state: ServerState, watcher: string, asked: SetWatches): WatchEvent[] {
  const tree = treeOf(state);
  const { isMissed } = server.rules;
  const events: WatchEvent[] = [];
  const restore = (kind: WatchKind, path: string, missed: WatchEvent['type'] | undefined): void => {
    if (missed === undefined) addWatch(state.watches, kind, path, watcher);
    else events.push({ type: missed, path });
  };
  for (const path of asked.data) {
    const node = nodeAt(tree, path);
    const isChanged = node !== undefined && isMissed(node.mzxid, asked.relativeZxid);
    restore('data', path, node === undefined ? 'NodeDeleted' : isChanged ? 'NodeDataChanged' : undefined);
  }
  for (const path of asked.exists) restore('data', path, nodeAt(tree, path) === undefined ? undefined : 'NodeCreated');
  for (const path of asked.child) {
    const node = nodeAt(tree, path);
    const isChanged = node !== undefined && isMissed(node.pzxid, asked.relativeZxid);
    restore('child', path, node === undefined ? 'NodeDeleted' : isChanged ? 'NodeChildrenChanged' : undefined);
  }
  for (const path of asked.persistent) addWatch(state.watches, 'persistent', path, watcher);
  for (const path of asked.recursive) addWatch(state.watches, 'recursive', path, watcher);
  return events;
}
