// What the records of a suite say of their histories: files such as those that collect the tests of Elle and of Jepsen's
// checkers name the checker, its options and the verdict for each history. What the user asks for goes before that.
import type { CheckerOptions, IsolationModel } from '../checkers/index.ts';
import { InputError, type Json, type Verdict } from '../sim/index.ts';
import type { RecordedPart, Recorded } from './check-file.ts';
import type { CheckRequest } from './check-judge.ts';
import { judgeNames, readConsistency } from './check-judges.ts';

interface Fields {
  readonly [name: string]: Json;
}

/** The request for one history of a suite. @throws InputError on options that nobody has */
export function requestOf(part: RecordedPart & { readonly recorded: Recorded }, request: CheckRequest): CheckRequest {
  const { checker: name, opts } = part.about;
  const asked = request.checker ?? request.model ?? request.consistency;
  if (asked !== undefined || typeof name !== 'string') return request;
  const checker = checkerOf(name);
  const options = fieldsOf(opts);
  if (checker === 'list-append' || checker === 'rw-register' || checker === 'closed-predicate') {
    return transactionsRequest(checker, options, part.recorded, request);
  }
  if (!judgeNames.includes(checker)) return request;
  const stale: CheckerOptions =
    checker === 'set-full' && options['linearizable?'] === false ? { mayBeStale: true } : {};
  return { ...request, checker, settings: { ...stale, ...request.settings } };
}

/** The verdict that the record states, as Jepsen writes results. */
export function statedBy({ result }: Fields): Verdict | undefined {
  const valid = fieldsOf(result)['valid?'] ?? fieldsOf(result)['valid'];
  if (valid === 'unknown') return valid;
  return typeof valid === 'boolean' ? (valid ? 'valid' : 'invalid') : undefined;
}

/** `SetFull` and `long_fork$checker$reify` are classes of Jepsen's: `set-full` and `long-fork`. */
function checkerOf(name: string): string {
  const [base = ''] = name.split('$');
  return base
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}

/** Elle's options by our names. */
function transactionsRequest(
  workload: string,
  options: Fields,
  recorded: Recorded,
  request: CheckRequest,
): CheckRequest {
  const anomalies = namesIn(options['anomalies']).flatMap((name) => wider.get(name) ?? [name]);
  const names = options['consistency-models'];
  const models = namesIn(names).flatMap((name) => readConsistency(name === 'strong-serializable' ? strict : name));
  const order = fieldsOf(options['transaction-order']);
  const settings: CheckerOptions = {
    workload,
    ...(anomalies.length > 0 ? { anomalies } : {}),
    ...(Object.keys(order).length > 0 ? { transactionOrder: orderOf(order, recorded) } : {}),
    ...flag('wfrKeys', options['wfr-keys?']),
    ...flag('sequentialKeys', options['sequential-keys?']),
    ...flag('linearizableKeys', options['linearizable-keys?']),
  };
  return {
    ...request,
    checker: 'isolation',
    // Elle looks for the anomalies besides what the models forbid, strict serializability if none is named.
    consistency: names === undefined ? [strict] : models,
    settings: { ...settings, ...request.settings },
  };
}

const strict: IsolationModel = 'strict-serializable';

/** Elle's names for several anomalies, or for what we name by what it was seen of. */
const wider: ReadonlyMap<string, readonly string[]> = new Map([
  ['G1', ['G1a', 'G1b', 'G1c']],
  ['G2', ['G2-item']],
  ['G-single', ['G-single-item']],
]);

function flag(name: string, value: Json | undefined): CheckerOptions {
  return typeof value === 'boolean' ? { [name]: value } : {};
}

/** The operations in the order that is given by the places of their events, in the whole history or in one without calls. */
function orderOf(order: Fields, { history, realtime }: Recorded): number[] {
  const events = realtime ? history : history.filter(({ type }) => type !== 'invoke');
  return Object.entries(order)
    .toSorted(([, one], [, other]) => Number(one) - Number(other))
    .map(([place]) => {
      const id = events[Number(place)]?.operation;
      if (id === undefined) throw new InputError(`transaction-order: expected the place of an event, found ${place}`);
      return id;
    });
}

function fieldsOf(value: Json | undefined): Fields {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function namesIn(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}
