// Suspicion: a member that did not answer is given time to object before it is declared dead. The more others suspect it
// too, the shorter: Max - (Max - Min) · log(C + 1) / log(K + 1) after C confirmations. (SWIM 4.2; Lifeguard IV-B.)
import type { Micros } from '../../sim/index.ts';
import { log10PerMille, logRatioPerMillion } from './logarithms.ts';
import type { Turn } from './types.ts';

/** Min: in a cluster of n, `mult` · max(1, log10 n) probe intervals. */
export function suspicionTimeout(mult: number, n: number, probeInterval: Micros): Micros {
  return Math.floor((mult * Math.max(1_000, log10PerMille(Math.max(1, n))) * probeInterval) / 1_000);
}

/** How long a suspicion lasts from its beginning, in whole milliseconds as in memberlist, and never less than Min. */
export function suspicionLength(confirmations: number, needed: number, min: Micros, max: Micros): Micros {
  if (needed < 1) return min;
  const share = logRatioPerMillion(confirmations + 1, needed + 1);
  const length = max - Math.floor(((max - min) * share) / 1_000_000);
  return Math.max(min, Math.floor(length / 1_000) * 1_000);
}

export function beginSuspicion(turn: Turn, name: string, from: string): void {
  const { swim, agent, ctx } = turn;
  const { suspicionMult, suspicionMaxTimeoutMult, probeInterval, lifeguard } = agent.config;
  const n = swim.members.size;
  const wanted = lifeguard.suspicion ? suspicionMult - 2 : 0;
  const needed = n - 2 < wanted ? 0 : wanted; // nobody could confirm: then the time is short at once
  const min = suspicionTimeout(suspicionMult, n, probeInterval);
  const max = suspicionMaxTimeoutMult * min;
  swim.suspicions.set(name, { startedAt: ctx.monotonic(), min, max, needed, accusers: [from] });
  ctx.setTimer(`swim suspicion ${name}`, suspicionLength(0, needed, min, max));
}

/** Another member suspects it as well; whether that is news. */
export function confirm({ swim, agent, ctx }: Turn, name: string, from: string): boolean {
  const suspicion = swim.suspicions.get(name);
  if (suspicion === undefined) return false;
  const { accusers, needed, startedAt, min, max } = suspicion;
  if (accusers.length > needed || !agent.rules.isNewAccuser(accusers, from)) return false;
  accusers.push(from);
  ctx.note('confirmed', { member: name, from });
  if (!agent.rules.confirmationsShorten) return true;
  const elapsed = ctx.monotonic() - startedAt;
  ctx.setTimer(`swim suspicion ${name}`, Math.max(0, suspicionLength(accusers.length - 1, needed, min, max) - elapsed));
  return true;
}

export function endSuspicion({ swim, ctx }: Turn, name: string): void {
  if (swim.suspicions.delete(name)) ctx.clearTimer(`swim suspicion ${name}`);
}
