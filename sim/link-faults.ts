// What each fault on links does to a link: cut it, hold it, slow it, or make it lose, duplicate or reorder messages.
import type { Fault } from './fault.ts';
import type { Kernel } from './kernel.ts';
import type { Link, LinkRule, SingledOut } from './network.ts';

/** The rule that a fault lays on the links it matches; undefined when it is no fault of links. */
export function linkRuleOf(kernel: Kernel, fault: Fault): LinkRule | undefined {
  const indices = (ids: readonly string[]): Set<number> => new Set(ids.map((id) => kernel.indexOf(id)));
  switch (fault.type) {
    case 'partition': {
      const groups = fault.groups.map(indices);
      const groupOf = (node: number): number => groups.findIndex((group) => group.has(node));
      return cut((from, to) => groupOf(from) >= 0 && groupOf(to) >= 0 && groupOf(from) !== groupOf(to));
    }
    case 'isolate': {
      const node = kernel.indexOf(fault.node);
      const isPeer = (other: number): boolean => kernel.node(other).work === undefined;
      const cutsOut = fault.direction !== 'in';
      const cutsIn = fault.direction !== 'out';
      return cut((from, to) => (cutsOut && from === node && isPeer(to)) || (cutsIn && to === node && isPeer(from)));
    }
    case 'one-way':
      return cut(directed(indices(fault.from), indices(fault.to)));
    case 'flap':
      return cut(bothWays(indices(fault.from), indices(fault.to)));
    case 'bridge':
      return cut(bothWays(indices(fault.left), indices(fault.right)));
    case 'ring': {
      const order = fault.order.map((id) => kernel.indexOf(id));
      const neighbours = (a: number, b: number): boolean => {
        const distance = Math.abs(order.indexOf(a) - order.indexOf(b));
        return distance === 1 || distance === order.length - 1;
      };
      return cut((from, to) => order.includes(from) && order.includes(to) && !neighbours(from, to));
    }
    case 'hold':
      return adding('holds', 1, directed(indices(fault.from), indices(fault.to)));
    case 'slow-link':
      return adding('slowness', fault.add, directed(indices(fault.from), indices(fault.to)));
    case 'lossy-link':
      return adding('loss', fault.loss, directed(indices(fault.from), indices(fault.to)));
    case 'duplicating-link':
      return adding('duplicate', fault.duplicate, directed(indices(fault.from), indices(fault.to)));
    case 'reordering-link':
      return adding('reorder', fault.reorder, directed(indices(fault.from), indices(fault.to)));
    case 'lose-messages':
      return singledOut(fault.places, { type: 'lost' }, directed(indices(fault.from), indices(fault.to)));
    case 'delay-messages': {
      const what: SingledOut = { type: fault.copy === true ? 'copied' : 'late', by: fault.by };
      return singledOut(fault.places, what, directed(indices(fault.from), indices(fault.to)));
    }
    default:
      return undefined;
  }
}

type Matches = LinkRule['matches'];

function cut(matches: Matches): LinkRule {
  return adding('cuts', 1, matches);
}

function adding(
  field: 'cuts' | 'holds' | 'slowness' | 'loss' | 'duplicate' | 'reorder',
  amount: number,
  matches: Matches,
): LinkRule {
  return {
    matches,
    begin: (link: Link) => void (link[field] += amount),
    end: (link: Link) => void (link[field] -= amount),
  };
}

/** Does something to single messages, counted from the moment at which the fault begins. */
function singledOut(places: readonly number[], what: SingledOut, matches: Matches): LinkRule {
  const first = new Map<Link, number>();
  return {
    matches,
    begin: (link) => {
      first.set(link, link.sent);
      for (const place of places) link.singledOut.set(link.sent + place, what);
    },
    end: (link) => {
      const start = first.get(link) ?? 0;
      for (const place of places) link.singledOut.delete(start + place);
    },
  };
}

function directed(from: ReadonlySet<number>, to: ReadonlySet<number>): Matches {
  return (a, b) => from.has(a) && to.has(b);
}

function bothWays(one: ReadonlySet<number>, other: ReadonlySet<number>): Matches {
  return (a, b) => (one.has(a) && other.has(b)) || (other.has(a) && one.has(b));
}
