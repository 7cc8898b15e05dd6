// A lesson on the page: the question first, then the run with its captions, then the knob, and what both runs prove.
import type { CatalogueEntry } from '../catalogue.ts';
import type { Expectation, Lesson } from '../lessons/format.ts';
import { placeCaptions, prove } from '../lessons/judge.ts';
import type { Engine } from './engine.ts';
import { button, element } from './overlay/element.ts';
import { createRunPage, type RunPage } from './run-page.ts';
import { shownRun, type ShownRun } from './shown-run.ts';
import { instant } from './words.ts';

export interface LessonSetting {
  readonly root: HTMLElement;
  readonly engine: Engine;
  readonly lesson: Lesson;
  readonly lessons: readonly Lesson[];
  readonly entry: CatalogueEntry | undefined;
  readonly home: () => void;
}

/** What the page of a lesson consists of besides its run. */
interface Panel {
  readonly node: HTMLElement;
  /** Fills what belongs to the runs that are shown. */
  follow(page: RunPage): void;
}

/** Runs the lesson's run, and gives what then shows it. */
export async function prepareLesson(setting: LessonSetting): Promise<() => RunPage> {
  const { root, engine, lesson, entry, home } = setting;
  const shown = shownRun(lesson.run, await engine.ask('run', { request: lesson.run }).answer);
  return () => {
    const panel = lessonPanel(setting, shown);
    // Predict first: the picture would give the answer away.
    root.classList.add('is-predicting');
    const onShow = (page: RunPage): void => panel.follow(page);
    return createRunPage(root, shown, {}, { engine, entry, home, above: panel.node, onShow });
  };
}

function lessonPanel({ root, lesson, lessons }: LessonSetting, base: ShownRun): Panel {
  let page: RunPage | undefined;
  let turnedRun: ShownRun | undefined;
  const story = element('div', { class: 'lesson-part' });
  const knob = element('div', { class: 'lesson-part' });
  story.hidden = true;
  knob.hidden = true;
  const captions = captionList(lesson, base, (row) => page?.workbench.goTo(row));
  const outcome = element('div', { class: 'lesson-outcome', attributes: { 'aria-live': 'polite' } });
  const turn = button('Turn the knob', 'button', () => void page?.request(lesson.knob.run));
  story.append(
    element('h3', { text: 'What happened' }),
    captions,
    element('h3', { text: 'Proved by this run' }),
    proofs(base, lesson.check),
  );
  knob.append(element('h3', { text: 'Now change one thing' }), element('p', { text: lesson.knob.say }), turn, outcome);
  const reveal = (): void => {
    root.classList.remove('is-predicting');
    story.hidden = false;
    knob.hidden = false;
    const first = placeCaptions(base.model, lesson.story)[0];
    if (first !== undefined) page?.workbench.goTo(first.row);
  };
  const node = element('section', { class: 'lesson', attributes: { 'aria-label': 'Lesson' } }, [
    element('h2', { text: `${lesson.title}: ${lesson.question}` }),
    element('p', { class: 'lesson-opening', text: lesson.opening }),
    prediction(lesson, reveal),
    story,
    knob,
    nextLesson(lesson, lessons),
  ]);
  return {
    node,
    follow(shownPage) {
      page = shownPage;
      const { shown } = shownPage;
      if (shown === base || shown === turnedRun) return;
      if (JSON.stringify(shown.asked) !== JSON.stringify(lesson.knob.run)) return;
      turnedRun = shown;
      outcome.replaceChildren(
        element('p', { class: 'lesson-see', text: lesson.knob.see }),
        proofs(shown, lesson.knob.check),
      );
    },
  };
}

/** The question, asked before anything is explained; whichever choice is made, the answer says why. */
function prediction({ predict }: Lesson, onAnswer: () => void): HTMLElement {
  const told = element('p', { class: 'lesson-answer', attributes: { 'aria-live': 'polite' } });
  const choices = predict.choices.map((choice, place) =>
    button(choice, 'button choice', () => {
      for (const [index, each] of choices.entries()) {
        each.setAttribute('aria-pressed', String(index === place));
        each.disabled = true;
      }
      const right = predict.choices[predict.answer] ?? '';
      told.textContent = place === predict.answer ? `Right. ${predict.why}` : `Not so: ${right}. ${predict.why}`;
      onAnswer();
    }),
  );
  return element('div', { class: 'lesson-part' }, [
    element('h3', { text: 'Predict first' }),
    element('p', { text: predict.ask }),
    element('div', { class: 'choices', attributes: { role: 'group', 'aria-label': 'Your prediction' } }, choices),
    told,
  ]);
}

function captionList({ story }: Lesson, { model }: ShownRun, goTo: (row: number) => void): HTMLElement {
  const items = placeCaptions(model, story).map(({ caption, row }) => {
    const item: HTMLElement = element('li', {}, [
      button(instant(model.rows.time[row] ?? 0), 'caption-go', () => {
        for (const other of items) other.removeAttribute('aria-current');
        item.setAttribute('aria-current', 'step');
        goTo(row);
      }),
      element('span', { text: caption.say }),
    ]);
    return item;
  });
  return element('ol', { class: 'captions' }, items);
}

function proofs({ model }: ShownRun, checks: readonly Expectation[]): HTMLElement {
  const items = checks
    .map((check) => prove(model, check))
    .map(({ says, holds }) => element('li', { class: holds ? 'is-right' : 'is-wrong', text: says }));
  return element('ul', { class: 'proofs' }, items);
}

function nextLesson(lesson: Lesson, lessons: readonly Lesson[]): HTMLElement {
  const next = lessons[lessons.findIndex(({ id }) => id === lesson.id) + 1];
  if (next === undefined) return element('p', { class: 'lesson-next' });
  const link = element('a', { text: `Next lesson: ${next.title}`, attributes: { href: `#lesson=${next.id}` } });
  return element('p', { class: 'lesson-next' }, [link]);
}
