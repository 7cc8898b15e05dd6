// What a test file finds in place of vitest when its scenarios are put into a timeline: suites are gone through for the
// scenarios in their `simTest`s, and nothing is tested.
import type { Scenario } from '../sim/scenario.ts';

/** The scenarios of all `simTest`s, in their order. */
export const tested: Scenario[] = [];

export function simTest(_name: string, scenario: Scenario): void {
  tested.push(scenario);
}

/** Can be called, and asked for anything, and is itself whatever comes of that; `called` sees the arguments. */
function standIn(called: (values: readonly unknown[]) => void = () => {}): unknown {
  const made: unknown = new Proxy(() => {}, {
    get: (_, key) => (typeof key === 'symbol' || key === 'then' ? undefined : made),
    apply: (_, _self, values: readonly unknown[]) => {
      called(values);
      return made;
    },
  });
  return made;
}

/** A suite's body registers what is in it; one that needs what is not here has nothing to tell. */
function enter(values: readonly unknown[]): void {
  const body = values.find((value) => typeof value === 'function');
  try {
    body?.();
  } catch {
    // What it had registered by then counts.
  }
}

export const describe = standIn(enter);
export const suite = standIn(enter);
export const test = standIn();
export const it = standIn();
export const bench = standIn();
export const expect = standIn();
export const assert = standIn();
export const expectTypeOf = standIn();
export const assertType = standIn();
export const vi = standIn();
export const vitest = standIn();
export const beforeAll = standIn();
export const afterAll = standIn();
export const beforeEach = standIn();
export const afterEach = standIn();
export const onTestFinished = standIn();
export const onTestFailed = standIn();
export const inject = standIn();
export const judgeSeeds = standIn();
