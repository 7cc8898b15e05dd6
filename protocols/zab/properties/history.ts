// What Zab promises about epochs and about what is on disk: one primary an epoch, the initial history, durable promises; and what
// ZooKeeper's specification calls internal: no packet or state that the protocol cannot produce.
import { alwaysOn, type NodeView, type Property, type Protocol, type Types } from '../../../sim/index.ts';
import { learnersOf } from '../quorum.ts';
import type { Entry, ZabConfig } from '../types.ts';
import { formatZxid, type Zxid } from '../zxid.ts';
import { isNext } from '../history.ts';
import { zabMoves } from '../chart.ts';
import { durableCell, durableHistory, noteOf, zabOf } from './notes.ts';

/** An epoch has at most one leader whom a quorum accepts, and so at most one primary. */
export function primaryUniqueness(): Property {
  const about = 'an epoch has at most one leader that a quorum accepts';
  return alwaysOn(['initial-history', 'establishes', 'starts'], 'primary uniqueness', about, () => {
    // Told by notes: when a note is judged its server may have crashed and started again.
    const lives = new Map<string, number>();
    const leaders = new Map<number, string>();
    return (_view, touch) => {
      const start = noteOf(touch, 'starts');
      if (start !== undefined) lives.set(touch.node.id, start.boot);
      const note = noteOf(touch, 'initial-history') ?? noteOf(touch, 'establishes');
      if (note === undefined) return undefined;
      const leader = `${touch.node.id} in life ${lives.get(touch.node.id)}`;
      const other = leaders.get(note.epoch) ?? leader;
      leaders.set(note.epoch, other);
      return other === leader ? undefined : `${other} and ${leader} both lead epoch ${note.epoch}`;
    };
  });
}

/** A server accepts later and later epochs, and none that it accepted is ever forgotten. */
export function epochPromises(): Property {
  const about = 'an epoch that was accepted is on disk, and is not forgotten';
  return alwaysOn(['accepts-epoch', 'starts', 'initial-history', 'accepts-history'], 'epoch promises', about, () => {
    const known = new Map<string, { accepted: number; current: number }>();
    return (_view, touch) => {
      const { node } = touch;
      const before = known.get(node.id) ?? { accepted: 0, current: 0 };
      const start = noteOf(touch, 'starts');
      if (start !== undefined) {
        return start.accepted >= before.accepted && start.current >= before.current
          ? undefined
          : `${node.id} starts with epochs ${start.accepted} and ${start.current}, after it had ${before.accepted} and ${before.current}`;
      }
      const accepts = noteOf(touch, 'accepts-epoch');
      if (accepts !== undefined) {
        known.set(node.id, { ...before, accepted: accepts.epoch });
        const onDisk = durableCell<number>(node, 'zab-accepted-epoch') ?? 0;
        if (accepts.epoch <= before.accepted)
          return `${node.id} accepts epoch ${accepts.epoch} after ${before.accepted}`;
        return onDisk >= accepts.epoch
          ? undefined
          : `${node.id} accepts epoch ${accepts.epoch}, and has ${onDisk} on its disk`;
      }
      const history = noteOf(touch, 'accepts-history');
      if (history === undefined) return undefined; // the leader's own epoch is judged when it establishes itself
      known.set(node.id, { ...before, current: history.epoch });
      if (history.epoch < before.accepted)
        return `${node.id} acknowledges the leader of epoch ${history.epoch}, after it had accepted ${before.accepted}`;
      const onDisk = durableCell<number>(node, 'zab-current-epoch') ?? 0;
      return onDisk === history.epoch
        ? undefined
        : `${node.id} acknowledges the leader of epoch ${history.epoch}, and has ${onDisk} on its disk`;
    };
  });
}

/** Who acknowledges NEWLEADER has the initial history of the epoch on disk, and nothing else before what is new. */
export function initialHistory(): Property {
  const about = 'who acknowledges the leader of an epoch has its initial history on disk';
  return alwaysOn(['initial-history', 'accepts-history'], 'initial history', about, () => {
    const initial = new Map<number, { last: Zxid; base: Zxid; names: ReadonlyMap<Zxid, string> }>();
    return (_view, touch) => {
      const { node } = touch;
      const begins = noteOf(touch, 'initial-history');
      if (begins !== undefined) {
        const { base, entries } = durableHistory(node);
        const upTo = entries.filter(({ zxid }) => zxid <= begins.last);
        initial.set(begins.epoch, {
          last: begins.last,
          base,
          names: new Map(upTo.map((entry) => [entry.zxid, nameOf(entry)])),
        });
        return undefined;
      }
      const accepts = noteOf(touch, 'accepts-history');
      const expected = accepts === undefined ? undefined : initial.get(accepts.epoch);
      if (accepts === undefined) return undefined;
      if (expected === undefined)
        return `${node.id} acknowledges the leader of epoch ${accepts.epoch}, which no quorum has accepted`;
      const { base, entries, snapshotZxid } = durableHistory(node);
      const who = `${node.id} acknowledges the leader of epoch ${accepts.epoch}`;
      const own = new Map(entries.map((entry) => [entry.zxid, nameOf(entry)]));
      for (const [zxid, name] of expected.names) {
        if (zxid > base && own.get(zxid) !== name)
          return `${who} without ${formatZxid(zxid)} of the initial history on its disk`;
      }
      if (Math.max(entries.at(-1)?.zxid ?? base, snapshotZxid) < expected.last)
        return `${who} with a history that ends before ${formatZxid(expected.last)}`;
      const stranger = entries.find(
        ({ zxid }) => zxid > expected.base && zxid <= expected.last && !expected.names.has(zxid),
      );
      return stranger === undefined
        ? undefined
        : `${who} with ${formatZxid(stranger.zxid)}, which is not in the initial history`;
    };
  });
}

/** What a server acknowledges is on its disk, and its disk holds one history without gaps: the one that it has in memory. */
export function durableLog(): Property {
  const about = 'what is acknowledged is on disk, and the disk holds the history that the server believes in';
  return alwaysOn(
    ['logs', 'accepts-history', 'serves', 'initial-history'],
    'durable log',
    about,
    () => (_view, touch) => {
      const { node } = touch;
      const { base, snapshotZxid, entries } = durableHistory(node);
      const logs = noteOf(touch, 'logs');
      if (logs !== undefined && !entries.some(({ zxid }) => zxid === logs.last) && logs.last > base)
        return `${node.id} acknowledges ${formatZxid(logs.last)}, which is not on its disk`;
      let previous = base;
      for (const { zxid } of entries) {
        if (!isNext(previous, zxid))
          return `the disk of ${node.id} has ${formatZxid(zxid)} after ${formatZxid(previous)}`;
        previous = zxid;
      }
      if (snapshotZxid > previous)
        return `the disk of ${node.id} has a snapshot of ${formatZxid(snapshotZxid)}, and its log ends at ${formatZxid(previous)}`;
      // Told by the note: a server that is busy again may be ahead of its disk.
      const told = noteOf(touch, 'accepts-history') ?? noteOf(touch, 'serves') ?? noteOf(touch, 'initial-history');
      const believed = told?.last ?? previous;
      return previous === believed
        ? undefined
        : `${node.id} believes that its history ends at ${formatZxid(believed)}; on its disk it ends at ${formatZxid(previous)}`;
    },
  );
}

/** What a leader commits is on the disks of a quorum of voters. */
export function quorumDurability<P extends Types>(server: Protocol<P>, observers: readonly string[]): Property {
  const about = 'what is committed is on the disks of a quorum';
  return alwaysOn(['commits', 'establishes'], 'quorum durability', about, () => (view, touch) => {
    const commits = noteOf(touch, 'commits');
    const establishes = noteOf(touch, 'establishes');
    const voters = view.nodes.filter(({ id, protocol }) => protocol === server && !observers.includes(id));
    const holds = (node: NodeView): boolean => {
      const { entries, snapshotZxid, base } = durableHistory(node);
      if (establishes !== undefined) return (durableCell<number>(node, 'zab-current-epoch') ?? 0) >= establishes.epoch;
      const zxid = commits?.zxid ?? 0;
      return zxid <= Math.max(base, snapshotZxid) || entries.some((entry) => entry.zxid === zxid);
    };
    const holders = voters.filter((voter) => holds(voter)).map(({ id }) => id);
    if (holders.length * 2 > voters.length) return undefined;
    const what = commits === undefined ? `epoch ${establishes?.epoch}` : formatZxid(commits.zxid);
    return `${touch.node.id} commits ${what}, which is on the disks of ${holders.join(', ') || 'nobody'} only`;
  });
}

/** The commits of a leader go up, and a commit is of the leader's own epoch. */
export function commitMonotonicity(): Property {
  const about = 'commits go up, each in the epoch of its leader';
  return alwaysOn(['commits', 'establishes'], 'commit monotonicity', about, () => {
    const last = new Map<number, Zxid>();
    return (_view, touch) => {
      const establishes = noteOf(touch, 'establishes');
      if (establishes !== undefined) last.set(establishes.epoch, establishes.last);
      const commits = noteOf(touch, 'commits');
      if (commits === undefined) return undefined;
      const before = last.get(commits.epoch);
      last.set(commits.epoch, commits.zxid);
      if (before === undefined) return `${touch.node.id} commits in epoch ${commits.epoch}, which is not established`;
      return commits.zxid > before
        ? undefined
        : `${touch.node.id} commits ${formatZxid(commits.zxid)} after ${formatZxid(before)}`;
    };
  });
}

/** A leader commits what a majority of voters said that it has, at once: the later ones of a batch, too. */
export function commitsArePrompt(config: Partial<ZabConfig>): Property {
  const about = 'a leader has committed all that it knows to be on the disks of a quorum';
  return alwaysOn(['commits', 'logs'], 'commits are prompt', about, () => ({ nodes }, { node }) => {
    const zab = zabOf(node);
    if (zab?.leading == null || zab.phase !== 'BROADCAST') return undefined;
    const { leading, committed } = zab;
    const observers = config.observers ?? [];
    const learners = learnersOf(leading).flatMap(([, learner]) => (learner.isObserver ? [] : [learner.acked]));
    const held = [leading.logged, ...learners].sort((one, other) => other - one);
    const voters = nodes.filter(({ id, protocol }) => protocol === node.protocol && !observers.includes(id));
    const common = held[Math.floor(voters.length / 2)] ?? 0;
    return common <= committed
      ? undefined
      : `${node.id} has committed up to ${formatZxid(committed)}, although a quorum has ${formatZxid(common)}`;
  });
}

/** What a server drops was never applied by it. */
export function nothingAppliedIsDropped(): Property {
  const about = 'what was applied is not truncated';
  return alwaysOn(['truncates'], 'nothing applied is dropped', about, () => (_view, touch) => {
    const truncates = noteOf(touch, 'truncates');
    if (truncates === undefined || truncates.applied <= truncates.to) return undefined;
    return `${touch.node.id} truncates to ${formatZxid(truncates.to)}, and has applied ${formatZxid(truncates.applied)}`;
  });
}

/** No packet arrives that a correct peer cannot send, and no server gets where it cannot be (Remix, I-11 to I-14). */
export function nothingBad(): Property {
  return alwaysOn(
    ['bad'],
    'no bad packet',
    'no bad state, acknowledgement, proposal or commit',
    () => (_view, touch) => {
      const bad = noteOf(touch, 'bad');
      return bad === undefined ? undefined : `${touch.node.id}: bad ${bad.what}: ${bad.about}`;
    },
  );
}

/** Every move between roles and phases is one of the chart. */
export function roleChartIsKept(config: Partial<ZabConfig>): Property {
  return alwaysOn(['role', 'starts'], 'role chart', 'every move between roles and phases is one of the chart', () => {
    const places = new Map<string, string>();
    return (_view, touch) => {
      const { id } = touch.node;
      const role = noteOf(touch, 'role');
      const from = places.get(id) ?? 'LOOKING ELECTION';
      const to = role === undefined ? 'LOOKING ELECTION' : `${role.role} ${role.phase}`;
      places.set(id, to);
      if (role === undefined) return undefined;
      const isObserver = config.observers?.includes(id) ?? false;
      if (isObserver !== (role.role === 'OBSERVING') && role.role !== 'LOOKING') return `${id} becomes ${to}`;
      return zabMoves.has(`${from}>${to}`) ? undefined : `${id} goes from ${from} to ${to}`;
    };
  });
}

function nameOf({ origin }: Entry): string {
  return `${origin.server}/${origin.boot}/${origin.ticket}`;
}
