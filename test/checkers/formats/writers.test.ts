// Histories that are written and read again, and what they look like in between.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { History, HistoryEvent } from '../../../sim/history.ts';
import type { Json } from '../../../sim/protocol.ts';
import { writeEdn, writeJsonLines } from '../../../checkers/formats/index.ts';
import { historyIn } from './reading.ts';

const json = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>(
    ':keyword',
    ': x',
    -0,
    2 ** 60,
    1e300,
    5e-324,
    '\ud800',
    '\u2028"\\\n',
    { '#integer': '9007199254740993' },
    { '#integer': '12' },
    { '#string': ':x' },
    { '#string': 'x' },
    { '#set': [2, 1] },
    { '#symbol': 'nil' },
    { '#char': 'c' },
    {
      '#map': [
        ['a', 1],
        [':a', 2],
      ],
    },
    { '#a b': 1 },
    { '#inst': '2020' },
    { ':x': 1, '0': 2, '-1': 3, '01': 4, '': 5 },
    [
      ['append', 3, 1],
      ['r', 'x', null],
    ],
  ),
);

const word = fc.oneof(
  fc.constantFrom('read', 'cas!', 'two words', 'a/b', 'Ünïcode', '"quoted"'),
  fc.string({ minLength: 1 }),
);

/** Histories of three clients, some of whose operations end. */
const histories: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      process: fc.nat(2),
      type: fc.constantFrom('ok' as const, 'fail' as const, 'info' as const),
      f: word,
      value: json,
      error: fc.option(word, { nil: undefined }),
      step: fc.nat(10_000),
    }),
    { maxLength: 12 },
  )
  .map((moves) => {
    const open = new Map<number, HistoryEvent>();
    let time = 0;
    return moves.map(({ process: id, type, f, value, error, step }, index): HistoryEvent => {
      time += step * 1_000_003;
      const call = open.get(id);
      const common = { index, time, process: id, client: `client ${id}`, value };
      const event: HistoryEvent =
        call === undefined
          ? { ...common, type: 'invoke', f, operation: index * 3 + 7 }
          : {
              ...common,
              type,
              f: call.f,
              operation: call.operation,
              ...(error === undefined ? {} : { error }),
            };
      if (call === undefined) open.set(id, event);
      else open.delete(id);
      return event;
    });
  })
  .filter(
    (history) => !/"__proto__"|"#set"|:(?:r|w|append)"/.test(JSON.stringify(history).replaceAll('"#set":[2,1]', '')),
  )
  .filter((history) => history.every(({ f, error }) => !f.startsWith(':') && !error?.startsWith(':')));

describe('a written history', () => {
  it('in EDN is read back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect((await historyIn([...writeEdn(history)].join(''), { format: 'jepsen-edn' })).history).toEqual(
          settled(history),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('in JSON lines is read back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        expect(
          (await historyIn([...writeJsonLines(history)].join(''), { format: 'jepsen-json-lines' })).history,
        ).toEqual(settled(history));
      }),
      { numRuns: 500 },
    );
  });

  const event: HistoryEvent = {
    index: 1,
    time: 12,
    process: 3,
    type: 'fail',
    f: 'txn',
    value: [
      ['append', 'x', 1],
      ['r', 4, null],
    ],
    error: 'not-found',
    client: 'c3',
    operation: 5,
  };

  it('looks like those of Jepsen', () => {
    expect([...writeEdn([event])]).toEqual([
      '{:index 1, :time 12000, :type :fail, :process 3, :f :txn, :value [[:append "x" 1] [:r 4 nil]], :error :not-found, :client "c3", :operation 5}\n',
    ]);
    expect([...writeJsonLines([event])]).toEqual([
      '{"index":1,"time":12000,"process":3,"type":"fail","f":"txn","value":[["append","x",1],["r",4,null]],"error":"not-found","client":"c3","operation":5}\n',
    ]);
  });
});

/** Sets are arrays in a history that was read. */
function settled(history: History): History {
  return history.map((event) =>
    JSON.stringify(event.value) === '{"#set":[2,1]}' ? { ...event, value: [2, 1] } : event,
  );
}
