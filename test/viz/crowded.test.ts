// What is never aggregated: in a window so crowded that messages become densities, every lost message still has its spot, every
// fault its bar, every change of role its colour and every violation its pin.
import { describe, expect, test } from 'vitest';
import type { Run } from '../../sim/run.ts';
import { timelineOf } from '../../viz/data.ts';
import { arrowOf } from '../../viz/page/draw/messages.ts';
import { xOf, type Frame } from '../../viz/page/draw/frame.ts';
import { countCrossings } from '../../viz/page/density.ts';
import { layoutOf } from '../../viz/page/layout.ts';
import type { Layer } from '../../viz/page/layers.ts';
import { drawPicture } from '../../viz/page/renderer.ts';
import { carriedRun } from '../../viz/page/shown-run.ts';
import { messageStrokes, roleColours, themeFor } from '../../viz/page/theme.ts';
import { about, busyRun } from './fixture.ts';

interface Box {
  readonly colour: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A canvas of which only the filled boxes are of interest. */
function boxCanvas(): { context: CanvasRenderingContext2D; boxes: Box[] } {
  const boxes: Box[] = [];
  let path: [number, number][] = [];
  const style: Record<string, unknown> = { fillStyle: '' };
  const box = (points: readonly (readonly [number, number])[]): void => {
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    boxes.push({
      colour: String(style['fillStyle']),
      left: Math.min(...xs),
      right: Math.max(...xs),
      top: Math.min(...ys),
      bottom: Math.max(...ys),
    });
  };
  const corners = (x: number, y: number, width: number, height: number): [number, number][] => [
    [x, y],
    [x + width, y + height],
  ];
  const calls: Record<string, (...numbers: number[]) => unknown> = {
    beginPath: () => (path = []),
    moveTo: (x = 0, y = 0) => path.push([x, y]),
    lineTo: (x = 0, y = 0) => path.push([x, y]),
    roundRect: (x = 0, y = 0, width = 0, height = 0) => path.push(...corners(x, y, width, height)),
    fill: () => path.length > 0 && box(path),
    fillRect: (x = 0, y = 0, width = 0, height = 0) => box(corners(x, y, width, height)),
    measureText: () => ({ width: 60 }),
  };
  const context = new Proxy(style, {
    get: (_, name: string) => calls[name] ?? (name in style ? style[name] : () => undefined),
  });
  return { context: context as unknown as CanvasRenderingContext2D, boxes };
}

/** All of a run on 1,000 pixels. */
function drawn(run: Run, filter?: (index: number) => boolean): { frame: Frame; boxes: Box[]; isCrowded: boolean } {
  const { model, clocks, locks, explained } = carriedRun(timelineOf(run, about));
  const theme = themeFor(false);
  const { context, boxes } = boxCanvas();
  const { data, messages } = model;
  const frame: Frame = {
    ...{ context, model, theme, clocks, locks, explained, layers: new Set<Layer>() },
    layout: layoutOf(data, 1_000, 600),
    strokes: messageStrokes(
      messages.types.map(({ name }) => name),
      theme,
    ),
    roles: roleColours(
      data.roles.map(({ role }) => role),
      theme,
    ),
    window: { from: 0, to: data.end },
    hidden: new Set(),
    filter: filter === undefined ? undefined : Uint8Array.from(messages.sent, (_, index) => (filter(index) ? 1 : 0)),
    operationFilter: undefined,
  };
  return { frame, boxes, isCrowded: drawPicture(frame).crowded };
}

const covers = ({ left, right, top, bottom }: Box, x: number, y: number): boolean =>
  x >= left - 2 && x <= right + 2 && y >= top - 2 && y <= bottom + 2;

/** The lost messages without a red spot where they were lost. */
function unseenLosses({ frame, boxes }: { frame: Frame; boxes: readonly Box[] }): number[] {
  const red = boxes.filter(({ colour }) => colour === frame.theme.alarm);
  return [...frame.model.messages.failed].filter((index) => {
    const arrow = arrowOf(frame, index);
    return arrow !== undefined && !red.some((each) => covers(each, arrow[2], arrow[3]));
  });
}

describe('in a crowded window', () => {
  const picture = drawn(busyRun(60_000));

  test('messages are densities, and each lost one has its spot', () => {
    expect(picture.isCrowded).toBe(true);
    expect(picture.frame.model.messages.failed.length).toBeGreaterThan(800);
    expect(unseenLosses(picture)).toEqual([]);
    // The partner: where losses of one way are left out, this finds them.
    const { from } = picture.frame.model.messages;
    expect(unseenLosses(drawn(busyRun(60_000), (index) => from[index] !== 2)).length).toBeGreaterThan(50);
  });

  test('each fault has its bar in the track above, and each role its colour on its lane', () => {
    const { frame, boxes } = picture;
    const { faults, roles } = frame.model.data;
    const family = frame.theme.family['network'];
    const track = boxes.filter(({ colour, top }) => colour === family && top < (frame.layout.lanes[0]?.top ?? 0));
    expect(faults.length).toBe(12);
    for (const { from } of faults) expect(track.some(({ left }) => Math.abs(left - xOf(frame, from)) < 2)).toBe(true);
    for (const { from, lane, role } of roles) {
      const colour = frame.roles.get(role)?.fill;
      const y = frame.layout.lanes[lane]?.centre ?? -1;
      expect(boxes.some((each) => each.colour === colour && covers(each, xOf(frame, from) + 1, y))).toBe(true);
    }
  });

  test('a filter thins the densities as well', () => {
    const { model } = picture.frame;
    const { messages, density, data } = model;
    const filter = Uint8Array.from(messages.from, (lane) => (lane === 0 ? 1 : 0));
    const sum = (counts: Float32Array): number => counts.reduce((one, other) => one + other, 0);
    const all = sum(countCrossings(density, messages, 0, data.end, 100));
    const some = sum(countCrossings(density, messages, 0, data.end, 100, filter));
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all / 2);
  });
});
