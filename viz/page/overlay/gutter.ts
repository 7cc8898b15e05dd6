// The names of the lanes, left of the picture.
import type { Layout } from '../layout.ts';
import type { TimelineData } from '../../data.ts';
import { element } from './element.ts';

/** The gutter for a layout; made anew when the layout changes. */
export function gutter(data: TimelineData, layout: Layout): HTMLElement[] {
  const [first] = layout.lanes;
  const pitch = first === undefined ? 46 : first.bottom - first.top;
  const labels = data.lanes.map((lane, index) => {
    const label = element(
      'div',
      { class: `lane-label is-${lane.type}`, attributes: { title: `${lane.type} ${lane.id}` } },
      [
        element('span', { class: 'lane-name', text: lane.id }),
        element('span', { class: 'lane-type', text: lane.type }),
      ],
    );
    // The names of a map's thin rows would run into each other: one in so many is told.
    label.hidden = index % Math.ceil(14 / Math.max(1, pitch)) !== 0;
    label.classList.toggle('is-thin', pitch < 30);
    label.style.top = `${layout.lanes[index]?.centre ?? 0}px`;
    return label;
  });
  if (layout.faultRowCount > 0) {
    const faults = element('div', { class: 'lane-label is-track' }, [
      element('span', { class: 'lane-type', text: 'faults' }),
    ]);
    faults.style.top = `${layout.faultTop + layout.faultRowHeight / 2}px`;
    labels.unshift(faults);
  }
  if (layout.pinsHeight > 0) {
    const found = element('div', { class: 'lane-label is-track' }, [
      element('span', { class: 'lane-type', text: 'findings' }),
    ]);
    found.style.top = `${layout.pinsHeight / 2}px`;
    labels.unshift(found);
  }
  return labels;
}
