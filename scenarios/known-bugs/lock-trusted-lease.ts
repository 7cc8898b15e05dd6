// Broken on purpose: a client that was paused does not look at its clock before it writes. The store still refuses it, so
// nothing is lost; but two clients believe that they hold the lock.
import { defineScenario } from '../../sim/index.ts';
import { lockParameters, lockWorld } from '../lock.ts';

export const lockTrustedLease = defineScenario({
  name: 'lock-trusted-lease',
  story:
    'A client is paused while it holds the lock, wakes up long after its lease, and writes as if nothing had happened.',
  protocol: 'lock',
  expect: { type: 'breaks', what: ['holders do not overlap'] },
  parameters: lockParameters,
  world: (parameters) => lockWorld(parameters, { checksLease: false }),
});
