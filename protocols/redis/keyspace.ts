// Access to keys. A key that has run out is not there for anybody who asks; it is removed when it is asked for (lazily), or
// when the server comes across it (actively), and only then is its removal an event.
import type { Entry, Turn, Value } from './state.ts';

/** The entry of a key that has not run out; a primary removes one that has. */
export function lookUp(turn: Turn, key: string): Entry | undefined {
  const { entries, role } = turn.state;
  const entry = entries.get(key);
  if (entry === undefined || !hasRunOut(turn, entry)) return entry;
  if (role === 'primary') reap(turn, key);
  return undefined;
}

export function hasRunOut({ now }: Pick<Turn, 'now'>, { expireAt }: Entry): boolean {
  return expireAt !== null && now > expireAt;
}

/** Removes a key because its time is over. Who watched it when it had run out already does not mind. */
export function reap(turn: Turn, key: string): void {
  turn.state.entries.delete(key);
  touch(turn, key, true);
  turn.events.push({ event: 'expired', key });
  turn.propagated.push(['DEL', key]);
}

/** Writes a key, and tells those who watch it. */
export function store(turn: Turn, key: string, value: Value, expireAt: number | null): void {
  turn.state.entries.set(key, { value, expireAt });
  touch(turn, key);
}

export function remove(turn: Turn, key: string): boolean {
  if (lookUp(turn, key) === undefined) return false;
  turn.state.entries.delete(key);
  touch(turn, key);
  turn.events.push({ event: 'del', key });
  return true;
}

/**
 * Whoever watches the key will find its transaction refused.
 * @param isRemoval those for whom it had run out already do not mind
 */
export function touch({ state }: Turn, key: string, isRemoval = false): void {
  for (const connection of state.connections.values()) {
    const hadRunOut = connection.watched.get(key);
    if (hadRunOut === false || (hadRunOut === true && !isRemoval)) connection.dirty = true;
  }
}

/**
 * Redis's active expiry: looks at up to `sample` keys that will run out, and again while more than a tenth of them had. Which
 * ones is drawn by the caller, as Redis does it at random.
 */
export function expireActively(turn: Turn, sample: number, below: (bound: number) => number): number {
  if (turn.state.role !== 'primary') return 0;
  let reaped = 0;
  for (;;) {
    const volatile = [...turn.state.entries].filter(([, { expireAt }]) => expireAt !== null).map(([key]) => key);
    const drawn = volatile.length <= sample ? volatile : draw(volatile, sample, below);
    const over = drawn.filter((key) => hasRunOut(turn, turn.state.entries.get(key) as Entry));
    for (const key of over) reap(turn, key);
    reaped += over.length;
    if (over.length * 10 <= drawn.length || volatile.length <= sample) return reaped;
  }
}

function draw(keys: string[], count: number, below: (bound: number) => number): readonly string[] {
  for (let at = 0; at < count; at++) {
    const other = at + below(keys.length - at);
    [keys[at], keys[other]] = [keys[other] as string, keys[at] as string];
  }
  return keys.slice(0, count);
}
