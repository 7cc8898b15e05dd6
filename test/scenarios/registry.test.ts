// The registry: names are unique, and a name that does not exist is answered with those it may have meant.
import { expect, test } from 'vitest';
import { findScenario, scenarios } from '../../scenarios/index.ts';
import { InputError } from '../../sim/index.ts';

test('every scenario is found by its name, which no other bears', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  for (const scenario of scenarios) expect(findScenario(scenario.name)).toBe(scenario);
});

test.each([
  ['pingpong', 'ping-pong'],
  ['two-phase-comit', 'two-phase-commit'],
  ['fencing', 'lock-without-fencing'],
  ['Lock', 'lock'],
])('%s is answered with %s', (wanted, meant) => {
  expect(() => findScenario(wanted)).toThrow(InputError);
  expect(() => findScenario(wanted)).toThrow(new RegExp(`did you mean .*\\b${meant}\\b`));
});

test('a name like no other is answered with where they are listed', () => {
  expect(() => findScenario('quux')).toThrow('there is no scenario "quux" (`faultline list` lists them all)');
});
