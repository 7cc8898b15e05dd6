// The isolation check: whether transactions over lists or registers can have been run under an isolation model, by the
// dependencies between them (Adya 1999; Kingsbury & Alvaro, "Elle: Inferring Isolation Anomalies", VLDB 2020).
import type { History } from '../../sim/history.ts';
import type { Check, Verdict } from '../../sim/verdict.ts';
import { anomalyMeanings, anomalyNames, type AnomalyName, type CycleFamily, type DirectName } from './anomalies.ts';
import { demandOf, describeDemand, isDemanded, type Demand } from './demand.ts';
import { describeCycle, explainCycle, type DependencyCycle, type WhyOrdered } from './cycle.ts';
import { searchCycles, type FoundCycle } from './cycle-search.ts';
import { Findings } from './findings.ts';
import { EdgeList, makeGraph } from './graph.ts';
import { findInternalAnomalies } from './internal.ts';
import { inferFromLists, type Inference } from './list-append.ts';
import { findLostUpdates } from './lost-update.ts';
import { describeModel, drawBoundary, needsRealTime, type IsolationModel, type ModelBoundary } from './models.ts';
import { addRealTimeEdges, addSessionEdges } from './precedence.ts';
import type { VersionSources } from './version-sources.ts';
import { inferFromRegisters } from './rw-register.ts';
import { findWeakAnomaly } from './weak-levels.ts';
import { readTransactions, type Transactions, type Workload } from './transactions.ts';
import { nameTransaction, showValue } from './words.ts';
import { indexWriters, type Writers } from './writers.ts';

/** For registers, `VersionSources` says what may be assumed of the order of versions; nothing by default. */
export interface IsolationOptions extends Partial<VersionSources> {
  /** What was promised; several models are promised together. Strict serializability by default; nothing where `anomalies` are named. */
  readonly model?: IsolationModel | readonly IsolationModel[];
  /** Anomalies that may not be there, whatever the model allows, and those that imply them. */
  readonly anomalies?: readonly AnomalyName[];
  /** Found out from the micro-operations by default. */
  readonly workload?: Workload;
  /** False if the order of the events says nothing of real time, as in recordings without times; true by default. */
  readonly realtime?: boolean;
  /**
   * True when the time is over: the caller's clock, as checkers may not read one. Cycles that were not searched for then
   * leave a doubt; what was found stands.
   */
  readonly deadline?: () => boolean;
}

/** One kind of anomaly that the history shows. */
export interface IsolationAnomaly {
  readonly name: AnomalyName;
  /** Whether the model that was asked for forbids it. */
  readonly isForbidden: boolean;
  /** How often it was seen: cases, or components of the graph with such cycles. */
  readonly count: number;
  /** What it is and the first case in words; of cycles a shortest one. */
  readonly reason: string;
  /** The ids of the operations of that case. */
  readonly operations: readonly number[];
  readonly cycle: DependencyCycle | undefined;
}

export interface IsolationResult extends ModelBoundary {
  /** Invalid if an anomaly is forbidden; unknown if nothing completed or the history cannot be read without doubt. */
  readonly verdict: Verdict;
  /** Why, in words; empty when valid. */
  readonly reason: string;
  /** Ids of the operations of all forbidden anomalies. */
  readonly operations: readonly number[];
  /** What was promised; empty if anomalies alone were asked for. */
  readonly models: readonly IsolationModel[];
  readonly workload: Workload;
  /** All that were found, forbidden or not, the worst first. */
  readonly anomalies: readonly IsolationAnomaly[];
  /** How many transactions took effect. */
  readonly transactions: number;
  /** How many dependencies were found. */
  readonly dependencies: number;
}

/**
 * Judges a history of transactions. The value of an operation is a list of micro-operations: `[append key element]` and
 * `[r key list]` over lists, or `[w key value]` and `[r key value]` over registers; reads are null where nothing was there or
 * the result is not known. Elements and values are written once for each key. Operations that failed did not happen;
 * those without a result count if somebody read what they wrote. Time and memory grow with the micro-operations and the
 * elements that were read; the answer never depends on the clock.
 * @throws HistoryError on a history that pairs badly and on a malformed micro-operation.
 * @throws RangeError on a model that does not exist.
 */
export function checkIsolation(history: History, options: IsolationOptions = {}): IsolationResult {
  const { realtime = true } = options;
  const demand = demandOf(options);
  const transactions = readTransactions(history, options.workload);
  const writers = indexWriters(transactions);
  const edges = new EdgeList();
  const findings = new Findings();
  const { counts, omitted, why } = infer(transactions, writers, options, edges, findings);
  findInternalAnomalies(transactions, writers, findings);
  findLostUpdates(transactions, writers, findings);
  const dependencies = edges.count;
  addSessionEdges(transactions.operations, counts, edges);
  if (realtime) addRealTimeEdges(transactions.operations, counts, edges);
  const search = searchWithin(options.deadline, transactions, edges);
  const anomalies = collect(transactions, edges, findings, demand, { why, cycles: search.cycles });
  const forbidden = anomalies.filter((anomaly) => anomaly.isForbidden);
  const doubt =
    search.doubt ||
    describeDoubt(transactions, writers, omitted, realtime ? undefined : demand.models.find(needsRealTime));
  return {
    verdict: forbidden.length > 0 ? 'invalid' : doubt === '' ? 'valid' : 'unknown',
    reason: forbidden.length > 0 ? explain(demand, forbidden) : doubt,
    operations: [...new Set(forbidden.flatMap(({ operations }) => operations))],
    models: demand.models,
    workload: transactions.workload,
    anomalies,
    ...drawBoundary(anomalies.map(({ name }) => name)),
    transactions: counts.reduce((sum, one) => sum + one, 0),
    dependencies,
  };
}

/** The isolation check for scenarios. */
export function isolation(options: IsolationOptions = {}): Check {
  const demand = demandOf(options);
  return {
    name: ['isolation', ...demand.models, ...demand.anomalies].join(' '),
    about: `The transactions show no anomaly that ${describeDemand(demand)} forbids.`,
    judge: (history) => {
      const { verdict, reason, anomalies } = checkIsolation(history, options);
      if (verdict === 'unknown') return [{ verdict, reason, operations: [] }];
      const forbidden = anomalies.filter((anomaly) => anomaly.isForbidden);
      return forbidden.map(({ reason: proof, operations }) => ({ verdict: 'invalid', reason: proof, operations }));
    },
  };
}

/** The cycles, and what was not searched for them, in words. */
function searchWithin(
  deadline: (() => boolean) | undefined,
  { operations }: Transactions,
  edges: EdgeList,
): { readonly cycles: readonly FoundCycle[]; readonly doubt: string } {
  const progress = { searched: 0, components: -1 };
  const isOver = deadline?.() ?? false;
  const cycles = isOver ? [] : searchCycles(makeGraph(operations.length, edges), deadline, progress);
  if (progress.searched === progress.components) return { cycles, doubt: '' };
  const known = `the time was up: ${edges.count} dependencies and precedences between ${operations.length} transactions were found`;
  const { searched, components } = progress;
  if (components < 0) return { cycles, doubt: `${known}, and not searched for cycles` };
  return { cycles, doubt: `${known}, and ${searched} of their ${components} cyclic components searched` };
}

function infer(
  transactions: Transactions,
  writers: Writers,
  options: IsolationOptions,
  edges: EdgeList,
  findings: Findings,
): Inference & { readonly why: WhyOrdered } {
  if (transactions.workload === 'list-append') {
    return { ...inferFromLists(transactions, writers, edges, findings), why: undefined };
  }
  const {
    wfrKeys = false,
    sequentialKeys = false,
    linearizableKeys = false,
    realtime = true,
    transactionOrder,
  } = options;
  const sources = { wfrKeys, sequentialKeys, linearizableKeys: linearizableKeys && realtime, transactionOrder };
  const { order, ...rest } = inferFromRegisters(transactions, writers, sources, edges, findings);
  findWeakAnomaly(transactions, writers, findings);
  return { ...rest, why: order.explain };
}

/** All anomalies in the order of their names; of several cycles of a kind the shortest, or the first of those. */
function collect(
  transactions: Transactions,
  edges: EdgeList,
  findings: Findings,
  demand: Demand,
  { why, cycles }: { readonly why: WhyOrdered; readonly cycles: readonly FoundCycle[] },
): readonly IsolationAnomaly[] {
  return anomalyNames.flatMap((name): readonly IsolationAnomaly[] => {
    const found = findings.byName.get(name as DirectName);
    const same = cycles.filter((cycle) => cycle.name === name);
    const meaning = anomalyMeanings[name.replace(/-(?:process|realtime)$/, '') as CycleFamily | DirectName];
    if (found !== undefined) {
      const operations = found.transactions.map((number) => transactions.operations[number]!.id);
      const reason = `${name}, ${meaning}: ${found.reason}`;
      return [
        { name, isForbidden: isDemanded(name, demand), count: found.count, reason, operations, cycle: undefined },
      ];
    }
    if (same.length === 0) return [];
    const shortest = same.reduce((one, other) => (other.edges.length < one.edges.length ? other : one));
    const cycle = describeCycle(transactions, edges, shortest, why);
    const operations = cycle.transactions.map(({ operation }) => operation);
    const form = cycle.form === undefined ? '' : ` (${cycle.form})`;
    const reason = `${name}${form}, ${meaning}${closing(name)}:\n${explainCycle(cycle)}`;
    return [{ name, isForbidden: isDemanded(name, demand), count: same.length, reason, operations, cycle }];
  });
}

function closing(name: AnomalyName): string {
  if (name.endsWith('-process')) return ', given the order of a session';
  return name.endsWith('-realtime') ? ', given the order of real time' : '';
}

function explain(demand: Demand, forbidden: readonly IsolationAnomaly[]): string {
  return [`the history breaks ${describeDemand(demand)}`, ...forbidden.map(({ reason }) => reason)].join('\n');
}

/** Why a history without forbidden anomalies may still hide some; empty if it may not. */
function describeDoubt(
  transactions: Transactions,
  { ambiguous }: Writers,
  omitted: number,
  withoutRealTime: IsolationModel | undefined,
): string {
  const { operations, keys, value, owner, workload } = transactions;
  const [first] = ambiguous;
  if (first !== undefined) {
    const [one, other] = first.micros.map((micro) => nameTransaction(transactions, owner[micro]!));
    const verb = workload === 'list-append' ? 'appended' : 'wrote';
    return `${one} and ${other} both ${verb} ${showValue(value[first.micros[0]]!)} to ${showValue(keys[first.key]!)}: values must be unique for each key to tell who wrote them (${ambiguous.length} such)`;
  }
  if (omitted > 0) return `${omitted} dependencies on writes that nobody read were left out, as there were too many`;
  if (withoutRealTime !== undefined)
    return `${describeModel(withoutRealTime)} needs real time, which the history does not tell`;
  if (!operations.some(({ type }) => type === 'ok')) return 'no transaction completed: there is nothing to judge';
  return '';
}
