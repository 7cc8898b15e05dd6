// Whether what a lesson promises is there to be seen: events that fit patterns, and what must be true of a run.
import { checkLinearizable, keyValue } from '../../checkers/index.ts';
import type { Verdict } from '../../sim/verdict.ts';
import type { TimelineFacts } from '../data.ts';
import type { Model } from '../page/model.ts';
import { kindOf } from '../page/model.ts';
import { describeRow } from '../page/words.ts';
import type { Caption, Expectation, Pattern } from './format.ts';

const mostSteps = 2_000_000;

/** Whether a row of the trace fits. */
export function fits(model: Model, row: number, { kind, node, message, words, afterMs }: Pattern): boolean {
  const { rows, messages, messageOfRow } = model;
  if (afterMs !== undefined && (rows.time[row] as number) < afterMs * 1_000) return false;
  if (kind !== undefined && kindOf(rows, row) !== kind) return false;
  if (node !== undefined && model.data.lanes[rows.node[row] as number]?.id !== node) return false;
  if (message !== undefined) {
    const index = messageOfRow[row] as number;
    if (index < 0 || messages.types[messages.type[index] as number]?.name !== message) return false;
  }
  return words === undefined || describeRow(model, row).toLowerCase().includes(words.toLowerCase());
}

/** The row of each caption: the first that fits at or after the one before; -1 where none does. */
export function placeCaptions(model: Model, story: readonly Caption[]): { caption: Caption; row: number }[] {
  let from = 0;
  return story.map((caption) => {
    for (let row = from; row < model.rows.length; row++) {
      if (fits(model, row, caption.at)) return { caption, row: (from = row) };
    }
    return { caption, row: -1 };
  });
}

/** What is wrong with a story: captions whose events do not happen. Whoever writes a lesson must hear of them. */
export function missingCaptions(model: Model, story: readonly Caption[]): Proof[] {
  return placeCaptions(model, story).flatMap(({ caption, row }, place) =>
    row >= 0
      ? []
      : [
          {
            says: `caption ${place + 1} (${inWords(caption.at)}) fits no event after the caption before it`,
            holds: false,
          },
        ],
  );
}

/** What an expectation says, and whether it is so. */
export interface Proof {
  readonly says: string;
  readonly holds: boolean;
}

export function prove(model: Model, expectation: Expectation): Proof {
  const { data } = model;
  switch (expectation.type) {
    case 'verdict':
      return {
        says: `the verdict is ${data.verdict} (${expectation.is} expected)`,
        holds: data.verdict === expectation.is,
      };
    case 'finds': {
      const wanted = expectation.words.toLowerCase();
      const found = data.findings.find(({ name, reason }) => `${name}: ${reason}`.toLowerCase().includes(wanted));
      const says =
        found === undefined ? `nothing was found of: ${expectation.words}` : `found: ${found.name}. ${found.reason}`;
      return { says, holds: found !== undefined };
    }
    case 'silence-as-failure': {
      const verdict = judgedAsFailures(data);
      const word = verdict === 'invalid' ? 'accuses the system' : 'finds nothing';
      return {
        says: `with every operation without an answer taken for a failed one, the checker ${word}: ${verdict}`,
        holds: verdict === expectation.is,
      };
    }
    case 'happens': {
      const { event, atLeast, atMost = Infinity, says = inWords(event) } = expectation;
      let count = 0;
      for (let row = 0; row < model.rows.length; row++) if (fits(model, row, event)) count++;
      const wanted =
        atMost === Infinity ? `at least ${atLeast}` : atLeast === atMost ? `${atLeast}` : `${atLeast} to ${atMost}`;
      return {
        says: `${says}: ${count} ${count === 1 ? 'time' : 'times'} (${wanted} expected)`,
        holds: count >= atLeast && count <= atMost,
      };
    }
  }
}

/** The history once more, as somebody would write it down who takes silence for a no. */
function judgedAsFailures({ operations, lanes }: TimelineFacts): Verdict {
  const events = operations
    .filter(({ f }) => f === 'read' || f === 'write' || f === 'cas')
    .flatMap(({ id, lane, f, from, to, outcome, argument, result }) => {
      // Each operation is a process of its own: nothing is concluded but from times.
      const all = { process: id, f, client: lanes[lane]?.id ?? '', operation: id };
      const type = outcome === 'ok' ? 'ok' : 'fail';
      return [
        { ...all, time: from, type: 'invoke', value: argument, order: 0 } as const,
        { ...all, time: to ?? Infinity, type, value: outcome === 'ok' ? result : argument, order: 1 } as const,
      ];
    })
    .sort((one, other) => one.time - other.time || one.order - other.order)
    .map((event, index) => ({ ...event, index }));
  return checkLinearizable(events, keyValue(), { maxSteps: mostSteps }).verdict;
}

function inWords({ kind, node, message, words, afterMs }: Pattern): string {
  const parts = [
    words === undefined ? undefined : `“${words}”`,
    message,
    kind,
    node === undefined ? undefined : `at ${node}`,
  ];
  const when = afterMs === undefined ? [] : [`after ${afterMs} ms`];
  return [...parts.filter((part) => part !== undefined), ...when].join(', ');
}
