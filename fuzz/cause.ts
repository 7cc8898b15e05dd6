// What makes two failures one: the property or check that they violate first, and, where handlers threw, which error it was.
import type { Finding } from '../sim/index.ts';
import type { SeedFailure } from './campaign.ts';

/** The finding that came first of those with this verdict: what was violated later may well be what it led to. */
export function firstOf(findings: readonly Finding[], verdict: Finding['verdict']): Finding | undefined {
  const decisive = findings.filter((finding) => finding.verdict === verdict);
  return decisive.length === 0
    ? undefined
    : decisive.reduce((first, each) => (each.event < first.event ? each : first));
}

/** Names the cause of a failure. */
export function causeOfFailure({ verdict, findings }: Pick<SeedFailure, 'verdict' | 'findings'>): string {
  const first = firstOf(findings, verdict);
  return first === undefined ? verdict : causeOf(first);
}

/** Names the cause of a finding. Numbers, durations, quoted words and names of nodes do not tell causes apart. */
export function causeOf({ name, reason, verdict }: Pick<Finding, 'name' | 'reason' | 'verdict'>): string {
  return name === panics ? `${verdict} ${name}: ${shapeOf(reason)}` : `${verdict} ${name}`;
}

/** A reason without what differs from run to run. */
export function shapeOf(reason: string): string {
  const [line = ''] = reason.split('\n');
  return line
    .replaceAll(/"[^"]*"|'[^']*'/g, '"…"')
    .replaceAll(/\b[a-z]+-?\d+\b/gi, 'N')
    .replaceAll(/\d[\d.,]*(?: (?:µs|ms|s)\b)?/g, '#');
}

const panics = 'handlers do not throw';
