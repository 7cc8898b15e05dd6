// `faultline bench locks --properties`: safety, deadlock-freedom and fault tolerance of the four lock services, as they were
// published and as seeds say, judged by the lock checker.
import { checkLocks } from '../checkers/index.ts';
import { storeId } from '../scenarios/lock-services/holder.ts';
import {
  freeAgainAfter,
  storyNames,
  storyScenario,
  strikesAt,
  type Contender,
  type StoryName,
} from '../scenarios/lock-services/stories.ts';
import { formatDuration, simulate, type History, type Micros, type Run } from '../sim/index.ts';
import type { Io } from './io.ts';
import { wrap } from './layout.ts';

export const contenders: readonly Contender[] = ['redis', 'redlock-py', 'zookeeper', 'etcd', 'consul'];

/** What is asked in a story; in the words of the published table, and what it says. */
type Property = 'safety' | 'deadlock-freedom' | 'fault tolerance';

/** A write that the store accepted, in the order in which it did. */
interface Write {
  readonly at: Micros;
  readonly token: number;
}

interface Question {
  readonly property: Property;
  readonly asks: string;
  /** What went wrong in a run; undefined if nothing did. */
  readonly judge: (run: Run, contender: Contender, writes: readonly Write[]) => string | undefined;
  /** Who must break it, as the algorithms have it. */
  readonly breaks: readonly Contender[];
}

const redlocks: readonly Contender[] = ['redis', 'redlock-py'];

const questions: Readonly<Record<StoryName, Question>> = {
  'servers fail': safety('one holder at a time while one server at a time crashes, stops or is cut off', []),
  'clock jumps': safety('one holder at a time while clocks of one server or of several at once jump', redlocks),
  'power fails': safety(
    'one holder at a time while one server or several at once lose what they did not sync',
    redlocks,
  ),
  'holder pauses': safety(
    'one holder at a time, and nobody writes late, while holders stop for longer than the lock lives',
    contenders,
  ),
  'holder pauses, fenced': {
    property: 'safety',
    asks: 'no write of an earlier holder is accepted after a later one’s, with a store that looks at tokens',
    judge: (_run, _contender, writes) => staleWrite(writes),
    breaks: [],
  },
  'holder is gone': {
    property: 'deadlock-freedom',
    asks: 'the lock of a holder that is cut off for good is free again',
    judge: (run, contender) => grantsAfter(run, strikesAt + freeAgainAfter(contender), ['c2', 'c3']),
    breaks: [],
  },
  'one server is gone': {
    property: 'fault tolerance',
    asks: 'locks are granted after one of three servers is gone for good',
    judge: (run, contender) => grantsAfter(run, strikesAt + freeAgainAfter(contender), ['c1', 'c2', 'c3']),
    breaks: ['redlock-py'],
  },
  'two servers are gone': {
    property: 'fault tolerance',
    asks: 'locks are granted after two of three servers are gone for good',
    judge: (run, contender) => grantsAfter(run, strikesAt + freeAgainAfter(contender), ['c1', 'c2', 'c3']),
    breaks: contenders,
  },
};

/** What the published comparison says of each; Redlock's safety it calls not always satisfied. */
const published: Readonly<Record<Property, Readonly<Record<Contender, boolean>>>> = {
  safety: { redis: false, 'redlock-py': false, zookeeper: true, etcd: true, consul: true },
  'deadlock-freedom': { redis: true, 'redlock-py': true, zookeeper: true, etcd: true, consul: true },
  'fault tolerance': { redis: true, 'redlock-py': true, zookeeper: true, etcd: true, consul: true },
};

export interface PropertyCell {
  readonly contender: Contender;
  readonly story: StoryName;
  readonly property: Property;
  readonly asks: string;
  readonly seeds: number;
  readonly violations: number;
  /** Runs in which nobody got a lock, so that there was nothing to judge. */
  readonly vacuous: number;
  /** What the first seed that broke it shows. */
  readonly first: { readonly seed: number; readonly what: string } | null;
  readonly expected: 'kept' | 'broken';
  readonly published: boolean;
}

/** @param ttl how long locks live, in microseconds, if not as long as usual */
export function judgeProperty(
  contender: Contender,
  story: StoryName,
  seeds: number,
  start: number,
  ttl?: Micros,
): PropertyCell {
  const { property, asks, judge, breaks } = questions[story];
  const scenario = storyScenario(contender, story, ttl);
  let [violations, vacuous] = [0, 0];
  let first: PropertyCell['first'] = null;
  for (let seed = start; seed < start + seeds; seed++) {
    const writes: Write[] = [];
    const run = simulate(scenario, {
      seed,
      maxEvents: Number.MAX_SAFE_INTEGER,
      onNote({ at, node, kind, data }) {
        const isAccepted = node === storeId && (kind === 'stored' || kind === 'accepted');
        if (isAccepted && typeof data['token'] === 'number') writes.push({ at, token: data['token'] });
      },
    });
    if (!run.history.some(isGrant)) vacuous++;
    const what = judge(run, contender, writes);
    if (what === undefined) continue;
    violations++;
    first ??= { seed, what };
  }
  const expected = breaks.includes(contender) ? 'broken' : 'kept';
  const claims = published[property][contender];
  return { contender, story, property, asks, seeds, violations, vacuous, first, expected, published: claims };
}

/** Whether seeds say what the algorithms do. */
export function isAsExpected({ expected, violations, vacuous }: PropertyCell): boolean {
  return vacuous === 0 && (expected === 'broken') === violations > 0;
}

function safety(asks: string, breaks: readonly Contender[]): Question {
  return {
    property: 'safety',
    asks,
    judge: ({ history }, _contender, writes) => checkLocks(history).evidence[0]?.reason ?? staleWrite(writes),
    breaks,
  };
}

/** What the store knows and no client can tell: a write under way while its sender was stopped. */
function staleWrite(writes: readonly Write[]): string | undefined {
  let greatest = -Infinity;
  for (const { at, token } of writes) {
    if (token < greatest)
      return `the store took a write with token ${token} at ${formatDuration(at)}, after one with ${greatest}`;
    greatest = Math.max(greatest, token);
  }
  return undefined;
}

/** What is wrong if none of the clients is granted a lock after a time. */
function grantsAfter({ history }: Run, after: number, clients: readonly string[]): string | undefined {
  const isLate = history.some((event) => isGrant(event) && event.time > after && clients.includes(event.client));
  return isLate ? undefined : `nobody got the lock after ${after / 1_000_000} s`;
}

function isGrant({ f, type, value }: History[number]): boolean {
  return f === 'acquire' && type === 'ok' && (value as { readonly acquired?: boolean } | null)?.acquired !== false;
}

const note =
  'A comparison that calls ZooKeeper, etcd and Consul safe speaks of their servers: a client that stops ' +
  'while it has the lock wakes up beside the next holder, whatever the service. What helps is a store that looks at fencing tokens, ' +
  'for which Redlock has to ask somebody else. redlock-py under Python 3 wants (3 / 2) + 1 = 2.5 servers, which is all three, and so ' +
  'tolerates no failure.';

export function describeProperties(cells: readonly PropertyCell[], { paint, columns: width }: Io): string {
  const head = `  ${''.padEnd(24)}${contenders.map((contender) => contender.padStart(12)).join('')}`;
  const rows = storyNames.map((story) => {
    const row = contenders.map((contender) => {
      const cell = cells.find((each) => each.story === story && each.contender === contender);
      if (cell === undefined) return ''.padStart(12);
      const text = `${cell.violations}/${cell.seeds}${isAsExpected(cell) ? '' : ' !'}`.padStart(12);
      return cell.violations === 0 ? paint.green(text) : paint.red(text);
    });
    return `  ${story.padEnd(24)}${row.join('')}`;
  });
  const claims = (['safety', 'deadlock-freedom', 'fault tolerance'] as const).map((property) => {
    const row = contenders.map((contender) => (published[property][contender] ? 'yes' : 'not always').padStart(12));
    return `  ${property.padEnd(24)}${row.join('')}`;
  });
  const asked = storyNames.flatMap((story) =>
    wrap(`${story} (${questions[story].property}): ${questions[story].asks}`, width, '  '),
  );
  const shown = cells
    .filter(({ first }) => first !== null)
    .flatMap(({ contender, story, first }) => {
      return wrap(`${contender}, ${story}, seed ${first?.seed}: ${first?.what}`, width, '  ');
    });
  return [
    paint.bold('properties: what lock services promise, by what goes wrong: of n seeds, k break it'),
    ...wrap(note, width, '  '),
    '',
    paint.dim(head),
    ...rows,
    '',
    paint.bold('as published'),
    ...claims,
    '',
    paint.bold('what is asked'),
    ...asked,
    '',
    paint.bold('the first seed of each that breaks'),
    ...shown,
    '',
  ].join('\n');
}
