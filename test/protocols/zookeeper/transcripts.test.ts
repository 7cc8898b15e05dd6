// Stories of one small ensemble, line by line, compared with test/transcripts. UPDATE_TRANSCRIPTS=1 writes them anew.
import { test } from 'vitest';
import { ms, transcript } from '../../../sim/index.ts';
import { expectTranscript } from '../golden.ts';
import { ask, converse, type Line, type Setup } from './ensemble.ts';

interface Story {
  readonly file: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly setup: Setup;
  /** What is shown, in milliseconds. */
  readonly from: number;
  readonly to: number;
}

const clients = { c1: { server: 'n1' }, c2: { server: 'n2' } };

const stories: readonly Story[] = [
  {
    file: 'zookeeper-watch-before-data',
    title: 'c1 watches a node that c2 then writes: c1 hears of the change before any answer that shows the new data.',
    lines: [
      ask('c1', { type: 'create', path: '/a', data: 'old' }),
      ask('c1', { type: 'getData', path: '/a', watch: true }),
      ask('c2', { type: 'setData', path: '/a', data: 'new', version: -1 }),
      ask('c1', { type: 'getData', path: '/a' }),
    ],
    setup: { clients, until: 6, trace: true },
    from: 4_000,
    to: 4_600,
  },
  {
    file: 'zookeeper-session-expires',
    title: 'c1 is cut off with an ephemeral node: the leader ends its session at a tick, and c2, who watched, is told.',
    lines: [
      ask('c1', { type: 'create', path: '/lock', data: 'c1', mode: 'ephemeral' }),
      ask('c2', { type: 'exists', path: '/lock', watch: true }),
      ask('c2', { type: 'exists', path: '/lock' }, 14),
    ],
    setup: {
      clients: { c1: { server: 'n1', timeout: 4 }, c2: { server: 'n2' } },
      faults: [{ at: 4_500_000, fault: { type: 'isolate', node: 'c1', for: 9_000_000 } }],
      until: 15,
      trace: true,
    },
    from: 9_000,
    to: 12_000,
  },
];

test.each(stories.map((story) => [story.file, story.title, story] as const))('%s: %s', (name, title, story) => {
  const { run } = converse(story.lines, story.setup);
  const told = transcript(run, { from: ms(story.from), to: ms(story.to) });
  expectTranscript(name, title, told.filter((line) => !isRoutine(line)).map(shorten));
});

/** Pings, touches and half ticks are left out. */
function isRoutine(line: string): boolean {
  return /timer|PING|Touch/.test(line);
}

/** Without the statistics of nodes, and the bookkeeping of connections. */
function shorten(line: string): string {
  return line
    .replace(/ stat=\{[^}]*\}/g, '')
    .replace(/ origin=\{[^}]*\}/g, '')
    .replace(/ identities=\[[^\]]*\]/g, '')
    .replace(/ (connection|accepted|sequence|acknowledged|place)=[\d.]+/g, '');
}
