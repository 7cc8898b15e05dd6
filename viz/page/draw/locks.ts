// Who has a lock when, as two strips above the operations of each client: an outline for as long as the service has given it,
// a bar for as long as the client believes to have it. A belief without a grant, or of two clients at once, is red.
import type { Belief, Stretch } from '../locks.ts';
import type { LaneBox } from '../layout.ts';
import { boxOf, extentOf, fitText, fontFamily, isVisible, type Frame } from './frame.ts';

const mostShown = 600;
const thick = 5;

/** Draws the locks in the window. */
export function drawLocks(frame: Frame): void {
  const { context, theme, locks, layers } = frame;
  if (!layers.has('locks')) return;
  const isSeen = ({ from, to }: Stretch): boolean => isVisible(frame, from, to);
  const grants = locks.grants.filter(isSeen);
  const beliefs = locks.beliefs.filter(isSeen);
  if (grants.length + beliefs.length > mostShown) return;
  context.setLineDash([]);
  context.lineWidth = 1;
  context.strokeStyle = theme.outcome.ok;
  for (const grant of grants) {
    const box = boxOf(frame, grant.lane);
    if (box?.locks === undefined) continue;
    const [left, right] = extentOf(frame, grant.from, grant.to, 2);
    context.strokeRect(left + 0.5, box.locks + 0.5, right - left - 1, thick - 1);
  }
  for (const belief of beliefs) {
    const box = boxOf(frame, belief.lane);
    if (box?.locks !== undefined) drawBelief(frame, belief, box);
  }
}

/** The middle of the strip of beliefs. */
export function beliefCentre(box: LaneBox): number {
  return (box.locks ?? box.top) + thick + 1 + thick / 2;
}

function drawBelief(frame: Frame, belief: Belief, box: LaneBox): void {
  const { context, theme } = frame;
  const y = beliefCentre(box);
  const bar = ({ from, to }: Stretch, colour: string, height: number): void => {
    const [left, right] = extentOf(frame, from, to, 2);
    context.fillStyle = colour;
    context.fillRect(left, y - height / 2, right - left, height);
  };
  bar(belief, theme.accent, thick);
  for (const stretch of belief.unfounded) bar(stretch, theme.alarm, thick);
  for (const stretch of belief.shared) bar(stretch, theme.alarm, thick + 3);
  const name = belief.token === null ? belief.lock : `${belief.lock} · ${belief.token}`;
  const wrong = belief.shared[0] ?? belief.unfounded[0];
  const [left, right] = extentOf(frame, wrong?.from ?? belief.from, belief.to);
  const what = belief.shared.length > 0 ? 'two believe to hold it' : 'not its own any more';
  context.font = `600 9.5px ${fontFamily}`;
  context.textBaseline = 'middle';
  context.fillStyle = wrong === undefined ? theme.muted : theme.alarm;
  const text = wrong === undefined ? name : `✕ ${name}: ${what}`;
  fitText(context, text, Math.max(2, left), right, (box.locks ?? box.top) - 5, 60);
}
