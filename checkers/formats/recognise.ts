// Tells the format of a history from how it begins.
import { isLogLine } from './jepsen-log.ts';
import { fastlinObject } from './intervals.ts';
import { isAwditLine, isPolySiLine } from './transactions-text.ts';

/** The formats that can be read; `empty` is a file of blanks. */
export const historyFormats = [
  'jepsen-edn',
  'jepsen-json',
  'jepsen-json-lines',
  'jepsen-log',
  'porcupine-kv',
  'awdit',
  'polysi',
  'fastlin',
] as const;

export type HistoryFormat = (typeof historyFormats)[number];

/** How much of a file is looked at, in UTF-16 units. */
export const beginning = 65_536;

/** The format of a text that begins like this; undefined if it is none of them. */
export function recogniseFormat(head: string): HistoryFormat | undefined {
  const edn = recogniseForm(head);
  if (edn !== undefined) return edn;
  const lines = head.split('\n', 1_000).map((line) => line.trim());
  const first = lines.find((line) => line !== '') ?? '';
  if (fastlinObject(first) !== undefined) return 'fastlin';
  if (isAwditLine(first)) return 'awdit';
  if (isPolySiLine(first)) return 'polysi';
  if (lines.some(isLogLine)) return 'jepsen-log';
  return /^\w+\s+-?\d+\s+\d+\s+\d+$/.test(first) ? 'fastlin' : undefined;
}

/** JSON and EDN: by the first record, inside an array, vector or list or not. */
function recogniseForm(head: string): HistoryFormat | undefined {
  const blank = /^(?:[\s,]|;[^\n]*(?:\n|$))*/;
  const text = head.replace(blank, '');
  const commented = text.length < head.trimStart().length;
  const inside = /^[[(]/.test(text) ? text.slice(1).replace(blank, '') : text;
  const record = inside.replace(/^#[A-Za-z][\w.*+!\-?$%&=<>/]*\s*(?=\{)/, '');
  if (record.startsWith('{')) {
    if (/^\{\s*"(?:[^"\\]|\\.){0,200}"\s*:/.test(record)) return jsonKind(text);
    if (/^\{\s*\}/.test(record))
      return record === inside && !commented && text === inside ? 'jepsen-json-lines' : 'jepsen-edn';
    return /^\{[^}]*:key\s/.test(record.slice(0, 2_000)) ? 'porcupine-kv' : 'jepsen-edn';
  }
  if (text.startsWith('(') || (text === '' && commented)) return 'jepsen-edn';
  if (/^\[\s*\]/.test(text)) return commented ? 'jepsen-edn' : 'jepsen-json';
  return undefined;
}

/** Whether there is one object a line: then lines can be parsed on their own. */
function jsonKind(text: string): HistoryFormat {
  const line = /^[^\n]*/.exec(text)?.[0].trimEnd() ?? '';
  return text.startsWith('{') && line.endsWith('}') ? 'jepsen-json-lines' : 'jepsen-json';
}
