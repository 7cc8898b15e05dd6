// The format of a lesson: a story whose captions are bound to events, one question that is answered before the run is
// shown, one knob to turn, and what must be true of both runs. A lesson is plain data, so that a teacher can write one in a
// single JSON file and a stranger's lesson can do nothing but choose what is simulated.
import { z } from 'zod';
import { parseWith } from '../../sim/fault.ts';
import { requestSchema, type RunRequest } from '../request.ts';

export interface Lesson {
  /** Lower case with dashes; part of the address. */
  readonly id: string;
  readonly title: string;
  /** What the lesson asks, in one line. */
  readonly question: string;
  /** What to know before, in a few sentences. */
  readonly opening: string;
  readonly run: RunRequest;
  /** What is said, and when: each caption belongs to the first event, at or after that of the caption before, that fits its pattern. */
  readonly story: readonly Caption[];
  readonly predict: Prediction;
  readonly knob: LessonKnob;
  /** What must be seen in the run of the story. */
  readonly check: readonly Expectation[];
}

export interface Caption {
  readonly at: Pattern;
  readonly say: string;
}

/** An event, by any of: the trace's kind, the node, the type of its message, words of its sentence, a time to come after. */
export interface Pattern {
  readonly kind?: string | undefined;
  readonly node?: string | undefined;
  readonly message?: string | undefined;
  /** Part of the event's sentence, in any case. */
  readonly words?: string | undefined;
  /** In milliseconds of virtual time. */
  readonly afterMs?: number | undefined;
}

export interface Prediction {
  readonly ask: string;
  readonly choices: readonly string[];
  /** The place of the right choice. */
  readonly answer: number;
  readonly why: string;
}

/** What to change, and what is seen then. */
export interface LessonKnob {
  readonly say: string;
  readonly run: RunRequest;
  readonly see: string;
  readonly check: readonly Expectation[];
}

export type Expectation =
  | { readonly type: 'verdict'; readonly is: 'valid' | 'invalid' }
  /** A finding whose name or reason holds these words. */
  | { readonly type: 'finds'; readonly words: string }
  /** What the checker of linearizable keys says when operations without a known outcome are taken for failed ones. */
  | { readonly type: 'silence-as-failure'; readonly is: 'valid' | 'invalid' }
  /** So many events fit a pattern; `says` is how that is told. */
  | {
      readonly type: 'happens';
      readonly event: Pattern;
      readonly atLeast: number;
      readonly atMost?: number | undefined;
      readonly says?: string | undefined;
    };

/**
 * Reads a lesson from outside.
 * @throws InputError that names the field, what was expected and what was found.
 */
export function parseLesson(input: unknown): Lesson {
  return parseWith(lessonSchema, input, 'lesson') as Lesson;
}

const words = z.string().min(1).max(4_000);

const pattern = z.strictObject({
  kind: z.string().max(40).optional(),
  node: z.string().max(200).optional(),
  message: z.string().max(200).optional(),
  words: z.string().max(200).optional(),
  afterMs: z.number().nonnegative().optional(),
});

const expectation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('verdict'), is: z.enum(['valid', 'invalid']) }),
  z.strictObject({ type: z.literal('finds'), words }),
  z.strictObject({ type: z.literal('silence-as-failure'), is: z.enum(['valid', 'invalid']) }),
  z.strictObject({
    type: z.literal('happens'),
    event: pattern,
    atLeast: z.int().nonnegative(),
    atMost: z.int().nonnegative().optional(),
    says: words.optional(),
  }),
]);

const lessonSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,60}$/, 'expected lower case letters, digits and dashes'),
  title: words,
  question: words,
  opening: words,
  run: requestSchema,
  story: z.array(z.strictObject({ at: pattern, say: words })).max(40),
  predict: z
    .strictObject({
      ask: words,
      choices: z.array(words).min(2).max(8),
      answer: z.int().nonnegative(),
      why: words,
    })
    .refine(({ answer, choices }) => answer < choices.length, {
      message: 'expected the place of a choice',
      path: ['answer'],
    }),
  knob: z.strictObject({ say: words, run: requestSchema, see: words, check: z.array(expectation).max(20) }),
  check: z.array(expectation).min(1).max(20),
});
