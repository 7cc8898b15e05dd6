// The checkers of this family by name.
import { nameChecker, type NamedChecker } from '../named-checker.ts';
import { bankCheck, checkBank } from './bank.ts';
import { causalReverseCheck, checkCausalReverse } from './causal-reverse.ts';
import { checkCounter, counterCheck } from './counter.ts';
import { checkKafka, kafkaCheck } from './kafka.ts';
import { checkLongFork, longForkCheck } from './long-fork.ts';
import { checkMonotonic, monotonicCheck } from './monotonic.ts';
import { checkQueue, checkTotalQueue, queueCheck, totalQueueCheck } from './queue.ts';
import { checkSetFull, setFullCheck } from './set-full.ts';
import { checkSet, setCheck } from './set.ts';
import { checkStatistics, statisticsCheck } from './statistics.ts';
import { checkUniqueIds, uniqueIdsCheck } from './unique-ids.ts';
import { checkWatch, watchCheck } from './watch.ts';

const none: NamedChecker['options'] = {};
const latencyOptions: NamedChecker['options'] = {
  maxLatency: { about: 'the longest that a success may take, in microseconds', type: 'number' },
  maxRecovery: { about: 'the longest from a fault to the next success, in microseconds', type: 'number' },
  faults: { about: 'when faults happened, in microseconds', type: 'list' },
};

/** By the names that Jepsen gives them. */
export const familyCheckers: { readonly [name: string]: NamedChecker } = {
  set: nameChecker('set', setCheck().about, none, setCheck, checkSet),
  'set-full': nameChecker(
    'set-full',
    setFullCheck().about,
    { mayBeStale: { about: 'whether reads may miss elements that are known', type: 'boolean' } },
    setFullCheck,
    checkSetFull,
  ),
  queue: nameChecker('queue', queueCheck().about, none, queueCheck, checkQueue),
  'total-queue': nameChecker(
    'total-queue',
    totalQueueCheck().about,
    { mayDuplicate: { about: 'whether an element may come out more often than it was put in', type: 'boolean' } },
    totalQueueCheck,
    checkTotalQueue,
  ),
  counter: nameChecker(
    'counter',
    counterCheck().about,
    { initial: { about: 'what the counter holds at first', type: 'number' } },
    counterCheck,
    checkCounter,
  ),
  'unique-ids': nameChecker('unique-ids', uniqueIdsCheck().about, none, uniqueIdsCheck, checkUniqueIds),
  bank: nameChecker(
    'bank',
    bankCheck().about,
    {
      total: { about: 'what all accounts hold together; that of the first read by default', type: 'number' },
      accounts: { about: 'the names of the accounts; those of the first read by default', type: 'list' },
      mayBeNegative: { about: 'whether balances may be below zero', type: 'boolean' },
    },
    bankCheck,
    checkBank,
  ),
  'long-fork': nameChecker('long-fork', longForkCheck().about, none, longForkCheck, checkLongFork),
  monotonic: nameChecker('monotonic', monotonicCheck().about, none, monotonicCheck, checkMonotonic),
  'causal-reverse': nameChecker(
    'causal-reverse',
    causalReverseCheck().about,
    none,
    causalReverseCheck,
    checkCausalReverse,
  ),
  kafka: nameChecker(
    'kafka',
    kafkaCheck().about,
    { allowed: { about: 'the names of anomalies that are no reason to complain', type: 'list' } },
    kafkaCheck,
    checkKafka,
  ),
  watch: nameChecker('watch', watchCheck().about, none, watchCheck, checkWatch),
  stats: nameChecker(
    'stats',
    'Every function succeeds at least once.',
    none,
    () => statisticsCheck({ requireSuccess: true }),
    (history) => checkStatistics(history, { requireSuccess: true }),
  ),
  latency: nameChecker(
    'latency',
    'Successes and recoveries from faults take no longer than was asked for.',
    latencyOptions,
    statisticsCheck,
    checkStatistics,
  ),
};
