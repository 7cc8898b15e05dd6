// How stale a stale read can be: it says how long ago its server had heard of a leader, and what had been acknowledged before then
// it should know. It does not always: Consul counts whatever a leader sends.
import { pairOperations } from '../checkers/index.ts';
import { termAt } from '../protocols/raft/index.ts';
import {
  formatDuration,
  ms,
  nemesis,
  seconds,
  type Check,
  type CheckOutcome,
  type FaultClass,
  type History,
  type Json,
  type Micros,
  type Random,
  type Scenario,
  type Setting,
  type TimedFault,
} from '../sim/index.ts';
import { consulScenario, type ConsulVariant } from './consul.ts';

/** For what is on its way, and for leaders that do not know yet that they are deposed. */
const slack = ms(400);

interface Write {
  readonly key: string;
  readonly value: Json;
  readonly from: Micros;
  readonly to: Micros;
  readonly id: number;
}

/** Reads complete with `[key, value, contact in milliseconds]`; every write has a value of its own. */
export function boundedStaleness(): Check {
  const about = 'A stale read knows what was acknowledged before its server last heard of a leader.';
  return { name: 'bounded staleness', about, judge };
}

function judge(history: History): readonly CheckOutcome[] {
  const operations = pairOperations(history);
  const writes: Write[] = operations.flatMap(({ f, type, value, called, returned, id }) => {
    if (f !== 'write' || type !== 'ok') return [];
    const [key, text] = value as readonly [string, Json];
    return [{ key, value: text, from: called.time, to: returned!.time, id }];
  });
  return operations.flatMap(({ f, type, result, called, id }) => {
    if (f !== 'read' || type !== 'ok') return [];
    const [key, found, contact] = result as readonly [string, Json, number];
    const known = called.time - ms(contact) - slack;
    const source = writes.find((write) => write.key === key && write.value === found);
    if (found !== null && source === undefined) return []; // of a write of unknown outcome: nobody knows when it happened
    const missed = writes.find((write) => write.key === key && write.to < known && (source?.to ?? -1) < write.from);
    if (missed === undefined) return [];
    const ago = formatDuration(called.time - missed.to);
    const reason = `a read of ${key} found ${JSON.stringify(found)} and had heard of the leader ${contact} ms ago, but ${JSON.stringify(missed.value)} had been acknowledged ${ago} before`;
    return [{ verdict: 'invalid', reason, operations: [missed.id, id] } as const];
  });
}

/** What a stale read asks for as a bound is kept by what it is told of its server. */
export function maxStaleIsKept(): Check {
  const about = 'A stale read that is bounded is answered by a server that heard of the leader as lately as that.';
  return { name: 'max stale', about, judge: judgeBound };
}

function judgeBound(history: History): readonly CheckOutcome[] {
  return pairOperations(history).flatMap(({ f, type, result, id }): CheckOutcome[] => {
    if (f !== 'read' || type !== 'ok') return [];
    const [key, , contact, bound] = result as readonly [string, Json, number, number?];
    if (bound === undefined || contact <= bound) return [];
    const reason = `a read of ${key} that asked for ${bound} ms at most came from a server that had heard nothing for ${contact} ms`;
    return [{ verdict: 'invalid', reason, operations: [id] }];
  });
}

/** A minority of the servers is cut off together, and comes back. */
function cuts(random: Random, { nodes, healAt }: Setting): TimedFault[] {
  const schedule: TimedFault[] = [];
  for (let at = random.between(seconds(1), seconds(2)); at < healAt;) {
    const order = random.shuffle(nodes);
    const minority = Math.floor((nodes.length - 1) / 2);
    const lasts = random.between(ms(300), ms(2_500));
    const groups = [order.slice(minority), order.slice(0, minority)];
    if (minority > 0) schedule.push({ at, fault: { type: 'partition', groups, for: lasts } });
    at += lasts + seconds(1);
  }
  return schedule;
}

/** Servers die, are cut off and slow to write. */
const classes: readonly FaultClass[] = ['crash', 'power-loss', 'isolate', 'partition', 'clock-jump', 'disk-slow'];

export function consulContactScenario(variant: Omit<ConsulVariant, 'consistency' | 'client' | 'checks'>): Scenario {
  return consulScenario({
    faults: cuts,
    cas: 0,
    ...variant,
    consistency: 'stale',
    client: { tellsContact: true },
    checks: [boundedStaleness()],
  });
}

export const consulLastContact = consulContactScenario({
  name: 'consul-last-contact',
  story:
    'Whatever a leader sends counts as contact, and a short office of its own: what a server tells is older than it says.',
  expect: { type: 'breaks', what: ['bounded staleness'] },
  faults: nemesis({ classes }),
});

export const consulBoundedStaleness = consulContactScenario({
  name: 'consul-bounded-staleness',
  story:
    'Where only a leader counts that has committed in its own term, and a server that has applied it all, stale reads know what they may miss.',
  expect: { type: 'holds' },
  rules: {
    // Before that a new leader does not know what its predecessor had committed.
    isContact: (raft, from, message) =>
      from === raft.leader &&
      message.type === 'AppendEntries' &&
      raft.lastApplied >= message.leaderCommit &&
      termAt(raft, message.leaderCommit) === raft.currentTerm,
    leads: (raft) => raft.role === 'leader' && termAt(raft, raft.lastApplied) === raft.currentTerm,
  },
});

export function consulMaxStaleScenario(
  variant: Pick<ConsulVariant, 'name' | 'story' | 'expect' | 'rules'> & { readonly maxStale: number | 'drawn' },
): Scenario {
  const [consistency, client] = ['stale', { tellsContact: true }] as const;
  return consulScenario({ ...variant, faults: cuts, cas: 0, consistency, client, checks: [maxStaleIsKept()] });
}

export const consulMaxStale = consulMaxStaleScenario({
  name: 'consul-max-stale',
  story:
    'A server that has heard of no leader for longer than a stale read allows asks the leader, or waits until there is one.',
  expect: { type: 'holds' },
  maxStale: 'drawn',
});
