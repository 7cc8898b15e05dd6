// A simulated disk: what the process sees, what would survive, and the journal of unsynced writes between the two. When
// power fails, the fault decides whether the unsynced writes are lost, kept, or torn in the middle of the last one.
import type { Random } from './random.ts';
import { DiskError, type Json, type LogContents } from './protocol.ts';
import type { Micros } from './time.ts';

/** What becomes of unsynced writes: none survives, all survive, or a drawn prefix does and its last append is torn. */
export type UnsyncedFate = 'lost' | 'kept' | 'torn';

/** What is on the platter, or in the page cache: cells and logs. */
export interface DiskImage {
  readonly cells: Map<string, Json>;
  readonly logs: Map<string, LogImage>;
}

interface LogImage {
  first: number;
  records: Json[];
  /** Where half of a record lies; what is appended behind it cannot be read back until it is truncated. */
  tornAt: number | undefined;
}

export type Write =
  | { readonly type: 'set'; readonly cell: string; readonly value: Json }
  | { readonly type: 'append'; readonly log: string; readonly record: Json }
  | { readonly type: 'truncate'; readonly log: string; readonly from: number }
  | { readonly type: 'trim'; readonly log: string; readonly before: number };

interface JournalEntry {
  readonly write: Write;
  /** The true instant at which the process issued it; a crash before that means it never happened. */
  readonly issued: Micros;
}

export class SimulatedDisk {
  /** How many faults of each kind are in force. */
  full = 0;
  unreadable = 0;
  lying = 0; // sync returns without having made anything durable

  #seen: DiskImage = emptyImage();
  #durable: DiskImage = emptyImage();
  #journal: JournalEntry[] = [];
  #rotten = new Map<string, number>(); // "cell/x" → 0, "log/x" → index of the corrupt record

  get unsyncedWrites(): number {
    return this.#journal.length;
  }

  /** What would survive a power loss that loses every unsynced write. Not to be mutated. */
  get durable(): DiskImage {
    return this.#durable;
  }

  get<T extends Json>(cell: string): T | undefined {
    if (this.unreadable > 0) throw new DiskError('read-error', `cell ${cell} cannot be read`);
    if (this.#rotten.has(`cell/${cell}`)) throw new DiskError('corrupt', `the checksum of cell ${cell} is wrong`);
    return this.#seen.cells.get(cell) as T | undefined;
  }

  read<T extends Json>(log: string): LogContents<T> {
    if (this.unreadable > 0) throw new DiskError('read-error', `log ${log} cannot be read`);
    const image = this.#seen.logs.get(log);
    if (image === undefined) return { first: 0, records: [] };
    const { first, records, tornAt } = image;
    const index = Math.min(tornAt ?? Infinity, this.#rotten.get(`log/${log}`) ?? Infinity);
    const intact = records.slice(0, Math.min(records.length, index - first)) as unknown as T[];
    if (index === Infinity) return { first, records: intact };
    return { first, records: intact, damage: { index, type: index === first + records.length ? 'torn' : 'corrupt' } };
  }

  /** Writes at the true instant `issued`; returns the index of an appended record, else 0. */
  write(write: Write, issued: Micros): number {
    if (this.full > 0 && (write.type === 'set' || write.type === 'append')) {
      throw new DiskError(
        'full',
        `no space left for ${write.type === 'set' ? `cell ${write.cell}` : `log ${write.log}`}`,
      );
    }
    this.#journal.push({ write, issued });
    this.#heal(write);
    return apply(this.#seen, write);
  }

  /** Makes the first `count` unsynced writes durable. */
  makeDurable(count: number): void {
    if (this.lying > 0) return;
    for (const { write } of this.#journal.splice(0, count)) apply(this.#durable, write);
  }

  /** The process dies in a sync or right behind it: what would have come behind the first `count` writes never happened. */
  forgetBehind(count: number): void {
    this.#journal.length = Math.min(this.#journal.length, count);
  }

  /** The process dies but the operating system lives: writes issued until `now` stay, later ones never happened. */
  crashProcess(now: Micros): void {
    this.#journal = this.#journal.filter(({ issued }) => issued <= now);
    this.#seen = copyImage(this.#durable);
    for (const { write } of this.#journal) apply(this.#seen, write);
    this.#forgetLostRot();
  }

  /** Power fails at `now`: unsynced writes meet their fate, what is left is durable. Returns how many were lost. */
  losePower(now: Micros, fate: UnsyncedFate, random: Random): number {
    const issued = this.#journal.filter((entry) => entry.issued <= now);
    const kept = fate === 'kept' ? issued.length : fate === 'lost' ? 0 : random.below(issued.length + 1);
    for (const { write } of issued.slice(0, kept)) apply(this.#durable, write);
    const halfWritten = fate === 'torn' ? issued[kept]?.write : undefined;
    if (halfWritten?.type === 'append') {
      const log = logOf(this.#durable, halfWritten.log);
      log.tornAt ??= log.first + log.records.length;
    }
    this.#journal = [];
    this.#seen = copyImage(this.#durable);
    this.#forgetLostRot();
    return issued.length - kept;
  }

  /** Loses everything, as a replaced machine does. */
  wipe(): void {
    this.#seen = emptyImage();
    this.#durable = emptyImage();
    this.#journal = [];
    this.#rotten.clear();
  }

  /** Flips bits in a drawn record or cell; returns what was hit, or undefined on an empty disk. */
  rot(random: Random): string | undefined {
    const places = [
      ...[...this.#seen.cells.keys()].map((cell) => ({ place: `cell/${cell}`, first: 0, count: 1 })),
      ...[...this.#seen.logs].map(([log, image]) => ({
        place: `log/${log}`,
        first: image.first,
        count: image.records.length,
      })),
    ].filter(({ count }) => count > 0);
    if (places.length === 0) return undefined;
    const { place, first, count } = random.pick(places);
    const index = first + random.below(count);
    this.#rotten.set(place, Math.min(index, this.#rotten.get(place) ?? Infinity));
    return `${place}/${index}`;
  }

  /** What is gone is no longer corrupt. */
  #forgetLostRot(): void {
    for (const [place, index] of this.#rotten) {
      const [kind, name] = [place.slice(0, place.indexOf('/')), place.slice(place.indexOf('/') + 1)];
      const log = this.#seen.logs.get(name);
      const survives =
        kind === 'cell' ? this.#seen.cells.has(name) : index < (log?.first ?? 0) + (log?.records.length ?? 0);
      if (!survives) this.#rotten.delete(place);
    }
  }

  /** What is overwritten or dropped is no longer corrupt. */
  #heal(write: Write): void {
    if (this.#rotten.size === 0) return;
    if (write.type === 'set') this.#rotten.delete(`cell/${write.cell}`);
    if (write.type === 'append') return;
    const log = write.type === 'set' ? '' : write.log;
    const rotten = this.#rotten.get(`log/${log}`);
    if (rotten === undefined) return;
    if (write.type === 'truncate' && rotten >= write.from) this.#rotten.delete(`log/${log}`);
    if (write.type === 'trim' && rotten < write.before) this.#rotten.delete(`log/${log}`);
  }
}

function emptyImage(): DiskImage {
  return { cells: new Map(), logs: new Map() };
}

function copyImage(image: DiskImage): DiskImage {
  const logs = [...image.logs].map(([name, log]) => [name, { ...log, records: log.records.slice() }] as const);
  return { cells: new Map(image.cells), logs: new Map(logs) };
}

function logOf(image: DiskImage, name: string): LogImage {
  let log = image.logs.get(name);
  if (log === undefined) image.logs.set(name, (log = { first: 0, records: [], tornAt: undefined }));
  return log;
}

function apply(image: DiskImage, write: Write): number {
  switch (write.type) {
    case 'set':
      image.cells.set(write.cell, write.value);
      return 0;
    case 'append': {
      const log = logOf(image, write.log);
      return log.first + log.records.push(write.record) - 1;
    }
    case 'truncate': {
      const log = logOf(image, write.log);
      log.records.length = Math.min(log.records.length, Math.max(0, write.from - log.first));
      if (log.tornAt !== undefined && write.from <= log.tornAt) log.tornAt = undefined;
      return 0;
    }
    case 'trim': {
      const log = logOf(image, write.log);
      const dropped = Math.min(log.records.length, Math.max(0, write.before - log.first));
      log.records.splice(0, dropped);
      log.first = Math.max(log.first, write.before);
      if (log.tornAt !== undefined && log.tornAt < log.first) log.tornAt = undefined;
      return 0;
    }
  }
}
