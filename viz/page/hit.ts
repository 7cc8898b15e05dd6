// What lies under a point: the most particular thing first (a flag, a mark, an arrow), then bars, bands and faults.
import { diskTop } from './draw/disks.ts';
import { arrowOf } from './draw/messages.ts';
import { timersInSight } from './draw/timers.ts';
import { boxOf, extentOf, xOf, type Frame } from './draw/frame.ts';
import { visitIntervals } from './intervals.ts';
import { faultCentre } from './layout.ts';
import type { Drawn } from './renderer.ts';
import { lowerBound, upperBound } from './search.ts';
import type { Target } from './target.ts';

/** The target at (x, y), or undefined. */
export function targetAt(frame: Frame, drawn: Drawn, x: number, y: number): Target | undefined {
  return (
    findingAt(frame, x, y) ??
    faultAt(frame, x, y) ??
    operationAt(frame, x, y) ??
    markAt(frame, x, y) ??
    timerAt(frame, drawn, x, y) ??
    diskAt(frame, x, y) ??
    messageAt(frame, drawn, x, y) ??
    spanAt(frame, x, y)
  );
}

function findingAt(frame: Frame, x: number, y: number): Target | undefined {
  const index = frame.model.data.findings.findLastIndex((finding) => {
    const offset = x - xOf(frame, finding.at);
    return y < frame.layout.pinsHeight ? offset > -5 && offset < 90 : Math.abs(offset) < 3;
  });
  return index < 0 ? undefined : { type: 'finding', index };
}

function faultAt(frame: Frame, x: number, y: number): Target | undefined {
  const index = frame.model.data.faults.findLastIndex((fault, place) => {
    if (Math.abs(y - faultCentre(frame.layout, place)) > frame.layout.faultRowHeight / 2) return false;
    const [left, right] = extentOf(frame, fault.from, fault.to, 3);
    return x >= left - 7 && x <= right + 7;
  });
  return index < 0 ? undefined : { type: 'fault', index };
}

function operationAt(frame: Frame, x: number, y: number): Target | undefined {
  const { data } = frame.model;
  const index = data.operations.findLastIndex((operation) => {
    const box = boxOf(frame, operation.lane);
    if (box === undefined || Math.abs(y - box.centre) > box.half + 2) return false;
    const [left, right] = extentOf(frame, operation.from, operation.to ?? data.end, 3);
    return x >= left - 2 && x <= right + 2;
  });
  return index < 0 ? undefined : { type: 'operation', index };
}

function markAt(frame: Frame, x: number, y: number): Target | undefined {
  const { marks } = frame.model;
  const { from, to } = frame.window;
  const reach = ((to - from) / frame.layout.width) * 6;
  const time = from + ((to - from) * x) / frame.layout.width;
  let best = -1;
  let nearest = 7;
  for (let index = lowerBound(marks.time, time - reach); index < upperBound(marks.time, time + reach); index++) {
    const box = boxOf(frame, marks.lane[index] as number);
    if (box === undefined) continue;
    const markY = marks.type[index] === 'quiet' ? box.centre + box.half + 3 : box.centre - box.half - 3;
    const distance = Math.hypot(x - xOf(frame, marks.time[index] as number), (y - markY) * 0.7);
    if (distance >= nearest) continue;
    nearest = distance;
    best = index;
  }
  return best < 0 ? undefined : { type: 'row', row: marks.row[best] as number };
}

function timerAt(frame: Frame, drawn: Drawn, x: number, y: number): Target | undefined {
  if (drawn.crowded) return undefined;
  const found = timersInSight(frame).findLast((timer) => {
    return Math.abs(timer.y - y) <= 2 && x >= timer.left - 2 && x <= timer.right + 3;
  });
  return found === undefined ? undefined : { type: 'timer', index: found.index };
}

function diskAt(frame: Frame, x: number, y: number): Target | undefined {
  const { model, window, layout, layers } = frame;
  const box = layout.lanes.find(({ centre, half }) => Math.abs(diskTop(centre, half) + 1.5 - y) <= 2.5);
  if (box === undefined || !layers.has('disks')) return undefined;
  const lane = layout.lanes.indexOf(box);
  const pixel = (window.to - window.from) / layout.width;
  const time = window.from + x * pixel;
  let best = -1;
  visitIntervals(model.disks.times, time - 2 * pixel, time + 2 * pixel, (index) => {
    if (model.disks.spans[index]?.lane === lane) best = index;
    return true;
  });
  return best < 0 ? undefined : { type: 'disk', index: best };
}

function messageAt(frame: Frame, drawn: Drawn, x: number, y: number): Target | undefined {
  let best = -1;
  let nearest = 6;
  for (const index of drawn.arrows) {
    const arrow = arrowOf(frame, index);
    if (arrow === undefined || Math.min(arrow[0], arrow[2]) > x + 6 || Math.max(arrow[0], arrow[2]) < x - 6) continue;
    const distance = distanceTo(arrow, x, y);
    if (distance >= nearest) continue;
    nearest = distance;
    best = index;
  }
  return best < 0 ? undefined : { type: 'message', index: best };
}

function spanAt(frame: Frame, x: number, y: number): Target | undefined {
  const { data } = frame.model;
  const covers = (span: { lane: number; from: number; to: number }): boolean => {
    const box = boxOf(frame, span.lane);
    if (box === undefined || Math.abs(y - box.centre) > box.half + 3) return false;
    const [left, right] = extentOf(frame, span.from, span.to, 3);
    return x >= left && x <= right;
  };
  const band = data.bands.findLastIndex(covers);
  if (band >= 0) return { type: 'band', index: band };
  const role = data.roles.findLastIndex(covers);
  return role < 0 ? undefined : { type: 'role', index: role };
}

function distanceTo([x0, y0, x1, y1]: readonly [number, number, number, number], x: number, y: number): number {
  const length = (x1 - x0) ** 2 + (y1 - y0) ** 2 || 1;
  const share = Math.max(0, Math.min(1, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length));
  return Math.hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0));
}
