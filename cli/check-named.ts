// The checkers besides linearizability and isolation, by the names that Jepsen gives them: each judges in its own way, and
// all say what they found in one shape.
import { checkers, findChecker, type CheckerOptions, type CheckerResult, type LockResult } from '../checkers/index.ts';
import { formatDuration, type History, type Json } from '../sim/index.ts';
import type { Anomaly, Opinion } from './check-opinion.ts';

export const namedCheckers: readonly string[] = Object.keys(checkers);

/** @throws InputError on an option that the checker does not have */
export function judgeByName(name: string, history: History, options: CheckerOptions, realtime: boolean): Opinion {
  const checker = findChecker(name);
  const result = checker.result(history, options);
  const { verdict, reason } = result;
  const opinion: Opinion = {
    verdict,
    doubt: verdict === 'unknown' ? reason : '',
    holds: checker.about,
    model: undefined,
    engine: undefined,
    anomalies: verdict === 'invalid' ? anomaliesOf(name, result) : [],
    tolerated: [],
    partitions: [],
    figures: figuresOf(result),
  };
  if (realtime || verdict !== 'invalid' || !needRealTime.has(name)) return opinion;
  const doubt = `${name} needs real time, which the file does not tell; in the order of the file: ${reason}`;
  return { ...opinion, verdict: 'unknown', doubt, anomalies: [] };
}

/** Of locks: how often they were given, how long clients waited and how fair that was. */
function figuresOf(result: CheckerResult & Partial<Pick<LockResult, 'grants' | 'waits' | 'maxOvertakes'>>): string[] {
  const { grants, waits, maxOvertakes = 0 } = result;
  if (grants === undefined) return [];
  if (waits === undefined) return [`${grants} grants`];
  const [median, high, most] = [waits.p50, waits.p99, waits.max].map(formatDuration);
  const fair = maxOvertakes === 0 ? 'nobody was overtaken' : `a client was overtaken up to ${maxOvertakes} times`;
  return [`${grants} grants after waits of ${median} (median), ${high} (99 %), ${most} (longest); ${fair}`];
}

/** Those that speak of what had completed before something else began. */
const needRealTime: ReadonlySet<string> = new Set(['set-full', 'counter', 'causal-reverse', 'monotonic', 'latency']);

interface Evidence {
  readonly type: string;
  readonly verdict: 'invalid' | 'unknown';
  readonly count: number;
  readonly values: readonly Json[];
  readonly reason: string;
  readonly operations: readonly number[];
}

/** By kind, where the checker tells kinds apart. */
function anomaliesOf(name: string, result: CheckerResult & { readonly evidence?: readonly Evidence[] }): Anomaly[] {
  const { evidence = [], reason, operations } = result;
  const proven = evidence.filter(({ verdict }) => verdict === 'invalid');
  if (proven.length === 0) return [{ type: name, reason, operations, details: [] }];
  return proven.map(({ type, count, values, ...rest }) => ({
    type,
    reason: count > 1 ? `${rest.reason} (${count} such)` : rest.reason,
    operations: rest.operations,
    details: count > 1 ? [`concerned: ${shorten(values.map((value) => JSON.stringify(value)))}`] : [],
  }));
}

function shorten(values: readonly string[]): string {
  return values.length > 20 ? `${values.slice(0, 20).join(', ')}, …` : values.join(', ');
}
