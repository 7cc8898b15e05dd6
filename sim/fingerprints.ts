// Fingerprints as they are kept in a file: sixteen bits of the running hash after an event, as four hexadecimal digits each.
import { InputError } from './fault.ts';

/** Fingerprints of a run: of every event, or in a long run of every k-th. */
export interface ThinnedFingerprints {
  /** The digits of place i, from 0, are the fingerprint after event number `(i + 1) * every - 1`. */
  readonly every: number;
  readonly hex: string;
}

const mostKept = 200_000;

/** At most 200,000 fingerprints, evenly spaced. */
export function thinFingerprints(fingerprints: Uint16Array): ThinnedFingerprints {
  const every = Math.max(1, Math.ceil(fingerprints.length / mostKept));
  const digits: string[] = [];
  for (let event = every - 1; event < fingerprints.length; event += every) {
    digits.push((fingerprints[event] as number).toString(16).padStart(4, '0'));
  }
  return { every, hex: digits.join('') };
}

/** @throws InputError when the digits do not come in fours. */
export function parseFingerprints({ hex }: ThinnedFingerprints): Uint16Array {
  if (hex.length % 4 !== 0) {
    throw new InputError(`replay.fingerprints.hex: expected four digits for each event, found ${hex.length} digits`);
  }
  return Uint16Array.from({ length: hex.length / 4 }, (_, index) =>
    Number.parseInt(hex.slice(index * 4, index * 4 + 4), 16),
  );
}
