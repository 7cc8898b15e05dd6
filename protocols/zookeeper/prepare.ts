// The leader turns a request into a transaction: it judges the request against the tree as it will be, and writes down the
// outcome (PrepRequestProcessor). A refused request becomes an error transaction, which has a zxid like any other.
import { assertPermitted, resolveAcl } from './acl.ts';
import { KeeperError, type ErrorName } from './errors.ts';
import { assertPath, parentOf, reservedPaths } from './paths.ts';
import { changePending, findPending, pendingNode, pendingOver, type Pending } from './pending.ts';
import { serviceRules, type PrepareRules } from './rules.ts';
import { ephemeralsOf, type Tree } from './tree.ts';
import {
  openAcl,
  perms,
  type CreateMode,
  type Identity,
  type NodeKind,
  type SessionId,
  type Transaction,
  type TransactionBody,
  type WriteOperation,
  type WriteRequest,
} from './types.ts';

/** A request on its way to the leader, with who asks. */
export type Proposal = {
  readonly session: SessionId;
  /** The client's number for its request; 0 or absent for what servers ask for themselves. */
  readonly cxid?: number;
  readonly identities: readonly Identity[];
  readonly request: WriteRequest;
};

/** What the leader knows besides. */
export interface Circumstances {
  /** Milliseconds of its wall clock. */
  readonly time: number;
  /** The server that sent the request. */
  readonly server: string;
  readonly rules?: PrepareRules;
}

/** The tree must have everything applied that was proposed before. */
export function prepare(tree: Tree, proposal: Proposal, about: Circumstances): Transaction {
  const { session, cxid = 0 } = proposal;
  const { time, server, rules = serviceRules } = about;
  try {
    return { session, cxid, time, body: bodyOf(tree, proposal, { server, rules }) };
  } catch (error) {
    if (!(error instanceof KeeperError)) throw error;
    return { session, cxid, time, body: { type: 'error', error: error.code } };
  }
}

interface About {
  readonly server: string;
  readonly rules: PrepareRules;
}

function bodyOf(tree: Tree, { session, identities, request }: Proposal, about: About): TransactionBody {
  const pending = pendingOver(tree);
  switch (request.type) {
    case 'createSession':
      return { type: 'createSession', timeout: request.timeout, server: about.server };
    case 'closeSession':
      return { type: 'closeSession', paths: ephemeralsOf(tree, session) };
    case 'deleteContainer':
      return prepareReaping(pending, request.path);
    case 'multi':
      return { type: 'multi', parts: prepareMulti(pending, request.operations, { session, identities, ...about }) };
    default: {
      assertSession(tree, session, about);
      if (request.type === 'setACL') return prepareSetAcl(pending, request, identities);
      return prepareOperation(pending, request, { session, identities, ...about });
    }
  }
}

/** @throws KeeperError SessionExpired, or SessionMoved if the client is connected to another server by now */
function assertSession(tree: Tree, session: SessionId, { server, rules }: About): void {
  if (!rules.isOpen(tree, session)) throw new KeeperError('SessionExpired');
  if (!rules.isOwner(tree, session, server)) throw new KeeperError('SessionMoved');
}

/** All or nothing: with one error, those before it say OK and those after it RuntimeInconsistency. */
function prepareMulti(pending: Pending, operations: readonly WriteOperation[], asker: Asker): TransactionBody[] {
  let failed: ErrorName | undefined;
  return operations.map((operation): TransactionBody => {
    if (failed !== undefined) return { type: 'error', error: 'RuntimeInconsistency' };
    try {
      assertSession(pending.tree, asker.session, asker);
      return prepareOperation(pending, operation, asker);
    } catch (error) {
      if (!(error instanceof KeeperError)) throw error;
      failed = error.code;
      return { type: 'error', error: failed };
    }
  });
}

interface Asker extends About {
  readonly session: SessionId;
  readonly identities: readonly Identity[];
}

function prepareOperation(pending: Pending, operation: WriteOperation, asker: Asker): TransactionBody {
  const { identities } = asker;
  switch (operation.type) {
    case 'create':
    case 'create2':
      return prepareCreate(pending, operation, asker);
    case 'delete':
      return prepareDelete(pending, operation.path, operation.version, identities);
    case 'setData': {
      const { path, data, version } = operation;
      assertPath(path);
      const node = pendingNode(pending, path);
      assertPermitted(node.acl, perms.write, identities);
      const next = nextVersion(node.version, version, path);
      changePending(pending, path, { ...node, version: next });
      return { type: 'setData', path, data, version: next };
    }
    case 'check': {
      const { path, version } = operation;
      assertPath(path);
      const node = pendingNode(pending, path);
      assertPermitted(node.acl, perms.read, identities);
      return { type: 'check', path, version: nextVersion(node.version, version, path) };
    }
    default:
      throw new KeeperError('Unimplemented');
  }
}

function prepareCreate(
  pending: Pending,
  operation: Extract<WriteOperation, { type: 'create' | 'create2' }>,
  { session, identities, rules }: Asker,
): TransactionBody {
  const { type, mode = 'persistent', data = '', acl = openAcl } = operation;
  const kind = kindOf(mode, operation.ttl, operation.path);
  const parentPath = parentOf(operation.path);
  const resolved = resolveAcl(operation.path, acl, identities);
  const parent = pendingNode(pending, parentPath);
  assertPermitted(parent.acl, perms.create, identities);
  const isSequential = mode.endsWith('-sequential');
  const path = isSequential ? operation.path + sequenceNumber(rules.sequenceOf(parent)) : operation.path;
  assertPath(path);
  if (findPending(pending, path) !== undefined) throw new KeeperError('NodeExists', path);
  if (parent.kind.type === 'ephemeral') throw new KeeperError('NoChildrenForEphemerals', path);
  const parentCreates = (parent.creates + 1) | 0;
  const owner = kind.type === 'ephemeral' ? session : 0;
  changePending(pending, parentPath, { ...parent, creates: parentCreates, childCount: parent.childCount + 1 });
  changePending(pending, path, { acl: resolved, kind, owner, version: 0, aversion: 0, creates: 0, childCount: 0 });
  return { type, path, data, acl: resolved, owner, kind, parentCreates };
}

/** Ten digits of the parent's count of creates, which is a Java int and so turns negative after 2^31 of them. */
function sequenceNumber(creates: number): string {
  const digits = String(Math.abs(creates));
  return creates < 0 ? `-${digits.padStart(9, '0')}` : digits.padStart(10, '0');
}

/** The longest time to live, in milliseconds: 40 bits. */
const longestTtl = 2 ** 40 - 1;

function kindOf(mode: CreateMode, ttl: number | undefined, path: string): NodeKind {
  if (mode === 'ttl' || mode === 'ttl-sequential') {
    if (ttl === undefined || !Number.isInteger(ttl) || ttl <= 0 || ttl > longestTtl)
      throw new KeeperError('BadArguments', path);
    return { type: 'ttl', ttl };
  }
  if (ttl !== undefined && ttl >= 0) throw new KeeperError('BadArguments', path);
  if (mode === 'container') return { type: 'container' };
  return { type: mode.startsWith('ephemeral') ? 'ephemeral' : 'persistent' };
}

function prepareDelete(
  pending: Pending,
  path: string,
  version: number | undefined,
  identities: readonly Identity[],
): TransactionBody {
  const parentPath = parentOf(path);
  if (path === '/' || reservedPaths.includes(path)) throw new KeeperError('BadArguments', path);
  const parent = pendingNode(pending, parentPath);
  assertPermitted(parent.acl, perms.delete, identities);
  const node = pendingNode(pending, path);
  nextVersion(node.version, version, path);
  if (node.childCount > 0) throw new KeeperError('NotEmpty', path);
  changePending(pending, parentPath, { ...parent, childCount: parent.childCount - 1 });
  changePending(pending, path, null);
  return { type: 'delete', path };
}

function prepareSetAcl(
  pending: Pending,
  { path, acl, version }: Extract<WriteRequest, { type: 'setACL' }>,
  identities: readonly Identity[],
): TransactionBody {
  assertPath(path);
  const resolved = resolveAcl(path, acl, identities);
  const node = pendingNode(pending, path);
  assertPermitted(node.acl, perms.admin, identities);
  return { type: 'setACL', path, acl: resolved, version: nextVersion(node.aversion, version, path) };
}

/** The leader found the node empty some time ago; it may have children again, or be another one by now. */
function prepareReaping(pending: Pending, path: string): TransactionBody {
  pendingNode(pending, parentOf(path));
  const node = pendingNode(pending, path);
  if (node.childCount > 0) throw new KeeperError('NotEmpty', path);
  if (node.kind.type === 'ephemeral' || node.kind.type === 'persistent') throw new KeeperError('BadVersion', path);
  return { type: 'delete', path };
}

/** @throws KeeperError BadVersion unless -1 or the current version is expected */
function nextVersion(current: number, expected: number | undefined, path: string): number {
  if (expected !== undefined && expected !== -1 && expected !== current) throw new KeeperError('BadVersion', path);
  return (current + 1) | 0;
}
