// What the page and the simulator's thread say to each other. Each request has a number; its answers carry the same one.
import type { Parting } from '../../sim/diff.ts';
import type { Json, NodeId } from '../../sim/protocol.ts';
import type { Micros } from '../../sim/time.ts';
import type { Verdict } from '../../sim/verdict.ts';
import type { CatalogueEntry } from '../catalogue.ts';
import type { LiveTimeline } from '../data.ts';
import type { Lesson } from '../lessons/format.ts';
import type { RunRequest } from '../request.ts';

/** What can be asked, by name: what goes in and what comes out. */
export interface Services {
  /** All scenarios, and besides them the variant `…+core` of that name. */
  catalogue: { readonly asks: string | undefined; readonly answer: readonly CatalogueEntry[]; readonly partial: never };
  /** Simulates, keeps the run under a number, and compares it with an earlier one. */
  run: {
    readonly asks: { readonly request: unknown; readonly against?: number | undefined };
    readonly answer: RunAnswer;
    readonly partial: {
      readonly events: number;
      readonly now: Micros;
      readonly until: Micros;
      /** What is done with the run when it is over. */
      readonly stage?: string | undefined;
    };
  };
  /** The world right after an event of a kept run. */
  moment: {
    readonly asks: { readonly run: number; readonly event: number };
    readonly answer: Moment;
    readonly partial: never;
  };
  /** Validates a lesson that came from outside. */
  lesson: { readonly asks: unknown; readonly answer: Lesson; readonly partial: never };
  /** One outcome for each seed, as they come. */
  seeds: {
    readonly asks: { readonly request: RunRequest; readonly seeds: readonly string[] };
    readonly answer: number;
    readonly partial: SeedOutcome;
  };
  replayFile: { readonly asks: { readonly run: number }; readonly answer: string; readonly partial: never };
  transcript: {
    readonly asks: { readonly run: number; readonly from: Micros; readonly to: Micros };
    readonly answer: string;
    readonly partial: never;
  };
}

export type ServiceName = keyof Services;

/** A run that was simulated here. */
export interface RunAnswer {
  /** Under which it is kept, until newer ones take its place. */
  readonly number: number;
  readonly timeline: LiveTimeline;
  readonly clocks: readonly ClockTrack[];
  readonly tenures: readonly Tenure[];
  readonly orders: readonly OperationOrder[];
  /** How it differs from the run it was compared with. */
  readonly difference?: Difference | undefined;
}

/** Where two runs part and what decided it. */
export interface Difference {
  readonly inputs: readonly string[];
  /** Absent when the two are the same, event for event. */
  readonly parting?: Parting | undefined;
}

/** How far a node's wall clock is from true time, as a line through points; both in microseconds. */
export interface ClockTrack {
  readonly node: NodeId;
  readonly time: Float64Array;
  readonly off: Float64Array;
}

/** A time for which somebody had a lock by the word of its service, or believed to have it. */
export interface Tenure {
  readonly type: 'granted' | 'believed';
  readonly node: NodeId;
  readonly lock: string;
  /** The fencing token, where there is one. */
  readonly token: number | null;
  /** A reader's lock, which others may have as well. */
  readonly isShared: boolean;
  readonly from: Micros;
  readonly to: Micros;
}

/** Operations of one key in an order that explains all they returned. */
export interface OperationOrder {
  readonly key: string;
  readonly operations: readonly number[];
}

/** The world at one moment, between two events. */
export interface Moment {
  readonly now: Micros;
  readonly event: number;
  readonly nodes: readonly NodeMoment[];
}

export interface NodeMoment {
  readonly id: NodeId;
  readonly status: 'unborn' | 'up' | 'paused' | 'down';
  readonly busy: boolean;
  readonly incarnation: number;
  /** Null while the process does not live. */
  readonly state: Json;
  readonly wall: Micros;
  readonly monotonic: Micros;
}

/** What a seed came to. */
export interface SeedOutcome {
  readonly seed: string;
  readonly verdict: Verdict;
  /** Names of what was violated or could not be decided. */
  readonly findings: readonly string[];
  readonly hash: string;
  readonly events: number;
  readonly messages: number;
  readonly lost: number;
}

/** From the page. */
export type Asked =
  | {
      readonly [N in ServiceName]: { readonly type: N; readonly id: number; readonly asks: Services[N]['asks'] };
    }[ServiceName]
  | { readonly type: 'cancel'; readonly id: number };

/** To the page. `isExpected` tells bad input from a defect. */
export type Answered =
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'partial'; readonly id: number; readonly partial: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly message: string; readonly isExpected: boolean };
