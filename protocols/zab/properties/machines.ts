// What Zab is for: servers that have delivered the same transactions are in the same state, in memory and in their snapshots.
import { alwaysOn, type Property } from '../../../sim/index.ts';
import { lastLogged } from '../history.ts';
import { formatZxid, type Zxid } from '../zxid.ts';
import { zabOf } from './notes.ts';

/** So many states are remembered, the latest that were seen. */
const rememberedLimit = 512;

/** The machines of two servers are the same at the same transaction: however each of them got there. */
export function sameMachines(): Property {
  const about = 'servers that have applied the same transactions have the same machine';
  return alwaysOn(['starts', 'delivers', 'serves', 'establishes'], 'same machines', about, () => {
    const seen = new Map<Zxid, { readonly server: string; readonly machine: string }>();
    const judged = new Map<string, Zxid>();
    return (_view, { node, note }) => {
      const zab = zabOf(node);
      // A state is whole at any instant; many deliveries of one handler lead to one of them.
      if (zab === undefined || (note?.kind === 'delivers' && judged.get(node.id) === zab.lastApplied)) return undefined;
      judged.set(node.id, zab.lastApplied);
      const machine = JSON.stringify(zab.machine);
      const other = seen.get(zab.lastApplied);
      if (other === undefined) {
        seen.set(zab.lastApplied, { server: node.id, machine });
        for (const [oldest] of seen) if (seen.size > rememberedLimit) seen.delete(oldest);
        return undefined;
      }
      return other.machine === machine
        ? undefined
        : `${node.id} and ${other.server} have different machines at ${formatZxid(zab.lastApplied)}`;
    };
  });
}

/** A snapshot holds nothing that is not in the log, or a restart would find a history that ends before what it has applied. */
export function snapshotsFollowTheLog(): Property {
  const about = 'a snapshot holds nothing that its server has not logged';
  return alwaysOn(['snapshot'], 'snapshots follow the log', about, () => (_view, { node }) => {
    const zab = zabOf(node);
    if (zab === undefined || zab.snapshotZxid <= lastLogged(zab)) return undefined;
    return `${node.id} has a snapshot of ${formatZxid(zab.snapshotZxid)}, and its log ends at ${formatZxid(lastLogged(zab))}`;
  });
}
