// What a Redis server answers, with the meanings of its wire protocol (RESP): a status, an error, an integer, a text, nil, or
// several of them.

export type Reply =
  | { readonly type: 'status'; readonly text: string }
  /** The text begins with its code: `ERR`, `WRONGTYPE`, `NOSCRIPT`. */
  | { readonly type: 'error'; readonly text: string }
  /** In decimal, for a counter has 64 bits. */
  | { readonly type: 'integer'; readonly value: string }
  | { readonly type: 'bulk'; readonly text: string }
  | { readonly type: 'nil' }
  | { readonly type: 'array'; readonly items: readonly Reply[] };

export const ok: Reply = { type: 'status', text: 'OK' };
export const queued: Reply = { type: 'status', text: 'QUEUED' };
export const nil: Reply = { type: 'nil' };
export const integer = (value: number | bigint): Reply => ({ type: 'integer', value: String(value) });
export const bulk = (text: string): Reply => ({ type: 'bulk', text });
export const array = (items: readonly Reply[]): Reply => ({ type: 'array', items });
export const bulks = (texts: readonly string[]): Reply => array(texts.map(bulk));
export const error = (text: string): Reply => ({ type: 'error', text });

export const wrongType = error('WRONGTYPE Operation against a key holding the wrong kind of value');
export const syntaxError = error('ERR syntax error');
export const notAnInteger = error('ERR value is not an integer or out of range');

/** The reply as redis-cli shows it, on one line. */
export function describeReply(reply: Reply): string {
  switch (reply.type) {
    case 'status':
      return reply.text;
    case 'error':
      return `(error) ${reply.text}`;
    case 'integer':
      return `(integer) ${reply.value}`;
    case 'bulk':
      return JSON.stringify(reply.text);
    case 'nil':
      return '(nil)';
    case 'array':
      return `[${reply.items.map(describeReply).join(', ')}]`;
  }
}
