// Lists of a node's state as cells, first of all its log: each entry with its place, its term and what it does, and whether
// the node knows it to be committed.
import type { Json } from '../../../sim/protocol.ts';
import { shortJson } from '../marks.ts';
import { element } from '../overlay/element.ts';

const longestList = 24;

/** What the other fields of a state say of the list: where it begins and how far it is committed. */
export interface ListSetting {
  /** The place of the first entry in its log; undefined where the list is not known to be a log. */
  readonly first?: number | undefined;
  /** The last place, or the last zxid, that is committed. */
  readonly committed?: number | undefined;
}

/** The cells of a list; of a long one the latest. */
export function listCells(list: readonly Json[], { first, committed }: ListSetting): HTMLElement {
  const skipped = Math.max(0, list.length - longestList);
  const cells = list.slice(skipped).map((item, index) => {
    const place = first === undefined ? undefined : first + skipped + index;
    const at = place ?? zxidOf(item);
    const isOpen = committed !== undefined && at !== undefined && at > committed;
    const title = `${place ?? skipped + index}: ${JSON.stringify(item)}${isOpen ? ' (not known to be committed)' : ''}`;
    return element('li', { class: isOpen ? 'log-cell is-open' : 'log-cell', attributes: { title } }, [
      ...(place === undefined ? [] : [element('span', { class: 'log-place', text: String(place) })]),
      element('span', { text: entryText(item) }),
    ]);
  });
  if (skipped > 0) cells.unshift(element('li', { class: 'log-cell is-more', text: `… ${skipped}` }));
  return element('ol', { class: 'log-cells' }, cells);
}

/** An entry by its term, epoch or zxid, and by what it does: `1: write x 2`. */
export function entryText(item: Json): string {
  if (!isObject(item)) return shortJson(item, 16);
  const zxid = zxidOf(item);
  const when = item['term'] ?? item['epoch'] ?? (zxid === undefined ? undefined : zxidText(zxid));
  const what = deed(item);
  if (when === undefined) return what === '' ? shortJson(item, 22) : what;
  return what === '' ? shortJson(when) : `${shortJson(when)}: ${what}`;
}

/** Where protocols keep what an entry does, from the outside in. */
const wrappers = ['command', 'operation', 'request', 'txn', 'body', 'write', 'op'];
const verbs = ['type', 'verb', 'f'];
/** What is done to what, and with what. */
const objects = ['key', 'path', 'value', 'data'];

function deed(item: { readonly [key: string]: Json }): string {
  const inner = wrappers.map((name) => item[name]).find((value) => value !== undefined && isObject(value));
  if (inner !== undefined && isObject(inner)) return deed(inner);
  const plain = (name: string): string[] => {
    const value = item[name];
    return value === undefined || value === null || typeof value === 'object' ? [] : [shortJson(value, 14)];
  };
  return [...verbs.flatMap(plain).slice(0, 1), ...objects.flatMap(plain)].join(' ');
}

function zxidOf(item: Json): number | undefined {
  const zxid = isObject(item) ? item['zxid'] : undefined;
  return typeof zxid === 'number' ? zxid : undefined;
}

/** The epoch in the high half and the counter in the low half, as ZooKeeper's people write it. */
function zxidText(zxid: number): string {
  return `${Math.floor(zxid / 2 ** 32)}.${zxid % 2 ** 32}`;
}

/** Whether a value has fields by name. */
export function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
