// What runs of Redlock are judged by, beyond their histories: whose writes reach the store, and how lock clients move.
import { lockClientMoves } from '../protocols/redlock/chart.ts';
import { alwaysOn, eventually, sometimesNoted, type Micros, type NodeId, type Property } from '../sim/index.ts';

/** @param within how long after the heal somebody must have got the lock */
export function redlockProperties(within: Micros): readonly Property[] {
  return [
    noLateWrite,
    lockClientChart,
    eventually('the lock is free again', 'a client gets the lock after the heal', within, ({ history }, healedAt) =>
      history.some(({ type, f, time }) => f === 'acquire' && type === 'ok' && time > healedAt)
        ? undefined
        : 'nobody did',
    ),
    sometimesNoted('acquired', 'a client gets the lock'),
    sometimesNoted('accepted', 'a write is accepted'),
  ];
}

/** Who got the lock, in order; with fencing tokens, in theirs. */
interface Grant {
  readonly client: NodeId;
  readonly token: number | null;
}

/** Kleppmann's objection: the write of a holder arrives when another has got the lock since. */
const noLateWrite = alwaysOn(
  ['acquired', 'accepted'],
  'no late write',
  'the store accepts no write from a holder when another has got the lock since',
  () => {
    const grants: Grant[] = [];
    return (_view, { node, note }) => {
      const { client, token = null } = (note?.data ?? {}) as { client?: NodeId; token?: number | null };
      if (note?.kind === 'acquired') {
        grants.push({ client: node.id, token });
        return undefined;
      }
      const mine = grants.findLastIndex((grant) => grant.client === client);
      const later =
        token === null
          ? grants.slice(mine + 1).at(-1)
          : grants.find((grant) => grant.token !== null && grant.token > token);
      if (later === undefined) return undefined;
      return `the store accepted a write of ${client}${withToken(token)} after ${later.client} had got the lock${withToken(later.token)}`;
    };
  },
);

function withToken(token: number | null): string {
  return token === null ? '' : ` with token ${token}`;
}

const lockClientChart = alwaysOn(
  ['role'],
  'lock client chart',
  'every move of a lock client is one of its chart',
  () => {
    return (_view, { node, note }) => {
      const { from, role } = (note?.data ?? {}) as { from?: string; role?: string };
      if (from === undefined || lockClientMoves.has(`${from}>${role}`)) return undefined; // servers have roles of their own
      return `${node.id} went from ${from} to ${role}`;
    };
  },
);
