// Which watches a client has, so that it can set them again on another server, and knows which are used up.
import type { ErrorName } from '../errors.ts';
import type { ServiceRequest, SetWatches, WatcherType } from '../messages.ts';
import type { WatchEvent } from '../watches.ts';
import type { SessionState, WatchList } from './types.ts';

/** A request with a watch was answered: it is set where the answer says so (ZKWatchManager, WatchRegistration). */
export function noteWatch({ watches }: SessionState, request: ServiceRequest, error: ErrorName): void {
  const add = (list: WatchList, path: string): void => {
    if (!watches[list].includes(path)) watches[list].push(path);
  };
  if ('watch' in request && request.watch) {
    if (request.type === 'exists') {
      if (error === 'OK') add('data', request.path);
      else if (error === 'NoNode') add('exists', request.path);
    } else if (error === 'OK') add(request.type === 'getData' ? 'data' : 'child', request.path);
  }
  if (error !== 'OK') return;
  if (request.type === 'addWatch') add(request.mode, request.path);
  if (request.type === 'removeWatches') {
    for (const list of listsOf(request.kind)) drop(watches, list, request.path);
  }
}

/** An event came: the one-shot watches that it used up are gone. */
export function takeWatches({ watches }: SessionState, { type, path }: WatchEvent): void {
  switch (type) {
    case 'NodeCreated':
    case 'NodeDataChanged':
      drop(watches, 'data', path);
      drop(watches, 'exists', path);
      break;
    case 'NodeChildrenChanged':
      drop(watches, 'child', path);
      break;
    case 'NodeDeleted':
      for (const list of ['data', 'exists', 'child'] as const) drop(watches, list, path);
  }
}

/** What to ask of a new server; undefined if there is nothing to watch. */
export function watchesToRestore({ watches, lastZxid }: SessionState): SetWatches | undefined {
  if (Object.values(watches).every((paths) => paths.length === 0)) return undefined;
  const { data, exists, child, persistent, recursive } = watches;
  return {
    type: 'setWatches',
    relativeZxid: lastZxid,
    data: [...data],
    exists: [...exists],
    child: [...child],
    persistent: [...persistent],
    recursive: [...recursive],
  };
}

function listsOf(kind: WatcherType): readonly WatchList[] {
  switch (kind) {
    case 'children':
      return ['child'];
    case 'data':
      return ['data', 'exists'];
    case 'persistent':
    case 'recursive':
      return [kind];
    case 'any':
      return ['child', 'data', 'exists', 'persistent', 'recursive'];
  }
}

function drop(watches: SessionState['watches'], list: WatchList, path: string): void {
  watches[list] = watches[list].filter((other) => other !== path);
}
