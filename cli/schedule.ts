// The schedule of a run as lines for people: what goes wrong on purpose and what clients are asked for, each at its time.
import { describeFault, inWords, type Run } from '../sim/index.ts';

/** What goes wrong and what is asked for, by time. */
export function scheduleOf({ faults, workload }: Pick<Run, 'faults' | 'workload'>): string[] {
  const asked = workload.map(({ at, client, f, value }) => ({
    at,
    what: `${client}: ${value === null ? f : `${f} ${inWords(value)}`}`,
  }));
  const planned = [...faults.map(({ at, fault }) => ({ at, what: describeFault(fault) })), ...asked];
  if (planned.length === 0) return ['nothing goes wrong, and nothing is asked for'];
  return planned
    .sort((one, other) => one.at - other.at)
    .map(({ at, what }) => `${(at / 1_000).toFixed(3).padStart(12)} ms  ${what}`);
}
