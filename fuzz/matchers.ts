// What vitest's `expect` says of runs, histories and scenarios.
import { expect } from 'vitest';
import { checkLinearizable, keyValue, lockSafety, type LockOptions, type Model } from '../checkers/index.ts';
import type { History, Run, Scenario } from '../sim/index.ts';
import { describeFindings, judgeSeeds, type HoldOptions } from './hold.ts';

declare module 'vitest' {
  interface Matchers<T> {
    /** A run is valid; a scenario is as it declares under so many seeds (100 by default), for which the test must wait. */
    toHold(options?: HoldOptions): T extends Scenario ? Promise<void> : void;
    /** A run's or a recorded history is linearizable by the model; by default a key-value store. */
    toBeLinearizable(model?: Model<unknown>): void;
    /** No two clients hold one lock at a time. */
    toHaveMutualExclusion(options?: LockOptions): void;
  }
}

interface Outcome {
  readonly pass: boolean;
  readonly message: () => string;
}

expect.extend({
  toHold(received: unknown, options: HoldOptions = { seeds: 100 }): Outcome | Promise<Outcome> {
    if (isScenario(received)) return holds(received, options);
    const { verdict, findings, scenario, seed } = assertRun(received, 'toHold');
    const why = `${scenario} is ${verdict} under seed ${seed}:\n${describeFindings(findings)}`;
    return {
      pass: verdict === 'valid',
      message: () => (verdict === 'valid' ? 'expected the run not to hold, but it does' : why),
    };
  },
  toBeLinearizable(received: unknown, model: Model<unknown> = keyValue()): Outcome {
    const { verdict, partitions } = checkLinearizable(historyOf(received, 'toBeLinearizable'), model);
    const reasons = partitions.flatMap((part) =>
      'reason' in part && typeof part.reason === 'string' ? [`  ${part.reason}`] : [],
    );
    const isValid = verdict === 'valid';
    const why = `the history is ${isValid ? '' : verdict === 'unknown' ? 'not known to be ' : 'not '}linearizable`;
    return { pass: isValid, message: () => [why, ...(isValid ? [] : reasons)].join('\n') };
  },
  toHaveMutualExclusion(received: unknown, options: LockOptions = {}): Outcome {
    const outcomes = lockSafety(options).judge(historyOf(received, 'toHaveMutualExclusion'));
    const reasons = outcomes.map(({ reason }) => `  ${reason}`);
    const isKnown = outcomes.length === 0 || outcomes.some(({ verdict }) => verdict === 'invalid');
    const what = isKnown ? 'the locks do not exclude each other' : 'the locks are not known to exclude each other';
    const why = outcomes.length === 0 ? 'the locks exclude each other' : what;
    return { pass: outcomes.length === 0, message: () => [why, ...reasons].join('\n') };
  },
});

async function holds(scenario: Scenario, options: HoldOptions): Promise<Outcome> {
  const failure = await judgeSeeds(scenario, options, process.env['FAULTLINE_SEED']);
  const message = (): string => failure?.reason ?? `expected ${scenario.name} not to be as it declares, but it is`;
  return { pass: failure === undefined, message };
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Scenario>).world === 'function';
}

function assertRun(value: unknown, matcher: string): Run {
  if (typeof value === 'object' && value !== null && 'verdict' in value && 'findings' in value) return value as Run;
  throw new TypeError(`${matcher}: expected a run or a scenario, found ${typeof value}`);
}

function historyOf(value: unknown, matcher: string): History {
  if (Array.isArray(value)) return value as History;
  if (typeof value === 'object' && value !== null && 'history' in value) return (value as Run).history;
  throw new TypeError(`${matcher}: expected a run or a history, found ${typeof value}`);
}
