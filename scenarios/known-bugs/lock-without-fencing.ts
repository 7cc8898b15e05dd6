// Broken on purpose: the store takes every write, whatever its token. The clients look at their clocks before they write, and
// that is not enough: the write can be late on its way.
import { defineScenario } from '../../sim/index.ts';
import { lockParameters, lockWorld } from '../lock.ts';

export const lockWithoutFencing = defineScenario({
  name: 'lock-without-fencing',
  story: 'A write is on its way when the lease runs out; it lands after the next holder has read, and undoes its work.',
  protocol: 'lock',
  expect: { type: 'breaks', what: ['no update is lost'] },
  parameters: lockParameters,
  world: (parameters) => lockWorld(parameters, { fencing: false }),
});
