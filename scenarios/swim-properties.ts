// What must hold of failure detection by gossip: whose word counts, who may rise from the dead, that whoever crashes is
// found out in time, that whoever lives is not declared dead, and that all agree in the end.
import {
  isLive,
  memberMoves,
  memberOf,
  membersOf,
  suspicionTimeout,
  type Member,
  type SerfNews,
  type Status,
  type Swim,
  type SwimConfig,
} from '../protocols/swim/index.ts';
import {
  always,
  alwaysOn,
  eventually,
  formatDuration,
  seconds,
  type Micros,
  type Property,
  type Protocol,
  type Touch,
} from '../sim/index.ts';

type SwimProtocol = Protocol<Swim>;

interface MemberNote {
  readonly member: string;
  readonly status: Status;
  readonly incarnation: number;
  readonly before: Status | null;
  readonly from: string | null;
}

const nothing = { kind: '', data: {} };
const memberNote = (note: Touch['note']): MemberNote => (note ?? nothing).data as unknown as MemberNote;

/** SWIM, section 4.2: only the member itself raises its incarnation. */
export const incarnationsAreTheirOwn: Property = alwaysOn(
  ['member', 'refuted'],
  'incarnations are their own',
  'nobody knows a member by an incarnation that it has never had',
  () => {
    const greatest = new Map<string, number>();
    return (_view, { node, note }) => {
      if (note?.kind === 'refuted') {
        greatest.set(node.id, Math.max(greatest.get(node.id) ?? 1, Number(note.data['incarnation'])));
        return undefined;
      }
      const { member, incarnation } = memberNote(note);
      const most = greatest.get(member) ?? 1;
      return incarnation <= most
        ? undefined
        : `${node.id} knows ${member} as ${incarnation}; it has had ${most} at most`;
    };
  },
);

/** Who was suspected, dead or gone is alive again with a greater incarnation only, and incarnations never go back. */
export const noneRisesUnchanged: Property = alwaysOn(
  ['member', 'forgotten', 'name conflict'],
  'none rises unchanged',
  'a member that was accused is alive again with a greater incarnation only',
  () => {
    const last = new Map<string, number>();
    return (_view, { node, note }) => {
      const { member, status, incarnation, before } = memberNote(note);
      const key = `${node.id}/${node.incarnation}/${member}`;
      const known = last.get(key);
      if (note?.kind !== 'member') {
        if (note?.kind === 'forgotten') last.delete(key);
        return undefined;
      }
      last.set(key, incarnation);
      if (known === undefined || before === null) return undefined;
      if (incarnation < known) return `${node.id} goes back to incarnation ${incarnation} of ${member} from ${known}`;
      if (status !== 'alive' || incarnation > known) return undefined;
      return `${node.id} takes ${member} for alive again, which was ${before} in the same incarnation ${known}`;
    };
  },
);

/** The xstate chart of a member's life. */
export const livesFollowTheChart: Property = alwaysOn(
  ['member', 'forgotten'],
  'lives follow the chart',
  'a member is heard of, suspected, dead, gone and forgotten in the order that the chart allows',
  () => {
    const last = new Map<string, string>();
    return (_view, { node, note }) => {
      const { member, status } = memberNote(note);
      const key = `${node.id}/${node.incarnation}/${member}`;
      const from = last.get(key) ?? (note?.data['before'] as string | null) ?? 'unknown';
      const to = note?.kind === 'forgotten' ? 'unknown' : status;
      last.set(key, to);
      return memberMoves.has(`${from}>${to}`) ? undefined : `${node.id} moves ${member} from ${from} to ${to}`;
    };
  },
);

/** Who declares another dead by itself has suspected it for the shortest time-out (Lifeguard IV-B). */
export const noDeathUnannounced = (config: SwimConfig): Property =>
  alwaysOn(
    ['member'],
    'no death unannounced',
    'nobody declares a member dead that it has not suspected for the shortest time-out',
    () => {
      const least = suspicionTimeout(config.suspicionMult, 1, config.probeInterval);
      const suspectedAt = new Map<string, Micros>();
      return (view, { node, note }) => {
        const { member, status, from, before } = memberNote(note);
        const key = `${node.id}/${node.incarnation}/${member}`;
        if (status === 'suspect') suspectedAt.set(key, view.now);
        if (status !== 'dead' || from !== node.id) return undefined;
        const waited = view.now - (suspectedAt.get(key) ?? view.now);
        if (before === 'suspect' && waited >= least) return undefined;
        return `${node.id} declares ${member} dead that was ${before} for ${formatDuration(waited)}`;
      };
    },
  );

/** Accuracy, where everybody is well or comes back soon enough to object. */
export const nobodyDiesInVain: Property = alwaysOn(
  ['member'],
  'nobody who lives is declared dead',
  'a member that is there, or is back before its time is over, is not declared dead',
  () =>
    (view, { node, note }) => {
      const { member, status } = memberNote(note);
      const isThere = view.nodes.some(({ id, status: now }) => id === member && (now === 'up' || now === 'paused'));
      return status === 'dead' && isThere ? `${node.id} takes ${member} for dead, which lives` : undefined;
    },
);

/** Completeness in time: 2 n - 1 periods until it is probed, the longest suspicion, and `slack`. */
export const crashesAreDetected = (
  protocol: SwimProtocol,
  { config, slack }: { config: SwimConfig; slack: Micros },
): Property =>
  always('crashes are detected', 'whoever crashes is dead in the eyes of all who live, in time', () => {
    const downSince = new Map<string, Micros>();
    const upSince = new Map<string, Micros>();
    return (view, { node }) => {
      const servers = view.nodes.filter((other) => other.protocol === protocol);
      for (const { id, status } of servers) {
        const isDown = status === 'down';
        (isDown ? upSince : downSince).delete(id);
        const since = isDown ? downSince : upSince;
        if (!since.has(id)) since.set(id, view.now);
      }
      if (node.protocol !== protocol || node.state === undefined) return undefined;
      const { suspicionMult, suspicionMaxTimeoutMult, probeInterval } = config;
      const longest = suspicionTimeout(suspicionMult, servers.length, probeInterval) * suspicionMaxTimeoutMult;
      const bound = (2 * servers.length - 1) * probeInterval + longest + slack;
      for (const [id, since] of downSince) {
        if (view.now - Math.max(since, upSince.get(node.id) ?? view.now) <= bound) continue;
        const known = memberOf(node.state as Swim['state'], id);
        if (known !== undefined && isLive(known))
          return `${node.id} takes ${id} for ${known.status}, down since ${formatDuration(since)}`;
      }
      return undefined;
    };
  });

/** After the heal all know the same: who runs is alive, and says of itself what it says. */
export const membershipConverges = (protocol: SwimProtocol, within: Micros): Property =>
  eventually('membership converges', 'everybody knows everybody who lives, and nobody else', within, (view) => {
    const running = view.running(protocol).filter(({ state }) => !state.swim.isLeaving);
    const gone = view.running(protocol).filter(({ state }) => state.swim.isLeaving);
    for (const { id, state } of running) {
      for (const other of running) {
        const known = memberOf(state, other.id);
        if (known?.status !== 'alive') return `${id} takes ${other.id} for ${known?.status ?? 'a stranger'}`;
        if (known.meta !== other.state.swim.meta) return `${id} knows ${other.id} as it was in an earlier life`;
      }
      const ghost = membersOf(state).find(
        (member) => isLive(member) && gone.some(({ id: left }) => left === member.name),
      );
      if (ghost !== undefined) return `${id} takes ${ghost.name} for ${ghost.status}, which has left`;
    }
    return undefined;
  });

/** When all is well, members take themselves for healthy (Lifeguard IV-A). */
export const healthRecovers = (protocol: SwimProtocol, within: Micros): Property =>
  eventually('health recovers', 'everybody takes itself for healthy', within, (view) => {
    const sick = view.running(protocol).find(({ state }) => state.swim.awareness > 0);
    return sick === undefined ? undefined : `${sick.id} has a local health multiplier of ${sick.state.swim.awareness}`;
  });

/** An event that was sent after the heal reaches all: by gossip, or in the full exchange that closes its gaps. */
export const eventsArrive = (protocol: SwimProtocol, exchange: Micros, within: Micros): Property =>
  eventually('events arrive', 'an event of the time after the heal reaches all', within, (view, healedAt) => {
    if (view.now < healedAt + within - seconds(1)) return 'more may be sent';
    const sent = view.history.filter(({ type, f, time }) => {
      return type === 'ok' && f === 'event' && time > healedAt && time < healedAt + within - exchange;
    });
    for (const value of sent.map((event) => (event.value as [number, number])[0])) {
      const deaf = view
        .running(protocol)
        .find(({ state }) => !state.swim.isLeaving && !state.serf.recent.some((news) => news.value === value));
      if (deaf !== undefined) return `${deaf.id} has not heard ${value}`;
    }
    return undefined;
  });

/** Lamport's clock condition, and each event once. */
export const eventsAreOrdered: Property = alwaysOn(
  ['event'],
  'events are ordered',
  'a member delivers an event once, and what it sends has a later time than all that it has heard',
  () => {
    const latest = new Map<string, number>();
    const delivered = new Set<string>();
    return (_view, { node, note }) => {
      const { time, origin, name, value, sent } = (note ?? nothing).data as unknown as SerfNews & {
        readonly sent: boolean;
      };
      const life = `${node.id}/${node.incarnation}`;
      const before = latest.get(life) ?? 0;
      latest.set(life, Math.max(before, time));
      const identity = JSON.stringify([life, time, name, value, origin]);
      if (delivered.has(identity)) return `${node.id} delivers the event ${time} of ${origin} again`;
      delivered.add(identity);
      return sent && time <= before ? `${node.id} sends at time ${time} after it has heard of ${before}` : undefined;
    };
  },
);

/** A name stays with whoever bears it and lives. */
export const namesStay = (protocol: SwimProtocol): Property =>
  always('names stay', 'the address of a member that lives is not replaced by another', () => {
    const bearers = new Map<string, Member>();
    return (view, { node }) => {
      if (node.protocol !== protocol || node.state === undefined) return undefined;
      for (const member of membersOf(node.state as Swim['state'])) {
        const key = `${node.id}/${member.name}`;
        const known = bearers.get(key);
        bearers.set(key, member);
        if (known === undefined || known.address === member.address || view.node(known.address).status !== 'up')
          continue;
        return `${node.id} reaches ${member.name} at ${member.address} instead of ${known.address}`;
      }
      return undefined;
    };
  });
