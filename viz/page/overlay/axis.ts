// The time axis above the lanes, in seconds of virtual time, as fine as the window needs.
import { axisTop, select } from 'd3';
import type { View } from '../view.ts';

export interface TimeAxis {
  readonly node: SVGSVGElement;
  draw(view: View, width: number): void;
}

/** The axis. */
export function createAxis(): TimeAxis {
  const node = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  node.setAttribute('class', 'axis');
  node.setAttribute('aria-hidden', 'true');
  const group = select(node).append('g').attr('transform', 'translate(0,25)');
  return {
    node,
    draw(view, width) {
      node.setAttribute('width', String(width));
      node.setAttribute('height', '26');
      const scale = view.scale();
      const ticks = Math.max(2, Math.floor(width / 120));
      const [first, second] = scale.ticks(ticks);
      const step = first === undefined || second === undefined ? 1 : second - first;
      const times = scale.ticks(ticks).filter((time) => scale(time) > 24 && scale(time) < width - 28);
      const axis = axisTop<number>(scale)
        .tickValues(times)
        .tickSizeOuter(0)
        .tickSizeInner(6)
        .tickPadding(4)
        .tickFormat((time) => tickText(time.valueOf(), step));
      group.call(axis);
    },
  };
}

/** A tick in seconds, with as many digits as the step between two ticks needs; milliseconds where all is below one. */
export function tickText(us: number, step: number): string {
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step / 1_000_000) + 1e-9)));
  if (digits > 1 && Math.abs(us) < 1_000_000) return `${(us / 1_000).toFixed(Math.max(0, digits - 3))} ms`;
  return `${(us / 1_000_000).toFixed(digits)} s`;
}
