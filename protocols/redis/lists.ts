// Lists: enough of them for queues, and for commands to meet a key of the wrong kind.
import { lookUp, remove, store } from './keyspace.ts';
import { readInteger } from './numbers.ts';
import { array, bulk, bulks, error, integer, nil, notAnInteger, wrongType, type Reply } from './reply.ts';
import type { Turn } from './state.ts';

type Arguments = readonly string[];
type End = 'left' | 'right';

export const lPush = push('left');
export const rPush = push('right');
export const lPop = pop('left');
export const rPop = pop('right');

function push(end: End) {
  return (turn: Turn, [key = '', ...texts]: Arguments): Reply => {
    const items = itemsOf(turn, key);
    if (!Array.isArray(items)) return wrongType;
    const pushed = end === 'left' ? [...texts.toReversed(), ...items] : [...items, ...texts];
    store(turn, key, { type: 'list', items: pushed }, turn.state.entries.get(key)?.expireAt ?? null);
    const command = end === 'left' ? 'lpush' : 'rpush';
    turn.events.push({ event: command, key });
    turn.propagated.push([command.toUpperCase(), key, ...texts]);
    return integer(pushed.length);
  };
}

function pop(end: End) {
  const command = end === 'left' ? 'lpop' : 'rpop';
  return (turn: Turn, [key = '', countText, ...rest]: Arguments): Reply => {
    if (rest.length > 0) return error(`ERR wrong number of arguments for '${command}' command`);
    const count = countText === undefined ? 1n : readInteger(countText);
    if (count === undefined || count < 0n) return error('ERR value is out of range, must be positive');
    const items = itemsOf(turn, key);
    if (!Array.isArray(items)) return wrongType;
    if (items.length === 0) return nil;
    const taken = count < BigInt(items.length) ? Number(count) : items.length;
    if (taken === 0) return array([]);
    const popped = end === 'left' ? items.slice(0, taken) : items.slice(-taken).toReversed();
    const left = end === 'left' ? items.slice(taken) : items.slice(0, -taken);
    turn.events.push({ event: command, key });
    if (left.length === 0) remove(turn, key);
    else store(turn, key, { type: 'list', items: left }, turn.state.entries.get(key)?.expireAt ?? null);
    turn.propagated.push([command.toUpperCase(), key, String(taken)]);
    return countText === undefined ? bulk(popped[0] ?? '') : bulks(popped);
  };
}

export function lLen(turn: Turn, [key = '']: Arguments): Reply {
  const items = itemsOf(turn, key);
  return Array.isArray(items) ? integer(items.length) : wrongType;
}

export function lIndex(turn: Turn, [key = '', index = '']: Arguments): Reply {
  const place = readInteger(index);
  const items = itemsOf(turn, key);
  if (!Array.isArray(items)) return wrongType;
  if (place === undefined) return items.length === 0 ? nil : notAnInteger;
  const item = items.at(Number(place));
  return item === undefined ? nil : bulk(item);
}

export function lRange(turn: Turn, [key = '', start = '', stop = '']: Arguments): Reply {
  const [first, last] = [readInteger(start), readInteger(stop)];
  if (first === undefined || last === undefined) return notAnInteger;
  const items = itemsOf(turn, key);
  if (!Array.isArray(items)) return wrongType;
  const place = (index: bigint): number => Number(index < 0n ? index + BigInt(items.length) : index);
  return bulks(items.slice(Math.max(0, place(first)), Math.max(0, place(last) + 1)));
}

/** The items of a list, none for a missing key, or 'wrong type'. */
function itemsOf(turn: Turn, key: string): readonly string[] | 'wrong type' {
  const value = lookUp(turn, key)?.value;
  if (value === undefined) return [];
  return value.type === 'list' ? value.items : 'wrong type';
}
