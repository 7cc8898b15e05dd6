// Redis's patterns, as KEYS and PSUBSCRIBE take them: `*`, `?`, `[a-c]`, `[^a]`, and a backslash before a character that is meant
// itself. Every text is a pattern: a bracket that nobody closes ends with the text, and `[c-a]` is `[a-c]`.

type Part =
  | { readonly type: 'any run' }
  | {
      readonly type: 'one of';
      readonly ranges: readonly (readonly [low: string, high: string])[];
      readonly isNot: boolean;
    };

/** Whether a text fits the pattern as a whole. */
export function globMatcher(pattern: string): (text: string) => boolean {
  const parts = readParts(pattern);
  return (text) => {
    let reached = new Set([0]); // places in the text to which the parts so far can have led
    for (const part of parts) {
      const next = new Set<number>();
      if (part.type === 'any run') for (let at = Math.min(...reached); at <= text.length; at++) next.add(at);
      else for (const at of reached) if (at < text.length && fits(part, text[at] ?? '')) next.add(at + 1);
      if (next.size === 0) return false;
      reached = next;
    }
    return reached.has(text.length);
  };
}

function fits({ ranges, isNot }: Part & { type: 'one of' }, char: string): boolean {
  return ranges.some(([low, high]) => low <= char && char <= high) !== isNot;
}

function readParts(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '*') parts.push({ type: 'any run' });
    else if (char === '?') parts.push({ type: 'one of', ranges: [], isNot: true });
    else if (char === '[') {
      const { part, end } = readClass(pattern, at + 1);
      parts.push(part);
      at = end;
    } else {
      const meant = char === '\\' && at + 1 < pattern.length ? (pattern[++at] ?? '') : char;
      parts.push({ type: 'one of', ranges: [[meant, meant]], isNot: false });
    }
  }
  return parts;
}

/** What stands between brackets, and where the closing one is. */
function readClass(pattern: string, start: number): { readonly part: Part; readonly end: number } {
  const isNot = pattern[start] === '^';
  const ranges: [string, string][] = [];
  let at = isNot ? start + 1 : start;
  for (; at < pattern.length && pattern[at] !== ']'; at++) {
    if (pattern[at] === '\\' && at + 1 < pattern.length) at++;
    else if (pattern[at + 1] === '-' && at + 2 < pattern.length) {
      const [one = '', other = ''] = [pattern[at], pattern[at + 2]];
      ranges.push(one < other ? [one, other] : [other, one]);
      at += 2;
      continue;
    }
    const char = pattern[at] ?? '';
    ranges.push([char, char]);
  }
  return { part: { type: 'one of', ranges, isNot }, end: at };
}
