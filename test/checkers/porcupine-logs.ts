// Reads the two kinds of logs that Porcupine's tests use into histories.
import type { History, HistoryEvent, HistoryEventType } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';

type Line = Pick<HistoryEvent, 'process' | 'type' | 'f' | 'value'>;

/**
 * `INFO  jepsen.util - 4	:invoke	:cas	[2 4]`. A cas that failed has seen another value than it wanted, so it is ok with the
 * result false; what timed out is unknown.
 */
export function readEtcdLog(text: string): History {
  return toHistory(text, /^INFO {2}jepsen\.util - (\d+)\s+:(\w+)\s+:(\w+)\s+(.*)$/, ([, process, type, f, value]) => {
    if (value === ':timed-out')
      return { process: Number(process), type: f === 'read' ? 'fail' : 'info', f: f!, value: null };
    const refused = type === 'fail' && f === 'cas';
    return {
      process: Number(process),
      type: refused ? 'ok' : (type as HistoryEventType),
      f: f!,
      value: refused ? false : (JSON.parse(value!.replace('nil', 'null').replace(' ', ',')) as Json),
    };
  });
}

/** `{:process 0, :type :ok, :f :get, :key "7", :value ""}`: what is absent reads as the empty string. */
export function readKeyValueLog(text: string): History {
  const pattern = /^\{:process (\d+), :type :(\w+), :f :(\w+), :key "(.*)", :value (.*)\}$/;
  const names: Readonly<Record<string, string>> = { get: 'read', put: 'write', append: 'append' };
  return toHistory(text, pattern, ([, process, type, f, key, value]) => ({
    process: Number(process),
    type: type as HistoryEventType,
    f: names[f!]!,
    value: [key!, value === 'nil' || value === '""' ? null : (JSON.parse(value!) as Json)],
  }));
}

function toHistory(text: string, pattern: RegExp, readLine: (match: RegExpExecArray) => Line): History {
  const running = new Map<number, number>();
  let operations = 0;
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((text, index) => {
    const match = pattern.exec(text);
    if (match === null) throw new Error(`line ${index}: expected ${pattern.source}, found ${text}`);
    const line = readLine(match);
    if (line.type === 'invoke') running.set(line.process, operations++);
    const operation = running.get(line.process)!;
    return { ...line, index, time: index * 1_000, client: `c${line.process}`, operation };
  });
}
