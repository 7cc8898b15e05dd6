// The window onto the run: which stretch of time is visible. d3-zoom turns wheel, drag and touch into it; buttons, keys and
// jumps move it through the same transform, so there is one truth.
import { scaleLinear, select, zoom, zoomIdentity, zoomTransform, type ScaleLinear, type ZoomTransform } from 'd3';

/** The visible stretch of time. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export interface View {
  window(): TimeWindow;
  scale(): ScaleLinear<number, number>;
  /** All of the run, with a little air at both ends. */
  whole(): TimeWindow;
  resize(width: number): void;
  show(window: TimeWindow): void;
  /** Moves there smoothly unless the reader wants no motion. */
  glide(window: TimeWindow): void;
  /** Zooms around a time, by default the middle. */
  zoomBy(factor: number, around?: number): void;
  /** Pans by a share of the visible width. */
  panBy(share: number): void;
}

const narrowestUs = 40;

/** Lets `surface` pan and zoom over [0, end] and calls `onChange` whenever the window changed. */
export function createView(surface: HTMLElement, end: number, onChange: () => void): View {
  const air = end * 0.015;
  const whole = { from: -air, to: end + air };
  const base = scaleLinear([whole.from, whole.to], [0, 1]);
  const selection = select(surface);
  let animation = 0;
  const behaviour = zoom<HTMLElement, unknown>()
    .filter(isForWindow)
    .duration(prefersStillness() ? 0 : 200)
    .on('zoom', (event: { sourceEvent: unknown }) => {
      if (event.sourceEvent !== null && event.sourceEvent !== undefined) cancelAnimationFrame(animation);
      onChange();
    });
  selection.call(behaviour);
  const current = (): ScaleLinear<number, number> => zoomTransform(surface).rescaleX(base);
  const view: View = {
    window: () => {
      const [from, to] = current().domain() as [number, number];
      return { from, to };
    },
    scale: current,
    whole: () => whole,
    resize(width) {
      const kept = view.window();
      base.range([0, Math.max(1, width)]);
      behaviour
        .extent([
          [0, 0],
          [width, 1],
        ])
        .translateExtent([
          [0, -Infinity],
          [width, Infinity],
        ])
        .scaleExtent([1, Math.max(1, (whole.to - whole.from) / narrowestUs)]);
      view.show(kept);
    },
    show(window) {
      cancelAnimationFrame(animation);
      selection.call((it) => behaviour.transform(it, transformTo(base, fitWindow(window, whole))));
    },
    glide(window) {
      const target = fitWindow(window, whole);
      if (prefersStillness()) return view.show(target);
      cancelAnimationFrame(animation);
      const start = view.window();
      const began = performance.now();
      const step = (now: number): void => {
        const progress = Math.min(1, Math.max(0, (now - began) / 320));
        const between = interpolateWindow(start, target, easeInOut(progress));
        selection.call((it) => behaviour.transform(it, transformTo(base, between)));
        if (progress < 1) animation = requestAnimationFrame(step);
      };
      animation = requestAnimationFrame(step);
    },
    zoomBy(factor, around) {
      const { from, to } = view.window();
      const middle = around ?? (from + to) / 2;
      view.show({ from: middle - (middle - from) / factor, to: middle + (to - middle) / factor });
    },
    panBy(share) {
      const { from, to } = view.window();
      const step = Math.max(whole.from - from, Math.min(whole.to - to, (to - from) * share));
      view.show({ from: from + step, to: to + step });
    },
  };
  surface.addEventListener('wheel', (event) => panSideways(event, view, surface), { passive: false });
  return view;
}

/** A window of the same middle, no narrower than can be drawn and not beyond the run. */
function fitWindow(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const span = Math.max(narrowestUs, Math.min(whole.to - whole.from, window.to - window.from));
  const middle = (window.from + window.to) / 2;
  const from = Math.max(whole.from, Math.min(whole.to - span, middle - span / 2));
  return { from, to: from + span };
}

function transformTo(base: ScaleLinear<number, number>, window: TimeWindow): ZoomTransform {
  const [low, high] = base.domain() as [number, number];
  const scale = (high - low) / (window.to - window.from);
  return zoomIdentity.translate(-base(window.from) * scale, 0).scale(scale);
}

/** Widths change by ratio, so that a long way in does not rush at its end. */
function interpolateWindow(start: TimeWindow, target: TimeWindow, progress: number): TimeWindow {
  const startSpan = start.to - start.from;
  const targetSpan = target.to - target.from;
  const span = startSpan * (targetSpan / startSpan) ** progress;
  const share =
    Math.abs(targetSpan - startSpan) < 1e-6 * startSpan ? progress : (span - startSpan) / (targetSpan - startSpan);
  const from = start.from + (target.from - start.from) * share;
  return { from, to: from + span };
}

const easeInOut = (progress: number): number => (progress < 0.5 ? 2 * progress ** 2 : 1 - 2 * (1 - progress) ** 2);

/** Whether the reader asked for less motion. */
export const prefersStillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Whether an event zooms or pans: with Shift held a drag marks a stretch, and a wheel pans. */
function isForWindow(event: WheelEvent | MouseEvent): boolean {
  return event.type === 'wheel' ? !isSideways(event as WheelEvent) : !event.button && !event.shiftKey;
}

function isSideways(event: WheelEvent): boolean {
  return event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
}

function panSideways(event: WheelEvent, view: View, surface: HTMLElement): void {
  if (!isSideways(event)) return;
  event.preventDefault();
  view.panBy((event.deltaX || event.deltaY) / Math.max(1, surface.clientWidth));
}
