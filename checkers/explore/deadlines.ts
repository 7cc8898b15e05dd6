// In which order the timers of one node come due, as far as it is certain: bounds on the differences of their deadlines and
// the present, closed under addition (difference bounds: Dill, CAV 1989). No bound is put on how long anything else takes,
// so no order is ruled out that the node's own clock allows.

/** `bounds[a][b]` is the least that a comes after b, in microseconds of the node's clock. Names are those of `nameOf`. */
export type Deadlines = { readonly [later: string]: { readonly [earlier: string]: number } };

const present = 'now';

/** Time goes by: nothing in the future is certainly ahead any more. */
export function letTimePass(deadlines: Deadlines): Deadlines {
  return build(deadlines, (later, earlier) => later === present || earlier !== present);
}

/** The timer's deadline is set, counted from the present. */
export function setDeadline(deadlines: Deadlines, timer: string, delay: number): Deadlines {
  const name = nameOf(timer);
  const cleared = clearDeadline(deadlines, timer);
  return close({
    ...cleared,
    [name]: { [present]: delay },
    [present]: { ...cleared[present], [name]: -delay },
  });
}

export function clearDeadline(deadlines: Deadlines, timer: string): Deadlines {
  const name = nameOf(timer);
  return build(deadlines, (later, earlier) => later !== name && earlier !== name);
}

/** Whether none of the other timers certainly comes due before this one. */
export function mayBeFirst(deadlines: Deadlines, timer: string, others: readonly string[]): boolean {
  const bounds = deadlines[nameOf(timer)] ?? {};
  return others.every((other) => (bounds[nameOf(other)] ?? -Infinity) <= 0);
}

/** The timer fires, as the first of these: its deadline has come, and theirs are not before it. */
export function fireFirst(deadlines: Deadlines, timer: string, others: readonly string[]): Deadlines {
  const name = nameOf(timer);
  const next: Record<string, Record<string, number>> = {};
  for (const [later, bounds] of Object.entries(letTimePass(deadlines))) next[later] = { ...bounds };
  const atLeast = (later: string, earlier: string, bound: number): void => {
    const bounds = (next[later] ??= {});
    bounds[earlier] = Math.max(bounds[earlier] ?? -Infinity, bound);
  };
  atLeast(present, name, 0);
  for (const other of others) if (other !== timer) atLeast(nameOf(other), name, 0);
  return clearDeadline(close(next), timer);
}

/** The present is no timer, whatever timers are called. */
function nameOf(timer: string): string {
  return `timer ${timer}`;
}

function close(deadlines: Deadlines): Deadlines {
  const names = [
    ...new Set([...Object.keys(deadlines), ...Object.values(deadlines).flatMap((bounds) => Object.keys(bounds))]),
  ];
  const closed: Record<string, Record<string, number>> = {};
  for (const name of names) closed[name] = { ...deadlines[name] };
  for (const middle of names) {
    for (const later of names) {
      const first = closed[later]?.[middle];
      if (first === undefined || later === middle) continue;
      for (const [earlier, second] of Object.entries(closed[middle] ?? {})) {
        if (earlier === later) continue;
        closed[later]![earlier] = Math.max(closed[later]![earlier] ?? -Infinity, first + second);
      }
    }
  }
  return build(closed, () => true);
}

/** The bounds that are kept, without empty rows: equal knowledge is equal data. */
function build(deadlines: Deadlines, keeps: (later: string, earlier: string) => boolean): Deadlines {
  const kept = Object.entries(deadlines).map(([later, bounds]) => {
    return [later, Object.fromEntries(Object.entries(bounds).filter(([earlier]) => keeps(later, earlier)))] as const;
  });
  return Object.fromEntries(kept.filter(([, bounds]) => Object.keys(bounds).length > 0));
}
