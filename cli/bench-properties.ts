// `faultline bench locks --properties`: safety, deadlock-freedom and fault tolerance of the four lock services, as they were
// published and as seeds say. Each cell is the scenario `lock-services` with its parameters set, so that any seed can be run again.
import { isGrant } from '../scenarios/lock-services/judges.ts';
import {
  contenders,
  lockServiceStories,
  storyNames,
  type Contender,
  type StoryName,
} from '../scenarios/lock-services/stories.ts';
import { simulate, type Parameters } from '../sim/index.ts';
import type { Io } from './io.ts';
import { wrap } from './layout.ts';

/** What is asked in a story; in the words of the published table, and what it says. */
type Property = 'safety' | 'deadlock-freedom' | 'fault tolerance';

interface Question {
  readonly property: Property;
  readonly asks: string;
  /** Who must break it, as the algorithms have it. */
  readonly breaks: readonly Contender[];
}

const redlocks: readonly Contender[] = ['redis', 'redlock-py'];

const questions: Readonly<Record<StoryName, Question>> = {
  'servers fail': {
    property: 'safety',
    asks: 'one holder at a time while one server at a time crashes, stops or is cut off',
    breaks: [],
  },
  'clock jumps': {
    property: 'safety',
    asks: 'one holder at a time while clocks of one server or of several at once jump',
    breaks: redlocks,
  },
  'power fails': {
    property: 'safety',
    asks: 'one holder at a time while one server or several at once lose what they did not sync',
    breaks: redlocks,
  },
  'holder pauses': {
    property: 'safety',
    asks: 'one holder at a time, and nobody writes late, while holders stop for longer than the lock lives',
    breaks: contenders,
  },
  'holder pauses, fenced': {
    property: 'safety',
    asks: 'no write of an earlier holder is accepted after a later one’s, with a store that looks at tokens',
    breaks: [],
  },
  'holder is gone': {
    property: 'deadlock-freedom',
    asks: 'the lock of a holder that is cut off for good is free again',
    breaks: [],
  },
  'one server is gone': {
    property: 'fault tolerance',
    asks: 'locks are granted after one of three servers is gone for good',
    breaks: ['redlock-py'],
  },
  'two servers are gone': {
    property: 'fault tolerance',
    asks: 'locks are granted after two of three servers are gone for good',
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
  readonly first: { readonly seed: number; readonly what: string; readonly replay: string } | null;
  readonly expected: 'kept' | 'broken';
  readonly published: boolean;
}

/** @param ttl how long locks live, in microseconds, if not as long as usual */
export function judgeProperty(
  contender: Contender,
  story: StoryName,
  seeds: number,
  start: number,
  ttl = 0,
): PropertyCell {
  const { property, asks, breaks } = questions[story];
  const parameters: Parameters = { service: contender, story, ttl };
  let [violations, vacuous] = [0, 0];
  let first: PropertyCell['first'] = null;
  for (let seed = start; seed < start + seeds; seed++) {
    const { findings, history } = simulate(lockServiceStories, {
      seed,
      parameters,
      maxEvents: Number.MAX_SAFE_INTEGER,
    });
    if (!history.some(isGrant)) vacuous++;
    const found = findings.find(({ verdict }) => verdict === 'invalid');
    if (found === undefined) continue;
    violations++;
    first ??= { seed, what: `${found.name}: ${found.reason}`, replay: replayOf(seed, contender, story) };
  }
  const expected = breaks.includes(contender) ? 'broken' : 'kept';
  const claims = published[property][contender];
  return { contender, story, property, asks, seeds, violations, vacuous, first, expected, published: claims };
}

/** The command that runs a seed of a cell once more, with everything that can be seen of it. */
function replayOf(seed: number, contender: Contender, story: StoryName): string {
  return `npx faultline run ${lockServiceStories.name} --seed ${seed} --set service=${contender} --set 'story=${story}'`;
}

/** Whether seeds say what the algorithms do. */
export function isAsExpected({ expected, violations, vacuous }: PropertyCell): boolean {
  return vacuous === 0 && (expected === 'broken') === violations > 0;
}

/** What is not as the algorithms have it, and where the publication is too kind. It asks for a majority of the servers. */
function markOf(cell: PropertyCell): string {
  if (!isAsExpected(cell)) return ' !';
  return cell.violations > 0 && cell.published && cell.story !== 'two servers are gone' ? '*' : '';
}

const note =
  'A comparison that calls ZooKeeper, etcd and Consul safe speaks of their servers: a client that stops ' +
  'while it has the lock wakes up beside the next holder, whatever the service. What helps is a store that looks at fencing tokens, ' +
  'for which Redlock has to ask somebody else. redlock-py under Python 3 wants (3 / 2) + 1 = 2.5 servers, which is all three, and so ' +
  'tolerates no failure.';

export function describeProperties(cells: readonly PropertyCell[], { paint, columns: width }: Io): string {
  const head = `  ${''.padEnd(22)}${contenders.map((contender) => contender.padStart(11)).join('')}`;
  const rows = storyNames.map((story) => {
    const row = contenders.map((contender) => {
      const cell = cells.find((each) => each.story === story && each.contender === contender);
      if (cell === undefined) return ''.padStart(11);
      const text = `${cell.violations}/${cell.seeds}${markOf(cell)}`.padStart(11);
      return cell.violations === 0 ? paint.green(text) : paint.red(text);
    });
    return `  ${story.padEnd(22)}${row.join('')}`;
  });
  const claims = (['safety', 'deadlock-freedom', 'fault tolerance'] as const).map((property) => {
    const row = contenders.map((contender) => (published[property][contender] ? 'yes' : 'not always').padStart(11));
    return `  ${property.padEnd(22)}${row.join('')}`;
  });
  const asked = storyNames.flatMap((story) =>
    wrap(`${story} (${questions[story].property}): ${questions[story].asks}`, width, '  '),
  );
  const shown = cells
    .filter(({ first }) => first !== null)
    .flatMap(({ contender, story, first }) => {
      return [...wrap(`${contender}, ${story}: ${first?.what}`, width, '  '), `  ${first?.replay}`];
    });
  return [
    paint.bold('properties: what goes wrong, and how many of so many seeds break the promise'),
    ...wrap(note, width, '  '),
    '',
    paint.dim(head),
    ...rows,
    '',
    paint.bold('as published (*: where that is too kind)'),
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
