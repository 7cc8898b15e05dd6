// The page's parts that need no browser: messages, densities, words, colours, layout and where it opens.
import { describe, expect, test } from 'vitest';
import type { Run } from '../../sim/run.ts';
import { timelineOf } from '../../viz/data.ts';
import { buildDensity, countCrossings } from '../../viz/page/density.ts';
import { layoutOf } from '../../viz/page/layout.ts';
import { countSent, fate, visitMessages } from '../../viz/page/messages.ts';
import { buildModel, type Model } from '../../viz/page/model.ts';
import { openingWindow } from '../../viz/page/opening.ts';
import { tickText } from '../../viz/page/overlay/axis.ts';
import { notableEvents } from '../../viz/page/overlay/notable.ts';
import { causesOf, rowOfTarget, targetOfRow } from '../../viz/page/target.ts';
import { messageStrokes, roleColours, themeFor } from '../../viz/page/theme.ts';
import { describeRow, describeTarget, operationText } from '../../viz/page/words.ts';
import { about, busyRun, emptyRun, staleRead } from './fixture.ts';

const modelOf = (run: Run): Model => buildModel(timelineOf(run, about));
const model = modelOf(staleRead());
const whole = { from: -1, to: 520_001 };

describe('messages', () => {
  test('end where they were delivered or lost', () => {
    const { messages } = model;
    const sent = model.data.statistics.sent;
    expect(messages.length).toBe(sent);
    const lost = messages.failed.length;
    expect(lost).toBe(model.data.statistics.lost);
    expect(messages.fate.filter((what) => what === fate.delivered)).toHaveLength(sent - lost);
  });

  test('that are on their way in a window are all found, whatever the window', () => {
    const { messages } = modelOf(busyRun(3_000));
    for (const [from, to] of [
      [0, 1],
      [10_000_000, 10_002_000],
      [59_000_000, 61_000_000],
    ] as const) {
      const found: number[] = [];
      visitMessages(messages, from, to, (index) => found.push(index) > 0);
      const wanted = [...messages.sent.keys()].filter((index) => {
        return (messages.sent[index] as number) <= to && (messages.ended[index] as number) >= from;
      });
      expect(found).toEqual(wanted);
    }
  });

  test('are counted alike from running totals and one by one', () => {
    const { messages, data } = modelOf(busyRun(5_000));
    const density = buildDensity(messages, data.lanes.length, data.end);
    const sum = (counts: Float32Array): number => counts.reduce((one, other) => one + other, 0);
    const wide = sum(countCrossings(density, messages, 0, data.end, 100));
    const fine = sum(countCrossings(density, messages, 0, data.end, density.bins * 2));
    expect(Math.abs(wide - fine)).toBeLessThanOrEqual(4);
    expect(countSent(messages, 0, data.end)).toBe(5_000);
  });
});

describe('words', () => {
  const sentences = model.data.operations.map((_, index) => describeTarget(model, { type: 'operation', index }));

  test('say what became of an operation', () => {
    expect(sentences).toEqual([
      'c1: write x 1, ok after 16 ms',
      'c2: write x 2, ok after 18 ms',
      'c1: read x → 1, ok after 8 ms',
      'c1: write x 9, failed after 10 ms (not the leader timed out): it surely did not happen',
      'c2: cas x [2,3], unknown after 100 ms (timed out): it may or may not have happened',
      'c1: read x, not completed when the run ended',
    ]);
  });

  test('say where and why a message was lost', () => {
    const [index] = model.messages.failed;
    expect(describeTarget(model, { type: 'message', index: index ?? -1 })).toBe(
      'append from n1 to n2, lost at n1: cut',
    );
  });

  test('say what led to a reply', () => {
    const reply = model.messages.types.findIndex((type) => type.name === 'vote-reply');
    const index = model.messages.type.indexOf(reply);
    const causes = causesOf(model, rowOfTarget(model, { type: 'message', index }));
    expect(causes.map((row) => describeRow(model, row))).toEqual([
      'n2 received vote from n1',
      'n1 sent vote to n2',
      'timer election fired at n1',
    ]);
  });

  test('are there for every row, also of kinds that nobody knows', () => {
    const run = staleRead();
    run.trace?.kind.forEach((_, row, kinds) => (kinds[row] = row % 60));
    const strange = modelOf(run);
    for (let row = 0; row < strange.rows.length; row++) {
      expect(describeRow(strange, row)).not.toBe('');
      expect(describeTarget(strange, targetOfRow(strange, row))).not.toContain('undefined');
    }
  });

  test('leave a result out that repeats the argument', () => {
    const operation = model.data.operations[0];
    expect(operation && operationText({ ...operation, argument: 5, result: 5 })).toBe('write 5');
  });
});

describe('the view', () => {
  test('opens at the evidence of the first finding', () => {
    const { from, to } = openingWindow(model, whole);
    expect(from).toBeLessThan(204_000);
    expect(to).toBeGreaterThan(234_000);
    expect(to - from).toBeLessThan(120_000);
  });

  test('opens at the first fault of a long run without findings, and at all of a short one', () => {
    const busy = modelOf(busyRun(3_000));
    const window = openingWindow(busy, whole);
    expect(window.from).toBeLessThan(3_000_000);
    expect(window.to).toBeGreaterThan(3_000_000);
    expect(openingWindow(modelOf(emptyRun()), whole)).toBe(whole);
  });

  test('lists findings, faults, outages and the role changes that matter', () => {
    const events = notableEvents(model).map((event) => describeTarget(model, event.target));
    expect(events).toContain('Fault: crash n3 for 60 ms');
    expect(events).not.toContain('n3 is down after a power loss for 60 ms');
    expect(events).toContain('n2 is leader (term 2) for 324.5 ms');
    expect(events).toContain('n1 is follower (term 2) for 237 ms');
    expect(events).not.toContain('n2 is follower (term 1) for 172 ms');
  });

  test('lays lanes out without overlap, for one node as for forty', () => {
    for (const count of [0, 1, 40]) {
      const nodes = Array.from({ length: count }, (_, index) => `n${index}`);
      const { lanes, height } = layoutOf(timelineOf({ ...emptyRun(), nodes, clients: ['c1'] }, about), 800, 400);
      lanes.forEach((lane, index) => expect(lane.top).toBeGreaterThanOrEqual(lanes[index - 1]?.bottom ?? 0));
      expect(height).toBeGreaterThanOrEqual(lanes.at(-1)?.bottom ?? 0);
    }
  });

  test('labels ticks as finely as their step', () => {
    expect([tickText(2_000_000, 1_000_000), tickText(1_250_000, 50_000), tickText(12_500, 500)]).toEqual([
      '2 s',
      '1.25 s',
      '12.5 ms',
    ]);
  });
});

describe('colours', () => {
  test('are fixed for well-known roles and differ for the rest', () => {
    const theme = themeFor(false);
    expect(roleColours(['leader'], theme).get('leader')).toEqual(
      roleColours(['x', 'leader', 'y'], theme).get('leader'),
    );
    const fills = [...roleColours(['leader', 'candidate', 'follower', 'alive', 'suspect', 'dead'], theme).values()].map(
      ({ fill }) => fill,
    );
    expect(new Set(fills).size).toBe(6);
  });

  test('are there for a role of any name', () => {
    const names = ['constructor', '__proto__', ''];
    const colours = roleColours(names, themeFor(true));
    expect(names.map((name) => colours.get(name)?.fill)).not.toContain(undefined);
  });

  test('tie a question to its answer by hue and tell them apart by dash', () => {
    const [ask, answer, other] = messageStrokes(['vote', 'vote-reply', 'append'], themeFor(false));
    expect(answer?.colour).toBe(ask?.colour);
    expect(answer?.dash).not.toEqual(ask?.dash);
    expect(other?.colour).not.toBe(ask?.colour);
  });
});
