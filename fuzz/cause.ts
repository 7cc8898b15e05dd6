// What makes two failures one: the property or check that they violate, and, where handlers threw, which error it was.
import type { Finding } from '../sim/index.ts';

/** Names the cause of a finding. Numbers, quoted words and names of nodes do not tell causes apart. */
export function causeOf({ name, reason, verdict }: Finding): string {
  return name === panics ? `${verdict} ${name}: ${shapeOf(reason)}` : `${verdict} ${name}`;
}

/** A reason without what differs from run to run. */
export function shapeOf(reason: string): string {
  const [line = ''] = reason.split('\n');
  return line
    .replaceAll(/"[^"]*"|'[^']*'/g, '"…"')
    .replaceAll(/\b[a-z]+-?\d+\b/gi, 'N')
    .replaceAll(/\d[\d.,]*/g, '#');
}

const panics = 'handlers do not throw';
