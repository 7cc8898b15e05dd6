// Judges the histories of a file: reads them, chooses who judges it unless that was asked for, and keeps what is worth telling.
import { HistoryError, type CheckerOptions, type Skipped } from '../checkers/index.ts';
import { InputError, type Json, type Verdict } from '../sim/index.ts';
import { chooseChecker, chooseModel, type Choice } from './check-choose.ts';
import { readRecorded, refusedLine, type ReadingOptions, type Recorded, type RecordedPart } from './check-file.ts';
import { findJudge, judgeNames, type Consistency, type JudgeOptions } from './check-judges.ts';
import { requestOf, statedBy } from './check-suite.ts';
import { findModel, modelNames } from './check-models.ts';
import type { Opinion } from './check-opinion.ts';
import { readable } from './layout.ts';
import { profileOf, type Profile } from './check-profile.ts';

export interface CheckRequest extends ReadingOptions {
  readonly model?: string;
  readonly checker?: string;
  readonly engine: JudgeOptions['engine'];
  readonly initial?: Json;
  /** Whether orders that explain the history are wanted. */
  readonly witness?: boolean;
  readonly settings: CheckerOptions;
  readonly consistency?: readonly Consistency[];
  /** Real milliseconds for each history. */
  readonly timeout: number;
  /** How many threads may judge the keys of one history. */
  readonly workers: number;
}

/** Who waits for the judge. */
export interface Watch {
  /** Told when a history is read, before it is judged. */
  readonly onBegin?: (begun: Begun) => void;
  /** Told now and then, in words, how far it is. */
  readonly onProgress?: (how: string) => void;
  /** True once nobody wants to know any more. */
  readonly stopped: () => boolean;
}

/** What is known of a history before it is judged. */
export type Begun = Pick<Judged, 'part' | 'format' | 'operations' | 'checker' | 'model' | 'why'>;

export interface Judged extends Opinion {
  /** The path as it was given. */
  readonly path: string;
  /** Its name in a file that holds several. */
  readonly part: string | undefined;
  /** The verdict that the file states, if it states one. */
  readonly stated: Verdict | undefined;
  readonly format: string | null;
  readonly checker: string;
  /** Why this checker and model, in one line. */
  readonly why: string;
  readonly operations: number;
  /** Real time for judging, without reading. */
  readonly ms: number;
  readonly skipped: readonly Skipped[];
  readonly remarks: readonly string[];
  readonly recorded: Recorded;
}

/** One history of several that cannot be read or judged. */
export interface RefusedPart {
  readonly part: string;
  readonly error: InputError;
}

/**
 * Judges the histories of a file one after the other; those of a file that holds several may be refused each on their own.
 * @throws InputError if the file cannot be read or nobody can judge it
 */
export async function* judgeFile(
  path: string,
  request: CheckRequest,
  watch: Watch,
): AsyncGenerator<Judged | RefusedPart> {
  for (const part of await readRecorded(path, request)) {
    try {
      if ('error' in part) throw part.error;
      yield await judgeHistory(path, part, requestOf(part, request), watch);
    } catch (error) {
      if (!(error instanceof InputError) || part.name === undefined) throw error;
      yield { part: part.name, error };
    }
  }
}

async function judgeHistory(
  path: string,
  { name, about: says, recorded }: RecordedPart & { readonly recorded: Recorded },
  request: CheckRequest,
  watch: Watch,
): Promise<Judged> {
  const profile = profileOf(recorded.history);
  const about = {
    path,
    part: name,
    stated: statedBy(says),
    format: recorded.format ?? null,
    operations: profile.operations,
    skipped: recorded.skipped,
    recorded,
  };
  if (profile.operations === 0) {
    const holder = name === undefined ? 'file' : 'history';
    const remarks = [...recorded.remarks, `the ${holder} holds no operations of clients, so nothing was judged`];
    return { ...about, ...nothing, remarks, checker: request.checker ?? 'none', why: `the ${holder} is empty`, ms: 0 };
  }
  const chosen = choose(recorded, profile, request);
  const isUndecidable = profile.hasPredicates && isolationNames.has(chosen.checker);
  const choice = isUndecidable && isStrict(request) ? { ...searchForOrder, why: chosen.why } : chosen;
  watch.onBegin?.({ part: name, format: about.format, operations: about.operations, ...choice });
  const start = performance.now();
  const opinion =
    isUndecidable && choice === chosen ? predicatesNotJudged : await judge(recorded, choice, request, watch);
  const remarks = [...recorded.remarks, ...hints(recorded, opinion, request), ...offers(profile, opinion, choice)];
  return { ...about, ...opinion, checker: choice.checker, why: choice.why, remarks, ms: performance.now() - start };
}

/** What is told of a history whose judge had to be stopped. */
export function unfinished(path: string, begun: Begun, doubt: string): Judged {
  const recorded: Recorded = {
    ...{ file: path, format: undefined, history: [], lines: [], notes: [], noteCount: 0 },
    ...{ realtime: true, skipped: [], remarks: [] },
  };
  return {
    ...nothing,
    ...begun,
    path,
    stated: undefined,
    verdict: 'unknown',
    doubt,
    ms: 0,
    skipped: [],
    remarks: [],
    recorded,
  };
}

/** Names that do not exist are refused before anything is read. @throws InputError */
export function checkNames({ checker, model, initial }: CheckRequest): void {
  if (checker !== undefined) findJudge(checker);
  if (model !== undefined) findModel(model, initial);
}

function choose({ file }: Recorded, profile: Profile, { checker, model, consistency }: CheckRequest): Choice {
  if (checker !== undefined && checker !== 'linearizable') return { checker, model, why: 'as asked for' };
  if (model !== undefined) return { checker: 'linearizable', model, why: 'as asked for' };
  if (consistency !== undefined) return { checker: 'isolation', model, why: `as --consistency asks for it` };
  const choice = checker === undefined ? chooseChecker(profile) : chooseModel(profile);
  if (choice !== undefined && judgeNames.includes(choice.checker)) {
    if (choice.model === undefined || modelNames.includes(choice.model)) return choice;
  }
  throw new InputError(
    [
      `${file}: cannot tell how to judge it: its operations are ${readable(profile.functions.slice(0, 8).join(', '))}`,
      `choose with --model (${modelNames.join(', ')})`,
      `or --checker (${judgeNames.join(', ')})`,
    ].join('; '),
  );
}

async function judge(recorded: Recorded, choice: Choice, request: CheckRequest, watch: Watch): Promise<Opinion> {
  const end = performance.now() + request.timeout;
  try {
    return await findJudge(choice.checker)(recorded.history, {
      model: choice.model,
      engine: request.engine,
      initial: request.initial,
      workers: request.workers,
      witness: request.witness === true,
      settings: request.settings,
      consistency: request.consistency,
      realtime: recorded.realtime,
      ofSessions: recorded.format === 'awdit' || recorded.format === 'polysi',
      deadline: () => performance.now() >= end || watch.stopped(),
      onProgress: (how) => watch.onProgress?.(how),
    });
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const who = choice.model === undefined ? `the checker ${choice.checker}` : `the model ${choice.model}`;
    throw refusedLine(recorded, error, `${who} was chosen, ${choice.why}; see --model and --checker for others`);
  }
}

/** What else may explain a violation: a value that nobody wrote may be the one from before the history. */
function hints({ history }: Recorded, { verdict, model }: Opinion, { initial }: CheckRequest): string[] {
  if (verdict !== 'invalid' || initial !== undefined) return [];
  if (model !== 'register' && model !== 'cas-register') return [];
  const written = new Set<string>();
  for (const { type, f, value } of history) {
    if (type !== 'invoke') continue;
    const made = f === 'cas' && Array.isArray(value) ? (value[1] as Json) : value;
    if (f !== 'read') written.add(JSON.stringify(made));
  }
  const read = history.find(
    ({ type, f, value }) => type === 'ok' && f === 'read' && value !== null && !written.has(JSON.stringify(value)),
  );
  if (read === undefined) return [];
  const value = JSON.stringify(read.value);
  return [`${value} was read, but nobody wrote it: if it was there before the history began, add --initial ${value}`];
}

/** Dependencies between registers are known in part only, so that a search for an order may tell more. */
function offers({ isOfSingleKeys, hasAppends }: Profile, { verdict }: Opinion, { checker }: Choice): string[] {
  if (!isolationNames.has(checker) || !isOfSingleKeys || verdict === 'invalid') return [];
  if (hasAppends && verdict === 'valid') return [];
  return ['each transaction touches one key: --checker linearizable decides strict serializability, key by key'];
}

const isolationNames = new Set(['isolation', 'elle']);

const nothing: Opinion = {
  verdict: 'valid' satisfies Verdict,
  doubt: '',
  holds: 'there was nothing to judge',
  model: undefined,
  engine: undefined,
  anomalies: [],
  tolerated: [],
  partitions: [],
};

/** Who judges transactions that read by predicates. */
const searchForOrder = { checker: 'linearizable', model: 'predicate-store' } as const;

function isStrict({ consistency = [strict], settings }: CheckRequest): boolean {
  return consistency.includes(strict) && settings['anomalies'] === undefined;
}

const strict: Consistency = 'strict-serializable';

const predicatesNotJudged: Opinion = {
  ...nothing,
  verdict: 'unknown',
  doubt:
    'with reads by predicate (rp), insertions and deletions only strict serializability is judged: expected transactions of r, w and append alone, as in [[r x null] [w y 1]]',
};
