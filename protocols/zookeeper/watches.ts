// Watches of one server: who wants to hear of which path. One-shot watches on data (also of nodes that do not exist yet) and
// on children; persistent ones on a path, or on a path and all below it (WatchManager).
import type { Change } from './types.ts';

export type WatchEventType = 'NodeCreated' | 'NodeDeleted' | 'NodeDataChanged' | 'NodeChildrenChanged';

export interface WatchEvent {
  readonly type: WatchEventType;
  readonly path: string;
}

export type WatchKind = 'data' | 'child' | 'persistent' | 'recursive';

/** By kind and path: the watchers, which are connections, in the order in which they came. */
export type WatchTable = { [kind in WatchKind]: { [path: string]: string[] } };

export interface Notification {
  readonly watcher: string;
  readonly event: WatchEvent;
}

export function emptyWatches(): WatchTable {
  return { data: {}, child: {}, persistent: {}, recursive: {} };
}

export function addWatch(table: WatchTable, kind: WatchKind, path: string, watcher: string): void {
  const watchers = (table[kind][path] ??= []);
  if (!watchers.includes(watcher)) watchers.push(watcher);
}

/** Whether the watcher had such a watch. */
export function hasWatch(table: WatchTable, kind: WatchKind, path: string, watcher: string): boolean {
  return watchersOf(table, kind, path).includes(watcher);
}

/** Whether there was one to remove. */
export function removeWatch(table: WatchTable, kind: WatchKind, path: string, watcher: string): boolean {
  if (!hasWatch(table, kind, path, watcher)) return false;
  const left = watchersOf(table, kind, path).filter((other) => other !== watcher);
  if (left.length === 0) delete table[kind][path];
  else table[kind][path] = left;
  return true;
}

/** Forgets a connection that is closed. */
export function removeWatcher(table: WatchTable, watcher: string): void {
  for (const kind of Object.keys(table) as WatchKind[]) {
    for (const path of Object.keys(table[kind])) removeWatch(table, kind, path, watcher);
  }
}

/** Fires the watches that a change concerns, in the order of the server, and uses up those that fire once. */
export function trigger(table: WatchTable, change: Change): Notification[] {
  const { path } = change;
  const parent = path.slice(0, path.lastIndexOf('/')) || '/';
  switch (change.type) {
    case 'created':
      return [...fireData(table, path, 'NodeCreated'), ...fireChild(table, parent, 'NodeChildrenChanged', [])];
    case 'changed':
      return fireData(table, path, 'NodeDataChanged');
    case 'deleted': {
      const told = fireData(table, path, 'NodeDeleted');
      const others = fireChild(
        table,
        path,
        'NodeDeleted',
        told.map(({ watcher }) => watcher),
      );
      return [...told, ...others, ...fireChild(table, parent, 'NodeChildrenChanged', [])];
    }
  }
}

function fireData(table: WatchTable, path: string, type: WatchEventType): Notification[] {
  const once = take(table, 'data', path);
  const always = watchersOf(table, 'persistent', path);
  const above = ancestorsOf(path).flatMap((ancestor) => watchersOf(table, 'recursive', ancestor));
  return notify([...once, ...always, ...above], { type, path });
}

/** Watches on a subtree hear of the created or deleted node itself, so not of its parent's children. */
function fireChild(table: WatchTable, path: string, type: WatchEventType, told: readonly string[]): Notification[] {
  const once = take(table, 'child', path);
  const always = watchersOf(table, 'persistent', path);
  const watchers = [...once, ...always].filter((watcher) => !told.includes(watcher));
  return notify(watchers, { type, path });
}

function notify(watchers: readonly string[], event: WatchEvent): Notification[] {
  return [...new Set(watchers)].map((watcher) => ({ watcher, event }));
}

function take(table: WatchTable, kind: WatchKind, path: string): readonly string[] {
  const watchers = watchersOf(table, kind, path);
  if (watchers.length > 0) delete table[kind][path];
  return watchers;
}

function watchersOf(table: WatchTable, kind: WatchKind, path: string): readonly string[] {
  return Object.hasOwn(table[kind], path) ? table[kind][path]! : [];
}

/** The path, its parent, and so on up to the root. */
function ancestorsOf(path: string): string[] {
  const ancestors = [path];
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) ancestors.push(path.slice(0, at));
  if (path !== '/') ancestors.push('/');
  return ancestors;
}
