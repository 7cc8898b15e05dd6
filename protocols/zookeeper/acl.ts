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
    return isWorld(entry) || identities.some((identity) => matches(identity, entry));
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

/** Addresses match an entry in the bits that it names; anything else must be the same. */
function matches({ scheme, id }: Identity, entry: Acl): boolean {
  if (scheme !== entry.scheme) return false;
  if (scheme !== 'ip') return id === entry.id;
  const [own, asked] = [addressOf(id), addressOf(entry.id)];
  if (own === undefined || asked === undefined) return false;
  const scale = 2 ** (32 - asked.bits);
  return Math.floor(own.address / scale) === Math.floor(asked.address / scale);
}

function isWellFormed({ scheme, id }: Identity): boolean {
  if (scheme === 'digest') return /^[^:]*:[^:]+$/.test(id); // a user, who may have no name, and something behind the colon
  return scheme === 'ip' && addressOf(id) !== undefined;
}

/** `10.0.0.0/8` as a number and how many of its bits count; undefined if it is no address. */
function addressOf(id: string): { readonly address: number; readonly bits: number } | undefined {
  const [, bytes = '', bits = '32'] = /^(\d{1,3}(?:\.\d{1,3}){3})(?:\/(\d{1,2}))?$/.exec(id) ?? [];
  const parts = bytes.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => part > 255) || Number(bits) > 32) return undefined;
  return { address: parts.reduce((sum, part) => sum * 256 + part, 0), bits: Number(bits) };
}

function isSame(one: Acl, other: Acl): boolean {
  return one.scheme === other.scheme && one.id === other.id && one.perms === other.perms;
}
