// Lists: enough of them for queues, and for commands to meet a key of the wrong kind.
import { lookUp, remove, store } from './keyspace.ts';
import { readInteger } from './numbers.ts';
import { bulk, bulks, integer, nil, notAnInteger, wrongType, type Reply } from './reply.ts';
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
  return (turn: Turn, [key = '']: Arguments): Reply => {
    const items = itemsOf(turn, key);
    if (!Array.isArray(items)) return wrongType;
    const item = end === 'left' ? items[0] : items.at(-1);
    if (item === undefined) return nil;
    const rest = end === 'left' ? items.slice(1) : items.slice(0, -1);
    const command = end === 'left' ? 'lpop' : 'rpop';
    turn.events.push({ event: command, key });
    if (rest.length === 0) remove(turn, key);
    else store(turn, key, { type: 'list', items: rest }, turn.state.entries.get(key)?.expireAt ?? null);
    turn.propagated.push([command.toUpperCase(), key]);
    return bulk(item);
  };
}

export function lLen(turn: Turn, [key = '']: Arguments): Reply {
  const items = itemsOf(turn, key);
  return Array.isArray(items) ? integer(items.length) : wrongType;
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
