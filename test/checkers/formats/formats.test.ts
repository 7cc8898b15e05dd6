// Every format, from a few lines of it, however the text is cut into pieces.
import { describe, expect, it } from 'vitest';
import { parseFormat, recogniseFormat } from '../../../checkers/formats/index.ts';
import { historyIn, operationsIn } from './reading.ts';

describe('JSON lines', () => {
  it('give operations with index, process, type, f, value, time, error and what else there is', async () => {
    const text = '{"index":4,"time":1500,"process":2,"type":"fail","f":"cas","value":[1,2],"error":"lost","node":3}\n';
    expect(recogniseFormat(text)).toBe('jepsen-json-lines');
    expect(await operationsIn(text)).toEqual([
      {
        index: 4,
        time: 1500,
        process: 2,
        type: 'fail',
        f: 'cas',
        value: [1, 2],
        error: 'lost',
        extra: { node: 3 },
        part: undefined,
        line: 1,
        column: 1,
      },
    ]);
  });

  it('may have the colons of keywords in their names', async () => {
    const [operation] = await operationsIn('{"type":":ok","f":":txn","process":":nemesis","value":[[":r","x",1]]}');
    expect(operation).toMatchObject({ type: 'ok', f: 'txn', process: 'nemesis', value: [['r', 'x', 1]] });
  });

  it('may end in CR LF, hold empty lines, start with a byte order mark and lack the last line break', async () => {
    const operations = await operationsIn('\ufeff{"type":"ok","f":"a"}\r\n\r\n{"type":"ok","f":"b"}');
    expect(operations.map(({ f, line }) => [f, line])).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });

  it('may hold one history each, of which one is chosen by its id', async () => {
    const record = (id: string, f: string) => JSON.stringify({ id, history: [{ type: 'invoke', f, process: 0 }] });
    const text = `${record('first', 'a')}\n${record('second', 'b')}\n`;
    expect((await operationsIn(text)).map(({ part, f }) => [part, f])).toEqual([
      ['first', 'a'],
      ['second', 'b'],
    ]);
    expect((await historyIn(text, { part: 'second' })).history.map(({ f }) => f)).toEqual(['b']);
    await expect(historyIn(text)).rejects.toThrow('expected one history, or the name of one, found first and second');
    await expect(historyIn(text, { part: 'third' })).rejects.toThrow('expected a history named third');
  });
});

describe('JSON over many lines', () => {
  it('is an array of operations, on one line or on many', async () => {
    const [one, other] = ['{"type":"invoke","f":"read","process":0}', '{"type":"ok","f":"read","process":0,"value":3}'];
    for (const text of [`[${one},${other}]`, `[\n${one},\n${other}\n]\n`]) {
      expect(recogniseFormat(text)).toBe('jepsen-json');
      expect((await operationsIn(text)).map(({ type, value }) => [type, value])).toEqual([
        ['invoke', null],
        ['ok', 3],
      ]);
    }
  });

  it('may be objects that are spread over lines', async () => {
    const operations = await operationsIn(
      '{\n  "type": "invoke",\n  "f": "read"\n}\n{\n  "type": "ok",\n  "f": "read"\n}\n',
    );
    expect(operations.map(({ line }) => line)).toEqual([1, 5]);
  });

  it('may be an empty array', async () => {
    expect(await operationsIn('[]')).toEqual([]);
    expect(await operationsIn(' [ ] \n')).toEqual([]);
  });
});

describe('EDN', () => {
  it('is one map a line, or a vector or list of maps, with or without commas, with comments', async () => {
    const [one, other] = ['{:type :invoke :f :read :process 0}', '{:type :ok, :f :read, :process 0, :value 3}'];
    for (const text of [
      `${one}\n${other}\n`,
      `; a comment\n[${one}\n ${other}] ; another`,
      `(${one}${other})`,
      `[${one}, #_ {:type :ok} ${other},]`,
    ]) {
      expect(recogniseFormat(text)).toBe('jepsen-edn');
      expect((await operationsIn(text)).map(({ type, value }) => [type, value])).toEqual([
        ['invoke', null],
        ['ok', 3],
      ]);
    }
  });

  it('may have tagged records', async () => {
    const [operation] = await operationsIn(
      '#jepsen.history.Op{:index 0, :time 12, :type :info, :process :nemesis, :f :kill}',
    );
    expect(operation).toMatchObject({ index: 0, time: 12, type: 'info', process: 'nemesis', f: 'kill' });
  });

  it('may have transactions without a function and without processes, as in the files of Elle', async () => {
    const operations = await operationsIn('{:type :ok, :value [[:append 3 1] [:r :x nil]]}');
    expect(operations[0]).toMatchObject({
      f: 'txn',
      process: undefined,
      value: [
        ['append', 3, 1],
        ['r', ':x', null],
      ],
    });
  });

  it('of Porcupine has a key beside the value', async () => {
    const text =
      '{:process 0, :type :invoke, :f :put, :key "7", :value "a"}\n{:process 0, :type :ok, :f :get, :key "7", :value ""}';
    expect(recogniseFormat(text)).toBe('porcupine-kv');
    expect((await operationsIn(text)).map(({ f, value }) => [f, value])).toEqual([
      ['write', ['7', 'a']],
      ['read', ['7', null]],
    ]);
  });
});

describe('the console log of Jepsen', () => {
  it('has operations among other lines', async () => {
    const text = [
      'INFO  jepsen.core - starting',
      'INFO  jepsen.util - 4\t:invoke\t:cas\t[2 4]',
      'INFO [2024-01-01 10:00:00,000] jepsen worker 4 - jepsen.util 4 :fail :cas [2 4]',
      'java.lang.Exception: oh',
      '\tat foo',
      'INFO  jepsen.util - :nemesis\t:info\t:start\tnil',
      'INFO  jepsen.util - 5\t:info\t:write\t:timed-out',
    ].join('\n');
    expect(recogniseFormat(text)).toBe('jepsen-log');
    expect(
      (await operationsIn(text)).map(({ process: id, type, f, value, error, line }) => [
        id,
        type,
        f,
        value,
        error,
        line,
      ]),
    ).toEqual([
      [4, 'invoke', 'cas', [2, 4], undefined, 2],
      [4, 'fail', 'cas', [2, 4], undefined, 3],
      ['nemesis', 'info', 'start', null, undefined, 6],
      [5, 'info', 'write', null, ':timed-out', 7],
    ]);
  });

  it('may be a history.txt', async () => {
    const operations = await operationsIn('0\t:invoke\t:read\tnil\n0\t:fail\t:read\tnil\t[:no "answer"]\n');
    expect(operations.map(({ type, error }) => [type, error])).toEqual([
      ['invoke', undefined],
      ['fail', [':no', 'answer']],
    ]);
  });

  it('is refused where a line of it cannot be an operation', async () => {
    const first = 'INFO  jepsen.util - 0\t:invoke\t:read\tnil\n';
    await expect(operationsIn(`${first}INFO  jepsen.util - 0 :ok\n`)).rejects.toThrow(
      /^file:2:1: expected a line such as/,
    );
    await expect(operationsIn(`${first}hello\n`)).rejects.toThrow(/^file:2:1: expected a line such as/);
    await expect(operationsIn(`${first}INFO  jepsen.util - 0\t:ok\t:read\t[1\n`)).rejects.toThrow(
      /expected a closing \]/,
    );
  });
});

describe('transactions as text', () => {
  it('of AWDIT are lines, with a line between transactions and sessions', async () => {
    const operations = await operationsIn('w 0 1\nr 1 0\n-----\nw 0 2\n=====\nr 0 2\n');
    expect(operations.filter(({ type }) => type === 'ok').map(({ process: id, value }) => [id, value])).toEqual([
      [
        0,
        [
          ['w', 0, 1],
          ['r', 1, 0],
        ],
      ],
      [0, [['w', 0, 2]]],
      [1, [['r', 0, 2]]],
    ]);
    expect((await historyIn('w 0 1\n')).realtime).toBe(false);
  });

  it('of PolySI name session and transaction, and read 0 where nothing was written', async () => {
    const operations = await operationsIn('r(15,0,0,0)\nw(10,3,0,0)\nw(10,4,1,0)\n');
    expect(operations.filter(({ type }) => type === 'ok').map(({ process: id, value }) => [id, value])).toEqual([
      [
        0,
        [
          ['r', 15, null],
          ['w', 10, 3],
        ],
      ],
      [1, [['w', 10, 4]]],
    ]);
  });
});

describe('the logs of fastlin', () => {
  it('have intervals, which become events in the order of time, calls first', async () => {
    const operations = await operationsIn('# stack\npush 1 1 2\npop 1 2 15\npush 2 16 17\npop -1 18 19\n');
    expect(operations.map(({ type, f, value, process: id, time }) => [type, f, value, id, time])).toEqual([
      ['invoke', 'push', 1, 0, 1_000],
      ['invoke', 'pop', null, 1, 2_000],
      ['ok', 'push', 1, 0, 2_000],
      ['ok', 'pop', 1, 1, 15_000],
      ['invoke', 'push', 2, 1, 16_000],
      ['ok', 'push', 2, 1, 17_000],
      ['invoke', 'pop', null, 1, 18_000],
      ['ok', 'pop', null, 1, 19_000],
    ]);
  });
});

describe('the format', () => {
  it('can be named', async () => {
    const line = '{:process 0, :type :ok, :f :get, :key "7", :value ""}';
    const [operation] = await operationsIn(line, { format: parseFormat('jepsen-edn') });
    expect(operation).toMatchObject({ f: 'get', value: '', extra: { key: '7' } });
    expect(() => parseFormat('xml')).toThrow('format: expected one of jepsen-edn, jepsen-json');
  });

  it('of an empty file is none, and its history is empty', async () => {
    for (const text of ['', '\n \n']) expect((await historyIn(text)).history).toEqual([]);
  });

  it('is told from other text', async () => {
    await expect(historyIn('\nhello world\n')).rejects.toThrow(
      /^file:2:1: expected a history in one of the formats jepsen-edn, .*, found "hello world"$/,
    );
    await expect(historyIn('[1, 2]')).rejects.toThrow(/^file:1:1: expected a history/);
  });
});
