// A Redis server without a network: its wall clock stands until it is moved, and each client types commands into it.
import { execute } from '../../../protocols/redis/execute.ts';
import { expireActively } from '../../../protocols/redis/keyspace.ts';
import { describeReply } from '../../../protocols/redis/reply.ts';
import { standardScripts, type Script } from '../../../protocols/redis/scripts.ts';
import { beginTurn, emptyRedis, type RedisState, type Turn } from '../../../protocols/redis/state.ts';

/** Writes, writes with a wrong type, writes again. */
const failing: Script = (call, [key = '']) => {
  call('SET', 's1', '1');
  call('LPUSH', key, 'x');
  return call('SET', 's2', '1');
};

/** A server whose wall clock stands until it is moved, and a shell on it for each client. */
export function server(state: RedisState = emptyRedis(), more: Readonly<Record<string, Script>> = {}) {
  let micros = 1_700_000_000_000_000;
  const turns: Turn[] = [];
  const slow: Script = (call, [key = '']) => {
    micros += 704_000;
    return call('EXISTS', key);
  };
  const clockInScript: Script = (call) => {
    const before = describeReply(call('TIME'));
    micros += 704_000;
    return { type: 'bulk', text: before === describeReply(call('TIME')) ? 'stands' : 'goes on' };
  };
  const scripts = { ...standardScripts, failing, slow, clockInScript, ...more };
  const as =
    (client: string) =>
    (line: string): string => {
      const turn = beginTurn(state, client, () => micros);
      turns.push(turn);
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, text, word]) => text ?? word ?? '');
      return describeReply(execute(turn, words, scripts));
    };
  const later = (milliseconds: number): void => {
    micros += milliseconds * 1_000;
  };
  const cycle = (): number =>
    expireActively(
      beginTurn(state, '', () => micros),
      20,
      () => 0,
    );
  const events = (): string[] => turns.flatMap((turn) => turn.events.map(({ event, key }) => `${event} ${key}`));
  return { cli: as('c1'), as, later, cycle, events, state, turns, now: () => Math.floor(micros / 1_000) };
}
