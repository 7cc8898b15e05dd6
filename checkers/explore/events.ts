// Events as integers: what may happen in a world, each a kind and an argument. They key the memo and label the steps.

/** The argument is an envelope for deliver, drop and duplicate, a timer of a process for timer, else a process. */
export const eventKinds = ['deliver', 'timer', 'begin', 'crash', 'restart', 'drop', 'duplicate'] as const;

export const deliverKind = 0;
export const timerKind = 1;
export const beginKind = 2;
export const crashKind = 3;
export const restartKind = 4;
export const dropKind = 5;
export const duplicateKind = 6;

export function eventCode(kind: number, argument: number): number {
  return argument * 8 + kind;
}

export function kindOf(code: number): number {
  return code & 7;
}

export function argumentOf(code: number): number {
  return code >>> 3;
}
