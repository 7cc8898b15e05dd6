// What happens to a Raft cluster besides faults: clients read and write, an administrator changes the membership one server
// at a time or jointly, promotes learners, and asks leaders to hand over. Drawn by the seed, as data.
import {
  keyValueOperations,
  ms,
  workload,
  type Check,
  type Json,
  type NodeId,
  type Operation,
  type Random,
  type Setting,
} from '../sim/index.ts';

/** The client process that administers. */
export const administrator = 'admin';

export interface RaftWorkloadOptions {
  readonly keys: number;
  /** Share of reads in parts per million. */
  readonly reads: number;
  readonly membership: 'none' | 'single' | 'joint';
  readonly transfers: boolean;
}

const kinds = ['add-voter', 'add-voter', 'add-learner', 'remove'] as const;
const transitions = ['auto', 'auto', 'implicit', 'explicit'] as const;

/** The clients' operations, and the administrator's until shortly before the world heals. */
export function raftWorkload(options: RaftWorkloadOptions): (random: Random, setting: Setting) => Operation[] {
  const { keys, reads, membership, transfers } = options;
  const byClients = workload({ every: ms(100), draw: keyValueOperations({ keys, reads, cas: 150_000 }) });
  return (random, setting) => {
    const clients = setting.clients.filter((client) => client !== administrator);
    const operations = byClients(random, { ...setting, clients });
    if (clients.length === setting.clients.length) return operations;
    const until = setting.healAt - ms(500);
    const every = random.pick([ms(300), ms(1_000)]);
    for (let at = ms(300); at < until; at += 1 + random.below(2 * every)) {
      const isTransfer = transfers && (membership === 'none' || random.chance(400_000));
      const drawn = isTransfer
        ? { f: 'transfer', value: random.pick(setting.nodes) }
        : { f: 'change', value: drawChange(random, setting.nodes, membership) };
      operations.push({ id: operations.length, client: administrator, at, ...drawn });
    }
    return operations;
  };
}

/** Judges what the clients did, and leaves the administrator out. */
export function ofClients(check: Check): Check {
  return {
    ...check,
    judge: (history) => check.judge(history.filter(({ client }) => client !== administrator)),
  };
}

/** `[changes, transition]`; no changes leave a joint configuration. */
function drawChange(random: Random, nodes: readonly NodeId[], membership: RaftWorkloadOptions['membership']): Json {
  const change = (server: NodeId): Json => [random.pick(kinds), server];
  if (membership === 'single') return [[change(random.pick(nodes))], 'auto'];
  if (random.chance(250_000)) return [[], 'auto'];
  const servers = random.shuffle(nodes).slice(0, random.between(1, Math.min(3, nodes.length)));
  return [servers.map(change), random.pick(transitions)];
}
