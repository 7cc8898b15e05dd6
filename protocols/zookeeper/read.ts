// Reads: what any server answers from its own tree, without asking anybody (FinalRequestProcessor). So they may be old, but
// never go back for one session.
import { assertPermitted, isPermitted, maskAcl } from './acl.ts';
import { KeeperError } from './errors.ts';
import { childrenOf, countDescendants, ephemeralsOf, nodeAt, statOf, type Tree, type Znode } from './tree.ts';
import { perms, type Identity, type ReadOperation, type ReadRequest, type Result, type SessionId } from './types.ts';

export interface Reader {
  readonly session: SessionId;
  readonly identities: readonly Identity[];
}

/** Answers from the tree; what is refused says so in the result. Does not set watches. */
export function readTree(tree: Tree, request: ReadRequest, reader: Reader): Result {
  if (request.type !== 'multiRead') return readOne(tree, request, reader);
  // Anything but these two is not read at all: the server cannot make sense of the request.
  const isReadable = request.operations.every(({ type }) => type === 'getData' || type === 'getChildren');
  if (!isReadable) return { error: 'MarshallingError' };
  return { error: 'OK', results: request.operations.map((operation) => readOne(tree, operation, reader)) };
}

function readOne(tree: Tree, operation: ReadOperation, reader: Reader): Result {
  try {
    return answer(tree, operation, reader);
  } catch (error) {
    if (!(error instanceof KeeperError)) throw error;
    return { error: error.code };
  }
}

function answer(tree: Tree, { type, path }: ReadOperation, { session, identities }: Reader): Result {
  switch (type) {
    case 'exists':
      if (path.includes('\0')) throw new KeeperError('BadArguments', path);
      return { error: 'OK', stat: statOf(existing(tree, path)) };
    case 'getData': {
      const node = existing(tree, path);
      assertPermitted(node.acl, perms.read, identities);
      return { error: 'OK', data: node.data, stat: statOf(node) };
    }
    case 'getChildren':
    case 'getChildren2': {
      const node = existing(tree, path);
      assertPermitted(node.acl, perms.read, identities);
      const children = childrenOf(node);
      return type === 'getChildren' ? { error: 'OK', children } : { error: 'OK', children, stat: statOf(node) };
    }
    case 'getACL': {
      const node = existing(tree, path);
      assertPermitted(node.acl, perms.read | perms.admin, identities);
      const acl = isPermitted(node.acl, perms.admin, identities) ? node.acl : maskAcl(node.acl);
      return { error: 'OK', acl, stat: statOf(node) };
    }
    case 'getAllChildrenNumber':
      assertPermitted(existing(tree, path).acl, perms.read, identities);
      return { error: 'OK', number: countDescendants(tree, path) };
    case 'getEphemerals': {
      const prefix = path.trim();
      const isAll = prefix === '' || prefix === '/';
      const paths = ephemeralsOf(tree, session).filter((owned) => isAll || owned.startsWith(path));
      return { error: 'OK', children: paths };
    }
  }
}

function existing(tree: Tree, path: string): Znode {
  const node = nodeAt(tree, path);
  if (node === undefined) throw new KeeperError('NoNode', path);
  return node;
}
