// What a page asks the simulator for, as data. It may come from a stranger's link or file, so it is validated before it is
// run: it can say what is simulated and nothing else.
import { z } from 'zod';
import { parseWith, timedFaultSchema, type TimedFault } from '../sim/fault.ts';
import type { Json } from '../sim/protocol.ts';
import type { Operation, Parameters } from '../sim/scenario.ts';
import type { Micros } from '../sim/time.ts';

/** Everything that decides a run. What is absent is left to the scenario and the seed. */
export interface RunRequest {
  readonly scenario: string;
  readonly seed: string;
  readonly parameters?: Parameters | undefined;
  readonly until?: Micros | undefined;
  readonly faults?: readonly TimedFault[] | undefined;
  readonly workload?: readonly Operation[] | undefined;
  readonly maxEvents?: number | undefined;
}

/** More than this no page can show; a run that reaches it ends there and says so. */
export const mostEvents = 4_000_000;

const longestRun = 100 * 3_600_000_000;

/**
 * Validates a request from outside. Whether it fits its scenario shows when it is run.
 * @throws InputError that names the field, what was expected and what was found.
 */
export function parseRequest(input: unknown): RunRequest {
  return parseWith(requestSchema, input, 'request') as RunRequest;
}

const operationSchema = z.strictObject({
  id: z.int().nonnegative().max(0x7fff_ffff),
  client: z.string().min(1).max(200),
  at: z.int().nonnegative(),
  f: z.string().max(1_000),
  value: z.custom<Json>((value) => value !== undefined, 'expected a JSON value'),
});

export const requestSchema = z.strictObject({
  scenario: z.string().min(1).max(200),
  seed: z.string().min(1).max(100),
  parameters: z.record(z.string().max(100), z.union([z.string().max(1_000), z.number(), z.boolean()])).optional(),
  until: z.int().positive().max(longestRun).optional(),
  faults: z.array(timedFaultSchema).max(10_000).optional(),
  workload: z.array(operationSchema).max(200_000).optional(),
  maxEvents: z.int().positive().max(mostEvents).optional(),
});
