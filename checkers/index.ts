// The checkers' public face: judges of histories, and the models that they judge by.
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
