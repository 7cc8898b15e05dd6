// `faultline bench redlock`: the debate about Redlock as rates. Each story runs over seeds as it is and with a store that looks at
// fencing tokens; what the specification assumes must be enough, each broken assumption must show as often as it should.
import { redlockDebate } from '../scenarios/redlock-debate.ts';
import { redlockProgress } from '../scenarios/redlock-progress.ts';
import { redlock, type Library } from '../scenarios/redlock.ts';
import { simulate, type Parameters, type Run, type Scenario } from '../sim/index.ts';
import type { Io } from './io.ts';
import { wrap } from './layout.ts';

/** In which share of the seeds two clients have the lock, or a write comes late: from 600 seeds with the settings of the
 * specification. Stories that are not named here hold. */
const expectedShares: Readonly<Record<string, number>> = {
  'redlock-pause-after': 0.18,
  'redlock-delayed-packet': 0.56,
  'redlock-clock-jump': 0.33,
  'redlock-clock-jump-majority': 0.97,
  'redlock-wall-clock': 0.51,
  'redlock-restart': 0.83,
  'redlock-lost-fsync': 0.68,
  'redlock-wild-drift': 0.22,
};

/** Which settings may break a promise that the specification's keep. node-redlock does not look at what an attempt took, and what a
 * failed attempt leaves behind blocks everybody until it runs out (with the specification's faults in one seed of 200); a
 * quorum of two and a half is all three. */
const brokenBy: Readonly<Partial<Record<Library, readonly string[]>>> = {
  nodeRedlock: ['redlock', 'redlock-pause-in-acquisition', 'redlock-contention'],
  redlockPy: ['redlock-one-of-three'],
};

export const debated: readonly Scenario[] = [redlock, ...redlockDebate, ...redlockProgress];

export interface DebateRow {
  readonly story: string;
  readonly library: Library;
  readonly seeds: number;
  readonly violated: number;
  /** Share of seeds; null where a library may break it, as often as it will. */
  readonly expected: number | null;
  /** With the fencing store: late writes that it let through, and seeds in which it refused one. */
  readonly letThrough: number;
  readonly refused: number;
  readonly isAsExpected: boolean;
  /** How to run the first violated seed again. */
  readonly replay: string | null;
}

export function judgeStory(scenario: Scenario, library: Library, seeds: number, start: number): DebateRow {
  const { name: story } = scenario;
  let [violated, letThrough, refused] = [0, 0, 0];
  let replay: string | null = null;
  for (let seed = start; seed < start + seeds; seed++) {
    if (isViolated(runOf(scenario, seed, { library }))) {
      violated++;
      replay ??= `npx faultline run ${story} --seed ${seed}${library === 'specified' ? '' : ` --set library=${library}`}`;
    }
    const fenced = runOf(scenario, seed, { library, fences: true });
    letThrough += fenced.findings.filter(({ name }) => name === 'no late write').length;
    if (fenced.history.some(({ error }) => error === 'refused: its token was stale')) refused++;
  }
  const expected = brokenBy[library]?.includes(story) === true ? null : (expectedShares[story] ?? 0);
  const isAsExpected = letThrough === 0 && isLikely(violated, seeds, expected);
  return { story, library, seeds, violated, expected, letThrough, refused, isAsExpected, replay };
}

function runOf(scenario: Scenario, seed: number, parameters: Parameters): Run {
  return simulate(scenario, { seed, parameters, maxEvents: Number.MAX_SAFE_INTEGER });
}

function isViolated({ findings }: Run): boolean {
  return findings.some(({ verdict }) => verdict === 'invalid');
}

/** Whether so many of so many seeds are within four standard deviations of what is expected, and a tenth of it. */
export function isLikely(violated: number, seeds: number, expected: number | null): boolean {
  if (expected === null) return true;
  if (expected === 0) return violated === 0;
  const deviation = Math.sqrt(seeds * expected * (1 - expected));
  return violated > 0 && Math.abs(violated - seeds * expected) <= 4 * deviation + 0.1 * seeds * expected;
}

const note =
  'What the specification assumes (bounded drift, no jumps, no forgetting, clients that look at the clock before they work) must be ' +
  'enough: no seed may break it. Without it two clients have the lock, or the write of one lands in the turn of another, in about the ' +
  'share of seeds expected. With fencing the store hands out tokens and looks at them: it lets no late write through (late), and refuses those that come (refused).';

export function describeDebate(rows: readonly DebateRow[], { paint, columns: width }: Io): string {
  const cells = (name: string, ...rest: readonly string[]): string =>
    `  ${name.padEnd(33)}${rest.map((cell) => cell.padStart(11)).join('')}`;
  const head = paint.dim(cells('', 'violated', 'expected', 'late', 'refused'));
  const lines = rows.map((row) => {
    const { story, library, seeds, violated, expected, letThrough, refused, isAsExpected } = row;
    const name = library === 'specified' ? story : `${library}: ${story.replace('redlock-', '')}`;
    const share = expected === null ? 'any' : `${(100 * expected).toFixed(0)} %`;
    const text = cells(name, `${violated}/${seeds}`, share, String(letThrough), `${refused}/${seeds}`);
    if (!isAsExpected) return `${paint.red(text)} !`;
    return violated === 0 ? paint.green(text) : text;
  });
  const replays = rows.filter(({ replay }) => replay !== null).map(({ replay }) => `  ${replay}`);
  return [
    paint.bold('redlock: the debate, as rates over seeds; what a fencing store lets through'),
    ...wrap(note, width, '  '),
    '',
    head,
    ...lines,
    '',
    paint.bold('the first seed of each that is violated'),
    ...replays,
    '',
  ].join('\n');
}
