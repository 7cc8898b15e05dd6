// One message dropped, delayed or doubled by hand: that one and no other.
import { expect, test } from 'vitest';
import type { TimedFault } from '../../sim/fault.ts';
import { findScenario } from '../../scenarios/index.ts';
import { simulate } from '../../sim/simulate.ts';
import { liveTimelineOf } from '../../viz/data.ts';
import { changedRequest, meddle } from '../../viz/page/change.ts';
import { noLocks } from '../../viz/page/locks.ts';
import { manner, type Messages } from '../../viz/page/messages.ts';
import { buildModel, type Model } from '../../viz/page/model.ts';
import { about } from './fixture.ts';

const first = simulate(findScenario('raft'), { seed: '3', trace: true, fingerprints: true });
const firstPrints = first.fingerprints ?? new Uint16Array();
const shown = {
  asked: { scenario: 'raft', seed: '3' },
  model: buildModel(liveTimelineOf(first, about)),
  clocks: [],
  locks: noLocks,
  explained: [],
};

test('what is done to one message is done to that one', () => {
  const { messages, data } = shown.model;
  const index =
    [...messages.sent.keys()].find((each) => (messages.sent[each] as number) > 400_000 && messages.fate[each] === 1) ??
    -1;
  const [sent, ended] = [messages.sent[index], messages.ended[index]];
  for (const meddling of ['drop', 'delay', 'duplicate'] as const) {
    const fault = meddle(shown.model, index, meddling);
    if (fault === undefined) throw new Error('the world had healed by then');
    const asked = changedRequest(shown, { type: 'faults', faults: [...first.faults, fault] });
    const run = simulate(findScenario('raft'), { ...(asked as { seed: string }), trace: true });
    const changed = buildModel(liveTimelineOf(run, about));
    const same = [...changed.messages.sent.keys()].filter(
      (each) =>
        changed.messages.sent[each] === sent &&
        changed.messages.from[each] === messages.from[index] &&
        changed.messages.to[each] === messages.to[index],
    );
    expect(data.lanes).toEqual(changed.data.lanes);
    if (meddling === 'drop') expect(same.map((each) => changed.messages.fate[each])).toContain(2);
    if (meddling === 'delay')
      expect(changed.messages.ended[same[0] as number]).toBeGreaterThanOrEqual((ended as number) + 49_000);
    if (meddling === 'duplicate')
      expect(same.map((each) => (changed.messages.ended[each] as number) - (ended as number))).toEqual([0, 5_000]);
  }
});

test('all others stay as they were until it is felt, and the hash until the fault strikes', () => {
  const { model: before } = shown;
  const { messages } = before;
  const told = ({ messages: all }: Model, until: number, but: (index: number) => boolean): string[] =>
    [...all.sent.keys()]
      .filter((index) => (all.sent[index] as number) < until && !but(index))
      .map((index) => {
        const isOver = (all.ended[index] as number) < until;
        return [all.sent, all.from, all.to, ...(isOver ? [all.ended, all.fate] : [])]
          .map((column) => column[index])
          .join(' ');
      });
  const chosen = [...messages.sent.keys()].filter(
    (index) => index % 97 === 0 && messages.fate[index] === 1 && meddle(before, index, 'delay') !== undefined,
  );
  expect(chosen.length).toBeGreaterThan(20);
  for (const index of chosen.slice(0, 6)) {
    const [sent, ended] = [messages.sent[index] as number, messages.ended[index] as number];
    for (const meddling of ['drop', 'delay', 'duplicate'] as const) {
      const faults = [...first.faults, meddle(before, index, meddling) as TimedFault];
      const asked = changedRequest(shown, { type: 'faults', faults });
      const run = simulate(findScenario('raft'), { ...(asked as { seed: string }), trace: true, fingerprints: true });
      const after = buildModel(liveTimelineOf(run, about));
      const isIt =
        ({ messages: all }: Model) =>
        (each: number): boolean =>
          all.sent[each] === sent && all.from[each] === messages.from[index] && all.to[each] === messages.to[index];
      // Until its receiver misses it, or has its copy, nobody can tell; whoever waits behind a lost one is there sooner.
      const { messages: now } = after;
      const ends = [...now.sent.keys()]
        .filter((each) => (isIt(after)(each) ? now.manner[each] === manner.copy : isBehind(now, each, messages, index)))
        .map((each) => now.ended[each] as number);
      const felt = Math.min(meddling === 'duplicate' ? Infinity : ended, ...ends);
      expect(told(after, felt, isIt(after))).toEqual(told(before, felt, isIt(before)));
      // The very hash is the same up to the moment at which the fault strikes.
      const prints = run.fingerprints ?? [];
      const same = prints.findIndex((print, event) => print !== firstPrints[event]);
      expect(run.trace?.time[run.trace.event.indexOf(same)]).toBe(sent);
    }
  }
});

function isBehind(now: Messages, each: number, before: Messages, index: number): boolean {
  const isLater = (now.sent[each] as number) > (before.sent[index] as number);
  return isLater && now.from[each] === before.from[index] && now.to[each] === before.to[index];
}
