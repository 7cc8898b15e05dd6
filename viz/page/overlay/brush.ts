// The brush: dragging over the picture with Shift held marks a stretch of time, which is then told in numbers.
import { brushX, select, type D3BrushEvent } from 'd3';
import type { TimeWindow, View } from '../view.ts';

export interface Brush {
  readonly node: SVGSVGElement;
  fit(width: number, height: number): void;
  /** Puts the mark where the stretch is now, after the window has moved. */
  follow(): void;
  /** Marks a stretch, or nothing; tells nobody. */
  mark(stretch: TimeWindow | undefined): void;
}

const narrowest = 4;

/** A brush over a picture; `onBrush` is called when a stretch was drawn, or the mark was taken away by a click. */
export function createBrush(view: View, onBrush: (stretch: TimeWindow | undefined) => void): Brush {
  const node = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  node.setAttribute('class', 'brush');
  node.setAttribute('aria-hidden', 'true');
  const group = select(node).append('g');
  let stretch: TimeWindow | undefined;
  const behaviour = brushX<unknown>()
    .filter((event: MouseEvent) => event.shiftKey && event.button === 0)
    .handleSize(0)
    .on('end', ({ sourceEvent, selection }: D3BrushEvent<unknown>) => {
      // What this page moves by itself has no event behind it.
      if (sourceEvent === undefined || sourceEvent === null) return;
      const [left, right] = (selection ?? [0, 0]) as [number, number];
      const scale = view.scale();
      stretch = right - left < narrowest ? undefined : { from: scale.invert(left), to: scale.invert(right) };
      brush.follow();
      onBrush(stretch);
    });
  const brush: Brush = {
    node,
    fit(width, height) {
      node.setAttribute('width', String(width));
      node.setAttribute('height', String(height));
      behaviour.extent([
        [0, 0],
        [width, height],
      ]);
      group.call(behaviour);
      brush.follow();
    },
    follow() {
      const width = Number(node.getAttribute('width'));
      if (stretch === undefined) return void group.call((it) => behaviour.clear(it));
      const scale = view.scale();
      const [left, right] = [Math.max(0, scale(stretch.from)), Math.min(width, scale(stretch.to))];
      group.call((it) => (left < right ? behaviour.move(it, [left, right]) : behaviour.clear(it)));
    },
    mark(wanted) {
      stretch = wanted;
      brush.follow();
    },
  };
  return brush;
}
