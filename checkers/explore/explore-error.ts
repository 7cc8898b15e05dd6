// What cannot be explored, as an error.

/** A world or a handler that cannot be explored; the message names the culprit. */
export class ExploreError extends Error {
  override readonly name = 'ExploreError';
}
