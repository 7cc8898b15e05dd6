// Which monitor can judge the histories of a model.
import type { Json } from '../../sim/protocol.ts';
import type { Model } from '../model.ts';
import type { Monitor } from './monitor.ts';
import { judgeQueue } from './queue.ts';
import { judgeRegister } from './register.ts';
import { judgeStack } from './stack.ts';

/** The monitor for a model of this project, known by its name; undefined for any other. */
export function monitorFor<State>(model: Model<State>): Monitor | undefined {
  switch (model.name) {
    case 'register':
    case 'cas-register':
      return (operations) => judgeRegister(operations, model.init as Json, false);
    case 'key-value':
      return (operations) => judgeRegister(operations, model.init as Json, true);
    case 'fifo-queue':
      return judgeQueue;
    case 'stack':
      return judgeStack;
    default:
      return undefined;
  }
}
