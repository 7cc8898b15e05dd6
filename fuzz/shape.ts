// The shape of a minimal run: what its transcript says when names, numbers, times and repetition are taken out of it. Two shrunk
// runs with one shape went wrong in one way; of a thousand failures there are a few shapes, and those are what people read.
import { traceRow, type Fault, type Finding, type Json, type Run } from '../sim/index.ts';
import { causeOf } from './cause.ts';

/**
 * What matters of a shrunk run, sorted: its cause, what was broken, who became what, and the operations that prove it.
 * @throws RangeError when the run has no trace.
 */
export function shapeOfRun(run: Run, finding: Finding): readonly string[] {
  const { trace, history } = run;
  if (trace === undefined) throw new RangeError('the run has no trace: simulate it with `trace: true`');
  const shape = new Set([causeOf(finding)]);
  const roles = new Map<string, string>();
  for (let index = 0; index < trace.length; index++) {
    const { kind, node, payload } = traceRow(trace, index);
    if (kind === 'fault') shape.add(effectOf(payload as unknown as Fault | { readonly type: 'skipped' }));
    else if (kind === 'unsynced') shape.add('unsynced writes are lost');
    else if (kind === 'note') {
      const role = roleIn(payload as { readonly [key: string]: Json });
      if (role !== undefined && roles.has(node) && roles.get(node) !== role) shape.add(`somebody becomes ${role}`);
      if (role !== undefined) roles.set(node, role);
    }
  }
  for (const { operation, type, f } of history) {
    if (type !== 'invoke' && finding.operations.includes(operation)) shape.add(`${f} ${type}`);
  }
  shape.delete('');
  return [...shape].sort();
}

/** What protocols feel of a fault: whether a message is late by a link, a pause or a slow disk makes no other story. */
function effectOf(fault: Fault | { readonly type: 'skipped' }): string {
  switch (fault.type) {
    case 'skipped':
    case 'lose-messages':
    case 'restart':
    case 'heal':
      return '';
    case 'crash':
    case 'power-loss':
      return 'a process dies';
    case 'pause':
    case 'slow-cpu':
    case 'hold':
    case 'slow-link':
    case 'delay-messages':
    case 'disk-stall':
    case 'disk-slow':
      return 'something is late';
    case 'partition':
    case 'isolate':
    case 'one-way':
    case 'bridge':
    case 'ring':
    case 'flap':
    case 'lossy-link':
      return 'messages are lost';
    case 'duplicating-link':
      return 'messages arrive twice';
    case 'reordering-link':
      return 'messages overtake each other';
    case 'clock-jump':
    case 'clock-drift':
    case 'clock-strobe':
    case 'clock-freeze':
      return 'clocks go wrong';
    case 'disk-full':
    case 'disk-unreadable':
    case 'disk-lie':
    case 'bit-rot':
    case 'disk-wipe':
      return 'disks fail';
  }
}

function roleIn({ kind, role, to, state }: { readonly [key: string]: Json }): string | undefined {
  const found = role ?? to ?? state;
  return kind === 'role' && typeof found === 'string' ? found : undefined;
}
