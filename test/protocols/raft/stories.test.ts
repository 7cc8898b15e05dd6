// The behaviours that etcd's scenario tests and the paper's figures name, each as a story played by hand with real servers,
// and its outcome. The whole course of each is in test/transcripts/raft; UPDATE_TRANSCRIPTS=1 writes it anew.
import { expect, test } from 'vitest';
import { expectTranscript } from '../golden.ts';
import { Stepper, type StepperOptions } from './stepper.ts';
import { flowStories } from './stories-flow.ts';
import { membershipStories } from './stories-membership.ts';
import { probingStories } from './stories-probing.ts';
import { electionStories } from './stories-elections.ts';
import { readStories } from './stories-reads.ts';

/** A story plays, and the outcome is asserted apart from the transcript, so that a new transcript cannot hide a defect. */
export interface Story {
  readonly name: string;
  readonly title: string;
  readonly options: StepperOptions;
  play(cluster: Stepper): void;
  /** What `show` must say at the end. */
  readonly outcome: readonly string[];
  /** Lines that must be among what was told. */
  readonly told?: readonly string[];
}

const stories: readonly Story[] = [
  ...electionStories,
  ...flowStories,
  ...probingStories,
  ...membershipStories,
  ...readStories,
];

test.each(stories.map((story) => [story.name, story.title, story] as const))('%s: %s', (name, title, story) => {
  const cluster = new Stepper(story.options);
  cluster.lines.length = 0;
  story.play(cluster);
  const outcome = cluster.show();
  expect(outcome).toEqual(story.outcome);
  expect(cluster.lines).toEqual(expect.arrayContaining([...(story.told ?? [])]));
  expectTranscript(`raft/${name}`, title, [...cluster.lines, '', ...outcome]);
});
