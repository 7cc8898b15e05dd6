// Runs as the page shows them, made in Node by the very services that the page's thread offers.
import type { RunRequest } from '../../viz/request.ts';
import { shownRun, type ShownRun } from '../../viz/page/shown-run.ts';
import { createServices } from '../../viz/worker/services.ts';

/** The end of a service's work. */
export function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** A run that was asked for. */
export function shownOf(request: RunRequest): ShownRun {
  return shownRun(request, finish(createServices('1.0.0').run({ request })));
}
