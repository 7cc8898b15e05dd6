// The data tree and the open sessions: what Zab replicates. Plain data, so that a snapshot is a clone; it changes only by
// transactions (`apply.ts`), in the same way on every server (DataTree, DataNode).
import { inHashOrder } from './hash-order.ts';
import { utf8Length } from './sha1.ts';
import { openAcl, perms, type Acl, type NodeKind, type SessionId, type Stat } from './types.ts';
import type { Zxid } from '../zab/zxid.ts';

export interface Znode {
  data: string | null;
  acl: readonly Acl[];
  kind: NodeKind;
  /** The session of an ephemeral node, else 0. */
  owner: SessionId;
  czxid: Zxid;
  mzxid: Zxid;
  pzxid: Zxid;
  ctime: number;
  mtime: number;
  version: number;
  aversion: number;
  /** How many children have been created: the number of the next sequential one. Deletes do not count. */
  creates: number;
  /** Names, in the order of their creation. */
  children: string[];
  /** The most children it has had at once. */
  mostChildren: number;
}

export interface Tree {
  /** By path; the root's is `/`. */
  nodes: { [path: string]: Znode };
  /** Open sessions and their time-outs in milliseconds. The key is the decimal id. */
  sessions: { [session: string]: number };
  /**
   * The server whose requests count for a session: at first the one that opened it. When a client moves, only the leader
   * hears of it, and notes it in its tree of what is proposed; the others' is never asked.
   */
  owners: { [session: string]: string };
  /** Paths of the ephemeral nodes of each session that has any. */
  ephemerals: { [session: string]: string[] };
}

/** The tree of a server that has never seen a transaction. */
export function emptyTree(): Tree {
  const tree: Tree = { nodes: { '/': blankNode(openAcl) }, sessions: {}, owners: {}, ephemerals: {} };
  const config: readonly Acl[] = [{ scheme: 'world', id: 'anyone', perms: perms.read }];
  addSystemNode(tree, '/', 'zookeeper', openAcl);
  addSystemNode(tree, '/zookeeper', 'config', config);
  addSystemNode(tree, '/zookeeper', 'quota', openAcl);
  return tree;
}

/** The node of a path; the empty path is the root as well. */
export function nodeAt(tree: Tree, path: string): Znode | undefined {
  const key = path === '' ? '/' : path;
  return Object.hasOwn(tree.nodes, key) ? tree.nodes[key] : undefined;
}

/** What clients are told: creates and deletes are added up in `cversion`, and the owner tells containers and ttl nodes. */
export function statOf(node: Znode): Stat {
  const { czxid, mzxid, pzxid, ctime, mtime, version, aversion, data } = node;
  const numChildren = node.children.length;
  return {
    czxid,
    mzxid,
    ctime,
    mtime,
    version,
    cversion: node.creates * 2 - numChildren,
    aversion,
    ephemeralOwner: ownerShown(node),
    dataLength: data === null ? 0 : utf8Length(data),
    numChildren,
    pzxid,
  };
}

/** Names of a node's children as the server gives them: in no order that means anything. */
export function childrenOf(node: Znode): string[] {
  return inHashOrder(node.children, node.mostChildren);
}

/** Paths of a session's ephemeral nodes, in the order in which closing it deletes them. */
export function ephemeralsOf(tree: Tree, session: SessionId): string[] {
  const paths = tree.ephemerals[session] ?? [];
  return inHashOrder(paths, paths.length, 16);
}

/** How many nodes there are below a path, at any depth. */
export function countDescendants(tree: Tree, path: string): number {
  const below = path === '/' || path === '' ? '/' : `${path}/`;
  return Object.keys(tree.nodes).filter((other) => other !== '/' && other.startsWith(below)).length;
}

export function childPath(parent: string, name: string): string {
  return parent === '/' || parent === '' ? `/${name}` : `${parent}/${name}`;
}

/** A node nobody has written to: version 0 of everything. */
export function blankNode(acl: readonly Acl[]): Znode {
  return {
    data: '',
    acl,
    kind: { type: 'persistent' },
    owner: 0,
    czxid: 0,
    mzxid: 0,
    pzxid: 0,
    ctime: 0,
    mtime: 0,
    version: 0,
    aversion: 0,
    creates: 0,
    children: [],
    mostChildren: 0,
  };
}

/** System nodes are there from the beginning and are not counted as creates: the root's first cversion is -1. */
function addSystemNode(tree: Tree, parent: string, name: string, acl: readonly Acl[]): void {
  const above = nodeAt(tree, parent)!;
  above.children.push(name);
  above.mostChildren++;
  tree.nodes[childPath(parent, name)] = blankNode(acl);
}

/** EphemeralType: a container is -2^63, a ttl node -2^56 plus its milliseconds (which a double rounds to eights). */
function ownerShown({ kind, owner }: Znode): number {
  switch (kind.type) {
    case 'container':
      return -(2 ** 63);
    case 'ttl':
      return -(2 ** 56) + kind.ttl;
    case 'persistent':
    case 'ephemeral':
      return owner;
  }
}
