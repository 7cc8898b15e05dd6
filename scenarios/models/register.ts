// Worlds of register services: servers of one protocol, and clients that each write a value of their own and then read, in
// the manner of Stateright's register examples, whose state counts they share.
import {
  reachableByOne,
  type ExploredWorld,
  type NetworkKind,
  type NodeInWorld,
} from '../../checkers/explore/index.ts';
import { linearizable, register } from '../../checkers/index.ts';
import { abdServer, type AbdOptions } from '../../protocols/models/abd.ts';
import { paxosServer, type PaxosOptions } from '../../protocols/models/paxos.ts';
import { registerClient } from '../../protocols/models/register-client.ts';
import { singleCopy } from '../../protocols/models/single-copy.ts';
import { nodeIds, type AnyProtocol, type Request } from '../../sim/index.ts';

export interface RegisterWorldOptions {
  readonly servers: number;
  readonly clients: number;
  readonly network?: NetworkKind;
  /** What each client does, instead of one write and one read. */
  readonly operations?: readonly (readonly Request[])[];
}

export function singleCopyWorld({ servers = 1, ...options }: Partial<RegisterWorldOptions> = {}): ExploredWorld {
  return registerWorld(singleCopy, { servers, ...options });
}

/** Reads are answered only by a server that knows the decision, so a run may end with a read that waits. */
export function paxosWorld(options: Partial<RegisterWorldOptions> & PaxosOptions = {}): ExploredWorld {
  return registerWorld(paxosServer(options), options);
}

export function abdWorld(options: Partial<RegisterWorldOptions> & AbdOptions = {}): ExploredWorld {
  return registerWorld(abdServer(options), options);
}

/** Each client sends its write to one server and its read to the next. In a queue every delivery counts, as none may stay. */
function registerWorld(
  protocol: AnyProtocol,
  {
    servers = 3,
    clients = 1,
    network = 'unordered',
    operations = writeThenRead(clients),
  }: Partial<RegisterWorldOptions>,
): ExploredWorld {
  const ids = nodeIds('s', servers);
  return {
    nodes: ids.map((id) => ({ id, protocol })),
    clients: operations.map((own, index) => ({
      id: `c${index + 1}`,
      protocol: registerClient(ids, servers + index),
      operations: own,
    })),
    network,
    effectless: network === 'ordered' ? 'counted' : 'ignored',
    properties: [
      reachableByOne('a client is done', 'Some run answers all operations of a client.', (client) => {
        const own = operations.find((_, index) => client.id === `c${index + 1}`);
        return own !== undefined && isDone(client, own.length);
      }),
    ],
    checks: [linearizable(register())],
  };
}

function writeThenRead(clients: number): readonly (readonly Request[])[] {
  return Array.from({ length: clients }, (_, index) => [
    { f: 'write', value: String.fromCharCode(65 + index) },
    { f: 'read', value: null },
  ]);
}

function isDone({ state }: NodeInWorld, operations: number): boolean {
  const { awaiting, sent } = state as { readonly awaiting: string | null; readonly sent: number };
  return awaiting === null && sent === operations;
}
