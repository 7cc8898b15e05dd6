// How many nodes a schedule impairs at once. What a scenario draws stays within what its protocol promises to survive; what is
// made from it by mutation must do so as well, or its failures would be no bugs.
import type { Fault, Micros, TimedFault } from '../sim/index.ts';

/** The most nodes that are impaired at one time. A role counts apart each time, as others may play it by then. */
export function mostImpaired(faults: readonly TimedFault[], healAt: Micros): number {
  const spans = faults.flatMap(({ at, fault }, index) => {
    const lasts = 'for' in fault ? fault.for : undefined;
    // Nobody knows when an aimed crash strikes: it counts as the shortest of those that strike at once.
    const isBrief = momentary.has(fault.type) || ('when' in fault && fault.when !== undefined && fault.when !== 'now');
    const to = isBrief ? at + 2_000 : lasts === undefined ? healAt : at + lasts;
    return impairedBy(fault).map((node) => ({ node: node.startsWith('@') ? `${node} ${index}` : node, from: at, to }));
  });
  let most = 0;
  for (const { from } of spans) {
    const at = new Set(spans.filter((span) => span.from <= from && from < span.to).map(({ node }) => node));
    most = Math.max(most, at.size);
  }
  return most;
}

const momentary = new Set<Fault['type']>(['bit-rot', 'disk-wipe']);

/** Of a cut the smaller side is impaired: the larger goes on. */
function impairedBy(fault: Fault): readonly string[] {
  switch (fault.type) {
    case 'crash':
    case 'power-loss':
    case 'pause':
    case 'isolate':
    case 'clock-freeze':
    case 'disk-stall':
    case 'disk-full':
    case 'disk-unreadable':
    case 'disk-lie':
    case 'bit-rot':
    case 'disk-wipe':
      return [fault.node];
    case 'partition': {
      const largest = fault.groups.reduce((most, group) => (group.length > most.length ? group : most));
      return fault.groups.filter((group) => group !== largest).flat();
    }
    case 'one-way':
      return fault.to;
    default:
      return [];
  }
}
