// How much of the screen the picture may take, and how it comes into sight: under a long head (a lesson, many findings) it
// begins below the fold.
import { prefersStillness } from './view.ts';

/** Pixels kept for the legend below the picture. */
const legend = 96;
const least = 320;
const most = 820;

/** The height for the lanes that lets all of the picture be seen at once, where that is possible. */
export function heightInSight(workbench: Element | null, stage: HTMLElement): number {
  const { top } = stage.getBoundingClientRect();
  const below = innerHeight - top - scrollY;
  // Under a high head the reader scrolls, and then only the tools stand above the picture.
  const scrolled = innerHeight - (top - (workbench?.getBoundingClientRect().top ?? 0));
  return Math.max(least, Math.min(most, (below < least + legend ? scrolled : below) - legend));
}

/** Scrolls to the picture where most of it is out of sight. */
export function bringIntoSight(workbench: HTMLElement, stage: HTMLElement): void {
  const { top, height } = stage.getBoundingClientRect();
  const seen = Math.min(top + height, innerHeight) - Math.max(top, 0);
  if (seen > Math.min(height, innerHeight) * 0.6) return;
  workbench.scrollIntoView({ block: 'start', behavior: prefersStillness() ? 'instant' : 'smooth' });
}
