// A lesson on the page: the question first, then the run with its captions, then the knob, and what both runs prove.
import type { CatalogueEntry } from '../catalogue.ts';
import type { Caption, Expectation, Lesson } from '../lessons/format.ts';
import { missingCaptions, placeCaptions, prove } from '../lessons/judge.ts';
import type { Engine } from './engine.ts';
import { button, element } from './overlay/element.ts';
import { createRunPage, type RunPage } from './run-page.ts';
import { shownRunSoon, type ShownRun } from './shown-run.ts';
import { asSentence, instant } from './words.ts';

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
  const { answer } = engine.ask('run', { request: lesson.run });
  const shown = await shownRunSoon(lesson.run, await answer, () => undefined);
  return () => {
    const panel = lessonPanel(setting, shown);
    // Predict first: the picture would give the answer away, and so would the scenario's story.
    root.classList.add('is-predicting');
    const onShow = (page: RunPage): void => panel.follow(page);
    const { title } = lesson;
    return createRunPage(
      root,
      shown,
      {},
      { engine, entry, home, title, above: panel.node, foldsFindings: true, onShow },
    );
  };
}

function lessonPanel({ root, lesson, lessons }: LessonSetting, base: ShownRun): Panel {
  let page: RunPage | undefined;
  let turnedRun: ShownRun | undefined;
  const story = element('div', { class: 'lesson-part lesson-story' });
  const knob = element('div', { class: 'lesson-part lesson-knob' });
  story.hidden = true;
  knob.hidden = true;
  const teller = createTeller(lesson, base, {
    goTo: (row) => page?.workbench.goTo(row),
    show: () => page?.workbench.bringIntoSight(),
  });
  const outcome = element('div', { class: 'lesson-outcome', attributes: { 'aria-live': 'polite' } });
  const turn = button('Turn the knob', 'button', () => void page?.request(lesson.knob.run));
  story.append(
    element('h3', { text: 'What happened' }),
    teller.list,
    element('h3', { text: 'Proved by this run' }),
    proofs(base, lesson.check, lesson.story),
  );
  knob.append(element('h3', { text: 'Now change one thing' }), element('p', { text: lesson.knob.say }), turn, outcome);
  const reveal = (): void => {
    root.classList.remove('is-predicting');
    story.hidden = false;
    knob.hidden = false;
    page?.workbench.head(teller.bar);
    teller.tell(0);
  };
  const place = lessons.findIndex(({ id }) => id === lesson.id);
  const where = place < 0 ? 'Lesson from a file' : `Lesson ${place + 1} of ${lessons.length}`;
  const node = element('section', { class: 'lesson', attributes: { 'aria-label': 'Lesson' } }, [
    element('p', { class: 'lesson-place', text: where }),
    element('h2', { text: lesson.question }),
    element('div', { class: 'lesson-question' }, [
      element('p', { class: 'lesson-opening', text: lesson.opening }),
      prediction(lesson, reveal),
    ]),
    story,
    knob,
    nextLesson(place < 0 ? undefined : lessons[place + 1]),
  ]);
  return {
    node,
    follow(shownPage) {
      page = shownPage;
      const { shown } = shownPage;
      // The captions are of the first run: beside a changed one they would be told of the wrong events.
      if (shown === base && !story.hidden) shownPage.workbench.head(teller.bar);
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
  const told = element('p', { class: 'lesson-answer', attributes: { 'aria-live': 'polite', tabindex: '-1' } });
  const choices = predict.choices.map((choice, place) =>
    button(choice, 'button choice', () => {
      for (const [index, each] of choices.entries()) {
        each.setAttribute('aria-pressed', String(index === place));
        each.disabled = true;
      }
      const right = predict.choices[predict.answer] ?? '';
      told.textContent = `${place === predict.answer ? 'Right.' : `Not so. ${asSentence(right)}`} ${predict.why}`;
      // The chosen button cannot be pressed again, so the focus goes on to what it said.
      told.focus({ preventScroll: true });
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

/** Tells the captions of a story one by one: in a list, and in a bar right above the picture. */
interface Teller {
  readonly list: HTMLElement;
  readonly bar: HTMLElement;
  tell(place: number): void;
}

interface Stage {
  readonly goTo: (row: number) => void;
  readonly show: () => void;
}

function createTeller({ story }: Lesson, { model }: ShownRun, { goTo, show }: Stage): Teller {
  const placed = placeCaptions(model, story).filter(({ row }) => row >= 0);
  let told = 0;
  const items = placed.map(({ caption, row }, place) =>
    element('li', {}, [
      button(instant(model.rows.time[row] ?? 0), 'caption-go', () => {
        teller.tell(place);
        show();
      }),
      element('span', { text: caption.say }),
    ]),
  );
  const words = element('p', { class: 'story-words' });
  const count = element('span', { class: 'story-count' });
  const back = button('‹', 'button button-icon', () => teller.tell(told - 1), 'Caption before');
  const on = button('›', 'button button-icon', () => teller.tell(told + 1), 'Next caption');
  const teller: Teller = {
    list: element('ol', { class: 'captions' }, items),
    bar: element('div', { class: 'story-bar', attributes: { role: 'group', 'aria-label': 'Story' } }, [
      back,
      count,
      on,
      words,
    ]),
    tell(place) {
      const chosen = placed[place];
      if (chosen === undefined) return;
      told = place;
      for (const item of items) item.removeAttribute('aria-current');
      items[place]?.setAttribute('aria-current', 'step');
      count.textContent = `${place + 1} of ${placed.length}`;
      words.textContent = chosen.caption.say;
      back.disabled = place === 0;
      on.disabled = place === placed.length - 1;
      goTo(chosen.row);
    },
  };
  return teller;
}

function proofs({ model }: ShownRun, checks: readonly Expectation[], story: readonly Caption[] = []): HTMLElement {
  const items = [...checks.map((check) => prove(model, check)), ...missingCaptions(model, story)].map(
    ({ says, holds }) => element('li', { class: holds ? 'is-right' : 'is-wrong', text: says }),
  );
  return element('ul', { class: 'proofs' }, items);
}

function nextLesson(next: Lesson | undefined): HTMLElement {
  if (next === undefined) return element('p', { class: 'lesson-next' });
  const link = element('a', { text: `Next lesson: ${next.title}`, attributes: { href: `#lesson=${next.id}` } });
  return element('p', { class: 'lesson-next' }, [link]);
}
