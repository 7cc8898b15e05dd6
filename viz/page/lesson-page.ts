// A lesson on the page.
import type { CatalogueEntry } from '../catalogue.ts';
import type { Lesson } from '../lessons/format.ts';
import type { Engine } from './engine.ts';
import { createRunPage, type RunPage } from './run-page.ts';
import { shownRun } from './shown-run.ts';

export interface LessonSetting {
  readonly root: HTMLElement;
  readonly engine: Engine;
  readonly lesson: Lesson;
  readonly lessons: readonly Lesson[];
  readonly entry: CatalogueEntry | undefined;
  readonly home: () => void;
}

export async function openLesson({ root, engine, lesson, entry, home }: LessonSetting): Promise<RunPage> {
  const shown = shownRun(lesson.run, await engine.ask('run', { request: lesson.run }).answer);
  return createRunPage(root, shown, {}, { engine, entry, home });
}
