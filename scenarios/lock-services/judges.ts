// What the stories of the lock services are judged by: one holder at a time and no late write, or that the lock is free again.
import { lockSafety } from '../../checkers/index.ts';
import {
  alwaysOn,
  formatDuration,
  sometimesNoted,
  type Check,
  type History,
  type Micros,
  type Property,
  type World,
} from '../../sim/index.ts';
import { storeId } from './holder.ts';
import type { StoryName } from './stories.ts';

/** @param freeAgain when somebody must have been granted the lock since, in the stories about that */
export function judgesOf(story: StoryName, freeAgain: Micros): Pick<World, 'properties' | 'checks'> {
  const granted = sometimesNoted('acquired', 'a client gets the lock');
  switch (story) {
    case 'servers fail':
    case 'clock jumps':
    case 'power fails':
    case 'holder pauses':
      return { properties: [granted, noStaleWrite], checks: [lockSafety()] };
    case 'holder pauses, fenced':
      return { properties: [granted, noStaleWrite], checks: [] };
    case 'holder is gone':
      return { properties: [granted], checks: [grantedAfter(freeAgain, ['c2', 'c3'])] };
    case 'one server is gone':
    case 'two servers are gone':
      return { properties: [granted], checks: [grantedAfter(freeAgain, ['c1', 'c2', 'c3'])] };
  }
}

/** Whether an operation took the lock. */
export function isGrant({ f, type, value }: History[number]): boolean {
  return f === 'acquire' && type === 'ok' && (value as { readonly acquired?: boolean } | null)?.acquired !== false;
}

/** What the store knows and no client can tell: a write under way while its sender was stopped. */
const noStaleWrite: Property = alwaysOn(
  ['stored', 'accepted'],
  'no late write',
  'the store takes no write of an earlier holder after one of a later',
  () => {
    let greatest = -Infinity;
    return (_view, { node, note }) => {
      const { token } = (note?.data ?? {}) as { readonly token?: number | null };
      if (node.id !== storeId || typeof token !== 'number') return undefined;
      if (token < greatest) return `the store took a write with token ${token} after one with ${greatest}`;
      greatest = token;
      return undefined;
    };
  },
);

function grantedAfter(after: Micros, clients: readonly string[]): Check {
  return {
    name: 'the lock is free again',
    about: 'Somebody is granted the lock once its last holder cannot have it any more.',
    judge(history) {
      const late = history.some((event) => isGrant(event) && event.time > after && clients.includes(event.client));
      if (late) return [];
      return [{ verdict: 'invalid', reason: `nobody got the lock after ${formatDuration(after)}`, operations: [] }];
    },
  };
}
