// The whole run in one strip: how busy it was, when faults were in force, where findings are, and the window as a frame
// that can be dragged and pulled at its edges.
import { fate } from '../messages.ts';
import type { Model } from '../model.ts';
import { fitCanvas } from '../renderer.ts';
import type { Theme } from '../theme.ts';
import type { TimeWindow, View } from '../view.ts';
import { element } from './element.ts';

export interface Overview {
  readonly node: HTMLElement;
  /** Draws the strip; needed when the width or the theme changes. */
  draw(theme: Theme, width: number): void;
  /** Puts the frame where the window is. */
  follow(window: TimeWindow): void;
}

const height = 46;

/** The overview; it moves the window through `view`. */
export function createOverview(model: Model, view: View): Overview {
  const canvas = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  const frame = element('div', { class: 'overview-window' });
  const node = element('div', { class: 'overview', attributes: { 'aria-hidden': 'true' } }, [canvas, frame]);
  let width = 1;
  const whole = view.whole();
  const timeAt = (x: number): number => whole.from + ((whole.to - whole.from) * x) / width;
  node.addEventListener('pointerdown', (event) => startDrag(event, node, view, timeAt, () => width));
  return {
    node,
    draw(theme, newWidth) {
      width = Math.max(1, newWidth);
      drawStrip(fitCanvas(canvas, width, height), model, theme, whole, width);
    },
    follow(window) {
      const left = ((window.from - whole.from) / (whole.to - whole.from)) * width;
      const right = ((window.to - whole.from) / (whole.to - whole.from)) * width;
      frame.style.transform = `translateX(${left}px)`;
      frame.style.width = `${Math.max(5, right - left)}px`;
    },
  };
}

/** Inside the frame: move it; at its edges: pull them; outside: put its middle there and go on moving. */
function startDrag(
  event: PointerEvent,
  node: HTMLElement,
  view: View,
  timeAt: (x: number) => number,
  width: () => number,
): void {
  const left = node.getBoundingClientRect().left;
  const start = view.window();
  const whole = view.whole();
  const xOf = (time: number): number => ((time - whole.from) / (whole.to - whole.from)) * width();
  const x = event.clientX - left;
  const isNarrow = xOf(start.to) - xOf(start.from) < 24;
  const edge = isNarrow
    ? 'none'
    : Math.abs(x - xOf(start.from)) < 7
      ? 'from'
      : Math.abs(x - xOf(start.to)) < 7
        ? 'to'
        : 'none';
  const isInside = x >= xOf(start.from) - 4 && x <= xOf(start.to) + 4;
  const grip = isInside ? timeAt(x) - start.from : (start.to - start.from) / 2;
  const move = (now: PointerEvent): void => {
    const time = timeAt(now.clientX - left);
    if (edge === 'from') view.show({ from: Math.min(time, start.to), to: start.to });
    else if (edge === 'to') view.show({ from: start.from, to: Math.max(time, start.from) });
    else view.show({ from: time - grip, to: time - grip + (start.to - start.from) });
  };
  const stop = (): void => {
    node.removeEventListener('pointermove', move);
    node.removeEventListener('pointerup', stop);
    node.removeEventListener('pointercancel', stop);
  };
  node.setPointerCapture(event.pointerId);
  node.addEventListener('pointermove', move);
  node.addEventListener('pointerup', stop);
  node.addEventListener('pointercancel', stop);
  if (edge === 'none') move(event);
}

function drawStrip(
  context: CanvasRenderingContext2D,
  model: Model,
  theme: Theme,
  whole: TimeWindow,
  width: number,
): void {
  const xOf = (time: number): number => ((time - whole.from) / (whole.to - whole.from)) * width;
  context.clearRect(0, 0, width, height);
  for (const fault of model.data.faults) {
    context.fillStyle = theme.family[fault.family] ?? theme.muted;
    context.globalAlpha = 0.2;
    const left = xOf(fault.from);
    if (fault.to > fault.from) context.fillRect(left, 0, Math.max(1, xOf(fault.to) - left), height);
    context.globalAlpha = 0.9;
    context.fillRect(left, 0, Math.max(2, xOf(fault.to) - left), 4);
  }
  context.globalAlpha = 1;
  drawTraffic(context, model, theme, xOf, width);
  for (const finding of model.data.findings) {
    context.fillStyle = finding.verdict === 'invalid' ? theme.alarm : theme.unknown;
    context.fillRect(xOf(finding.at) - 1, 0, 2.5, height);
  }
}

/** Messages per column; lost ones in red on top. */
function drawTraffic(
  context: CanvasRenderingContext2D,
  model: Model,
  theme: Theme,
  xOf: (time: number) => number,
  width: number,
): void {
  const { messages } = model;
  const columns = Math.max(1, Math.ceil(width / 2));
  const sent = new Uint32Array(columns);
  const lost = new Uint32Array(columns);
  for (let index = 0; index < messages.length; index++) {
    const column = Math.max(0, Math.min(columns - 1, Math.floor(xOf(messages.sent[index] as number) / 2)));
    sent[column] = (sent[column] as number) + 1;
    const isLost = (messages.fate[index] as number) >= fate.lost;
    if (isLost) lost[column] = (lost[column] as number) + 1;
  }
  const most = sent.reduce((one, other) => Math.max(one, other), 1);
  const room = height - 10;
  for (const [counts, colour] of [
    [sent, theme.muted],
    [lost, theme.alarm],
  ] as const) {
    context.fillStyle = colour;
    context.globalAlpha = counts === sent ? 0.5 : 0.95;
    context.beginPath();
    counts.forEach((count, column) => {
      const tall = count === 0 ? 0 : Math.max(1, Math.sqrt(count / most) * room);
      if (tall > 0) context.rect(column * 2, height - 2 - tall, 1.6, tall);
    });
    context.fill();
  }
  context.globalAlpha = 1;
}
