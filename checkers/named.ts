// Models and checkers by the names that the field knows them by: what a command line, a file or a form can choose from.
import { InputError } from '../sim/fault.ts';
import type { Json } from '../sim/protocol.ts';
import { familyCheckers } from './family/named.ts';
import { demandOf } from './isolation/demand.ts';
import { checkIsolation, isolation, type IsolationOptions } from './isolation/isolation.ts';
import { checkLinearizable, linearizable, type LinearizabilityBounds } from './linearizability.ts';
import { checkLocks, lockSafety, type LockOptions } from './locks/locks.ts';
import type { Model } from './model.ts';
import { casRegister } from './models/cas-register.ts';
import { counter } from './models/counter.ts';
import { fifoQueue } from './models/fifo-queue.ts';
import { keyValue } from './models/key-value.ts';
import { leaderRegister } from './models/leader-register.ts';
import { listAppend } from './models/list-append.ts';
import { fencedLock, mutex, ownedMutex, reentrantLock } from './models/lock.ts';
import { multiRegister } from './models/multi-register.ts';
import { predicateStore } from './models/predicate-store.ts';
import { priorityQueue } from './models/priority-queue.ts';
import { register } from './models/register.ts';
import { semaphore } from './models/semaphore.ts';
import { elementSet, set } from './models/set.ts';
import { stack } from './models/stack.ts';
import { uniqueIds } from './models/unique-ids.ts';
import { nameChecker, type NamedChecker } from './named-checker.ts';
import { weakCheckers } from './named-weak.ts';

/**
 * The models by name; what can be configured has its default: two permits for the semaphore, which `semaphore:3` gives three
 * (see `findModel`).
 */
export const models: { readonly [name: string]: () => Model<Json> } = {
  register: () => register(),
  'cas-register': () => casRegister(),
  'multi-register': () => multiRegister(),
  'list-append': listAppend,
  'predicate-store': predicateStore,
  'key-value': keyValue,
  counter: () => counter(),
  set,
  'element-set': elementSet,
  'fifo-queue': fifoQueue,
  queue: fifoQueue,
  stack,
  'priority-queue': () => priorityQueue(),
  mutex,
  'owned-mutex': ownedMutex,
  'reentrant-lock': () => reentrantLock(),
  semaphore: () => semaphore(2),
  'fenced-lock': () => fencedLock(),
  'leader-register': leaderRegister,
  'unique-ids': uniqueIds,
};

const linearizableOptions: NamedChecker['options'] = {
  model: { about: 'the name of the model; register by default', type: 'text' },
  maxSteps: { about: 'how many placements may be tried in each partition', type: 'number' },
};

const lockOptions: NamedChecker['options'] = {
  lease: { about: 'the lease of acquires that name none, in microseconds', type: 'number' },
  isReentrant: { about: 'whether a holder may acquire again', type: 'boolean' },
  grantWithin: { about: 'how long a lock may be free while somebody waits, in microseconds', type: 'number' },
};

const isolationOptions: NamedChecker['options'] = {
  model: { about: 'the isolation model, or several; strict-serializable by default', type: 'texts' },
  anomalies: { about: 'names of anomalies that may not be there, whatever the model allows', type: 'list' },
  workload: { about: 'list-append or rw-register; found out by default', type: 'text' },
  realtime: { about: 'whether the order of events is that of real time; true by default', type: 'boolean' },
  wfrKeys: { about: 'whether a transaction reads a key before it writes it', type: 'boolean' },
  sequentialKeys: { about: 'whether each register is sequentially consistent', type: 'boolean' },
  linearizableKeys: { about: 'whether each register is linearizable', type: 'boolean' },
  transactionOrder: { about: 'ids of operations whose writes were installed in this order', type: 'list' },
};

const isolationChecker = nameChecker<NamedIsolationOptions>(
  'isolation',
  'Transactions show no anomaly that the isolation model forbids.',
  isolationOptions,
  (options) => isolation(isolationOf(options)),
  (history, options, limits) => checkIsolation(history, { ...isolationOf(options), ...limits }),
);

type NamedIsolationOptions = Omit<IsolationOptions, 'transactionOrder'> & {
  readonly transactionOrder?: readonly number[];
};

/** @throws InputError on a model or an anomaly that does not exist */
function isolationOf({ transactionOrder, ...options }: NamedIsolationOptions): IsolationOptions {
  try {
    demandOf(options);
  } catch (error) {
    throw error instanceof RangeError ? new InputError(`isolation: ${error.message}`) : error;
  }
  if (transactionOrder === undefined) return options;
  return { ...options, transactionOrder: new Map(transactionOrder.map((id, place) => [id, place])) };
}

/** The checkers by name. */
export const checkers: { readonly [name: string]: NamedChecker } = {
  linearizable: nameChecker<LinearizabilityBounds & { readonly model?: Json }>(
    'linearizable',
    'Each operation takes effect at one instant between its call and its return, as on one object.',
    linearizableOptions,
    ({ model, ...bounds }) => linearizable(findModel(model), bounds),
    (history, { model, ...bounds }) => checkLinearizable(history, findModel(model), bounds),
  ),
  lock: nameChecker<LockOptions>('lock', lockSafety().about, lockOptions, lockSafety, checkLocks),
  ...familyCheckers,
  ...weakCheckers(findModel),
  isolation: isolationChecker,
  elle: isolationChecker,
};

/**
 * The model of that name, `register` for none; `semaphore:3` is a semaphore of three permits.
 * @throws InputError that lists the names, or that says what is wrong with the number of permits
 */
export function findModel(name: Json = 'register'): Model<Json> {
  const counted = typeof name === 'string' ? /^semaphore:(.*)$/.exec(name) : null;
  if (counted !== null) {
    const permits = /^\d+$/.test(counted[1]!) ? Number(counted[1]) : 0;
    if (Number.isSafeInteger(permits) && permits > 0) return semaphore(permits);
    throw new InputError(`model semaphore: expected a positive number of permits, found ${JSON.stringify(counted[1])}`);
  }
  const make = typeof name === 'string' && Object.hasOwn(models, name) ? models[name] : undefined;
  if (make !== undefined) return make();
  throw new InputError(`model: expected one of ${Object.keys(models).join(', ')}, found ${JSON.stringify(name)}`);
}

/** The checker of that name. @throws InputError that lists the names */
export function findChecker(name: string): NamedChecker {
  const checker = Object.hasOwn(checkers, name) ? checkers[name] : undefined;
  if (checker !== undefined) return checker;
  throw new InputError(`checker: expected one of ${Object.keys(checkers).join(', ')}, found ${JSON.stringify(name)}`);
}
