// Applying a transaction to the tree: the same on every server, whatever it knows of clients (DataTree.processTxn). It says
// what changed, in order, for whoever watches.
import type { ErrorName } from './errors.ts';
import { nameOf } from './paths.ts';
import { blankNode, nodeAt, statOf, type Tree } from './tree.ts';
import type { Applied, Change, Result, SessionId, Transaction, TransactionBody } from './types.ts';
import type { Zxid } from '../zab/zxid.ts';

export function applyTransaction(tree: Tree, transaction: Transaction, zxid: Zxid): Applied {
  const changes: Change[] = [];
  const { session, time, body } = transaction;
  return { result: applyBody(tree, body, { session, time, zxid, changes }), changes };
}

interface Header {
  readonly session: SessionId;
  readonly time: number;
  readonly zxid: Zxid;
  readonly changes: Change[];
}

function applyBody(tree: Tree, body: TransactionBody, header: Header): Result {
  switch (body.type) {
    case 'create':
    case 'create2':
      return applyCreate(tree, body, header);
    case 'delete':
      return removeNode(tree, body.path, header) ? { error: 'OK' } : { error: 'NoNode' };
    case 'setData': {
      const node = nodeAt(tree, body.path);
      if (node === undefined) return { error: 'NoNode' };
      Object.assign(node, { data: body.data, version: body.version, mtime: header.time, mzxid: header.zxid });
      header.changes.push({ type: 'changed', path: body.path });
      return { error: 'OK', stat: statOf(node) };
    }
    case 'setACL': {
      const node = nodeAt(tree, body.path);
      if (node === undefined) return { error: 'NoNode' };
      Object.assign(node, { acl: body.acl, aversion: body.version });
      return { error: 'OK', stat: statOf(node) };
    }
    case 'check':
      return { error: 'OK' };
    case 'error':
      return { error: body.error };
    case 'createSession':
      tree.sessions[header.session] = body.timeout;
      tree.owners[header.session] = body.server;
      return { error: 'OK' };
    case 'closeSession':
      return closeSession(tree, body.paths, header);
    case 'multi':
      return applyMulti(tree, body.parts, header);
  }
}

function applyCreate(
  tree: Tree,
  body: Extract<TransactionBody, { type: 'create' | 'create2' }>,
  { time, zxid, changes }: Header,
): Result {
  const { path, data, acl, owner, kind, parentCreates } = body;
  const parentPath = path.slice(0, path.lastIndexOf('/'));
  const parent = nodeAt(tree, parentPath);
  if (parent === undefined) return { error: 'NoNode' };
  if (nodeAt(tree, path) !== undefined) return { error: 'NodeExists' };
  parent.children.push(nameOf(path));
  parent.mostChildren = Math.max(parent.mostChildren, parent.children.length);
  // A transaction that is applied again over a later tree must not turn the count back. Beyond 2^31 it wraps around.
  if (((parentCreates - parent.creates) | 0) > 0) Object.assign(parent, { creates: parentCreates, pzxid: zxid });
  const node = blankNode(acl);
  Object.assign(node, { data, kind, owner, czxid: zxid, mzxid: zxid, pzxid: zxid, ctime: time, mtime: time });
  tree.nodes[path] = node;
  if (owner !== 0) (tree.ephemerals[owner] ??= []).push(path);
  changes.push({ type: 'created', path });
  const hasStat = body.type === 'create2' || kind.type === 'container' || kind.type === 'ttl';
  return hasStat ? { error: 'OK', path, stat: statOf(node) } : { error: 'OK', path };
}

/** All of a session's ephemerals go in the one transaction that closes it. */
function closeSession(tree: Tree, paths: readonly string[], header: Header): Result {
  for (const path of paths) removeNode(tree, path, header);
  for (const path of tree.ephemerals[header.session] ?? []) removeNode(tree, path, header);
  delete tree.ephemerals[header.session];
  delete tree.sessions[header.session];
  delete tree.owners[header.session];
  return { error: 'OK' };
}

function applyMulti(tree: Tree, parts: readonly TransactionBody[], header: Header): Result {
  const firstError = parts.findIndex(({ type }) => type === 'error');
  if (firstError < 0) return { error: 'OK', results: parts.map((part) => applyBody(tree, part, header)) };
  const errors = parts.map((part, place): ErrorName => {
    if (place < firstError) return 'OK';
    return part.type === 'error' ? part.error : 'RuntimeInconsistency';
  });
  return { error: 'OK', results: errors.map((error) => ({ error })) };
}

function removeNode(tree: Tree, path: string, { zxid, changes }: Header): boolean {
  const node = nodeAt(tree, path);
  if (node === undefined) return false;
  const parent = nodeAt(tree, path.slice(0, path.lastIndexOf('/')));
  if (parent !== undefined) {
    parent.children = parent.children.filter((name) => name !== nameOf(path));
    parent.pzxid = Math.max(parent.pzxid, zxid);
  }
  delete tree.nodes[path];
  const owned = node.owner === 0 ? undefined : tree.ephemerals[node.owner];
  if (owned !== undefined) {
    const left = owned.filter((other) => other !== path);
    if (left.length > 0) tree.ephemerals[node.owner] = left;
    else delete tree.ephemerals[node.owner];
  }
  changes.push({ type: 'deleted', path });
  return true;
}
