// Faults that are easier to read: of a plainer kind, shorter, and with fewer nodes in them.
import { namesIn, type Fault, type TimedFault } from '../../sim/index.ts';
import type { Case } from '../case.ts';
import type { Search } from './index.ts';

/** Tries the plainer forms of each fault, one fault after the other. */
export function plainerFaults(search: Search): void {
  for (let place = 0; place < search.best.case.faults.length && !search.isOver(); place++) {
    for (const form of forms) {
      const { faults } = search.best.case;
      const timed = faults[place];
      if (timed === undefined) return;
      for (const plainer of form(timed.fault, search))
        if (search.accepts(withFault(search, place, { ...timed, fault: plainer }))) break;
    }
  }
}

function withFault(search: Search, place: number, fault: TimedFault): Case {
  const { case: found } = search.best;
  return { ...found, faults: found.faults.map((each, index) => (index === place ? fault : each)) };
}

const forms: readonly ((fault: Fault, search: Search) => readonly Fault[])[] = [
  plainerKind,
  withoutAim,
  shorter,
  fewerNodes,
  withoutNumbers,
];

/** One node cut off, standing still or held up, where the run had such faults at all. */
function plainerKind(fault: Fault, { limits }: Search): readonly Fault[] {
  const plain = plainKinds.find(([, others]) => others.includes(fault.type))?.[0];
  if (plain === undefined || !limits.kinds.has(plain)) return [];
  const lasts = 'for' in fault && fault.for !== undefined ? { for: fault.for } : {};
  if (plain === 'hold') return 'from' in fault ? [{ type: 'hold', from: fault.from, to: fault.to, ...lasts }] : [];
  const names = [...new Set(namesIn(fault).map(([, name]) => name))];
  return names.slice(0, mostNames).map((node) => ({ type: plain, node, ...lasts }));
}

const mostNames = 5;

/** Each with the kinds that it is plainer than. */
const plainKinds: readonly (readonly ['isolate' | 'pause' | 'hold', readonly Fault['type'][]])[] = [
  ['isolate', ['partition', 'one-way', 'bridge', 'ring', 'flap', 'lossy-link']],
  ['pause', ['slow-cpu', 'disk-stall', 'disk-slow', 'clock-freeze']],
  ['hold', ['slow-link', 'reordering-link']],
];

/** A plain crash instead of one that is aimed or that takes the disk's unsynced writes. */
function withoutAim(fault: Fault): readonly Fault[] {
  if (fault.type !== 'crash' && fault.type !== 'power-loss') return [];
  const lasts = fault.for === undefined ? {} : { for: fault.for };
  const crash: Fault = { type: 'crash', node: fault.node, ...lasts };
  if (fault.type === 'crash') return fault.when === undefined ? [] : [crash];
  const plain: Fault = { type: 'power-loss', node: fault.node, unsynced: 'lost', ...lasts };
  return fault.when === undefined && fault.unsynced === 'lost' ? [crash] : [crash, plain];
}

/** The shortest of a few round lengths that will do; or, as the last, the same rounded up to whole milliseconds. */
function shorter(fault: Fault): readonly Fault[] {
  if (!('for' in fault) || fault.for === undefined) return [];
  const now = fault.for;
  const lengths = roundLengths.filter((length) => length < now);
  const rounded = Math.ceil(now / 1_000) * 1_000;
  return [...lengths, ...(rounded === now ? [] : [rounded])].map((length) => ({ ...fault, for: length }));
}

export const roundLengths = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000].map((length) => length * 1_000);

/** Each of the nodes in its lists left out. */
function fewerNodes(fault: Fault): readonly Fault[] {
  switch (fault.type) {
    case 'partition':
      return fault.groups.flatMap((group, side) =>
        group.length < 2
          ? []
          : group.map((node) => {
              const groups = fault.groups.map((each, index) =>
                index === side ? each.filter((id) => id !== node) : each,
              );
              return { ...fault, groups };
            }),
      );
    case 'one-way':
    case 'hold':
    case 'flap':
    case 'slow-link':
    case 'lossy-link':
    case 'duplicating-link':
    case 'reordering-link':
      return [
        ...(fault.from.length < 2 ? [] : fault.from.map((node) => ({ ...fault, from: [node] }))),
        ...(fault.to.length < 2 ? [] : fault.to.map((node) => ({ ...fault, to: [node] }))),
      ];
    default:
      return [];
  }
}

/** Certain instead of likely. */
function withoutNumbers(fault: Fault): readonly Fault[] {
  switch (fault.type) {
    case 'lossy-link':
      return fault.loss === 1_000_000 ? [] : [{ ...fault, loss: 1_000_000 }];
    case 'duplicating-link':
      return fault.duplicate === 1_000_000 ? [] : [{ ...fault, duplicate: 1_000_000 }];
    default:
      return [];
  }
}
