// All lessons, in the order in which they build on each other.
import type { Lesson } from './format.ts';

export const lessons: readonly Lesson[] = [];
