// The tree as it will be when everything that the leader has already proposed is applied: change records over the tree
// (PrepRequestProcessor.outstandingChanges). What a new request is judged by, and what a failed multi rolls back.
import { KeeperError } from './errors.ts';
import { nodeAt, type Tree } from './tree.ts';
import type { Acl, NodeKind, SessionId } from './types.ts';

/** What preparing requests needs to know of a node. */
export interface PendingNode {
  readonly acl: readonly Acl[];
  readonly kind: NodeKind;
  readonly owner: SessionId;
  readonly version: number;
  readonly aversion: number;
  readonly creates: number;
  readonly childCount: number;
}

/** A tree with change records on top; null is a node that will be gone. */
export interface Pending {
  readonly tree: Tree;
  readonly records: Map<string, PendingNode | null>;
}

export function pendingOver(tree: Tree): Pending {
  return { tree, records: new Map() };
}

/** @throws KeeperError NoNode */
export function pendingNode(pending: Pending, path: string): PendingNode {
  const node = findPending(pending, path);
  if (node === undefined) throw new KeeperError('NoNode', path);
  return node;
}

export function findPending({ tree, records }: Pending, path: string): PendingNode | undefined {
  const key = keyOf(path);
  const record = records.get(key);
  if (record !== undefined) return record ?? undefined;
  const node = nodeAt(tree, key);
  if (node === undefined) return undefined;
  const { acl, kind, owner, version, aversion, creates, children } = node;
  return { acl, kind, owner, version, aversion, creates, childCount: children.length };
}

export function changePending(pending: Pending, path: string, node: PendingNode | null): void {
  pending.records.set(keyOf(path), node);
}

function keyOf(path: string): string {
  return path === '' ? '/' : path;
}
