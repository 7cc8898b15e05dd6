// What long work says of itself: written over on a terminal, a plain line every ten seconds elsewhere.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showStatus } from '../../cli/progress.ts';
import { testIo } from './command.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** What is written when `texts` come, one every `everyMs`. */
function written(everyMs: number, texts: readonly string[], columns?: number): string {
  const all: string[] = [];
  const write = (text: string): void => void all.push(text);
  const io = testIo(undefined, write);
  const terminal = columns === undefined ? undefined : ({ write, columns } as unknown as NodeJS.WriteStream);
  const status = showStatus({ ...io, terminal });
  for (const text of texts) {
    vi.advanceTimersByTime(everyMs);
    status.update(text);
  }
  status.stop();
  return all.join('');
}

test('without a terminal a line is written every ten seconds, and nothing for short work', () => {
  expect(written(2_500, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h\u001b[2J'])).toBe('d\nh\\u001b[2J\n');
  expect(written(2_500, ['a', 'b', 'c'])).toBe('');
});

test('a terminal has one line that is written over and goes away, cut where the terminal ends', () => {
  const start = '\r\u001b[K';
  expect(written(400, ['a', 'b', 'c', 'd'], 40)).toBe(`${start}b${start}d${start}`);
  expect(written(400, ['a'], 40)).toBe('');
  expect(written(600, ['x'.repeat(100)], 40)).toBe(`${start}${'x'.repeat(39)}${start}`);
  expect(written(600, ['x'.repeat(100)], 0)).toBe(`${start}${'x'.repeat(79)}${start}`);
});
