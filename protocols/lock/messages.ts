// What the lock server, the store it guards and their clients say to each other. Every request carries the number of the
// operation it belongs to, so that a client never takes an answer to an earlier operation for one to its own.
import type { Micros } from '../../sim/index.ts';

export type LockMessage =
  // client ↔ lock server
  // `asked` is the client's monotonic clock when it asked; the server only hands it back.
  | { readonly type: 'acquire'; readonly request: number; readonly asked: Micros }
  | { readonly type: 'granted'; readonly request: number; readonly token: number; readonly asked: Micros }
  | { readonly type: 'busy'; readonly request: number }
  | { readonly type: 'release'; readonly token: number }
  // client ↔ store
  | { readonly type: 'read'; readonly request: number; readonly token: number }
  | { readonly type: 'value'; readonly request: number; readonly value: number }
  | { readonly type: 'write'; readonly request: number; readonly token: number; readonly value: number }
  | { readonly type: 'stored'; readonly request: number }
  | { readonly type: 'refused'; readonly request: number };
