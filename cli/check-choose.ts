// Chooses the checker and the model that fit what a history holds, and says why in one line.
import type { Profile } from './check-profile.ts';

export interface Choice {
  readonly checker: string;
  /** The model for `linearizable`; undefined for checkers without models. */
  readonly model: string | undefined;
  /** Why, as a clause for people. */
  readonly why: string;
}

interface Rule {
  readonly checker: string;
  readonly model?: string;
  /** What was seen, as a noun. */
  readonly what: string;
  readonly fits: (profile: Profile) => boolean;
}

/** The first rule that fits decides. */
const rules: readonly Rule[] = [
  {
    checker: 'long-fork',
    what: 'reads of groups of keys and single writes',
    fits: (profile) => profile.isTransactions && only(profile, ['read', 'write']) && has(profile, 'read'),
  },
  { checker: 'isolation', what: 'transactions', fits: ({ isTransactions }) => isTransactions },
  {
    checker: 'linearizable',
    model: 'list-append',
    what: 'transactions over lists',
    fits: ({ isTransactions, hasAppends }) => isTransactions && hasAppends,
  },
  {
    checker: 'linearizable',
    model: 'multi-register',
    what: 'transactions over registers',
    fits: ({ isTransactions }) => isTransactions,
  },
  {
    checker: 'isolation',
    what: 'transactions that read by predicates',
    fits: (profile) => profile.hasPredicates && only(profile, ['txn', 'init']),
  },
  {
    checker: 'linearizable',
    model: 'key-value',
    what: 'reads and writes of keys',
    fits: (profile) => profile.isKeyed && only(profile, ['read', 'write', 'cas', 'append', 'delete']),
  },
  {
    checker: 'bank',
    what: 'transfers and reads of balances',
    fits: (profile) => only(profile, ['read', 'transfer']) && (has(profile, 'transfer') || profile.reads.maps > 0),
  },
  {
    checker: 'linearizable',
    model: 'register',
    what: 'reads and writes without keys',
    fits: (profile) => only(profile, ['read', 'write']),
  },
  {
    checker: 'linearizable',
    model: 'cas-register',
    what: 'reads, writes and compare-and-sets without keys',
    fits: (profile) => only(profile, ['read', 'write', 'cas']),
  },
  {
    checker: 'lock',
    what: 'acquires and releases of locks with leases or fencing tokens',
    fits: (profile) => profile.hasGrants && only(profile, ['acquire', 'release', 'extend', 'write']),
  },
  {
    checker: 'linearizable',
    model: 'owned-mutex',
    what: 'acquires and releases of locks',
    fits: (profile) => has(profile, 'acquire') && only(profile, ['acquire', 'release', 'extend', 'write']),
  },
  {
    checker: 'total-queue',
    what: 'enqueues, dequeues and a drain',
    fits: (profile) => has(profile, 'drain') && only(profile, ['enqueue', 'dequeue', 'drain']),
  },
  {
    checker: 'linearizable',
    model: 'fifo-queue',
    what: 'enqueues and dequeues',
    fits: (profile) => only(profile, ['enqueue', 'dequeue', 'enq', 'deq', 'front', 'peek']) && !has(profile, 'push'),
  },
  {
    checker: 'linearizable',
    model: 'priority-queue',
    what: 'inserts and polls',
    fits: (profile) => only(profile, ['insert', 'poll', 'peek']) && has(profile, 'poll'),
  },
  {
    checker: 'linearizable',
    model: 'stack',
    what: 'pushes and pops',
    fits: (profile) => only(profile, ['push', 'pop', 'peek', 'top']),
  },
  {
    checker: 'set-full',
    what: 'broadcasts and reads of all messages',
    fits: (profile) => only(profile, ['broadcast', 'read']),
  },
  {
    checker: 'counter',
    what: 'additions and reads of numbers',
    fits: (profile) => only(profile, ['add', 'read']) && profile.reads.numbers > 0,
  },
  {
    checker: 'set',
    what: 'additions and reads of all elements',
    fits: (profile) => only(profile, ['add', 'read']),
  },
  {
    checker: 'linearizable',
    model: 'element-set',
    what: 'additions, removals and questions for single elements',
    fits: (profile) => only(profile, ['add', 'remove', 'contains']),
  },
  {
    checker: 'linearizable',
    model: 'set',
    what: 'additions, removals and reads of all elements',
    fits: (profile) => only(profile, ['add', 'remove', 'contains', 'read']),
  },
  {
    checker: 'watch',
    what: 'watches of keys',
    fits: (profile) => has(profile, 'watch') && only(profile, ['watch', 'put', 'delete', 'get', 'read', 'write']),
  },
  { checker: 'unique-ids', what: 'generated ids', fits: (profile) => only(profile, ['generate']) },
  {
    checker: 'kafka',
    what: 'sends and polls of a log',
    fits: (profile) => profile.hasLogs || has(profile, 'poll') || has(profile, 'send'),
  },
];

/** Undefined if nothing fits. */
export function chooseChecker(profile: Profile): Choice | undefined {
  const rule = rules.find(({ fits }) => fits(profile));
  if (rule === undefined) return undefined;
  return { checker: rule.checker, model: rule.model, why: `the history holds ${rule.what}` };
}

/** The model for a history that is to be judged by `linearizable`; undefined if none fits. */
export function chooseModel(profile: Profile): Choice | undefined {
  const rule = rules.find(({ model, fits }) => model !== undefined && fits(profile));
  return rule && { checker: rule.checker, model: rule.model, why: `the history holds ${rule.what}` };
}

function only({ functions }: Profile, known: readonly string[]): boolean {
  return functions.length > 0 && functions.every((f) => known.includes(f));
}

function has({ functions }: Profile, f: string): boolean {
  return functions.includes(f);
}
