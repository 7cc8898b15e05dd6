// The network: directed links with a latency table, loss, duplication, reordering and a capacity, and what faults do to
// them. Links keep the order of their messages unless a message is drawn to overtake.
import { assertLatencyTable, drawLatency, latencyPresets, type LatencyPreset, type LatencyTable } from './latency.ts';
import type { NodeId } from './protocol.ts';
import { compactStream, type Random } from './random.ts';
import type { Micros } from './time.ts';

export interface NetworkSpec {
  /** One-way delay inside a region: a preset or a quantile table. */
  readonly latency: LatencyPreset | LatencyTable;
  /** Nodes are dealt out in turn to so many regions; default 1. */
  readonly regions?: number;
  /** One-way delay between regions; default `wan`. */
  readonly betweenRegions?: LatencyPreset | LatencyTable;
  /** Links that differ: the first that names both ends counts. */
  readonly links?: readonly LinkSpec[];
  /** Probabilities per message, in parts per million; default 0. */
  readonly loss?: number;
  readonly duplicate?: number;
  /** A message drawn to be reordered may overtake those before it on its link. */
  readonly reorder?: number;
  /** Messages in flight that one link carries at most; what exceeds it is lost. Default 1024. */
  readonly capacity?: number;
  /** What becomes of a message to a node that is down: lost in silence, or refused by the machine. Default lost. */
  readonly whenDown?: 'lose' | 'refuse';
}

/** What one directed link does differently. */
export interface LinkSpec {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly latency?: LatencyPreset | LatencyTable;
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  readonly capacity?: number;
}

/** Presets of whole networks. */
export const networkPresets = {
  loopback: { latency: 'loopback' },
  lan: { latency: 'lan' },
  /** Three regions, LAN inside, tens of milliseconds between. */
  wan: { latency: 'lan', regions: 3, betweenRegions: 'wan' },
  congested: { latency: 'congested', loss: 20_000, reorder: 50_000, capacity: 64 },
} satisfies Record<string, NetworkSpec>;

/** A directed link as it is now. Counters and sums are how overlapping faults add up. */
export interface Link {
  readonly from: number;
  readonly to: number;
  readonly table: LatencyTable;
  readonly capacity: number;
  loss: number;
  duplicate: number;
  reorder: number;
  cuts: number;
  holds: number;
  slowness: Micros;
  lastArrival: Micros;
  inFlight: number;
  /** How many messages were ever sent on it. */
  sent: number;
  /** What faults do to single messages, by their numbers, counted as `sent` does. */
  readonly singledOut: Map<number, SingledOut>;
  /** One stream a concern, made when first needed. */
  readonly streams: { latency?: Random; loss?: Random; duplicate?: Random; reorder?: Random };
  /** Messages that wait for the link to be released: number and payload. */
  held: { message: number; payload: unknown }[];
}

/** A message is lost, late, or arrives in time and once more so much later. */
export type SingledOut = { readonly type: 'lost' } | { readonly type: 'late' | 'copied'; readonly by: Micros };

/** What a fault does to every link it matches, now and for as long as it lasts. */
export interface LinkRule {
  matches(from: number, to: number): boolean;
  begin(link: Link): void;
  end(link: Link): void;
}

export class Network {
  readonly refuses: boolean;
  readonly #spec: NetworkSpec;
  readonly #ids: readonly NodeId[];
  readonly #seed: string;
  readonly #links: (Link | undefined)[][];
  readonly #rules = new Set<LinkRule>();

  constructor(spec: NetworkSpec, ids: readonly NodeId[], seed: string) {
    this.#spec = spec;
    this.#ids = ids;
    this.#seed = seed;
    this.refuses = spec.whenDown === 'refuse';
    this.#links = ids.map(() => []);
    for (const latency of [spec.latency, spec.betweenRegions, ...(spec.links ?? []).map((link) => link.latency)]) {
      if (latency !== undefined) assertLatencyTable(tableOf(latency));
    }
  }

  link(from: number, to: number): Link {
    return (this.#links[from] as (Link | undefined)[])[to] ?? this.#createLink(from, to);
  }

  /** Draws the delay of a message; one draw per message, whatever becomes of it. */
  drawDelay(link: Link): Micros {
    return drawLatency(link.table, link.streams.latency ?? this.#stream(link, 'latency')) + link.slowness;
  }

  /** Draws whether this message meets the concern; draws nothing while the probability is 0. */
  draws(link: Link, concern: 'loss' | 'duplicate' | 'reorder'): boolean {
    const ppm = link[concern];
    return ppm > 0 && (link.streams[concern] ?? this.#stream(link, concern)).chance(ppm);
  }

  addRule(rule: LinkRule): void {
    this.#rules.add(rule);
    this.#forMatching(rule, (link) => rule.begin(link));
  }

  /** Ends a rule and returns the links it matched. */
  removeRule(rule: LinkRule): Link[] {
    const links: Link[] = [];
    this.#rules.delete(rule);
    this.#forMatching(rule, (link) => {
      rule.end(link);
      links.push(link);
    });
    return links;
  }

  #forMatching(rule: LinkRule, act: (link: Link) => void): void {
    for (const row of this.#links) {
      for (const link of row) if (link !== undefined && rule.matches(link.from, link.to)) act(link);
    }
  }

  #createLink(from: number, to: number): Link {
    const own = this.#spec.links?.find((link) => link.from === this.#ids[from] && link.to === this.#ids[to]);
    const regions = this.#spec.regions ?? 1;
    const latency = from % regions === to % regions ? this.#spec.latency : (this.#spec.betweenRegions ?? 'wan');
    const link: Link = {
      from,
      to,
      table: tableOf(own?.latency ?? latency),
      capacity: own?.capacity ?? this.#spec.capacity ?? 1024,
      loss: own?.loss ?? this.#spec.loss ?? 0,
      duplicate: own?.duplicate ?? this.#spec.duplicate ?? 0,
      reorder: own?.reorder ?? this.#spec.reorder ?? 0,
      cuts: 0,
      holds: 0,
      slowness: 0,
      lastArrival: 0,
      inFlight: 0,
      sent: 0,
      singledOut: new Map(),
      streams: {},
      held: [],
    };
    for (const rule of this.#rules) if (rule.matches(from, to)) rule.begin(link);
    (this.#links[from] as (Link | undefined)[])[to] = link;
    return link;
  }

  #stream(link: Link, concern: keyof Link['streams']): Random {
    const name = `link/${this.#ids[link.from]}>${this.#ids[link.to]}/${concern}`;
    return (link.streams[concern] ??= compactStream(this.#seed, name));
  }
}

function tableOf(latency: LatencyPreset | LatencyTable): LatencyTable {
  return typeof latency === 'string' ? latencyPresets[latency] : latency;
}
