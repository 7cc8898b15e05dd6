// Single messages: what is delivered and did not matter is lost instead, so that what is left of the transcript is the story.
import { simulate, traceKinds, type Fault, type NodeId, type TimedFault } from '../../sim/index.ts';
import { optionsOf, type Case } from '../case.ts';
import { mostLost } from './limits.ts';
import { minimize } from './minimize.ts';
import type { Search } from './index.ts';
import type { Trial } from './trial.ts';

/** A message by its link and its number on it. */
interface Sent {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly place: number;
}

/** Loses as many messages as can be lost without making the run longer, where messages can get lost at all. */
export function loseMessages(search: Search): void {
  const start = search.best.case;
  if (search.best.events > mostEvents || search.limits.loss === 0) return;
  const { sent } = linksOf(search, start);
  const most = mostLost(search.limits, sent.length);
  const lose = (kept: readonly Sent[]): boolean => {
    const keep = new Set(kept.map(keyOf));
    const lost = sent.filter((message) => !keep.has(keyOf(message)));
    if (lost.length > most) return false;
    const faults = [...losses(lost), ...start.faults];
    // Strictly shorter: a message that is lost must not be made up for by others. And no fault's work may be done by what is
    // lost instead: a cut is easier to read than a hundred messages that do not arrive.
    const isStory = ({ events }: Trial): boolean =>
      start.faults.every(
        (fault) => search.tries({ ...start, faults: faults.filter((each) => each !== fault) }, events) === undefined,
      );
    return search.accepts({ ...start, faults }, search.best.events - 1, isStory);
  };
  minimize(sent, lose, () => search.isOver());
}

/**
 * Forgets losses of messages that are not sent any more: whatever is lost changes what is sent, and what is told as lost should
 * have been.
 */
export function forgetUnsent(search: Search): void {
  const { case: found, events } = search.best;
  if (!found.faults.some(({ fault }) => fault.type === 'lose-messages')) return;
  const { counts } = linksOf(search, found);
  const faults = found.faults.flatMap(({ at, fault }): TimedFault[] => {
    if (fault.type !== 'lose-messages') return [{ at, fault }];
    const count = counts.get(linkOf(fault.from[0] ?? '', fault.to[0] ?? '')) ?? 0;
    const places = fault.places.filter((place) => place < count);
    return places.length === 0 ? [] : [{ at, fault: { ...fault, places } }];
  });
  search.accepts({ ...found, faults }, events);
}

/** Beyond it nobody reads the transcript to its end anyway. */
const mostEvents = 3_000;

const sendKind = traceKinds.indexOf('send');
const deliverKind = traceKinds.indexOf('deliver');

const linkOf = (from: NodeId, to: NodeId): string => `${from}>${to}`;
const keyOf = ({ from, to, place }: Sent): string => `${linkOf(from, to)}/${place}`;

/**
 * The messages that arrived before the cause showed, in the order in which they were sent, and how many were sent on each link.
 * What a fault keeps from arriving is that fault's to lose.
 */
function linksOf(search: Search, found: Case): { sent: readonly Sent[]; counts: ReadonlyMap<string, number> } {
  const { trace } = simulate(search.scenario, {
    ...optionsOf({ ...found, maxEvents: search.best.events }),
    trace: true,
    judge: false,
  });
  const counts = new Map<string, number>();
  const sent: Sent[] = [];
  if (trace === undefined) return { sent, counts };
  const arrived = new Set<number>();
  for (let row = 0; row < trace.length; row++) {
    if (trace.kind[row] === deliverKind) arrived.add(trace.ref[row] as number);
  }
  for (let row = 0; row < trace.length; row++) {
    if (trace.kind[row] !== sendKind || trace.node[row] === trace.peer[row]) continue; // to itself no link leads
    const [from, to] = [trace.nodes[trace.node[row] as number], trace.nodes[trace.peer[row] as number]];
    if (from === undefined || to === undefined) continue;
    const link = linkOf(from, to);
    const place = counts.get(link) ?? 0;
    counts.set(link, place + 1);
    if (arrived.has(trace.ref[row] as number)) sent.push({ from, to, place });
  }
  return { sent, counts };
}

/** One fault for each link that loses something. */
function losses(lost: readonly Sent[]): readonly TimedFault[] {
  const links = new Map<string, Extract<Fault, { type: 'lose-messages' }>>();
  for (const { from, to, place } of lost) {
    const link = linkOf(from, to);
    const fault = links.get(link) ?? { type: 'lose-messages', from: [from], to: [to], places: [] };
    links.set(link, { ...fault, places: [...fault.places, place] });
  }
  return [...links.values()].map((fault) => ({ at: 0, fault }));
}
