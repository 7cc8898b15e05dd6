// The lessons: what each promises is there to be seen, in its run and after its knob was turned; and what a stranger's
// lesson may hold.
import { describe, expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { simulate } from '../../sim/simulate.ts';
import { liveTimelineOf } from '../../viz/data.ts';
import { parseLesson, type Lesson } from '../../viz/lessons/format.ts';
import { lessons } from '../../viz/lessons/index.ts';
import { missingCaptions, placeCaptions, prove } from '../../viz/lessons/judge.ts';
import { buildModel, type Model } from '../../viz/page/model.ts';
import type { RunRequest } from '../../viz/request.ts';
import { about } from './fixture.ts';

function modelOf({ scenario, seed, parameters = {}, faults, workload, until }: RunRequest): Model {
  const given = {
    ...(faults === undefined ? {} : { faults }),
    ...(workload === undefined ? {} : { workload }),
    ...(until === undefined ? {} : { until }),
  };
  const run = simulate(findScenario(scenario), { seed, parameters, trace: true, ...given });
  return buildModel(liveTimelineOf(run, about));
}

const unproved = (model: Model, checks: Lesson['check']): string[] =>
  checks.map((check) => prove(model, check)).flatMap(({ says, holds }) => (holds ? [] : [says]));

describe.each(lessons.map((lesson) => [lesson.id, lesson] as const))('the lesson %s', (_, lesson) => {
  test('tells its story by events of its run, and what it promises is so', () => {
    const model = modelOf(lesson.run);
    expect(unproved(model, lesson.check)).toEqual([]);
    expect(missingCaptions(model, lesson.story)).toEqual([]);
    expect(placeCaptions(model, lesson.story).map(({ caption }) => caption.say)).toEqual(
      lesson.story.map(({ say }) => say),
    );
    // The knob must change something that is checked, or the lesson teaches nothing.
    const turned = modelOf(lesson.knob.run);
    expect(unproved(turned, lesson.knob.check)).toEqual([]);
    const both = [unproved(turned, lesson.check), unproved(model, lesson.knob.check)].flat();
    expect(both).not.toEqual([]);
  }, 60_000);

  test('is plain data that reads back as it is', () => {
    expect(parseLesson(JSON.parse(JSON.stringify(lesson)))).toEqual(JSON.parse(JSON.stringify(lesson)));
  });
});

test('a caption whose event never happens is told, and the others keep their places', () => {
  const [lesson] = lessons;
  if (lesson === undefined) throw new Error('there is no lesson');
  const model = modelOf(lesson.run);
  const story = [...lesson.story.slice(0, 1), { at: { words: 'pigs fly' }, say: 'Never.' }, ...lesson.story.slice(1)];
  expect(missingCaptions(model, story)).toEqual([
    { says: 'caption 2 (“pigs fly”) fits no event after the caption before it', holds: false },
  ]);
  const placed = placeCaptions(model, story).map(({ row }) => row);
  expect(placed.toSpliced(1, 1)).toEqual(placeCaptions(model, lesson.story).map(({ row }) => row));
});

test.each(lessons.filter(({ run, knob }) => run.scenario !== knob.run.scenario).map((lesson) => [lesson.id, lesson]))(
  'the knob of the lesson %s changes one rule of the protocol and nothing else',
  (_, { run, knob }) => {
    const { scenario: broken, ...world } = run;
    const { scenario: repaired, ...same } = knob.run;
    expect(findScenario(broken).expect.type).toBe('breaks');
    expect(findScenario(repaired).expect.type).toBe('holds');
    expect(same).toEqual(world);
    expect(world.faults).toBeDefined();
    expect(world.workload).toBeDefined();
  },
);

test('there are twelve lessons of different names', () => {
  expect(new Set(lessons.map(({ id }) => id)).size).toBe(12);
});

test('a lesson that is none is refused with the place and what was found', () => {
  const [lesson] = lessons;
  const refusal = (change: object): string => {
    try {
      parseLesson({ ...lesson, ...change });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refusal({ id: '<b>' })).toContain('lesson.id: expected lower case letters');
  expect(refusal({ predict: { ...lesson?.predict, answer: 9 } })).toContain('lesson.predict.answer');
  expect(refusal({ script: 'alert(1)' })).toContain('script');
  expect(refusal({ run: { scenario: 'raft', seed: '1', faults: [{ at: -1, fault: { type: 'heal' } }] } })).toContain(
    'lesson.run.faults[0].at',
  );
});
