// Faults in plain words, as a story tells them: what begins, and what is over.
import { describeFault, formatDuration, type Fault } from '../sim/index.ts';

/** What begins, in words; undefined where the trace tells it as something else: a death, a pause, a loss. */
export function tellFault(fault: Fault): string | undefined {
  const list = (names: readonly string[]): string => names.join(', ');
  const lasts = 'for' in fault && fault.for !== undefined ? ` for ${formatDuration(fault.for)}` : '';
  switch (fault.type) {
    case 'crash':
    case 'power-loss':
      return fault.when === undefined || fault.when === 'now'
        ? undefined
        : `a crash of ${fault.node} is due ${aimInWords[fault.when]}`;
    case 'pause':
    case 'lose-messages':
    case 'delay-messages':
    case 'heal':
      return undefined;
    case 'partition':
      return `the network parts ${fault.groups.map((group) => list(group)).join(' from ')}${lasts}`;
    case 'isolate':
      return `${fault.node} is cut off from its peers${fault.direction === undefined || fault.direction === 'both' ? '' : `, ${fault.direction === 'in' ? 'hearing' : 'telling'} nothing`}${lasts}`;
    case 'one-way':
      return `nothing gets from ${list(fault.from)} to ${list(fault.to)}${lasts}`;
    case 'hold':
      return `messages from ${list(fault.from)} to ${list(fault.to)} are held up${lasts}`;
    case 'lossy-link':
      return `messages from ${list(fault.from)} to ${list(fault.to)} get lost${lasts}`;
    case 'duplicating-link':
      return `messages from ${list(fault.from)} to ${list(fault.to)} arrive twice${lasts}`;
    case 'slow-link':
      return `messages from ${list(fault.from)} to ${list(fault.to)} take ${formatDuration(fault.add)} longer${lasts}`;
    case 'reordering-link':
      return `messages from ${list(fault.from)} to ${list(fault.to)} overtake each other${lasts}`;
    case 'flap':
      return `the way from ${list(fault.from)} to ${list(fault.to)} comes and goes every ${formatDuration(fault.period)}${lasts}`;
    case 'bridge':
      return `the network parts ${list(fault.left)} from ${list(fault.right)}, but not from the others${lasts}`;
    case 'ring':
      return `each hears only its neighbours in the ring ${list(fault.order)}${lasts}`;
    case 'slow-cpu':
      return `${fault.node} takes ${formatDuration(fault.perEvent)} longer for each thing it does${lasts}`;
    case 'clock-drift':
      return `the clock of ${fault.node} runs ${Math.abs(fault.ppm) / 10_000} % too ${fault.ppm < 0 ? 'slowly' : 'fast'}${lasts}`;
    case 'clock-strobe':
      return `the clock of ${fault.node} jumps to and fro by ${formatDuration(Math.abs(fault.by))}${lasts}`;
    case 'clock-freeze':
      return `the clock of ${fault.node} stands still${lasts}`;
    case 'disk-stall':
      return `the disk of ${fault.node} stands still${lasts}`;
    case 'disk-slow':
      return `the disk of ${fault.node} takes ${formatDuration(fault.add)} longer${lasts}`;
    case 'disk-full':
      return `the disk of ${fault.node} is full${lasts}`;
    case 'disk-unreadable':
      return `the disk of ${fault.node} cannot be read${lasts}`;
    case 'disk-lie':
      return `the disk of ${fault.node} says that it synced when it did not${lasts}`;
    case 'clock-jump':
      return `the clock of ${fault.node} jumps ${fault.by < 0 ? 'back' : 'ahead'} by ${formatDuration(Math.abs(fault.by))}`;
    default:
      return describeFault(fault);
  }
}

const aimInWords = {
  'before-sync': 'when it next syncs, before anything is durable',
  'after-sync': 'right after its next sync',
  'after-effects': 'in the middle of what it does next',
} as const;

/** What is over, in words; undefined where the trace tells it as something else, or where nothing lasted. */
export function tellEnd(fault: Fault | undefined): string | undefined {
  switch (fault?.type) {
    case undefined:
    case 'crash':
    case 'power-loss':
    case 'pause':
    case 'lose-messages':
    case 'delay-messages':
      return undefined;
    case 'partition':
    case 'isolate':
    case 'one-way':
    case 'bridge':
    case 'ring':
      return 'the cut is mended';
    case 'hold':
      return 'what was held up is let go';
    case 'flap':
    case 'slow-link':
    case 'lossy-link':
    case 'duplicating-link':
    case 'reordering-link':
      return `messages from ${fault.from.join(', ')} to ${fault.to.join(', ')} arrive as usual`;
    case 'slow-cpu':
      return `${fault.node} works as usual`;
    case 'clock-drift':
    case 'clock-strobe':
    case 'clock-freeze':
      return `the clock of ${fault.node} runs as usual`;
    case 'disk-stall':
    case 'disk-slow':
    case 'disk-full':
    case 'disk-unreadable':
    case 'disk-lie':
      return `the disk of ${fault.node} works as usual`;
    default:
      return `${fault?.type ?? 'the fault'} is over`;
  }
}
