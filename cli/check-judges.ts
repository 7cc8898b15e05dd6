// The judges that `check` can call by name, each brought to one shape of opinion.
import {
  checkWeakIsolation,
  findChecker,
  isolationModels,
  type CheckerOptions,
  type IsolationModel,
  type IsolationResult,
  type PartitionResult,
  type WeakLevel,
} from '../checkers/index.ts';
import { InputError, worseVerdict, type History, type Json, type Verdict } from '../sim/index.ts';
import { findModel } from './check-models.ts';
import { judgeKeys, type Keys } from './check-keys.ts';
import { judgeByName, namedCheckers } from './check-named.ts';
import type { Anomaly, Opinion, Part } from './check-opinion.ts';

export interface JudgeOptions {
  readonly model: string | undefined;
  readonly engine: 'auto' | 'wgl' | 'fast';
  readonly initial: Json | undefined;
  /** Whether orders that explain the history are wanted. */
  readonly witness: boolean;
  /** What transactions were promised, all of it together. */
  readonly consistency: readonly Consistency[] | undefined;
  /** How many threads may judge the keys of the history. */
  readonly workers: number;
  /** Whether the file is of sessions, in a format whose tools judge levels by the order of each session. */
  readonly ofSessions: boolean;
  /** What `--set` gives: options of the checker. */
  readonly settings: CheckerOptions;
  /** Whether the order of the events says which operations precede which. */
  readonly realtime: boolean;
  /** True once the time is up. */
  readonly deadline: () => boolean;
  /** Told now and then, in words, how far it is. */
  readonly onProgress: (how: string) => void;
}

/** What transactions were promised. `causal` is causal consistency as AWDIT and dbcop have it. */
export type Consistency = IsolationModel | 'causal';

export type Judge = (history: History, options: JudgeOptions) => Opinion | Promise<Opinion>;

/** @throws InputError that lists the names */
export function findJudge(name: string): Judge {
  if (name === 'linearizable') return judgeLinearizable;
  if (name === 'isolation' || name === 'elle') return judgeIsolation;
  if (judgeNames.includes(name)) {
    return (history, { settings, realtime }) => judgeByName(name, history, settings, realtime);
  }
  throw new InputError(`--checker: expected one of ${judgeNames.join(', ')}, found ${JSON.stringify(name)}`);
}

export const judgeNames = namedCheckers;

async function judgeLinearizable(history: History, options: JudgeOptions): Promise<Opinion> {
  const { model: name = 'register', initial, realtime, engine, witness, deadline, onProgress, workers } = options;
  const model = findModel(name, initial);
  const result = await judgeKeys(history, { model: name, initial, engine, witness }, workers, {
    deadline,
    onProgress: (judged, count, covered) => {
      const keys = count > 1 ? `${judged} of ${count} keys judged, ` : '';
      onProgress(`${keys}${covered} completions explained`);
    },
  });
  const verdict = result.partitions.reduce<Verdict>((worst, part) => worseVerdict(worst, part.verdict), 'valid');
  const doubts = result.partitions.flatMap((part) => (part.verdict === 'unknown' ? [part.reason] : []));
  const opinion: Opinion = {
    verdict,
    doubt: verdict === 'unknown' ? doubts.join('\n') : '',
    holds: 'linearizable: each operation fits at one instant between its call and its return',
    model: model.name,
    engine: [...new Set(result.partitions.flatMap((part) => part.engine ?? []))].join(', ') || engine,
    askedEngine: engine,
    anomalies: anomaliesOf(result),
    tolerated: [],
    partitions: result.partitions.map(partOf),
  };
  return realtime ? opinion : withoutRealTime(opinion);
}

/** An order that explains the history in any real time proves sequential consistency; that there is none in one proves nothing. */
function withoutRealTime(opinion: Opinion): Opinion {
  const cannot =
    'the file does not tell which operations precede which in real time, so linearizability cannot be judged';
  if (opinion.verdict === 'valid') {
    return { ...opinion, holds: `sequentially consistent (${cannot})` };
  }
  const doubt = `${cannot}; the weaker sequential consistency was not proven either`;
  return { ...opinion, verdict: 'unknown', doubt, anomalies: [], partitions: [] };
}

function anomaliesOf({ partitions }: Keys): Anomaly[] {
  return partitions.flatMap((part) => {
    if (part.verdict !== 'invalid') return [];
    const { operations, places, orders } = part.window;
    return [
      {
        type: 'not-linearizable',
        reason: part.reason,
        operations: operations.map(({ id }) => id),
        details: places,
        orders,
      },
    ];
  });
}

function partOf(part: PartitionResult): Part {
  const { key = null, verdict, steps, engine } = part;
  switch (part.verdict) {
    case 'valid':
      return { key, verdict, reason: '', operations: [], steps, engine, ...(part.order && { order: part.order }) };
    case 'invalid':
      return {
        key,
        verdict,
        reason: part.reason,
        operations: part.window.operations.map(({ id }) => id),
        steps,
        engine,
      };
    case 'unknown': {
      const { reason, covered, returned } = part;
      return { key, verdict, reason, operations: [], steps, engine, covered, returned };
    }
  }
}

function judgeIsolation(history: History, options: JudgeOptions): Opinion {
  const { consistency, realtime, settings } = options;
  const level = weakLevelOf(options);
  if (level !== undefined) return judgeWeakly(history, level);
  const byDefault: IsolationModel[] = realtime ? ['strict-serializable'] : ['strong-session-serializable'];
  const models = consistency ?? (settings['anomalies'] === undefined ? byDefault : []);
  // By name, so that --set is validated: wfrKeys, sequentialKeys and linearizableKeys are what may be assumed of registers.
  const result = findChecker('isolation').result(
    history,
    { ...settings, model: models, realtime },
    { deadline: options.deadline },
  ) as IsolationResult;
  const model = models.length > 0 ? models.join(' and ') : 'the anomalies asked for';
  const anomalies = result.anomalies.map(({ name, reason, operations, cycle, isForbidden }) => ({
    isForbidden,
    anomaly: { type: name, reason, operations, details: [], cycle },
  }));
  const { verdict, reason, workload, not, strongest } = result;
  return {
    verdict,
    doubt: verdict === 'unknown' ? reason : '',
    holds: `no sign against ${model}: ${result.transactions} transactions, ${result.dependencies} dependencies between them`,
    model: `${workload}, ${model}`,
    engine: undefined,
    anomalies: anomalies.filter(({ isForbidden }) => isForbidden).map(({ anomaly }) => anomaly),
    tolerated: anomalies.filter(({ isForbidden }) => !isForbidden).map(({ anomaly }) => anomaly),
    partitions: [],
    boundary: { not, strongest },
  };
}

function weakLevelOf({ consistency = [], ofSessions }: JudgeOptions): WeakLevel | undefined {
  const [level, ...others] = consistency;
  if (consistency.includes('causal') && others.length > 0) {
    throw new InputError(`--consistency: expected causal alone, found ${consistency.join(',')}`);
  }
  if (level === 'causal') return level;
  return ofSessions && others.length === 0 && (level === 'read-committed' || level === 'read-atomic')
    ? level
    : undefined;
}

/** Names between commas. @throws InputError that lists the names */
export function readConsistency(text: string): readonly Consistency[] {
  const known: readonly Consistency[] = [...isolationModels, 'causal'];
  return text.split(',').map((name) => {
    const model = known.find((one) => one === name.trim());
    if (model !== undefined) return model;
    throw new InputError(`--consistency: expected one of ${known.join(', ')}, found ${JSON.stringify(name)}`);
  });
}

function judgeWeakly(history: History, level: WeakLevel): Opinion {
  const { verdict, reason, operations } = checkWeakIsolation(history, level);
  return {
    verdict,
    doubt: verdict === 'unknown' ? reason : '',
    holds: `${level}: some order of commits that respects each session explains every read`,
    model: `rw-register, ${level} with the order of sessions`,
    engine: undefined,
    anomalies: verdict === 'invalid' ? [{ type: `not-${level}`, reason, operations, details: [] }] : [],
    tolerated: [],
    partitions: [],
  };
}
