// The checkers' public face: judges of histories, the models that they judge by, and history files.
export { bankCheck, checkBank } from './family/bank.ts';
export type { BankAnomaly, BankOptions, BankResult } from './family/bank.ts';
export { causalReverseCheck, checkCausalReverse } from './family/causal-reverse.ts';
export type { CausalReverseResult } from './family/causal-reverse.ts';
export { checkCounter, counterCheck } from './family/counter.ts';
export type { CounterAnomaly, CounterOptions, CounterRead, CounterResult } from './family/counter.ts';
export type { Evidence, Judgement } from './family/evidence.ts';
export { checkKafka, kafkaCheck } from './family/kafka.ts';
export type { KafkaAnomaly, KafkaOptions, KafkaResult } from './family/kafka.ts';
export { checkLongFork, longForkCheck } from './family/long-fork.ts';
export type { LongForkAnomaly, LongForkResult } from './family/long-fork.ts';
export { checkMonotonic, monotonicCheck } from './family/monotonic.ts';
export type { MonotonicAnomaly, MonotonicResult } from './family/monotonic.ts';
export type { Quantiles } from './family/quantiles.ts';
export { checkQueue, checkTotalQueue, queueCheck, totalQueueCheck } from './family/queue.ts';
export type { QueueAnomaly, QueueResult, TotalQueueOptions } from './family/queue.ts';
export { checkSetFull, setFullCheck } from './family/set-full.ts';
export type { SetFullAnomaly, SetFullOptions, SetFullResult } from './family/set-full.ts';
export { checkSet, setCheck } from './family/set.ts';
export type { SetAnomaly, SetResult } from './family/set.ts';
export { checkStatistics, statisticsCheck } from './family/statistics.ts';
export type { Counts, Recovery, StatisticsAnomaly, StatisticsOptions, StatisticsResult } from './family/statistics.ts';
export { checkUniqueIds, uniqueIdsCheck } from './family/unique-ids.ts';
export type { UniqueIdsResult } from './family/unique-ids.ts';
export { checkWatch, watchCheck } from './family/watch.ts';
export type { WatchAnomaly, WatchResult } from './family/watch.ts';
export { drawCycle } from './isolation/draw.ts';
export type { AnomalyName } from './isolation/anomalies.ts';
export type { CycleStep, CycleTransaction, DependencyCycle, DependencyType } from './isolation/cycle.ts';
export { checkIsolation, isolation } from './isolation/isolation.ts';
export type { IsolationAnomaly, IsolationOptions, IsolationResult } from './isolation/isolation.ts';
export { isolationModels } from './isolation/models.ts';
export type { IsolationModel } from './isolation/models.ts';
export { checkWeakIsolation } from './isolation/weak-levels.ts';
export type { WeakLevel, WeakResult } from './isolation/weak-levels.ts';
export type { Engine } from './just-in-time/judge.ts';
export { checkLinearizable, linearizable, operationsByKey } from './linearizability.ts';
export type {
  LinearizabilityBounds,
  LinearizabilityProgress,
  LinearizabilityResult,
  OffendingWindow,
  PartialOrder,
  PartitionResult,
} from './linearizability.ts';
export { checkLocks, lockSafety } from './locks/locks.ts';
export type { LockAnomaly, LockOptions, LockResult, Overlap } from './locks/locks.ts';
export type { Call, Fault, Hints, Model, Step } from './model.ts';
export type { MonitorOutcome } from './monitors/monitor.ts';
export { casRegister } from './models/cas-register.ts';
export { counter } from './models/counter.ts';
export { fifoQueue } from './models/fifo-queue.ts';
export { keyValue } from './models/key-value.ts';
export { leaderRegister } from './models/leader-register.ts';
export { listAppend } from './models/list-append.ts';
export { fencedLock, mutex, ownedMutex, reentrantLock } from './models/lock.ts';
export { multiRegister } from './models/multi-register.ts';
export { predicateStore } from './models/predicate-store.ts';
export { priorityQueue } from './models/priority-queue.ts';
export { register } from './models/register.ts';
export { semaphore } from './models/semaphore.ts';
export { elementSet, set } from './models/set.ts';
export { stack } from './models/stack.ts';
export { uniqueIds } from './models/unique-ids.ts';
export { checkers, findChecker, findModel, models } from './named.ts';
export type { CheckerOption, CheckerOptions, CheckerResult, NamedChecker } from './named-checker.ts';
export { HistoryError, pairOperations } from './operations.ts';
export type { Moment, Operation } from './operations.ts';
export { checkSequential } from './sequential.ts';
export type { SequentialBounds, SequentialResult } from './sequential.ts';
export { checkSessions } from './sessions.ts';
export type { SessionGuarantee, SessionViolation } from './sessions.ts';
export * from './formats/index.ts';
export * from './explore/index.ts';
