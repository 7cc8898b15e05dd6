// What files of a run are called: the command that runs one again must name it as the page saves it.

/** A file's name without its ending. */
export function fileNameOf({ scenario, seed }: { readonly scenario: string; readonly seed: string }): string {
  return `${scenario}-${seed}`.replaceAll(/[^\w.-]+/g, '-');
}
