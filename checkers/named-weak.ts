// Consistency weaker than linearizability, by name: one order for all that keeps each client's own, and what a client may
// expect of its own operations.
import type { History } from '../sim/history.ts';
import type { Json } from '../sim/protocol.ts';
import type { Check } from '../sim/verdict.ts';
import type { Model } from './model.ts';
import { nameChecker, type CheckerResult, type NamedChecker } from './named-checker.ts';
import { checkSequential, type SequentialBounds } from './sequential.ts';
import { checkSessions, type SessionViolation } from './sessions.ts';

/** `sequential` and `sessions`; `findModel` says which models there are. */
export function weakCheckers(findModel: (name?: Json) => Model<Json>): { readonly [name: string]: NamedChecker } {
  const judge = (history: History, { model, ...bounds }: SequentialOptions): CheckerResult =>
    checkSequential(history, findModel(model), bounds);
  const aboutOrder = 'Some order that keeps the order of each client explains the history, as on one object.';
  const aboutSessions = 'No client sees the writes of a key go back: the four session guarantees.';
  return {
    sequential: nameChecker<SequentialOptions>(
      'sequential',
      aboutOrder,
      {
        model: { about: 'the name of the model; register by default', type: 'text' },
        maxSteps: { about: 'how many placements may be tried', type: 'number' },
      },
      (options) => checkOf('sequential', aboutOrder, (history) => judge(history, options)),
      judge,
    ),
    sessions: nameChecker<SessionOptions>(
      'sessions',
      aboutSessions,
      { keyed: { about: 'whether values are pairs of a key and a value', type: 'boolean' } },
      (options) => checkOf('sessions', aboutSessions, (history) => sessionResult(checkSessions(history, options))),
      (history, options) => sessionResult(checkSessions(history, options)),
    ),
  };
}

interface SequentialOptions extends SequentialBounds {
  readonly model?: Json;
}

interface SessionOptions {
  readonly keyed?: boolean;
}

function checkOf(name: string, about: string, judge: (history: History) => CheckerResult): Check {
  return {
    name,
    about,
    judge(history) {
      const { verdict, reason, operations } = judge(history);
      return verdict === 'valid' ? [] : [{ verdict, reason, operations }];
    },
  };
}

function sessionResult(violations: readonly SessionViolation[]): CheckerResult {
  return {
    verdict: violations.length === 0 ? 'valid' : 'invalid',
    reason: violations.map(({ guarantee, reason }) => `${guarantee}: ${reason}`).join('\n'),
    operations: [...new Set(violations.flatMap(({ operations }) => operations))],
  };
}
