// What must hold of how members probe and suspect each other: everybody is probed in turn, others are asked for help, pings fail
// as often as the network loses them, suspicions last their time, and what keeps all of it in bounds.
import { memberOf, suspicionLength, suspicionTimeout, type Swim, type SwimConfig } from '../protocols/swim/index.ts';
import { alwaysOn, formatDuration, type Micros, type Property, type Touch } from '../sim/index.ts';

const swimOf = ({ node }: Touch): Swim['state']['swim'] | undefined => (node.state as Swim['state'] | undefined)?.swim;
const lifeOf = ({ node }: Touch): string => `${node.id}/${node.incarnation}`;
const textOf = ({ note }: Touch, field: string): string => note?.data[field] as string;

/** SWIM, section 4.3: in a cluster of n that does not change, everybody is probed at least once in 2 n - 1 periods. */
export const everybodyIsProbed = (n: number): Property =>
  alwaysOn(
    ['probe'],
    'everybody is probed',
    'a member probes each of the others once in 2 n - 1 of its periods',
    () => {
      const periods = new Map<string, number>();
      const probedIn = new Map<string, Map<string, number>>();
      return (_view, touch) => {
        const life = lifeOf(touch);
        const period = (periods.get(life) ?? 0) + 1;
        periods.set(life, period);
        const last = probedIn.get(life) ?? new Map<string, number>();
        probedIn.set(life, last.set(textOf(touch, 'target'), period));
        for (const [target, probed] of last) {
          if (period - probed >= 2 * n - 1)
            return `${touch.node.id} has not probed ${target} for ${period - probed} periods`;
        }
        return undefined;
      };
    },
  );

/** SWIM, section 4.3: a member goes round its list of members, on which everybody stands once, who was forgotten no more. */
export const rosterIsTheMembers: Property = alwaysOn(
  ['member', 'forgotten'],
  'the roster is the members',
  'a member goes round all members that it knows, each of them once',
  () => (_view, touch) => {
    const swim = swimOf(touch);
    if (swim === undefined) return undefined;
    const names = new Set(swim.roster);
    const isWhole = names.size === swim.roster.length && names.size === swim.members.size;
    if (isWhole && swim.roster.every((name) => memberOf({ swim }, name) !== undefined)) return undefined;
    return `${touch.node.id} goes round ${swim.roster.join(', ')}, and knows ${swim.members.size} members`;
  },
);

/** memberlist, probeNode: k others at most are asked, which the asker takes for alive. */
export const helpersAreOthers = ({ indirectChecks }: SwimConfig): Property =>
  alwaysOn(
    ['asks', 'member', 'forgotten'],
    'helpers are others',
    'who asks for help asks different members that are alive, not itself and not the target',
    () => {
      const accused = new Map<string, Set<string>>(); // as told in notes: a state may be ahead of what is asked
      return (_view, touch) => {
        const { id } = touch.node;
        const others = accused.get(lifeOf(touch)) ?? new Set<string>();
        accused.set(lifeOf(touch), others);
        if (touch.note?.kind !== 'asks') {
          if (textOf(touch, 'status') === 'alive') others.delete(textOf(touch, 'member'));
          else others.add(textOf(touch, 'member'));
          return undefined;
        }
        const { helpers, target } = touch.note.data as { helpers: readonly string[]; target: string };
        const isWrong = helpers.some((name) => name === target || name === id || others.has(name));
        if (!isWrong && new Set(helpers).size === helpers.length && helpers.length <= indirectChecks) return undefined;
        const doubts = others.size === 0 ? '' : `, and takes ${[...others].join(', ')} for suspect or dead`;
        return `${id} asks ${helpers.join(', ')} to ping ${target}${doubts}`;
      };
    },
  );

/**
 * Accuracy, SWIM section 3.2 with q = 1: a probe of a member that lives fails with the probability (1 - m²)(1 - m⁴)^k, where a
 * message arrives with probability m. How many do in a run lies within Bernstein's bound, which a right implementation exceeds
 * in one run of a thousand million, on either side.
 */
export const probesFailAsOftenAs = (lossPpm: number, helpers: number, measuredUntil: Micros): Property =>
  alwaysOn(
    ['probe', 'probe failed'],
    'probes fail as often as they should',
    'failed probes are as many as lost messages make them',
    () => {
      const arrives = 1 - lossPpm / 1_000_000;
      let missed = 1 - arrives ** 2;
      for (let helper = 0; helper < helpers; helper++) missed *= 1 - arrives ** 4;
      let probes = 0;
      let failed = 0;
      let isJudged = false;
      return (view, { note }) => {
        if (note?.kind === 'probe') probes++;
        else failed++;
        if (view.now < measuredUntil || isJudged) return undefined;
        isJudged = true;
        const expected = probes * missed;
        const most = bernstein(expected * (1 - missed));
        if (probes > 0 && failed >= expected - most && failed <= expected + most) return undefined;
        const share = `${Math.max(0, Math.round(expected - most))} to ${Math.round(expected + most)}`;
        return `${failed} of ${probes} probes failed; at this loss and with ${helpers} helpers it should be ${share}`;
      };
    },
  );

/** By how much a sum of independent events of this variance leaves its mean with probability 10⁻⁹ (Bernstein's inequality). */
function bernstein(variance: number): number {
  const third = 20.723 / 3; // ln 10⁹
  return third + Math.sqrt(third * third + 6 * third * variance);
}

/**
 * Lifeguard IV-B: who suspects another declares it dead when max(Min, Max - (Max - Min) log(C + 1) / log(K + 1)) have passed,
 * counting each of C others that confirm it once: no earlier, and no later than `slack`.
 */
export const suspicionsLastTheirTime = (config: SwimConfig, slack: Micros): Property =>
  alwaysOn(
    ['member', 'confirmed'],
    'suspicions last their time',
    'a suspicion runs out when those who share it say',
    () => {
      const begun = new Map<string, { at: Micros; n: number; accusers: Set<string> }>();
      return (view, touch) => {
        const key = `${lifeOf(touch)}/${textOf(touch, 'member')}`;
        const suspicion = begun.get(key);
        const from = textOf(touch, 'from');
        if (touch.note?.kind === 'confirmed') {
          suspicion?.accusers.add(from);
          return undefined;
        }
        const status = textOf(touch, 'status');
        begun.delete(key);
        if (status === 'suspect') {
          begun.set(key, { at: view.now, n: swimOf(touch)?.members.size ?? 0, accusers: new Set([from]) });
          return undefined;
        }
        if (suspicion === undefined || status !== 'dead' || from !== touch.node.id) return undefined;
        const { at, n, accusers } = suspicion;
        const due = lengthOf(config, n, accusers.size - 1);
        const waited = view.now - at;
        if (waited >= due - 1_000 && waited <= due + slack) return undefined;
        const why = `whom ${[...accusers].join(', ')} suspect, ${formatDuration(waited)} after it was suspected instead of ${formatDuration(due)}`;
        return `${touch.node.id} declares ${textOf(touch, 'member')} dead, ${why}`;
      };
    },
  );

function lengthOf(
  { suspicionMult, suspicionMaxTimeoutMult, probeInterval }: SwimConfig,
  n: number,
  confirmed: number,
): Micros {
  const needed = n - 2 < suspicionMult - 2 ? 0 : suspicionMult - 2;
  const min = suspicionTimeout(suspicionMult, n, probeInterval);
  return suspicionLength(Math.min(confirmed, needed), needed, min, min * suspicionMaxTimeoutMult);
}

/** Lifeguard IV-A: 0 to S - 1. */
export const healthIsBounded = ({ awarenessMaxMultiplier }: SwimConfig): Property =>
  alwaysOn(['probe'], 'health is bounded', 'the local health multiplier stays from 0 to its maximum less one', () => {
    return (_view, touch) => {
      const awareness = swimOf(touch)?.awareness ?? 0;
      if (awareness >= 0 && awareness < awarenessMaxMultiplier) return undefined;
      return `${touch.node.id} has a local health multiplier of ${awareness}`;
    };
  });

/** memberlist's budget in a cluster of n that does not change, counted in digits; and one piece of news of each member. */
export const newsRetire = ({ retransmitMult }: SwimConfig, n: number): Property =>
  alwaysOn(['probe'], 'news retire', 'news are passed on so often and no more, and newer ones take their place', () => {
    const limit = retransmitMult * String(n).length;
    return (_view, touch) => {
      const subjects = new Set<string>();
      for (const { update, transmits } of swimOf(touch)?.queue ?? []) {
        if (transmits >= limit)
          return `${touch.node.id} goes on with ${update.type} after it has passed it on ${transmits} times`;
        if (update.type === 'user') continue;
        const subject = update.type === 'alive' ? update.member.name : update.member;
        if (subjects.has(subject)) return `${touch.node.id} tells older and newer news of ${subject}`;
        subjects.add(subject);
      }
      return undefined;
    };
  });

/** Who says itself that it goes has left: it has not failed, and need not be called. */
export const whoLeavesHasLeft: Property = alwaysOn(
  ['member'],
  'who leaves has left',
  'nobody takes a member for dead because that member says that it leaves',
  () => (_view, touch) => {
    const member = textOf(touch, 'member');
    if (textOf(touch, 'status') !== 'dead' || textOf(touch, 'from') !== member) return undefined;
    return `${touch.node.id} takes ${member} for dead, which says itself that it has left`;
  },
);
