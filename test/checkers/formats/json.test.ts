// JSON that the engine's parser would read wrongly, or refuse without saying where.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson, parseJson } from '../../../checkers/formats/json.ts';
import { cursorOn } from '../../../checkers/formats/cursor.ts';

describe('JSON', () => {
  it('keeps integers beyond 2^53, and numbers that are too large', () => {
    expect(parseJson('[9007199254740993,1e400,-9007199254740992]')).toEqual([
      { '#integer': '9007199254740993' },
      { '#decimal': '1e400' },
      { '#integer': '-9007199254740992' },
    ]);
    expect(parseJson('[0.1250000000000000000,1e21]')).toEqual([0.125, 1e21]);
  });

  it('is read by our own reader as the engine reads it', () => {
    const property = fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes('__proto__'));
      const text = JSON.stringify(value);
      fc.pre(!/\d{16}/.test(text));
      expect(readJson(cursorOn(text), 0)).toEqual(JSON.parse(text));
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('makes a list of pairs of an object with the key __proto__, however it is spelled', () => {
    for (const key of ['__proto__', String.raw`\u005f_proto__`]) {
      const value = parseJson(`{"b":1,"${key}":{"polluted":true},"a":2}`);
      expect(value).toEqual({
        '#map': [
          ['__proto__', { polluted: true }],
          ['a', 2],
          ['b', 1],
        ],
      });
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['{"a":1', 6, 'a comma or }', 'the end of the file'],
    ['{"a" 1}', 5, 'a colon', '"1}"'],
    ['{a:1}', 1, 'a key in quotes', '"a:1}"'],
    ['[1 2]', 3, 'a comma or ]', '"2]"'],
    ['[1,]', 3, 'a value', '"]"'],
    ['nul', 3, 'a value', 'the end of the file'],
    ['01', 0, 'a value', '"01"'],
    ['1.', 0, 'a value', '"1."'],
    ['"a\tb"', 2, 'no control character in a string', String.raw`"\tb\""`],
    ['1 x', 2, 'the end of the text', '"x"'],
  ])('%j is refused at %i', (text, at, expected, found) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ at, expected, found }));
  });
});
