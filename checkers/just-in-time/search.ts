// The fast search for an order that explains a history: just-in-time linearization (Lowe 2017, section 4). It goes from
// return to return and knows only the operations that are pending there; it goes deep first, so that a valid history is
// explained on the way, and remembers the configurations of each level, so that an invalid one ends.
import { refused, type Transitions } from '../wing-gong/transitions.ts';
import { Configurations } from './configurations.ts';
import { Expansion, NoOverwrite } from './expansion.ts';
import { Watch, type Limits, type Stop } from './limits.ts';
import { Pending } from './pending.ts';
import type { Timeline } from './timeline.ts';
import { orderOf } from './witness.ts';

export type JustInTimeOutcome =
  /** An order exists: `order` tells it, as operations of the partition; crashed ones only if they are of use. */
  | { readonly type: 'found'; readonly order: () => readonly number[]; readonly steps: number }
  /** No order exists; the history up to the return of `blocked` is the shortest prefix without. */
  | { readonly type: 'none'; readonly blocked: number; readonly steps: number }
  /** A limit was reached after some order had explained the first `covered` returns, but none that of `blocked`. */
  | {
      readonly type: 'stopped';
      readonly by: Stop;
      readonly covered: number;
      readonly blocked: number;
      readonly steps: number;
    };

/** The fast search, which can be gone on with. */
export class JustInTimeSearch<State> {
  private readonly timeline: Timeline;
  private readonly transitions: Transitions<State>;
  private readonly limits: Limits;
  private run: Run<State>;
  private spent = 0; // by a run that had to be given up

  /** @param isOverwriter by operation: 1 if its call is taken to overwrite. */
  constructor(timeline: Timeline, transitions: Transitions<State>, isOverwriter: Uint8Array, limits: Limits) {
    this.timeline = timeline;
    this.transitions = transitions;
    this.limits = limits;
    this.run = new Run(timeline, transitions, isOverwriter, limits);
  }

  /** Looks for an order of all operations that returned, and any of the crashed ones, until `maxSteps` were made in all. */
  resume(maxSteps: number): JustInTimeOutcome {
    try {
      const outcome = this.run.search(maxSteps - this.spent);
      return { ...outcome, steps: outcome.steps + this.spent };
    } catch (error) {
      if (!(error instanceof NoOverwrite)) throw error;
      this.spent += this.run.steps;
      const none = new Uint8Array(this.timeline.slot.length);
      this.run = new Run(this.timeline, this.transitions, none, this.limits);
      return this.resume(maxSteps);
    }
  }
}

class Run<State> {
  private readonly timeline: Timeline;
  private readonly transitions: Transitions<State>;
  private readonly watch: Watch;
  private readonly pending: Pending<State>;
  private readonly expansion: Expansion<State>;
  private readonly configurations: Configurations;
  private readonly masks: Int32Array;
  private furthest = 0;
  private stopped: Stop | undefined;
  private readonly stack: number[] = [];
  private readonly successors: number[] = [];

  constructor(timeline: Timeline, transitions: Transitions<State>, isOverwriter: Uint8Array, limits: Limits) {
    this.timeline = timeline;
    this.transitions = transitions;
    this.watch = new Watch(limits);
    this.pending = new Pending(timeline, transitions, isOverwriter);
    this.expansion = new Expansion(transitions, timeline, this.pending, isOverwriter, this.watch);
    this.configurations = new Configurations(timeline.slots);
    this.masks = new Int32Array(2 * this.configurations.width);
    this.stack.push(this.configurations.add(0, 0, -1, this.masks, 0));
  }

  get steps(): number {
    return this.watch.steps;
  }

  search(maxSteps: number): JustInTimeOutcome {
    const { stack, configurations, watch, timeline } = this;
    const last = timeline.returns.length;
    for (let number = stack.pop(); number !== undefined; number = stack.pop()) {
      if (watch.steps > maxSteps) {
        stack.push(number);
        return this.stop('steps');
      }
      const level = configurations.level(number);
      if (level > this.furthest) this.furthest = level;
      if (level === last) return { type: 'found', order: () => this.order(number), steps: watch.steps };
      this.advance(number, level);
      if (this.stopped === undefined) this.isOver();
      if (this.stopped !== undefined) {
        return this.stop(this.stopped);
      }
    }
    return { type: 'none', blocked: timeline.returns[this.furthest]!, steps: watch.steps };
  }

  private stop(by: Stop): JustInTimeOutcome {
    const { furthest, watch, timeline } = this;
    return { type: 'stopped', by, covered: furthest, blocked: timeline.returns[furthest] ?? -1, steps: watch.steps };
  }

  /** Lets the next return happen to a configuration. */
  private advance(number: number, level: number): void {
    const { configurations, masks, timeline, expansion, successors, stack } = this;
    const state = configurations.state(number);
    this.pending.moveTo(level);
    configurations.read(number, masks);
    this.call(level, state);
    const returning = timeline.returns[level]!;
    const slot = timeline.slot[returning]!;
    const bit = 1 << (slot & 31);
    const done = slot >> 5;
    const optional = configurations.width + done;
    const wasDone = (masks[done]! & bit) !== 0;
    const wasOptional = (masks[optional]! & bit) !== 0;
    const add = (target: number, after: Int32Array): boolean => {
      const added = configurations.add(level + 1, target, number, after, 0);
      if (added !== -1) successors.push(added);
      return false;
    };
    const isRead = this.transitions.observes[this.transitions.kinds[returning]!] === 1;
    const isSpare = wasOptional && (isRead || expansion.isSpare(level, returning, masks));
    if (!wasDone && !isSpare) expansion.run(level, state, masks, returning, add, () => this.isOver());
    if (wasDone || wasOptional) {
      masks[done] = masks[done]! & ~bit;
      masks[optional] = masks[optional]! & ~bit;
      add(state, masks);
    }
    for (let next = successors.pop(); next !== undefined; next = successors.pop()) stack.push(next);
  }

  /** Lets the calls of a level happen: crashed operations are optional from the start, reads that fit are done with. */
  private call(level: number, state: number): void {
    const { timeline, transitions, masks, configurations } = this;
    for (let operation = timeline.calls[level]!; operation < timeline.calls[level + 1]!; operation += 1) {
      const kind = transitions.kinds[operation]!;
      const slot = timeline.slot[operation]!;
      let isOptional = timeline.crashed[operation] === 1;
      if (transitions.observes[kind] === 1) isOptional ||= transitions.next(state, kind) !== refused;
      const word = configurations.width + (slot >> 5);
      if (isOptional) masks[word] = masks[word]! | (1 << (slot & 31));
    }
  }

  private isOver(): boolean {
    this.stopped ??= this.watch.stop(
      () => this.configurations.bytes,
      () => this.furthest,
    );
    return this.stopped !== undefined;
  }

  /** The order that a configuration of the last level stands for: each step of its way is expanded once more. */
  private order(number: number): readonly number[] {
    const { configurations, timeline } = this;
    const way: number[] = [];
    for (let at = number; at !== -1; at = configurations.parent(at)) way.push(at);
    way.reverse();
    return orderOf(timeline, this.transitions, this.expansion.overwrites, (level) =>
      this.replay(way[level]!, way[level + 1]!, level),
    );
  }

  /** The operations placed between two configurations, in order; the returning one is among them unless it was before. */
  private replay(from: number, to: number, level: number): readonly number[] {
    const { configurations, masks, timeline, expansion } = this;
    this.pending.moveTo(level);
    configurations.read(from, masks);
    const state = configurations.state(from);
    this.call(level, state);
    const wanted = new Int32Array(masks.length);
    configurations.read(to, wanted);
    const target = configurations.state(to);
    const returning = timeline.returns[level]!;
    const slot = timeline.slot[returning]!;
    const bit = 1 << (slot & 31);
    const done = (masks[slot >> 5]! & bit) !== 0;
    const optional = (masks[configurations.width + (slot >> 5)]! & bit) !== 0;
    let path: readonly number[] = [];
    const isRead = this.transitions.observes[this.transitions.kinds[returning]!] === 1;
    if (done || (optional && (isRead || expansion.isSpare(level, returning, masks)))) return path;
    expansion.run(
      level,
      state,
      masks,
      returning,
      (reached, after, node) => {
        if (reached !== target || after.some((word, index) => word !== wanted[index])) return false;
        path = expansion.pathTo(node, returning);
        return true;
      },
      () => false,
    );
    return path;
  }
}
