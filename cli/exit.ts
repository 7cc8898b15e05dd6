// What the command's exit code says. Scripts and CI depend on these numbers.
import type { Verdict } from '../sim/index.ts';

export const exitCode = {
  fine: 0,
  violation: 1,
  usage: 2,
  unknown: 3,
  internal: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

export const exitCodesHelp = `
Exit codes:
  0    fine: nothing was violated
  1    a violation was found (diff: the runs differ)
  2    bad usage or bad input
  3    unknown: a bound was reached before everything could be judged
  4    internal error, or a run that was not the same the second time
  5    the Redis of a fleet cannot be reached, or no worker there serves the campaign
  130  interrupted; what was found until then is kept and printed`;

/** Of two exit codes the one that must not go unseen. */
export function worseCode(one: number, other: number): number {
  const order: readonly number[] = [
    ...[exitCode.fine, exitCode.unknown, exitCode.violation],
    ...[exitCode.usage, exitCode.unreachable, exitCode.interrupted, exitCode.internal],
  ];
  return order.indexOf(other) > order.indexOf(one) ? other : one;
}

export function exitCodeOf(verdict: Verdict): number {
  switch (verdict) {
    case 'valid':
      return exitCode.fine;
    case 'invalid':
      return exitCode.violation;
    case 'unknown':
      return exitCode.unknown;
  }
}
