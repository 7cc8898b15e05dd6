// How recorded events become a history, what is refused, and what a lenient reading does with it.
import { describe, expect, it } from 'vitest';
import { pairOperations } from '../../../checkers/index.ts';
import { historyIn } from './reading.ts';

/** Lines of JSON from process, type, f, value, and what else there is. */
function lines(...events: readonly (readonly [number | string | null, string, string, unknown?, object?])[]): string {
  return events
    .map(([id, type, f, value, more]) => JSON.stringify({ process: id, type, f, value, ...more }))
    .join('\n');
}

/** JSON that keeps the sign of zero. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

describe('a recorded history', () => {
  it('has clients, operation ids and microseconds', async () => {
    const { history, lines: at } = await historyIn(
      lines(
        [3, 'invoke', 'write', 1, { time: 1_999 }],
        [4, 'invoke', 'read', null, { time: 2_000 }],
        [3, 'ok', 'write', 1, { time: 9_000 }],
      ),
    );
    expect(history).toEqual([
      { index: 0, time: 1, process: 3, type: 'invoke', f: 'write', value: 1, client: 'c3', operation: 0 },
      { index: 1, time: 2, process: 4, type: 'invoke', f: 'read', value: null, client: 'c4', operation: 1 },
      { index: 2, time: 9, process: 3, type: 'ok', f: 'write', value: 1, client: 'c3', operation: 0 },
    ]);
    expect(at).toEqual([1, 2, 3]);
  });

  it('keeps nanoseconds since 1970 exact to the microsecond', async () => {
    const { history } = await historyIn('{"process":0,"type":"invoke","f":"read","time":1700000000123456789}');
    expect(history[0]?.time).toBe(1_700_000_000_123_456);
  });

  it('holds equal small values once, and keeps apart what only looks equal', async () => {
    const pairs = [
      ['k', 1],
      ['k', '1'],
      ['k', null],
      ['k', true],
      ['k', -0],
      ['k', 0],
      ['k', 1, 2],
      [
        ['r', 'k', 1],
        ['r', 'k', '1'],
      ],
    ];
    const drawn = Array.from({ length: 3_000 }, (_, place) =>
      place < 2_000 ? pairs[place % pairs.length]! : [place % 700, place % 3],
    );
    const { history } = await historyIn(
      drawn
        .map(
          (value) =>
            `{"type":"invoke","f":"write","value":${textOf(value)}}\n{"type":"ok","f":"write","value":${textOf(value)}}`,
        )
        .join('\n'),
    );
    expect(history.filter(({ type }) => type === 'ok').map(({ value }) => value)).toStrictEqual(drawn);
    const micros = history.flatMap(({ value }) =>
      Array.isArray(value) && Array.isArray(value[0]) ? (value as unknown[]) : [value],
    );
    expect(new Set(micros).size).toBeLessThan(micros.length / 2);
  });

  it('names the micro-operations of logs plainly, also of a poll that returned nothing so far', async () => {
    const text =
      '{:type :invoke, :f :txn, :value [[:send 5 1] [:poll]], :process 0}\n{:type :ok, :f :txn, :value [[:send 5 [0 1]] [:poll {5 [[0 1]]}]], :process 0}';
    const { history } = await historyIn(text);
    expect(history.map(({ value }) => value)).toEqual([
      [['send', 5, 1], ['poll']],
      [
        ['send', 5, [0, 1]],
        ['poll', { 5: [[0, 1]] }],
      ],
    ]);
    expect((await historyIn('{:type :invoke, :f :txn, :value [[:r]], :process 0}')).history[0]?.value).toEqual([
      [':r'],
    ]);
  });

  it('is a millisecond apart where the file has no times', async () => {
    const { history } = await historyIn(lines([0, 'invoke', 'read'], [0, 'ok', 'read', 1]));
    expect(history.map(({ time }) => time)).toEqual([0, 1_000]);
  });

  it('leaves out the nemesis, and what idle processes have to tell', async () => {
    const { history, notes, noteCount } = await historyIn(
      lines(
        ['nemesis', 'info', 'kill', 'n1'],
        [0, 'invoke', 'read'],
        [1, 'info', 'start'],
        [0, 'ok', 'read', 1],
        ['nemesis', 'info', 'kill'],
      ),
    );
    expect(history.map(({ f }) => f)).toEqual(['read', 'read']);
    expect(notes.map(({ f }) => f)).toEqual(['kill', 'start', 'kill']);
    expect(noteCount).toBe(3);
  });

  it('numbers clients that have names above those that have numbers', async () => {
    const { history } = await historyIn(
      lines(['alice', 'invoke', 'read'], [7, 'invoke', 'read'], ['alice', 'ok', 'read', 1]),
    );
    expect(history.map(({ process: id, client }) => [id, client])).toEqual([
      [8, 'alice'],
      [7, 'c7'],
      [8, 'alice'],
    ]);
  });

  it('pairs events without processes by function and value', async () => {
    const { history } = await historyIn(
      lines(
        [null, 'invoke', 'read', [['r', 0, null]]],
        [null, 'invoke', 'read', [['r', 1, null]]],
        [null, 'ok', 'read', [['r', 1, 5]]],
        [null, 'ok', 'read', [['r', 0, 4]]],
      ),
    );
    expect(pairOperations(history).map(({ value, result }) => [value, result])).toEqual([
      [[['r', 0, null]], [['r', 0, 4]]],
      [[['r', 1, null]], [['r', 1, 5]]],
    ]);
  });

  it('takes completions alone as operations that were invoked as early as their processes allow', async () => {
    const { history, realtime, remarks } = await historyIn(
      lines([0, 'ok', 'txn', 1], [1, 'ok', 'txn', 2], [0, 'fail', 'txn', 3]),
    );
    expect(history.map(({ type, process: id, value }) => [type, id, value])).toEqual([
      ['invoke', 0, 1],
      ['invoke', 1, 2],
      ['ok', 0, 1],
      ['invoke', 0, 3],
      ['ok', 1, 2],
      ['fail', 0, 3],
    ]);
    expect(() => pairOperations(history)).not.toThrow();
    expect(realtime).toBe(false);
    expect(remarks).toEqual(['there are completions only: real-time order between operations is unknown']);
  });

  it('has arrays for sets, and words for errors', async () => {
    const { history } = await historyIn(
      '{:process 0 :type :invoke :f :read :value nil}\n{:process 0 :type :ok :f :read :value #{2 1}}\n' +
        '{:process 0 :type :invoke :f :read :value nil}\n{:process 0 :type :fail :f :read :value nil :error [:not-found "x"]}\n' +
        '{:process 0 :type :invoke :f :read :value nil}\n{:process 0 :type :fail :f :read :value nil :error :timeout}',
    );
    expect(history.map(({ value }) => value)).toEqual([null, [1, 2], null, null, null, null]);
    expect(history.map(({ error }) => error)).toEqual([
      undefined,
      undefined,
      undefined,
      '[:not-found "x"]',
      undefined,
      'timeout',
    ]);
  });

  it('can take reads of nil as unknown, and a failed cas as an observation', async () => {
    const text = lines(
      [0, 'invoke', 'read'],
      [0, 'ok', 'read', null],
      [0, 'invoke', 'cas', [1, 2]],
      [0, 'fail', 'cas', [1, 2]],
    );
    const types = async (options: object) =>
      (await historyIn(text, options)).history.map(({ type, value }) => [type, value]);
    expect((await types({})).slice(1)).toEqual([
      ['ok', null],
      ['invoke', [1, 2]],
      ['fail', [1, 2]],
    ]);
    expect((await types({ nilReads: 'unknown', failedCas: 'observed' })).slice(1)).toEqual([
      ['info', null],
      ['invoke', [1, 2]],
      ['ok', false],
    ]);
  });

  it('remarks on times that go back between processes, as Jepsen writes them', async () => {
    const { remarks } = await historyIn(
      lines([0, 'invoke', 'read', null, { time: 5_000 }], [1, 'invoke', 'read', null, { time: 4_000 }]),
    );
    expect(remarks).toEqual(['times go back between processes 1 times, first in line 2']);
  });
});

describe('a file that no sequential processes can have recorded', () => {
  const invoke = [0, 'invoke', 'read'] as const;
  it.each([
    [
      'a completion without invocation',
      lines(invoke, [1, 'ok', 'read', 1]),
      'file:2:1: expected an invocation of read by process 1 first, found its completion (ok)',
    ],
    [
      'an invocation after a completion without one',
      lines([1, 'ok', 'read', 1], invoke),
      'file:1:1: expected an invocation of read by process 1 first, found its completion (ok)',
    ],
    [
      'a second invocation',
      lines(invoke, [0, 'invoke', 'write', 1]),
      'file:2:1: expected a completion of read by process 0 first, found an invocation of write',
    ],
    [
      'a completion of another function',
      lines(invoke, [0, 'ok', 'write', 1]),
      'file:2:1: expected a completion of read by process 0, found one of write',
    ],
    [
      'an index that goes down',
      lines([0, 'invoke', 'read', null, { index: 4 }], [0, 'ok', 'read', 1, { index: 3 }]),
      'file:2:1: expected an index above 4, found 3',
    ],
    [
      'an index twice',
      lines([0, 'invoke', 'read', null, { index: 4 }], [0, 'ok', 'read', 1, { index: 4 }]),
      'file:2:1: expected an index above 4, found 4',
    ],
    [
      'a time that goes back',
      lines([0, 'invoke', 'read', null, { time: 9_000 }], [0, 'ok', 'read', 1, { time: 8_000 }]),
      'file:2:1: expected a time not before the last one of process 0, found 8000',
    ],
    [
      'an operation id twice',
      lines([0, 'invoke', 'read', null, { operation: 4 }], [1, 'invoke', 'read', null, { operation: 4 }]),
      'file:2:1: expected an operation id of its own, found 4',
    ],
    [
      'an unknown type',
      lines([0, 'return', 'read']),
      'file:1:1: expected one of invoke, ok, fail and info as the type, found "return"',
    ],
    [
      'a process that is none',
      '{"process":1.5,"type":"ok","f":"read"}',
      'file:1:1: expected a whole number or a name as the process, found 1.5',
    ],
    [
      'a time that is none',
      '{"time":1.5,"type":"ok","f":"read"}',
      'file:1:1: expected whole nanoseconds as the time, found 1.5',
    ],
    ['no function', '{"type":"ok","value":3}', 'file:1:1: expected the name of a function as f, found nothing'],
  ])('is refused: %s', async (_, text, message) => {
    await expect(historyIn(text)).rejects.toThrow(message);
  });

  it('is mended in a lenient reading, and everything is counted', async () => {
    const { history, skipped } = await historyIn(
      `${lines(invoke, [0, 'invoke', 'write', 1], [1, 'ok', 'write', 7], [0, 'ok', 'cas', 1], [0, 'ok', 'write', 1])}\nnonsense\n`,
      { lenient: true, format: 'jepsen-json-lines' },
    );
    expect(pairOperations(history).map(({ f, type, value }) => [f, type, value])).toEqual([
      ['write', 'ok', 7],
      ['read', 'info', null],
      ['write', 'ok', 1],
    ]);
    expect(skipped.map(({ reason, count, first }) => [reason, count, first.line])).toEqual([
      ['expected a value', 1, 6],
      ['expected a completion of read by process 0 first', 1, 2],
      ['expected an invocation of write by process 1 first', 1, 3],
      ['expected a completion of write by process 0', 1, 4],
    ]);
  });

  it('of more events than are accepted is refused', async () => {
    await expect(historyIn(lines(invoke, [1, 'invoke', 'read']), { maxEvents: 1 })).rejects.toThrow(
      'file:2:1: expected at most 1 events',
    );
  });

  it('of too many pending operations without processes is refused', async () => {
    const line = '{"type":"invoke","f":"write","value":1}\n';
    await expect(historyIn(line.repeat(1_001))).rejects.toThrow('file:1001:1: expected the process of each operation');
  });
});
