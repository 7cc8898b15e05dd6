// Which options of a search go together, and with which worlds.
import type { ExploreOptions } from './explore.ts';
import { ExploreError } from './prepared-world.ts';
import type { WorldProperty } from './properties.ts';
import type { ExploredWorld } from './world.ts';

export const defaultMaxStates = 50_000_000;
export const defaultMaxBytes = 2 ** 32;

/** @throws ExploreError that says what was expected. */
export function refuseCombinations(
  world: ExploredWorld,
  { por, symmetry, checkpoint, resume, order = 'breadth first' }: ExploreOptions,
): void {
  if (por === true && order !== 'breadth first') {
    throw new ExploreError(`partial-order reduction needs a search breadth first, and this one is ${order}`);
  }
  if (por === true && symmetry === true) {
    throw new ExploreError('partial-order reduction and symmetry are not combined: expected one of them');
  }
  if (checkpoint === true || resume !== undefined) {
    if (order !== 'breadth first' || por === true || symmetry === true || isAbout(world, 'eventually')) {
      throw new ExploreError(
        'checkpoints are of searches breadth first: expected no other order, no por, no symmetry, nothing eventual',
      );
    }
  }
  if (!isAbout(world, 'eventually')) return;
  if (por === true || symmetry === true) {
    throw new ExploreError('what happens eventually is judged on all transitions: expected no por and no symmetry');
  }
  if (world.within !== undefined) {
    throw new ExploreError('what happens eventually cannot be judged where runs are cut short: expected no within');
  }
}

/** Whether a world has a property of this type. */
export function isAbout({ properties }: ExploredWorld, wanted: WorldProperty['type']): boolean {
  return properties.some(({ type }) => type === wanted);
}
