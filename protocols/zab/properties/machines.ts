// What Zab is for: servers that have delivered the same transactions are in the same state, in memory and in their snapshots.
import { alwaysOn, type Property } from '../../../sim/index.ts';
import { lastLogged } from '../history.ts';
import { formatZxid, type Zxid } from '../zxid.ts';
import type { ZabConfig } from '../types.ts';
import { zabDefaults } from '../zab.ts';
import { durableHistory, zabOf } from './notes.ts';

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

/** A snapshot is taken when enough was applied since the last one, which a server knows, also when it starts again. */
export function snapshotsAreSpaced({ snapshotEvery = zabDefaults.snapshotEvery }: Partial<ZabConfig>): Property {
  const about = 'a server takes a snapshot when enough was applied since the last one';
  return alwaysOn(['starts', 'delivers', 'snapshot'], 'snapshots are spaced', about, () => {
    const applied = new Map<string, number>(); // by server: since its last snapshot, if that was in this life
    return (_view, { node, note }) => {
      const { id } = node;
      const since = applied.get(id);
      if (note?.kind === 'delivers') {
        if (since !== undefined) applied.set(id, since + 1);
        return undefined;
      }
      if (note?.kind === 'snapshot') {
        applied.set(id, 0);
        if (since === undefined || since >= snapshotEvery) return undefined;
        return `${id} takes a snapshot ${since} transactions after the last one, and should do so every ${snapshotEvery}`;
      }
      applied.delete(id);
      const zab = zabOf(node);
      const onDisk = durableHistory(node).snapshotZxid;
      if (zab === undefined || zab.snapshotZxid === onDisk) return undefined;
      return `${id} starts from the snapshot of ${formatZxid(onDisk)}, and takes it for that of ${formatZxid(zab.snapshotZxid)}`;
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
