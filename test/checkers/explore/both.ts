// Explores with the interned engine and with the plain one, which must agree on states, transitions, levels and violations,
// and runs every violation again.
import { expect } from 'vitest';
import {
  explore,
  explorePlain,
  retrace,
  type Exploration,
  type ExploredWorld,
} from '../../../checkers/explore/index.ts';

export function both(world: ExploredWorld, { maxLevels = Infinity, auditEvery = 0 } = {}): Exploration {
  const found = explore(world, { stop: 'never', auditEvery, maxLevels });
  const { unique, generated, levels, violations } = found;
  const violated = violations.map(({ property }) => property);
  expect(explorePlain(world, maxLevels)).toEqual({ unique, generated, levels, violated: violated.sort() });
  for (const { property, reason, trace } of violations) {
    const again = retrace(world, trace).objections;
    expect(again.map((objection) => `${objection.property}: ${objection.reason}`)).toContain(`${property}: ${reason}`);
  }
  return found;
}
