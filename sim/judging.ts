// Judges a run while it happens: always properties after each event or note, sometimes properties until they were reached,
// eventually properties from the moment the world has healed.
import type { Kernel } from './kernel.ts';
import type { NoteData, SimNode } from './node.ts';
import type {
  AlwaysProperty,
  EventuallyProperty,
  Judge,
  Near,
  Property,
  SometimesProperty,
  Touch,
  View,
} from './property.ts';
import type { NodeId, Protocol, Types } from './protocol.ts';
import type { Reached } from './run.ts';
import { formatDuration, type Micros } from './time.ts';
import type { Finding } from './verdict.ts';

interface Watch {
  readonly property: AlwaysProperty | SometimesProperty;
  readonly judge: Judge;
  /** Violated or reached: there is nothing more to learn. */
  settled: boolean;
}

/** A moment at which a property was almost violated. */
export interface NearMiss {
  /** True virtual time, in microseconds. */
  readonly at: Micros;
  readonly property: string;
  readonly distance: number;
}

export type NearListener = (miss: NearMiss) => void;

/** How many events pass between two looks at the eventually properties. */
const eventuallyStride = 16;

export class Judging {
  readonly findings: Finding[] = [];
  readonly view: View;
  readonly #kernel: Kernel;
  readonly #onEvent: Watch[] = [];
  readonly #onNote = new Map<string, Watch[]>();
  readonly #watches: Watch[];
  readonly #eventually: EventuallyProperty[];
  /** Notes of the event under way: judged when it is over, outside the handlers, on a settled state. */
  readonly #notes: { readonly each: Watch; readonly touch: Touch }[] = [];
  /** Tells whoever listens how near the property under way came to a violation. */
  readonly #near: Near | undefined;
  #judged = '';
  #healedAt: Micros = Infinity;

  constructor(kernel: Kernel, properties: readonly Property[], safetyOnly: boolean, onNear?: NearListener) {
    this.#kernel = kernel;
    this.#near = onNear && ((distance) => onNear({ at: kernel.now, property: this.#judged, distance }));
    this.view = viewOf(kernel);
    this.#watches = properties.flatMap((property) => (property.type === 'eventually' ? [] : [watch(property)]));
    this.#eventually = safetyOnly ? [] : properties.filter((property) => property.type === 'eventually');
    for (const each of this.#watches) {
      if (each.property.on === undefined) this.#onEvent.push(each);
      for (const kind of each.property.on ?? []) this.#onNote.set(kind, [...(this.#onNote.get(kind) ?? []), each]);
    }
    kernel.listener = { noted: (node, kind, data) => this.#noted(node, kind, data) };
    kernel.onPanic = (node, reason) => this.find('handlers do not throw', `${node.id}: ${reason}`, [node.id]);
  }

  /** After each event: judges the nodes that it touched. */
  afterEvent(): void {
    if (this.#notes.length > 0) {
      for (const { each, touch } of this.#notes) this.#judge(each, touch);
      this.#notes.length = 0;
    }
    if (this.#onEvent.length > 0) {
      const { touched, touchedCount } = this.#kernel;
      for (let place = 0; place < touchedCount; place++) {
        const node = touched[place] as SimNode;
        if (node.busy) continue;
        for (const each of this.#onEvent) this.#judge(each, { node });
      }
    }
    if (this.#eventually.length > 0 && this.#kernel.now >= this.#healedAt) this.#lookForward();
  }

  healed(): void {
    this.#healedAt = this.#kernel.now;
  }

  /** Before an event at `next`: eventually properties whose bound lies before it are out of time. */
  passTime(next: Micros): void {
    if (this.#eventually.length === 0) return;
    for (const property of [...this.#eventually]) {
      const bound = this.#healedAt + property.within;
      const missing = next > bound ? property.missing(this.view, this.#healedAt) : undefined;
      if (next <= bound) continue;
      this.#drop(property);
      if (missing === undefined) continue;
      const since = `${formatDuration(property.within)} after everything had healed`;
      this.find(property.name, `${property.about}: not so ${since}: ${missing}`, []);
    }
  }

  /** The run is over: eventually properties that could not be judged are unknown. */
  finish(): void {
    this.passTime(this.#kernel.now + 1);
    for (const property of this.#eventually) {
      if (this.#healedAt < Infinity && property.missing(this.view, this.#healedAt) === undefined) continue;
      this.#add(property.name, 'unknown', 'the run ended before this had to come true', []);
    }
  }

  find(name: string, reason: string, nodes: readonly NodeId[]): void {
    this.#add(name, 'invalid', reason, nodes);
  }

  reached(): Reached[] {
    return this.#watches
      .filter(({ property }) => property.type === 'sometimes')
      .map(({ property, settled }) => ({ name: property.name, reached: settled }));
  }

  #noted(node: SimNode, kind: string, data: NoteData): void {
    const watches = this.#onNote.get(kind);
    if (watches === undefined) return;
    for (const each of watches) this.#notes.push({ each, touch: { node, note: { kind, data } } });
  }

  #judge(each: Watch, touch: Touch): void {
    if (each.settled) return;
    this.#judged = each.property.name;
    const verdict = each.judge(this.view, touch, this.#near);
    if (verdict === undefined) return;
    each.settled = true;
    if (each.property.type === 'always') this.find(each.property.name, verdict, [touch.node.id]);
  }

  #lookForward(): void {
    if (this.#kernel.recorder.event % eventuallyStride !== 0) return;
    for (const property of [...this.#eventually]) {
      if (property.missing(this.view, this.#healedAt) === undefined) this.#drop(property);
    }
  }

  #drop(property: EventuallyProperty): void {
    this.#eventually.splice(this.#eventually.indexOf(property), 1);
  }

  #add(name: string, verdict: 'invalid' | 'unknown', reason: string, nodes: readonly NodeId[]): void {
    const { now, recorder } = this.#kernel;
    this.findings.push({ name, verdict, reason, at: now, event: recorder.event, operations: [], nodes });
    if (recorder.recording) {
      const node = nodes[0] === undefined ? -1 : this.#kernel.indexOf(nodes[0]);
      this.#kernel.record('violation', node, -1, this.findings.length - 1, { name, reason });
    }
  }
}

function watch(property: AlwaysProperty | SometimesProperty): Watch {
  const judge: Judge =
    property.type === 'always'
      ? property.start()
      : (view, touch) => (property.holds(view, touch) ? 'reached' : undefined);
  return { property, judge, settled: false };
}

function viewOf(kernel: Kernel): View {
  return {
    get now() {
      return kernel.now;
    },
    nodes: kernel.nodes,
    history: kernel.history,
    node: (id) => kernel.node(kernel.indexOf(id)),
    monotonic: (id) => kernel.node(kernel.indexOf(id)).clock.monotonic(kernel.now),
    running<P extends Types>(protocol: Protocol<P>) {
      return kernel.nodes
        .filter((node) => node.protocol === protocol && node.state !== undefined)
        .map(({ id, state }) => ({ id, state: state as P['state'] }));
    },
  };
}
