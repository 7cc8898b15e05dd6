// Files that are made to crash, hang or pollute their reader: all are refused with a place, or read for what they are.
import { describe, expect, it } from 'vitest';
import { canonical } from '../../../checkers/canonical.ts';
import { MalformedInput, readHistory } from '../../../checkers/formats/index.ts';
import { historyIn, operationsIn, pieces } from './reading.ts';

describe('prototype keys', () => {
  it('pollute nothing, in values, in other fields, in names', async () => {
    const json =
      '{"type":"ok","f":"constructor","process":"__proto__","value":{"__proto__":{"polluted":1},"toString":2},"valueOf":1}';
    const edn =
      '{:type :ok, :f :constructor, :process :__proto__, :value {:__proto__ {:polluted 1}, :toString 2}, :valueOf 1}';
    for (const text of [json, edn]) {
      const [operation] = await operationsIn(text);
      expect(canonical(operation!.value)).toMatch(
        /^\{"#map":\[\[":?__proto__",\{"polluted":1\}\],\[":?toString",2\]\]\}$/,
      );
      expect(operation!.extra).toEqual({ valueOf: 1 });
      const { history } = await historyIn(text);
      expect(history[0]).toMatchObject({ f: 'constructor', client: '__proto__', process: 0 });
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('are refused as keys of an operation', async () => {
    const edn = '{:type :ok, :f :read, :__proto__ {:polluted 1}}';
    for (const text of ['{"__proto__":{"type":"ok","f":"read"}}', '{"type":"ok","f":"a","__proto__":1}', edn]) {
      await expect(operationsIn(text)).rejects.toThrow(/^file:1:1: expected an operation with plain names as keys/);
    }
  });
});

describe('deep nesting', () => {
  it.each([
    ['jepsen-json-lines', '{"type":"ok","f":"read","value":', '[', ']', '}'],
    ['jepsen-json', '[{"type":"ok","f":"read","value":', '{"a":', '}', '}]'],
    ['jepsen-edn', '{:type :ok :f :read :value ', '[', ']', '}'],
    ['jepsen-edn', '{:type :ok :f :read :value ', '#{', '}', '}'],
    ['jepsen-edn', '{:type :ok :f :read :value ', '#a ', '', '}'],
    ['jepsen-edn', '{:type :ok :f :read :value ', '#_', '', '}'],
    ['jepsen-log', 'INFO  jepsen.util - 0\t:ok\t:read\t', '(', ')', ''],
  ] as const)('of 100,000 levels is refused in %s', async (format, head, open, close, tail) => {
    const text = `${head}${open.repeat(100_000)}1${close.repeat(100_000)}${tail}`;
    await expect(readHistory([text], { format })).rejects.toThrow('expected at most 200 levels of nesting, found more');
  });

  it('of a hundred levels is read', async () => {
    const [operation] = await operationsIn(`{"type":"ok","f":"read","value":${'['.repeat(100)}1${']'.repeat(100)}}`);
    expect(canonical(operation!.value)).toBe(`${'['.repeat(100)}1${']'.repeat(100)}`);
  });
});

describe('a single line', () => {
  it('of an array of many operations is read in pieces', async () => {
    const line = '{"type":"invoke","f":"write","value":1,"process":';
    const text = `[${Array.from({ length: 20_000 }, (_, id) => `${line}${id}}`).join(',')}]`;
    const { history } = await readHistory(pieces(text, 10_000));
    expect(history).toHaveLength(20_000);
  });

  it.each(['jepsen-json-lines', 'jepsen-json', 'jepsen-edn', 'jepsen-log', 'awdit'] as const)(
    'of 40 million characters is refused in %s before it is all there',
    async (format) => {
      let given = 0;
      const head = format === 'jepsen-edn' ? '{:type "' : format.startsWith('jepsen-json') ? '{"type":"' : 'x';
      function* endless(): Generator<string> {
        yield head;
        for (; given < 40; given++) yield 'x'.repeat(1_000_000);
      }
      await expect(readHistory(endless(), { format })).rejects.toThrow(
        'expected an operation of at most 16777216 characters',
      );
      expect(given).toBeLessThan(36);
    },
  );
});

describe('long lines', () => {
  const log = 'INFO  jepsen.util - 0\t:invoke\t:read\tnil\n';
  it.each([
    ['words that begin an operation of a log', `${log}INFO ${'jepsen.util '.repeat(200_000)}\n`],
    ['blanks in a log', `${log}INFO jepsen.util${' '.repeat(2_000_000)}x\n`],
    ['digits in JSON', `{"type":"invoke","process":0,"f":"write","value":${'9'.repeat(2_000_000)}}`],
    ['digits in EDN', `{:type :invoke, :process 0, :f :write, :value -${'9'.repeat(2_000_000)}}`],
    [
      'numbers in a set',
      `{:type :invoke, :process 0, :f :write, :value #{${Array.from({ length: 100_000 })
        .fill(0)
        .map((_, n) => n)
        .join(' ')}}}`,
    ],
  ])('of %s are read in no time', { timeout: 10_000 }, async (_, text) => {
    expect((await historyIn(text)).history).toHaveLength(1);
  });

  it('of blanks are refused', async () => {
    const blanks = Array.from({ length: 40 }, () => ' '.repeat(1_000_000));
    await expect(readHistory(blanks)).rejects.toThrow('expected a history, found a long file of blanks');
  });
});

describe('garbage', () => {
  it('of any kind is refused, or read, but never crashes a reader', async () => {
    const words = [
      '{',
      '}',
      '[',
      ']',
      '(',
      '"',
      '\\',
      '#',
      '#{',
      '#_',
      ':type',
      ':invoke',
      '"type":',
      '"ok"',
      ',',
      ';',
      '\n',
      ' ',
      '1',
      '-',
      'nil',
      '\u0000',
      '\ud800',
      'é',
      '^',
      ':f',
    ];
    let seed = 12_345;
    const next = (n: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor(seed / 65_536) % n;
    };
    for (let round = 0; round < 3_000; round++) {
      const text = Array.from({ length: next(12) }, () => words[next(words.length)]).join('');
      for (const format of ['jepsen-edn', 'jepsen-json', 'jepsen-json-lines', 'jepsen-log', 'porcupine-kv'] as const) {
        for (const lenient of [false, true]) {
          try {
            await readHistory(pieces(text, 3), { format, lenient });
          } catch (error) {
            if (!(error instanceof MalformedInput))
              throw new Error(`${format}: ${JSON.stringify(text)}`, { cause: error });
            expect(lenient).toBe(false);
          }
        }
      }
    }
  });

  it('in the middle of a file is skipped and counted by a lenient reading', async () => {
    const good = '{:type :invoke, :f :read, :process 0}\n{:type :ok, :f :read, :process 0, :value 1}\n';
    const { history, skipped } = await historyIn(`${good}{:type :ok :value [1 2}\n12 }\n${good}{:type :ok, :f "cut`, {
      lenient: true,
    });
    expect(history).toHaveLength(4);
    expect(skipped.map(({ first }) => first.line)).toEqual([3, 4, 7]);
  });

  it('names the line and the column where an operation is wrong', async () => {
    const good = '{:type :invoke, :f :read, :process 0}\n';
    await expect(historyIn(`${good}\n${good}  {:type :ok\n :f 12a}`)).rejects.toThrow(
      'file:5:5: expected a number, found "12a}"',
    );
    await expect(historyIn('{"type":"ok","f":"x"}\n{"type":"ok" "f":"x"}\n')).rejects.toThrow(
      'file:2:14: expected a comma or }, found',
    );
    await expect(historyIn('[{:type :ok, :f :x}\n')).rejects.toThrow(
      'file:2:1: expected a closing ], found the end of the file',
    );
  });

  it('of NUL characters is called binary', async () => {
    await expect(historyIn('ab\n\u0000\u0001')).rejects.toThrow('file:2:1: expected text, found a NUL character');
  });
});
