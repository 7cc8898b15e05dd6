// Two-phase commit in TLA+ form: all its states, by both engines, and what a broken manager is caught at.
import { describe, expect, test } from 'vitest';
import { explore } from '../../../checkers/explore/explore.ts';
import { explorePlain } from '../../../checkers/explore/plain.ts';
import { twoPhaseWorld } from '../../../scenarios/models/tla-two-phase.ts';

describe('two-phase commit in TLA+ form', () => {
  test.each([
    [2, 56, 154, 8],
    [3, 288, 1_146, 11],
    [4, 1_568, 8_258, 14],
    [5, 8_832, 58_146, 17],
    [6, 50_816, 402_306, 20],
    [7, 296_448, 2_744_706, 23],
  ])(
    'with %i resource managers has as many states as TLC and Stateright count',
    (managers, unique, generated, levels) => {
      const found = explore(twoPhaseWorld(managers));
      expect(found).toMatchObject({
        unique,
        generated,
        levels,
        complete: true,
        frontier: 0,
        violations: [],
        unreached: [],
      });
    },
  );

  test.each([2, 3, 4])('with %i resource managers has the same states in the plain engine', (managers) => {
    const { unique, generated, levels } = explore(twoPhaseWorld(managers));
    expect(explorePlain(twoPhaseWorld(managers))).toEqual({ unique, generated, levels, violated: [] });
  });
});
