// What becomes of EDN's values, and where malformed EDN is refused.
import { describe, expect, it } from 'vitest';
import { parseEdn, writeEdnValue } from '../../../checkers/formats/index.ts';

describe('EDN values', () => {
  it.each([
    ['nil', null],
    ['true', true],
    ['-17', -17],
    ['+5', 5],
    ['-0', 0],
    ['1.5e3', 1500],
    ['12N', 12],
    ['0x1F', 31],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', { '#integer': '9007199254740993' }],
    ['-123456789012345678901234567890N', { '#integer': '-123456789012345678901234567890' }],
    ['1.5M', { '#decimal': '1.5M' }],
    ['1e400', { '#decimal': '1e400' }],
    ['1/3', { '#ratio': '1/3' }],
    ['##NaN', { '#float': 'NaN' }],
    ['"a\\u0041\\n\\"b\\""', 'aA\n"b"'],
    [':x', ':x'],
    ['":x"', { '#string': ':x' }],
    ['": x"', ': x'],
    [':a.b/c-d?', ':a.b/c-d?'],
    ['foo/bar', { '#symbol': 'foo/bar' }],
    ['\\c', { '#char': 'c' }],
    ['\\newline', { '#char': '\n' }],
    ['[1 (2, 3) []]', [1, [2, 3], []]],
    ['#{3 1 :b "a" 20}', { '#set': [1, 3, 20, ':b', 'a'] }],
    ['#inst "2020-01-01"', { '#inst': '2020-01-01' }],
    ['#foo #bar [1]', { '#foo': { '#bar': [1] } }],
    ['#"a\\d\\""', { '#regex': 'a\\d\\"' }],
    ['{:from 3, "to" 4, 0 100}', { from: 3, to: 4, 0: 100 }],
    ['{nil 1}', { '#map': [[null, 1]] }],
    [
      '{:a 1, "a" 2}',
      {
        '#map': [
          [':a', 1],
          ['a', 2],
        ],
      },
    ],
    ['{"#inst" 1}', { '#map': [['#inst', 1]] }],
    ['[1 #_2 #_ #_ 3 4 ; five\n 6]', [1, 6]],
  ])('%s', (text, value) => {
    expect(parseEdn(text)).toEqual(value);
  });

  it('are sets of one text in whatever order they come', () => {
    expect(parseEdn('#{2 1 10}')).toEqual(parseEdn('#{10 2 1}'));
  });

  it('are written as they were read', () => {
    for (const text of [
      'nil',
      ':x',
      '":x"',
      '9007199254740993',
      '1.5M',
      '1/3',
      '##-Inf',
      '\\c',
      'foo/bar',
      '#{1 2 :a}',
      '#inst "2020"',
      '{:a 1, 0 2}',
      '{:a 1, "a" 2}',
      '{[1] 2}',
      '[[:append 3 1] [:r 4 [1 2]]]',
    ]) {
      const value = parseEdn(text);
      expect(parseEdn(writeEdnValue(value))).toEqual(value);
    }
    expect(writeEdnValue(parseEdn('#{2 1}'))).toBe('#{1 2}');
    expect(writeEdnValue(parseEdn('{:from 1, "a b" 2}'))).toBe('{:from 1, "a b" 2}');
  });
});

describe('malformed EDN', () => {
  it.each([
    ['[1 2', 4, 'a closing ]', 'the end of the file'],
    ['[1 2}', 4, 'a closing ]', '"}"'],
    ['{:a}', 3, 'a value for the last key of the map', '"}"'],
    ['{:a 1 :a 2}', 0, 'a map without a key twice', '"{:a 1 :a 2}"'],
    ['#{1 1}', 0, 'a set without an element twice', '"#{1 1}"'],
    ['"abc', 4, 'the closing " of a string', 'the end of the file'],
    ['"\\q"', 1, 'an escape', String.raw`"\\q\""`],
    ['"\\u12"', 3, 'four hexadecimal digits', String.raw`"12\""`],
    ['12ab', 0, 'a number', '"12ab"'],
    ['007', 0, 'a number', '"007"'],
    [':', 0, 'a keyword', '":"'],
    ['@x', 0, 'a value', '"@x"'],
    ['1 2', 2, 'the end of the text', '"2"'],
    ['', 0, 'a value', 'the end of the file'],
    ['#_', 2, 'a value', 'the end of the file'],
    ['\u0000', 0, 'a value', String.raw`"\u0000"`],
  ])('%j is refused at %i', (text, at, expected, found) => {
    expect(() => parseEdn(text)).toThrow(expect.objectContaining({ at, expected, found }));
  });
});
