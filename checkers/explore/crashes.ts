// Crashes: what each leaves of a node, and which crashes there are: one for each legal loss of unsynced writes, and, where
// the world says so, one for each place between two effects of a handler.
import { encode } from './encoding.ts';
import type { Component } from './component.ts';
import { surviving } from './memory-disk.ts';
import type { PreparedWorld } from './prepared-world.ts';

/** How many of the writes since the last sync survive, and whether the next one, an append, does by half. */
export interface Survival {
  readonly kept: number;
  readonly torn: boolean;
}

/** A crash between the effects of a handler: after so many of them, with what survives where that is open. */
export interface CrashPoint {
  readonly after: number;
  readonly survival?: Survival | undefined;
}

/** The node goes down: timers and unsynced writes are gone, and so is its state unless the world keeps it visible. */
export function crash(component: Component, { world }: PreparedWorld, survival: Survival | undefined): void {
  component.up = false;
  component.timers = [];
  component.deadlines = {};
  if (world.whileDown !== 'visible') component.state = null;
  if (world.restartKeeps === 'nothing') component.disk = { cells: {}, logs: {} };
  if (component.durable !== null) {
    const { durable, journal } = component;
    component.disk = survival === undefined ? durable : surviving(durable, journal, survival.kept, survival.torn);
  }
  component.durable = null;
  component.journal = [];
}

/** The different fates of a node's unsynced writes; undefined alone where the world leaves nothing open. */
export function survivalsOf(
  { durable, journal }: Component,
  prepared: PreparedWorld,
): readonly (Survival | undefined)[] {
  if (durable === null || !prepared.keepsJournal) return [undefined];
  const tears = prepared.world.restartKeeps === 'a torn prefix';
  const seen = new Set<string>();
  const survivals: Survival[] = [];
  for (let kept = 0; kept <= journal.length; kept++) {
    for (const torn of tears && journal[kept]?.type === 'append' ? [false, true] : [false]) {
      const text = encode(surviving(durable, journal, kept, torn), 'a disk');
      if (!seen.has(text)) survivals.push({ kept, torn });
      seen.add(text);
    }
  }
  return survivals;
}

/** Whether a node's unsynced writes can fare like this. */
export function isLegal(survival: Survival | undefined, component: Component, prepared: PreparedWorld): boolean {
  return survivalsOf(component, prepared).some(
    (legal) => legal?.kept === survival?.kept && legal?.torn === survival?.torn,
  );
}

/** `, with 2 of its unsynced writes and half of the next one`, or nothing. */
export function survivalInWords(survival: Survival | undefined): string {
  if (survival === undefined) return '';
  const kept = survival.kept === 0 ? 'nothing' : survival.kept === 1 ? 'the first' : `the first ${survival.kept}`;
  return `; of its unsynced writes ${kept}${survival.torn ? ' and half of the next' : ''} survives`;
}
