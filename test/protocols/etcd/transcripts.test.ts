// Stories of one small cluster, line by line, compared with test/transcripts. UPDATE_TRANSCRIPTS=1 writes them anew.
import { expect, test } from 'vitest';
import { ms, seconds, transcript } from '../../../sim/index.ts';
import { expectTranscript } from '../golden.ts';
import { play, type ClusterStory } from './cluster.ts';

interface Story extends ClusterStory {
  readonly file: string;
  readonly title: string;
  /** What is shown, in milliseconds. */
  readonly from: number;
  readonly to: number;
}

const stories: readonly Story[] = [
  {
    file: 'etcd-put-and-watch',
    title: 'c1 puts a key through a follower; the leader replicates it, and the watcher of another member is told.',
    doings: [
      { at: 4, watch: { key: 'a', from: 1 } },
      { at: 4.5, member: 'n2', request: { type: 'put', key: 'a', value: '1' } },
    ],
    seconds: 6,
    from: 4_500,
    to: 4_516,
  },
  {
    file: 'etcd-lease-expires',
    title: 'A lease of 2 s is not kept alive: the leader finds it expired, revokes it, and its key is gone everywhere.',
    doings: [
      { at: 4, request: { type: 'leaseGrant', id: 7, ttl: 2 } },
      { at: 4.1, request: { type: 'put', key: 'a', lease: 7 } },
      { at: 4.2, watch: { key: 'a', noPut: true, from: 1 } },
    ],
    seconds: 8,
    from: 6_000,
    to: 6_700,
  },
];

test.each(stories.map((story) => [story.file, story.title, story] as const))('%s: %s', (name, title, story) => {
  const { run } = play({ ...story, trace: true });
  const told = transcript(run, { from: ms(story.from), to: ms(story.to) });
  expect(run.until).toBe(seconds(story.seconds));
  expectTranscript(
    name,
    title,
    told.filter((line) => !isRoutine(line)),
  );
});

/** Heartbeats and acknowledgements are left out. */
function isRoutine(line: string): boolean {
  return /entries=\[\]|AppendEntriesReply|timer heartbeat/.test(line);
}
