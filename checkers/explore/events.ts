// Events as integers: what may happen in a world, each a kind and an argument. They key the memo and label the steps.

/**
 * The argument is an envelope for deliver, drop and duplicate, a timer of a process for timer, a crash (who, when, and what
 * survives) for crash and crash inside, a declared partition for partition, else a process.
 */
export const eventKinds = [
  'deliver',
  'timer',
  'begin',
  'crash',
  'restart',
  'drop',
  'duplicate',
  'crash inside',
  'client crash',
  'partition',
  'heal',
] as const;

export const deliverKind = 0;
export const timerKind = 1;
export const beginKind = 2;
export const crashKind = 3;
export const restartKind = 4;
export const dropKind = 5;
export const duplicateKind = 6;
export const crashInsideKind = 7;
export const clientCrashKind = 8;
export const partitionKind = 9;
export const healKind = 10;

export function eventCode(kind: number, argument: number): number {
  return argument * 16 + kind;
}

export function kindOf(code: number): number {
  return code & 15;
}

export function argumentOf(code: number): number {
  return code >>> 4;
}

const progress: ReadonlySet<number> = new Set([deliverKind, timerKind, beginKind, restartKind, healKind]);

/** Whether the event is something that goes wrong: a run in which nothing else can happen has come to its end. */
export function isFault(code: number): boolean {
  return !progress.has(kindOf(code));
}
