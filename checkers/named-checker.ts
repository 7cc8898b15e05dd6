// A checker that can be chosen by name, and the options that it takes from people: named, typed, validated.
import { InputError } from '../sim/fault.ts';
import type { History } from '../sim/history.ts';
import type { Json } from '../sim/protocol.ts';
import type { Check, Verdict } from '../sim/verdict.ts';
import { isArray } from './canonical.ts';

/** Options by name, each of the type that the checker says; those that are missing have their defaults. */
export interface CheckerOptions {
  readonly [name: string]: Json;
}

/** What an option means and what it is: a list holds texts or numbers; `texts` are one text or a list of them. */
export interface CheckerOption {
  readonly about: string;
  readonly type: 'boolean' | 'number' | 'text' | 'texts' | 'list';
}

/** What all results have; each checker's own says more. */
export interface CheckerResult {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly operations: readonly number[];
}

/** What bounds a judge from outside; not all look at it. */
export interface CheckerLimits {
  readonly deadline?: () => boolean;
}

export interface NamedChecker {
  /** One sentence: what it verifies. */
  readonly about: string;
  readonly options: { readonly [name: string]: CheckerOption };
  /** @throws InputError on an option that it does not have or that is of another type */
  make(options?: CheckerOptions): Check;
  /** @throws InputError as above, HistoryError on a history that cannot be judged */
  result(history: History, options?: CheckerOptions, limits?: CheckerLimits): CheckerResult;
}

/** A named checker of a function that judges histories and of the check that is made of it. */
export function nameChecker<Options>(
  name: string,
  about: string,
  options: NamedChecker['options'],
  make: (options: Options) => Check,
  result: (history: History, options: Options, limits: CheckerLimits) => CheckerResult,
): NamedChecker {
  return {
    about,
    options,
    make: (given = {}) => make(validOptions(name, options, given) as Options),
    result: (history, given = {}, limits = {}) =>
      result(history, validOptions(name, options, given) as Options, limits),
  };
}

/** The options as they are. @throws InputError on one that is not known or of another type */
function validOptions(checker: string, known: NamedChecker['options'], options: CheckerOptions): CheckerOptions {
  for (const [name, value] of Object.entries(options)) {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) {
      const names = Object.keys(known).join(', ') || 'no options';
      throw new InputError(`${checker}: expected one of its options (${names}), found ${name}`);
    }
    if (isOfType(value, option.type)) continue;
    throw new InputError(`${checker} ${name}: expected a ${option.type}, found ${JSON.stringify(value)}`);
  }
  return options;
}

function isOfType(value: Json, type: CheckerOption['type']): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'texts':
      return typeof value === 'string' || (isArray(value) && value.every((one) => typeof one === 'string'));
    case 'list':
      return isArray(value);
    case 'boolean':
    case 'number':
      return typeof value === type;
  }
}
