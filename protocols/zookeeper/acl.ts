// Access control: who may do what with a node, and what a list of entries means when it is set (PrepRequestProcessor.fixupACL,
// ZooKeeperServer.checkACL). Entries are not inherited: deleting a child needs the parent's permission.
import { KeeperError } from './errors.ts';
import type { Acl, Identity } from './types.ts';

/** @throws KeeperError NoAuth unless one of the identities has one of the permissions; an empty list allows everything. */
export function assertPermitted(acl: readonly Acl[], needed: number, identities: readonly Identity[]): void {
  if (!isPermitted(acl, needed, identities)) throw new KeeperError('NoAuth');
}

/** Whether one of the identities has one of the permissions in `needed`. */
export function isPermitted(acl: readonly Acl[], needed: number, identities: readonly Identity[]): boolean {
  if (acl.length === 0 || identities.some(({ scheme }) => scheme === 'super')) return true;
  return acl.some((entry) => {
    if ((entry.perms & needed) === 0) return false;
    return isWorld(entry) || identities.some(({ scheme, id }) => scheme === entry.scheme && id === entry.id);
  });
}

/**
 * The list that is stored: without doubles, with `auth` replaced by what the session has proved to be.
 * @throws KeeperError InvalidACL if it is empty, names an unknown scheme or a malformed id, or `auth` without any proof.
 */
export function resolveAcl(path: string, acl: readonly Acl[], identities: readonly Identity[]): Acl[] {
  const refuse = (): never => {
    throw new KeeperError('InvalidACL', path);
  };
  const unique = acl.filter((entry, index) => acl.findIndex((other) => isSame(entry, other)) === index);
  if (unique.length === 0) refuse();
  return unique.flatMap((entry): Acl[] => {
    if (isWorld(entry)) return [entry];
    if (entry.scheme === 'auth') {
      const proved = identities.filter(({ scheme }) => scheme === 'digest');
      return proved.length === 0 ? refuse() : proved.map(({ scheme, id }) => ({ scheme, id, perms: entry.perms }));
    }
    return isWellFormed(entry) ? [entry] : refuse();
  });
}

/** The list as somebody sees it who may read the node but not administer it: without the digests of passwords. */
export function maskAcl(acl: readonly Acl[]): Acl[] {
  return acl.map((entry) => (entry.scheme === 'digest' ? { ...entry, id: `${entry.id.split(':')[0]}:x` } : entry));
}

function isWorld({ scheme, id }: Identity): boolean {
  return scheme === 'world' && id === 'anyone';
}

function isWellFormed({ scheme, id }: Identity): boolean {
  if (scheme === 'digest') return id.split(':').length === 2;
  return scheme === 'ip' && /^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/.test(id);
}

function isSame(one: Acl, other: Acl): boolean {
  return one.scheme === other.scheme && one.id === other.id && one.perms === other.perms;
}
