// Paths of znodes: what the server accepts (PathUtils.validatePath), and how it cuts off a parent without looking at the rest.
import { KeeperError } from './errors.ts';

/** Nodes that the server keeps for itself; they cannot be deleted. */
export const reservedPaths: readonly string[] = ['/zookeeper', '/zookeeper/config', '/zookeeper/quota'];

/**
 * The parent of a path that is about to be created or deleted: everything before the last slash, unchecked, so that
 * `/bad//path` has the parent `/bad/`, which does not exist. The parent of `/a` is the empty path, another name of the root.
 * @throws KeeperError BadArguments if there is no slash, or a NUL.
 */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0 || path.includes('\0')) throw new KeeperError('BadArguments', path);
  return path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** @throws KeeperError BadArguments on a path that no znode can have. */
export function assertPath(path: string): void {
  if (!isPath(path)) throw new KeeperError('BadArguments', path);
}

/** Whether a znode can have this path. */
export function isPath(path: string): boolean {
  if (path === '/') return true;
  if (!path.startsWith('/')) return false;
  const names = path.slice(1).split('/');
  return names.every((name) => name !== '' && name !== '.' && name !== '..') && ![...indices(path)].some(isRefused);
}

function* indices(path: string): Generator<number> {
  for (let index = 0; index < path.length; index++) yield path.charCodeAt(index);
}

/** Control characters, surrogates, the private use area and specials, by UTF-16 unit as Java sees them. */
function isRefused(unit: number): boolean {
  return unit <= 0x1f || (unit >= 0x7f && unit <= 0x9f) || (unit >= 0xd800 && unit <= 0xf8ff) || unit >= 0xfff0;
}
