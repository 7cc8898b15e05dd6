// The register of leaders that an election keeps: one leader a term, and terms that only go up.
import type { Json } from '../../sim/protocol.ts';
import { canonical, isArray } from '../canonical.ts';
import type { Call, Fault, Model, Step } from '../model.ts';
import { same, unknownFunction } from './cell.ts';
import { next, refuseBecause } from './collection.ts';

/** A term and its leader; null before the first election. */
type Reign = readonly [term: number, leader: Json] | null;

/**
 * Election safety (Ongaro & Ousterhout 2014, figure 3) as an object: `elect` of `[term, leader]` or `{ term, leader }` says
 * that somebody became leader; `read` returns the latest such pair, only its leader, or null before the first. A second
 * leader of a term, and a term below the latest, are refused; the same leader may say so twice.
 */
export function leaderRegister(): Model<Reign> {
  return {
    name: 'leader-register',
    init: null,
    step: stepReign,
    key: (state) => canonical(state),
    observes: ({ f }) => f === 'read',
    describe: ({ f, value, result, type }) => {
      if (f === 'elect') return `election of ${nameReign(reignOf(value)!)}`;
      return type === 'info' ? 'read without a result' : `read that returned ${canonical(result)}`;
    },
    fault: (call) => unknownFunction(call, ['elect', 'read']) ?? electionFault(call),
  };
}

function stepReign(state: Reign, call: Call): Step<Reign> {
  if (call.f === 'elect') {
    const reign = reignOf(call.value)!;
    if (state === null || reign[0] > state[0] || same(state, reign)) return next(reign);
    return refuseBecause(() => `${nameReign(state)} had been elected`);
  }
  if (call.type === 'info') return next(state);
  const told = reignOf(call.result);
  const fits = told === undefined ? same(state?.[1] ?? null, call.result) : same(state, told);
  return fits ? next(state) : refuseBecause(() => (state === null ? 'nobody led' : `${nameReign(state)} led`));
}

function reignOf(value: Json): Reign | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const term = isArray(value) ? value[0] : value['term'];
  const leader = isArray(value) ? value[1] : value['leader'];
  return typeof term === 'number' && leader !== undefined ? [term, leader] : undefined;
}

function nameReign(reign: NonNullable<Reign>): string {
  const [term, leader] = reign;
  return `${typeof leader === 'string' ? leader : canonical(leader)} in term ${term}`;
}

function electionFault({ f, value }: Call): Fault | undefined {
  if (f !== 'elect' || reignOf(value)) return undefined;
  return { expected: '[term, leader] as the argument of elect', found: canonical(value) };
}
