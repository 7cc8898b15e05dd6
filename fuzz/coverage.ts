// What a run reached, as a set of numbers: moves between roles, what follows what on a node and across nodes, which roles the
// nodes play together, how near its properties came to a violation, and how operations end. Runs that reach the same are alike; one that reaches something new is worth
// changing a little.
import type { History, NearMiss, Noted } from '../sim/index.ts';

/** Listens to one run. */
export class Coverage {
  readonly #roles = new Map<string, string>();
  readonly #lastKind = new Map<string, string>();
  readonly #counts = new Map<number, number>();
  readonly #nearest = new Map<string, number>();
  #last: { readonly node: string; readonly kind: string } | undefined;

  /** Takes a note; give it to a simulation as `onNote`. */
  readonly note = ({ node, kind, data }: Noted): void => {
    const before = this.#lastKind.get(node) ?? '';
    this.#lastKind.set(node, kind);
    this.#count(`note ${kind} after ${before}`);
    if (this.#last !== undefined && this.#last.node !== node)
      this.#count(`note ${kind} elsewhere after ${this.#last.kind}`);
    this.#last = { node, kind };
    const role = roleIn(data);
    if (kind !== 'role' || role === undefined) return;
    this.#count(`role ${this.#roles.get(node) ?? ''} > ${role}`);
    this.#roles.set(node, role);
    this.#count(`roles ${[...this.#roles.values()].sort().join(' ')}`);
  };

  /** Takes a near miss; give it to a simulation as `onNear`. What is nearer than ever before is new. */
  readonly near = ({ property, distance }: NearMiss): void => {
    const before = this.#nearest.get(property) ?? Infinity;
    if (distance < before) this.#nearest.set(property, distance);
    this.#count(`near ${property} ${distance}`);
  };

  /** How near each property came. */
  get nearest(): ReadonlyMap<string, number> {
    return this.#nearest;
  }

  /** What the run reached; each thing apart for once, a few times and often. */
  features(history: History): readonly number[] {
    for (const { f, type } of history) if (type !== 'invoke') this.#count(`operation ${f} ${type}`);
    return [...this.#counts].map(([feature, often]) => (feature ^ Math.imul(magnitude(often), 0x9e37_79b1)) >>> 0);
  }

  #count(what: string): void {
    const feature = featureOf(what);
    this.#counts.set(feature, (this.#counts.get(feature) ?? 0) + 1);
  }
}

/** Features that were seen before, up to a bound. */
export class SeenFeatures {
  readonly #seen = new Set<number>();

  /** Those of the features that are new, which they are not any more. */
  takeNew(features: readonly number[]): readonly number[] {
    if (this.#seen.size >= mostFeatures) return [];
    const fresh = features.filter((feature) => !this.#seen.has(feature));
    for (const feature of fresh) this.#seen.add(feature);
    return fresh;
  }

  get size(): number {
    return this.#seen.size;
  }
}

const mostFeatures = 1_000_000;
const mostWords = 100_000;

/** A role and, where the protocol has them, its phase. */
function roleIn(data: Noted['data']): string | undefined {
  const role = data['role'] ?? data['to'] ?? data['state'];
  if (typeof role !== 'string') return undefined;
  return typeof data['phase'] === 'string' ? `${role}/${data['phase']}` : role;
}

/** Once, a few times, often: finer steps tell long runs apart and nothing else. */
function magnitude(often: number): number {
  return often === 1 ? 0 : often < 5 ? 1 : 2;
}

const words = new Map<string, number>();

/** FNV-1a; remembered, as there are few words and many notes. */
function featureOf(word: string): number {
  const known = words.get(word);
  if (known !== undefined) return known;
  let hash = 0x811c_9dc5;
  for (let place = 0; place < word.length; place++) hash = Math.imul(hash ^ word.charCodeAt(place), 0x0100_0193);
  if (words.size < mostWords) words.set(word, hash);
  return hash;
}
