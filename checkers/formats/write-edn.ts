// Writes histories in EDN as Jepsen does: one map a line, keywords for names, nanoseconds. What was read from EDN is
// written as it was, and what is read back is what was written.
import type { History, HistoryEvent } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import { isKeyword, isTransaction, isWord, mapOf, setOf, untagged } from './value.ts';

/** The lines of the history, each with its line break. */
export function* writeEdn(history: History): Generator<string> {
  for (const event of history) yield `${writeEvent(event)}\n`;
}

/** One value in EDN. Words that are functions of micro-operations and keys of maps become keywords. */
export function writeEdnValue(value: Json): string {
  switch (typeof value) {
    case 'string':
      return isKeyword(value) ? value : quote(value);
    case 'number':
      return writeNumber(value);
    case 'boolean':
      return String(value);
    default:
      if (value === null) return 'nil';
      if (isTransaction(value)) return list(value.map(writeMicroOperation));
      return isArray(value) ? list(value.map(writeEdnValue)) : (writeTagged(value) ?? writeMap(value));
  }
}

function writeMicroOperation([f, ...rest]: readonly [string, ...Json[]]): string {
  return list([isKeyword(f) ? f : name(f), ...rest.map(writeEdnValue)]);
}

function list(parts: readonly string[]): string {
  return `[${parts.join(' ')}]`;
}

function writeEvent(event: HistoryEvent): string {
  const { index, time, type, f, value, error, client, operation } = event;
  const parts = [
    `:index ${index}`,
    `:time ${time === 0 ? 0 : `${time}000`}`,
    `:type :${type}`,
    `:process ${event.process}`,
    `:f ${name(f)}`,
    `:value ${writeEdnValue(value)}`,
  ];
  if (error !== undefined) parts.push(`:error ${name(error)}`);
  parts.push(`:client ${quote(client)}`, `:operation ${operation}`);
  return `{${parts.join(', ')}}`;
}

/** A keyword, if the word can be one. */
function name(word: string): string {
  return isWord(word) ? `:${word}` : quote(word);
}

function writeNumber(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

function writeMap(map: { readonly [key: string]: Json | undefined }): string {
  const entries = Object.entries(map).flatMap(([key, value]) =>
    value === undefined ? [] : [`${writeKey(key)} ${writeEdnValue(value)}`],
  );
  return `{${entries.join(', ')}}`;
}

function writeKey(key: string): string {
  return /^(?:0|-?[1-9]\d{0,14})$/.test(key) ? key : name(key);
}

/** What `value.ts` keeps as an object with one key, as EDN spells it; undefined for other maps. */
function writeTagged(value: Json): string | undefined {
  const parts = untagged(value);
  if (parts === undefined) return undefined;
  const [tag, content] = parts;
  return writeSpecial(tag, content, value) ?? `#${tag} ${writeEdnValue(content)}`;
}

function writeSpecial(tag: string, content: Json, value: Json): string | undefined {
  if (isArray(content)) return writeCollection(tag, content, value);
  if (typeof content !== 'string') return undefined;
  if (tag === 'string' && isKeyword(content)) return quote(content);
  if (tag === 'char' && /^[!-~]$/.test(content)) return `\\${content}`;
  if (tag === 'float' && /^(?:NaN|-?Inf)$/.test(content)) return `##${content}`;
  return spellings.get(tag)?.test(content) === true ? content : undefined;
}

function writeCollection(tag: string, content: readonly Json[], value: Json): string | undefined {
  if (tag === 'set') {
    const set = setOf([...content]);
    return set !== undefined && canonical(set) === canonical(value)
      ? `#{${content.map(writeEdnValue).join(' ')}}`
      : undefined;
  }
  if (tag !== 'map' || !content.every((pair) => isArray(pair) && pair.length === 2)) return undefined;
  const entries = content.flatMap((pair) => pair as readonly Json[]);
  const map = mapOf(entries);
  if (map === undefined || canonical(map) !== canonical(value)) return undefined;
  return `{${content.map((pair) => (pair as readonly Json[]).map(writeEdnValue).join(' ')).join(', ')}}`;
}

function quote(text: string): string {
  return `"${text.replace(escaped, escape)}"`;
}

function escape(character: string): string {
  return escapes.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Quotes, backslashes, control characters and halves of surrogate pairs. */
const escaped = /["\\\p{Cc}\p{Cs}]/gu;
const escapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);
const spellings = new Map([
  ['integer', /^-?[1-9]\d{15,}$/],
  ['decimal', /^[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?M$|^-?[1-9]\d*e\d{3,}$/],
  ['ratio', /^[+-]?(?:0|[1-9]\d*)\/[1-9]\d*$/],
  ['symbol', /^(?!(?:nil|true|false)$)[A-Za-z_][\w*+!\-?<>=$%&|./]*$/],
]);
