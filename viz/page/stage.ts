// The stage: the picture's two canvases, the surface that takes the pointer and the keys, the hairline at the pointer, and
// the gutter with the lanes' names.
import { element } from './overlay/element.ts';

export interface Stage {
  /** Takes the focus and the keys. */
  readonly node: HTMLElement;
  /** Takes the pointer. */
  readonly surface: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** The canvas above it, for what follows the pointer. */
  readonly pointer: HTMLCanvasElement;
  readonly gutter: HTMLElement;
  readonly cursor: HTMLElement;
  readonly cursorTime: HTMLElement;
}

/** An empty stage. */
export function createStage(): Stage {
  const canvas = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  const pointer = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  const surface = element('div', { class: 'surface' });
  const cursorTime = element('span', { class: 'cursor-time' });
  const cursor = element('div', { class: 'cursor', attributes: { 'aria-hidden': 'true' } }, [cursorTime]);
  cursor.hidden = true;
  const node = element(
    'div',
    {
      class: 'stage',
      attributes: {
        tabindex: '0',
        role: 'group',
        'aria-label': 'Picture of the run. Plus and minus zoom, arrows pan, full stop goes to the next notable event.',
      },
    },
    [canvas, pointer, cursor, surface],
  );
  return { node, surface, canvas, pointer, cursor, cursorTime, gutter: element('div', { class: 'gutter' }) };
}

/** Where a pointer is on the stage. */
export function placeOn(stage: Stage, event: MouseEvent): { x: number; y: number } {
  const box = stage.surface.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}
