// A disk that a handler uses while it is explored: it never fails, and writes go to plain contents that are part of the state.
import type { Write } from '../../sim/disk.ts';
import type { Disk, Json, LogContents } from '../../sim/protocol.ts';
import { frozenCopy, normalise } from './encoding.ts';
import type { Component } from './component.ts';
import type { DiskContents } from './world.ts';

interface Contents {
  readonly cells: Record<string, Json>;
  readonly logs: Record<string, { first: number; records: Json[]; tornAt?: number }>;
}

/** What a world asks of a disk. */
export interface DiskRules {
  /** Whether it matters what was synced. */
  readonly syncMatters: boolean;
  /** Whether each write since the last sync has to be remembered. */
  readonly keepsJournal: boolean;
  /** Called before each write and sync, which takes place only if this returns true: a crash may fall between two of them. */
  readonly takesPlace: (effect: 'write' | 'sync') => boolean;
}

export class MemoryDisk implements Disk {
  readonly #component: Component;
  readonly #rules: DiskRules;

  constructor(component: Component, rules: DiskRules) {
    this.#component = component;
    this.#rules = rules;
  }

  get<T extends Json>(cell: string): T | undefined {
    return Object.hasOwn(this.#seen.cells, cell) ? (this.#seen.cells[cell] as T) : undefined;
  }

  set(cell: string, value: Json): void {
    this.#write({ type: 'set', cell, value: frozenCopy(value, `cell ${cell}`) });
  }

  append(log: string, record: Json): number {
    return this.#write({ type: 'append', log, record: frozenCopy(record, `a record of log ${log}`) });
  }

  truncate(log: string, from: number): void {
    this.#write({ type: 'truncate', log, from });
  }

  trim(log: string, before: number): void {
    this.#write({ type: 'trim', log, before });
  }

  read<T extends Json>(log: string): LogContents<T> {
    const image = this.#seen.logs[log];
    if (image === undefined) return { first: 0, records: [] };
    const { first, tornAt } = image;
    const records = image.records as unknown as readonly T[];
    if (tornAt === undefined) return { first, records: records.slice() };
    return { first, records: records.slice(0, tornAt - first), damage: { index: tornAt, type: 'torn' } };
  }

  sync(): void {
    if (!this.#rules.takesPlace('sync')) return;
    this.#component.durable = null;
    this.#component.journal = [];
  }

  get #seen(): Contents {
    return this.#component.disk as Contents;
  }

  /** From the first unsynced write on, what was there before is kept. */
  #write(write: Write): number {
    if (!this.#rules.takesPlace('write')) return 0;
    const component = this.#component;
    if (this.#rules.syncMatters) component.durable ??= normalise<DiskContents>(component.disk);
    if (this.#rules.keepsJournal) component.journal = [...component.journal, write];
    return apply(this.#seen, write);
  }
}

/** What is on disk when only the first of these unsynced writes reached it, the one after them perhaps by half. */
export function surviving(durable: DiskContents, journal: readonly Write[], kept: number, torn: boolean): DiskContents {
  const contents = normalise(durable) as Contents;
  for (const write of journal.slice(0, kept)) apply(contents, write);
  const half = torn ? journal[kept] : undefined;
  if (half?.type === 'append') {
    const log = (contents.logs[half.log] ??= { first: 0, records: [] });
    log.tornAt ??= log.first + log.records.length;
  }
  return contents;
}

/** Writes; returns the index of an appended record, else 0. */
function apply({ cells, logs }: Contents, write: Write): number {
  switch (write.type) {
    case 'set':
      cells[write.cell] = write.value;
      return 0;
    case 'append': {
      const log = (logs[write.log] ??= { first: 0, records: [] });
      return log.first + log.records.push(write.record) - 1;
    }
    case 'truncate': {
      const log = logs[write.log];
      if (log === undefined) return 0;
      log.records.length = Math.min(log.records.length, Math.max(0, write.from - log.first));
      if (log.tornAt !== undefined && write.from <= log.tornAt) delete log.tornAt;
      return 0;
    }
    case 'trim': {
      const log = (logs[write.log] ??= { first: 0, records: [] });
      log.records.splice(0, Math.max(0, write.before - log.first));
      log.first = Math.max(log.first, write.before);
      if (log.tornAt !== undefined && log.tornAt < log.first) delete log.tornAt;
      return 0;
    }
  }
}
