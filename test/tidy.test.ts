// Keeps the house in order: who may import whom, what the core may not use, how long files and functions may be.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Each room and the rooms that it may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  sim: [],
  protocols: ['sim'],
  checkers: ['sim'],
  scenarios: ['sim', 'protocols', 'checkers'],
  fuzz: ['sim', 'checkers'],
  viz: ['sim', 'protocols', 'checkers', 'scenarios', 'fuzz'],
  cli: ['sim', 'protocols', 'checkers', 'scenarios', 'fuzz', 'viz'],
};
/** What single files may import besides: a test that fails leaves a timeline. */
const mayAlsoImport: Readonly<Record<string, readonly string[]>> = { 'fuzz/vitest.ts': ['viz'] };
const core = new Set(['sim', 'protocols', 'checkers', 'scenarios']);
const rooms = [...Object.keys(mayImport), 'test', 'bench', 'scripts'];

/** Packages that the core may use; everything else there is ours. */
const corePackages = new Set(['seedrandom', 'xstate', 'zod', 'edn-data', 'fastest-levenshtein']);

const banned: readonly (readonly [RegExp, string])[] = [
  [
    /\bMath\.(random|log|log2|log10|log1p|exp|expm1|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot)\b/,
    'Math',
  ],
  [/\b(?:new\s+Date|Date\.(?:now|parse|UTC))\b/, 'Date'],
  [/\bperformance\.now\b/, 'performance.now'],
  [/\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/, 'host timers'],
  [/\bprocess\.(?!ts)|\brequire\(|\bBuffer\./, 'Node'],
  [/\bcrypto\.|\bfetch\(/, 'host services'],
];

const sources = rooms
  .flatMap((room) => filesIn(room))
  .map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));

describe('the rooms', () => {
  test('import only the rooms that they may', () => {
    expect(sources.length).toBeGreaterThan(100);
    const trespasses = sources.flatMap(({ file, text }) => {
      const room = roomOf(file);
      const rooms = mayImport[room];
      if (rooms === undefined) return [];
      const allowed = new Set([...rooms, ...(mayAlsoImport[file] ?? [])]);
      return importsOf(text)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => path.posix.join(path.posix.dirname(file), specifier))
        .filter((target) => roomOf(target) !== room && !allowed.has(roomOf(target)))
        .map((target) => `${file} imports ${target}`);
    });
    expect(trespasses).toEqual([]);
  });

  test('of the core use few packages and nothing of Node', () => {
    const strangers = sources
      .filter(({ file }) => core.has(roomOf(file)))
      .flatMap(({ file, text }) =>
        importsOf(text)
          .filter((specifier) => !specifier.startsWith('.') && !corePackages.has(specifier))
          .map((specifier) => `${file} imports ${specifier}`),
      );
    expect(strangers).toEqual([]);
  });

  test('of the core use neither real time nor chance nor functions that engines round differently', () => {
    const finds = sources
      .filter(({ file }) => core.has(roomOf(file)))
      .flatMap(({ file, text }) => {
        const code = codeOf(text);
        return banned.filter(([pattern]) => pattern.test(code)).map(([, what]) => `${file} uses ${what}`);
      });
    expect(finds).toEqual([]);
  });

  test('import files with their endings', () => {
    const bare = sources.flatMap(({ file, text }) =>
      importsOf(text)
        .filter(
          (specifier) =>
            specifier.startsWith('.') && !/\.(?:ts|mjs|css|json)$/.test(specifier) && !specifier.startsWith('../dist/'),
        )
        .map((specifier) => `${file} imports ${specifier}`),
    );
    expect(bare).toEqual([]);
  });
});

describe('files', () => {
  test('open with a comment that says what they hold', () => {
    const silent = sources.filter(({ text }) => !/^(?:#!.*\n)?\/[/*]/.test(text)).map(({ file }) => file);
    expect(silent).toEqual([]);
  });

  test('are short: none past 400 lines, half of them under 110', () => {
    const lengths = sources.map(({ file, text }) => ({ file, lines: text.split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > 400)).toEqual([]);
    const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(110);
  });

  test('hold functions that fit on a screen', () => {
    const long = sources
      .filter(({ file }) => !file.startsWith('test/'))
      .flatMap(({ file, text }) => longFunctions(text).map((name) => `${file}: ${name}`));
    expect(long).toEqual([]);
  });

  test('have no default exports, enums or notes of things to do', () => {
    const finds = sources
      .filter(({ file }) => !/config\.(?:ts|mjs)$/.test(file) && file !== 'test/tidy.test.ts')
      .filter(
        ({ text }) =>
          /^export default|^\s*(?:export )?(?:const )?enum /m.test(text) || /\b(?:TODO|FIXME|XXX)\b/.test(text),
      )
      .map(({ file }) => file);
    expect(finds).toEqual([]);
  });

  test('are not called utils', () => {
    expect(sources.filter(({ file }) => /(?:^|\/)(?:utils?|helpers?|misc|common)\.ts$/.test(file))).toEqual([]);
  });
});

describe('these checks', () => {
  test('find what they look for', () => {
    expect(
      importsOf("import { a } from './a.ts';\nexport * from '../b.ts';\nimport './c.css';\nawait import('./d.ts')"),
    ).toEqual(['./a.ts', '../b.ts', './c.css', './d.ts']);
    expect(
      banned.filter(([pattern]) => pattern.test('const now = Date.now() + Math.random()')).map(([, what]) => what),
    ).toEqual(['Math', 'Date']);
    expect(longFunctions(`function long(): void {\n${'  work();\n'.repeat(80)}}\n`)).toEqual([
      'function long(): void {',
    ]);
    expect(longFunctions('function short(): void {\n  work();\n}\n')).toEqual([]);
  });
});

function filesIn(folder: string): string[] {
  const entries = readdirSync(path.join(root, folder)).sort();
  return entries.flatMap((name) => {
    const file = path.posix.join(folder, name);
    if (statSync(path.join(root, file)).isDirectory()) return filesIn(file);
    return /\.(?:ts|mjs)$/.test(name) ? [file] : [];
  });
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? '';
}

function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:^(?:import|export)\s(?:[^'"]*?\sfrom\s+)?|\bimport\()['"]([^'"]+)['"]/gm);
  return [...found].map((match) => match[1] ?? '');
}

/** The code alone: comments and quoted words may speak of what it must not use. */
function codeOf(text: string): string {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$|\s\/\/ .*$/gm, '');
  return code.replaceAll(/'[^'\n]*'/g, "''");
}

/** First lines of functions and methods of more than 70 lines, by the indentation that the formatter keeps. */
function longFunctions(text: string): string[] {
  const lines = text.split('\n');
  return lines.filter((line, start) => {
    const opening = /^(\s*)(?:export |async |static |#)*(?:function|constructor|#?\w+\().*\{$/.exec(line);
    if (opening === null || /^\s*(?:if|for|while|switch|describe|return)\b/.test(line)) return false;
    const end = lines.indexOf(`${opening[1] ?? ''}}`, start + 1);
    return end - start > 70;
  });
}
