// What may have happened just before a return: the orders of pending operations that lead from a configuration to one in
// which the returning operation has happened (just-in-time linearization, Lowe 2017, section 4).
import { refused, type Transitions } from '../wing-gong/transitions.ts';
import { TupleTable } from '../wing-gong/tuple-table.ts';
import { covers } from './configurations.ts';
import type { Watch } from './limits.ts';
import type { Pending } from './pending.ts';
import type { Timeline } from './timeline.ts';
import { findUses, type Uses } from './uses.ts';

/** A call that was taken for an overwrite led to two states. */
export class NoOverwrite extends Error {
  override readonly name = 'NoOverwrite';
}

/** Told each configuration after the return, and the node it was reached from. @returns true to end the expansion. */
export type Emit = (state: number, masks: Int32Array, node: number) => boolean;

const scanned = 48;

/** The orders tried before one return, as a tree of nodes; node 0 is the configuration itself. */
export class Expansion<State> {
  /** How many nodes there are. */
  nodes = 0;
  readonly timeline: Timeline;
  readonly pending: Pending<State>;
  /** By operation. */
  readonly overwrites: Uint8Array;
  private readonly transitions: Transitions<State>;
  private readonly watch: Watch;
  private readonly width: number;
  private readonly constant: Int32Array; // by kind: where an overwrite leads, once known
  private readonly emitted: Int32Array;
  private states = new Int32Array(64);
  private parents = new Int32Array(64);
  private placed = new Int32Array(64);
  private open = new Uint8Array(64);
  private masks: Int32Array<ArrayBuffer>;
  private exact: TupleTable | undefined;
  private readonly stamps: Int32Array; // by kind and status, or by class of overwrites: the last node that one was tried at
  private readonly classStamps: Int32Array;
  private readonly uses: Uses;
  private level = 0;
  private readonly visits = new Map<number, readonly number[]>(); // by node: overwrites let be seen just before its own
  private lastVisits: readonly number[] = [];
  private stamp = 0;

  constructor(
    transitions: Transitions<State>,
    timeline: Timeline,
    pending: Pending<State>,
    overwrites: Uint8Array,
    watch: Watch,
  ) {
    this.transitions = transitions;
    this.timeline = timeline;
    this.pending = pending;
    this.overwrites = overwrites;
    this.watch = watch;
    this.width = pending.overwriters.length;
    this.masks = new Int32Array(64 * 2 * this.width);
    this.emitted = new Int32Array(2 * this.width);
    this.constant = new Int32Array(transitions.kindCount).fill(-1);
    this.stamps = new Int32Array(2 * transitions.kindCount);
    this.uses = findUses(timeline, transitions, overwrites);
    this.classStamps = new Int32Array(this.uses.classes);
  }

  /** The operations placed on the way to a node and to the configuration just emitted from it, in order. */
  pathTo(node: number, returning: number): readonly number[] {
    const path: number[] = [returning, ...this.lastVisits.toReversed()];
    for (let at = node; at > 0; at = this.parents[at]!) {
      path.push(this.placed[at]!);
      for (const visited of (this.visits.get(at) ?? []).toReversed()) path.push(visited);
    }
    return path.toReversed();
  }

  /**
   * Emits all configurations in which `returning` has happened and is gone.
   * @param masks those before, done and optional.
   */
  run(level: number, state: number, masks: Int32Array, returning: number, emit: Emit, isOver: () => boolean): void {
    this.level = level;
    this.visits.clear();
    this.nodes = 1;
    this.exact = undefined;
    this.states[0] = state;
    this.open[0] = 1;
    this.masks.set(masks);
    for (let node = 0; node < this.nodes; node += 1) {
      if (this.place(node, returning, emit) || isOver()) return;
      this.expand(node, returning);
    }
  }

  /**
   * Marks the reads among the pending operations that the state accepts: they have happened, and left no trace.
   * @returns whether there were any.
   */
  private markObservations(state: number, masks: Int32Array, at: number): boolean {
    const { pending, transitions, timeline, width } = this;
    let marked = false;
    for (let place = 0; place < pending.readCount; place += 1) {
      const operation = pending.reads[place]!;
      const kind = transitions.kinds[operation]!;
      const slot = timeline.slot[operation]!;
      const word = at + width + (slot >> 5);
      const bit = 1 << (slot & 31);
      if ((masks[word]! & bit) !== 0) continue;
      if (transitions.next(state, kind) === refused) continue;
      masks[word] = masks[word]! | bit;
      marked = true;
    }
    return marked;
  }

  /** Where a step leads, or `refused`. @throws NoOverwrite */
  private next(state: number, operation: number): number {
    const { transitions, constant } = this;
    const kind = transitions.kinds[operation]!;
    this.watch.steps += 1;
    const target = transitions.next(state, kind);
    if (this.overwrites[operation] === 1) {
      if (constant[kind] === -1) constant[kind] = target;
      if (constant[kind] !== target || target === refused) throw new NoOverwrite();
    }
    return target;
  }

  /** Lets the returning operation happen at a node. */
  private place(node: number, returning: number, emit: Emit): boolean {
    if (this.overwrites[returning] === 1 && this.open[node] === 0) return false;
    const target = this.next(this.states[node]!, returning);
    if (target === refused) return false;
    const { emitted, width } = this;
    for (let word = 0; word < 2 * width; word += 1) emitted[word] = this.masks[node * 2 * width + word]!;
    this.lastVisits = this.overwrites[returning] === 1 ? this.overwrite(emitted, 0, returning, returning) : [];
    if (target !== this.states[node] && this.mayBeRead(returning)) this.markObservations(target, emitted, 0);
    const slot = this.timeline.slot[returning]!;
    emitted[slot >> 5] = emitted[slot >> 5]! & ~(1 << (slot & 31));
    emitted[width + (slot >> 5)] = emitted[width + (slot >> 5)]! & ~(1 << (slot & 31));
    this.forget(emitted, returning);
    return emit(target, emitted, node);
  }

  /** Whether what the operation leaves may be what a pending read returned. */
  private mayBeRead(operation: number): boolean {
    return this.overwrites[operation] === 0 || this.pending.readers[operation]! > 0;
  }

  /**
   * All that overwrites and is pending may have happened just before, unseen; and it has happened to be seen if all who will
   * ever ask for what it leaves are there to see it.
   * @returns those that were seen.
   */
  private overwrite(masks: Int32Array, at: number, placed: number, returning: number): readonly number[] {
    const { width, pending } = this;
    const seen = this.letBeSeen(masks, at, placed, returning);
    for (let word = 0; word < width; word += 1) {
      masks[at + width + word] = masks[at + width + word]! | (pending.overwriters[word]! & ~masks[at + word]!);
    }
    return seen;
  }

  private letBeSeen(masks: Int32Array, at: number, placed: number, returning: number): readonly number[] {
    const { pending, timeline, transitions, width } = this;
    const seen: number[] = [];
    for (let place = 0; place < pending.count; place += 1) {
      const operation = pending.operations[place]!;
      if (this.overwrites[operation] === 0 || pending.readers[operation] === 0) continue;
      if (this.isSameClass(operation, placed) || this.isSameClass(operation, returning)) continue;
      const slot = timeline.slot[operation]!;
      const bit = 1 << (slot & 31);
      const done = at + (slot >> 5);
      if ((masks[done]! & bit) !== 0 || !this.isLastWanted(operation)) continue;
      if (!this.markObservations(transitions.next(0, transitions.kinds[operation]!), masks, at)) continue;
      masks[done] = masks[done]! | bit;
      masks[done + width] = masks[done + width]! & ~bit;
      seen.push(operation);
    }
    return seen;
  }

  /** Overwrites that were seen and that nobody can ask for any more are as good as unseen. */
  private forget(masks: Int32Array, returning: number): void {
    const { pending, timeline, width } = this;
    for (let place = 0; place < pending.count; place += 1) {
      const operation = pending.operations[place]!;
      if (this.overwrites[operation] === 0 || operation === returning) continue;
      const slot = timeline.slot[operation]!;
      const bit = 1 << (slot & 31);
      const done = slot >> 5;
      if ((masks[done]! & bit) === 0 || !this.isLastWanted(operation) || this.isAwaited(operation, masks, 0)) continue;
      masks[done] = masks[done]! & ~bit;
      masks[done + width] = masks[done + width]! | bit;
    }
  }

  /** Whether an operation that need not happen any more is an overwrite that nobody would see. */
  isSpare(level: number, operation: number, masks: Int32Array): boolean {
    this.level = level;
    return this.overwrites[operation] === 1 && this.isLastWanted(operation) && !this.isAwaited(operation, masks, 0);
  }

  /** Whether nobody would see the overwrite, now or later, so that it may as well stay unseen. */
  private isUseless(operation: number, masks: Int32Array, at: number): boolean {
    if (this.pending.others > 0 && !this.isLastWanted(operation)) return false;
    return !this.isAwaited(operation, masks, at);
  }

  private isLastWanted(operation: number): boolean {
    const { classOf, wantedUntil } = this.uses;
    return wantedUntil[classOf[this.transitions.kinds[operation]!]!]! <= this.level;
  }

  private isSameClass(one: number, other: number): boolean {
    const { classOf } = this.uses;
    const { kinds } = this.transitions;
    return one === other || (classOf[kinds[one]!] === classOf[kinds[other]!] && classOf[kinds[one]!] !== -1);
  }

  /** Whether a pending read that has not happened returned what the overwrite leaves. */
  private isAwaited(operation: number, masks: Int32Array, at: number): boolean {
    const { pending, timeline, transitions, width } = this;
    if (pending.readers[operation] === 0) return false;
    const state = transitions.next(0, transitions.kinds[operation]!);
    for (let place = 0; place < pending.readCount; place += 1) {
      const read = pending.reads[place]!;
      const kind = transitions.kinds[read]!;
      const slot = timeline.slot[read]!;
      if ((masks[at + width + (slot >> 5)]! & (1 << (slot & 31))) !== 0) continue;
      if (transitions.next(state, kind) !== refused) return true;
    }
    return false;
  }

  /**
   * Makes the nodes that one more operation leads to. Of operations of one kind and status, and of overwrites that leave the
   * same, only the one that returns first is tried: the other can stand in for it later. An overwrite is tried only at open nodes: where something has happened
   * since the last one that an overwrite could not have hidden, such as a read of what it overwrites. Elsewhere it leads to
   * a superfluous configuration. So does an overwrite that nobody reads when nothing but overwrites and reads is pending.
   */
  private expand(node: number, returning: number): void {
    const { pending, timeline, transitions, width, stamps } = this;
    this.stamp += 1;
    for (let place = 0; place < pending.count; place += 1) {
      const operation = pending.operations[place]!;
      const kind = transitions.kinds[operation]!;
      if (transitions.observes[kind] === 1) continue;
      const base = node * 2 * width;
      const slot = timeline.slot[operation]!;
      const bit = 1 << (slot & 31);
      if ((this.masks[base + (slot >> 5)]! & bit) !== 0) continue;
      const isOptional = (this.masks[base + width + (slot >> 5)]! & bit) !== 0;
      const isOverwrite = this.overwrites[operation] === 1;
      const group = isOverwrite ? this.uses.classOf[kind]! : 2 * kind + (isOptional ? 1 : 0);
      const tried = isOverwrite ? this.classStamps : stamps;
      if (tried[group] === this.stamp) continue;
      tried[group] = this.stamp;
      if (operation === returning) continue;
      if (isOverwrite && (this.open[node] === 0 || this.isUseless(operation, this.masks, base))) continue;
      const target = this.next(this.states[node]!, operation);
      if (target === refused) continue;
      if (isOptional && target === this.states[node] && !(isOverwrite && this.hidesAny(base))) continue;
      this.add(node, operation, returning, target, isOverwrite, isOptional || isOverwrite);
    }
  }

  /** Whether some pending overwrite has neither happened nor been hidden by another one. */
  private hidesAny(at: number): boolean {
    const { width, masks, pending } = this;
    for (let word = 0; word < width; word += 1) {
      if ((pending.overwriters[word]! & ~masks[at + word]! & ~masks[at + width + word]!) !== 0) return true;
    }
    return false;
  }

  private add(
    parent: number,
    operation: number,
    returning: number,
    state: number,
    isOverwrite: boolean,
    isHidden: boolean,
  ): void {
    const { width, timeline } = this;
    if (this.nodes === this.states.length) this.grow();
    const node = this.nodes;
    const base = node * 2 * width;
    this.masks.copyWithin(base, parent * 2 * width, (parent + 1) * 2 * width);
    const slot = timeline.slot[operation]!;
    const bit = 1 << (slot & 31);
    this.masks[base + (slot >> 5)] = this.masks[base + (slot >> 5)]! | bit;
    this.masks[base + width + (slot >> 5)] = this.masks[base + width + (slot >> 5)]! & ~bit;
    const seen = isOverwrite ? this.overwrite(this.masks, base, operation, returning) : [];
    const marked =
      state !== this.states[parent] && this.mayBeRead(operation) && this.markObservations(state, this.masks, base);
    const open = marked || !isHidden;
    if (this.isSuperfluous(state, base, open)) return;
    this.states[node] = state;
    this.parents[node] = parent;
    this.placed[node] = operation;
    this.open[node] = open ? 1 : 0;
    if (seen.length > 0) this.visits.set(node, seen);
    this.nodes += 1;
  }

  /** Whether a node with this state covers the masks at `base`, and is open if this one is. */
  private isSuperfluous(state: number, base: number, open: boolean): boolean {
    const { width, masks } = this;
    const until = Math.min(this.nodes, scanned);
    for (let other = 0; other < until; other += 1) {
      if (this.states[other] !== state || (open && this.open[other] === 0)) continue;
      if (covers(masks, other * 2 * width, masks, base, width)) return true;
    }
    if (this.nodes < scanned) return false;
    const exact = (this.exact ??= new TupleTable());
    const { size } = exact;
    const words = new Int32Array(2 + 2 * width);
    words[0] = state;
    words[1] = open ? 1 : 0;
    words.set(masks.subarray(base, base + 2 * width), 2);
    exact.intern(words, words.length);
    return exact.size === size;
  }

  private grow(): void {
    this.states = widen(this.states);
    this.parents = widen(this.parents);
    this.placed = widen(this.placed);
    this.masks = widen(this.masks);
    const open = new Uint8Array(this.open.length * 2);
    open.set(this.open);
    this.open = open;
  }
}

function widen(words: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(words.length * 2);
  wider.set(words);
  return wider;
}
