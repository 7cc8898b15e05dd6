// The replicated state machine of the `raft` protocol: a key-value store with client sessions, so that a command that was
// sent twice takes effect once (Ongaro's thesis, section 6.3). It is deterministic, as every service has to be.
import type { Json, Micros } from '../../sim/index.ts';
import type { Rules } from './rules.ts';
import type { Service } from './server.ts';

/** `register` opens a session, whose id is the index of its entry; `apply` changes a key within one. */
export type Command = (
  | { readonly type: 'register' }
  | { readonly type: 'apply'; readonly session: number; readonly sequence: number; readonly operation: Write }
) & {
  /** What the leader's clock showed when it took the command, where sessions expire by time. */
  readonly at?: Micros;
};

export type Write =
  | { readonly type: 'write'; readonly key: string; readonly value: Json }
  | { readonly type: 'cas'; readonly key: string; readonly from: Json; readonly to: Json };

export type Answer =
  | { readonly type: 'registered'; readonly session: number }
  | { readonly type: 'done'; readonly value: Json }
  | { readonly type: 'mismatch'; readonly found: Json }
  | { readonly type: 'session-expired' };

export interface Machine {
  readonly data: Map<string, Json>;
  readonly sessions: Map<number, Session>;
  /** The latest time that a command bears: what time it is for sessions, on every server alike. */
  time: Micros;
}

/** What a client did last: the command's number, the answer to it, the index of its entry, and the time by then. */
interface Session {
  sequence: number;
  answer: Answer;
  usedAt: number;
  lastTime: Micros;
}

/** Sessions kept unless told otherwise. */
const defaultSessionLimit = 4_096;

/**
 * Sessions expire at the same entry on every server, by one of two rules of the thesis (section 6.3) or by both.
 * @param sessionLimit beyond it the least recently used session expires.
 * @param sessionTtl a session that was not used for so long expires, by the time that leaders put on commands; 0 for never.
 */
export function keyValueService(
  rules: Pick<Rules, 'isDuplicate' | 'snapshotsSessions'>,
  sessionLimit: number = defaultSessionLimit,
  sessionTtl: Micros = 0,
): Service<Machine, Command, Answer> {
  return {
    initial: () => ({ data: new Map(), sessions: new Map(), time: 0 }),
    apply(machine, command, { index }) {
      if (sessionTtl > 0) passTime(machine, command.at ?? 0, sessionTtl);
      return applyCommand(machine, index, command, rules, sessionLimit);
    },
    save: ({ data, sessions, time }) => ({ data, sessions: rules.snapshotsSessions ? sessions : new Map(), time }),
  };
}

function applyCommand(
  machine: Machine,
  index: number,
  command: Command,
  rules: Pick<Rules, 'isDuplicate'>,
  sessionLimit: number,
): Answer {
  switch (command.type) {
    case 'register': {
      const answer: Answer = { type: 'registered', session: index };
      machine.sessions.set(index, { sequence: -1, answer, usedAt: index, lastTime: machine.time });
      if (machine.sessions.size > sessionLimit) expireOldest(machine);
      return answer;
    }
    case 'apply': {
      const session = machine.sessions.get(command.session);
      if (session === undefined) return { type: 'session-expired' };
      if (rules.isDuplicate(session.sequence, command.sequence)) return session.answer;
      session.answer = applyWrite(machine.data, command.operation);
      session.sequence = command.sequence;
      session.usedAt = index;
      session.lastTime = machine.time;
      return session.answer;
    }
  }
}

function applyWrite(data: Map<string, Json>, operation: Write): Answer {
  switch (operation.type) {
    case 'write':
      data.set(operation.key, operation.value);
      return { type: 'done', value: operation.value };
    case 'cas': {
      const found = data.get(operation.key) ?? null;
      if (found !== operation.from) return { type: 'mismatch', found };
      data.set(operation.key, operation.to);
      return { type: 'done', value: operation.to };
    }
  }
}

/** Time goes on with the commands, and never back: a later leader's clock may be behind. */
function passTime(machine: Machine, at: Micros, sessionTtl: Micros): void {
  machine.time = Math.max(machine.time, at);
  for (const [id, { lastTime }] of machine.sessions) {
    if (machine.time - lastTime > sessionTtl) machine.sessions.delete(id);
  }
}

function expireOldest({ sessions }: Machine): void {
  let oldest = Infinity;
  let least = Infinity;
  for (const [id, { usedAt }] of sessions) {
    if (usedAt < least) [oldest, least] = [id, usedAt];
  }
  sessions.delete(oldest);
}
