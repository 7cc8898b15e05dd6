// What the reader looks for: a text in events and payloads, and nodes. It says which rows and which messages pass.
import { kindOf, type Model } from './model.ts';
import { describeRow } from './words.ts';

export interface Filter {
  /** Lower case; empty for any. A key, a value, a message type, a word of an event's sentence. */
  readonly text: string;
  /** A lane, or -1 for all. */
  readonly lane: number;
}

/** Whether a row passes; undefined when everything does. */
export function rowFilter(model: Model, { text, lane }: Filter): ((row: number) => boolean) | undefined {
  if (text === '' && lane < 0) return undefined;
  const { rows } = model;
  const payloadHas = payloadSearch(model, text);
  return (row) => {
    if (lane >= 0 && rows.node[row] !== lane && rows.peer[row] !== lane) return false;
    if (text === '' || payloadHas(rows.payload[row] as number) || kindOf(rows, row).includes(text)) return true;
    const message = model.messageOfRow[row] as number;
    if (message >= 0 && payloadHas(rows.payload[model.messages.sendRow[message] as number] as number)) return true;
    return describeRow(model, row).toLowerCase().includes(text);
  };
}

/** For each message 1 if it passes. */
export function messageFilter(model: Model, filter: Filter): Uint8Array | undefined {
  if (filter.text === '' && filter.lane < 0) return undefined;
  const { messages, rows } = model;
  const payloadHas = payloadSearch(model, filter.text);
  return Uint8Array.from(messages.sendRow, (row, index) => {
    const isOfLane = filter.lane < 0 || messages.from[index] === filter.lane || messages.to[index] === filter.lane;
    return isOfLane && (filter.text === '' || payloadHas(rows.payload[row] as number)) ? 1 : 0;
  });
}

/** Looks into each distinct payload once. */
function payloadSearch({ rows }: Model, text: string): (payload: number) => boolean {
  const known = new Map<number, boolean>();
  return (payload) => {
    let has = known.get(payload);
    if (has === undefined) {
      has = JSON.stringify(rows.payloadAt(payload)).toLowerCase().includes(text);
      known.set(payload, has);
    }
    return has;
  };
}
