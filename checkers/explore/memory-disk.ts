// A disk that a handler uses while it is explored: it never fails, and writes go to plain contents that are part of the state.
import type { Disk, Json, LogContents } from '../../sim/protocol.ts';
import { frozenCopy, normalise } from './encoding.ts';
import type { Component } from './component.ts';
import type { DiskContents } from './world.ts';

interface Contents {
  readonly cells: Record<string, Json>;
  readonly logs: Record<string, { first: number; records: Json[] }>;
}

export class MemoryDisk implements Disk {
  readonly #component: Component;
  readonly #syncMatters: boolean;

  constructor(component: Component, syncMatters: boolean) {
    this.#component = component;
    this.#syncMatters = syncMatters;
  }

  get<T extends Json>(cell: string): T | undefined {
    return Object.hasOwn(this.#seen.cells, cell) ? (this.#seen.cells[cell] as T) : undefined;
  }

  set(cell: string, value: Json): void {
    this.#write().cells[cell] = frozenCopy(value, `cell ${cell}`);
  }

  append(log: string, record: Json): number {
    const image = (this.#write().logs[log] ??= { first: 0, records: [] });
    return image.first + image.records.push(frozenCopy(record, `a record of log ${log}`)) - 1;
  }

  truncate(log: string, from: number): void {
    const image = this.#write().logs[log];
    if (image !== undefined) image.records.length = Math.min(image.records.length, Math.max(0, from - image.first));
  }

  trim(log: string, before: number): void {
    const image = (this.#write().logs[log] ??= { first: 0, records: [] });
    image.records.splice(0, Math.max(0, before - image.first));
    image.first = Math.max(image.first, before);
  }

  read<T extends Json>(log: string): LogContents<T> {
    const image = this.#seen.logs[log];
    return image === undefined
      ? { first: 0, records: [] }
      : { first: image.first, records: image.records.slice() as unknown as T[] };
  }

  sync(): void {
    this.#component.durable = null;
  }

  get #seen(): Contents {
    return this.#component.disk as Contents;
  }

  /** What is written to; from the first unsynced write on, what was there before is kept. */
  #write(): Contents {
    if (this.#syncMatters) this.#component.durable ??= normalise<DiskContents>(this.#component.disk);
    return this.#seen;
  }
}
