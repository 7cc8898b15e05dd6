// The checkers' public face: judges of histories, the models that they judge by, and history files.
export { drawCycle } from './isolation/draw.ts';
export type { AnomalyName } from './isolation/anomalies.ts';
export type { CycleStep, CycleTransaction, DependencyCycle, DependencyType } from './isolation/cycle.ts';
export { checkIsolation, isolation } from './isolation/isolation.ts';
export type { IsolationAnomaly, IsolationOptions, IsolationResult } from './isolation/isolation.ts';
export { isolationModels } from './isolation/models.ts';
export type { IsolationModel } from './isolation/models.ts';
export { checkWeakIsolation } from './isolation/weak-levels.ts';
export type { WeakLevel, WeakResult } from './isolation/weak-levels.ts';
export { checkLinearizable, linearizable } from './linearizability.ts';
export type {
  LinearizabilityBounds,
  LinearizabilityResult,
  OffendingWindow,
  PartitionResult,
} from './linearizability.ts';
export type { Call, Fault, Model, Step } from './model.ts';
export { casRegister } from './models/cas-register.ts';
export { keyValue } from './models/key-value.ts';
export { register } from './models/register.ts';
export { HistoryError, pairOperations } from './operations.ts';
export type { Moment, Operation } from './operations.ts';
export * from './formats/index.ts';
