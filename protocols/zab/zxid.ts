// Transaction ids: the epoch in the high half, a counter in the low 32 bits, so that the order of numbers is the order of Zab
// (Junqueira, Reed, Serafini 2011, section III: zxid = <epoch, counter>). Safe integers up to epoch 2^21 - 1.

/** Epoch times 2^32 plus counter. 0 is the id before the first transaction. */
export type Zxid = number;

/** The largest counter of an epoch; a leader that has used it must let a new epoch begin. */
export const lastCounter = 2 ** 32 - 1;

export function zxidOf(epoch: number, counter: number): Zxid {
  return epoch * 2 ** 32 + counter;
}

export function epochOf(zxid: Zxid): number {
  return Math.floor(zxid / 2 ** 32);
}

export function counterOf(zxid: Zxid): number {
  return zxid % 2 ** 32;
}

/** For people: `2.14` is the fourteenth transaction of epoch 2. */
export function formatZxid(zxid: Zxid): string {
  return `${epochOf(zxid)}.${counterOf(zxid)}`;
}
