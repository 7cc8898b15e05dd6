// What a scripted neighbourhood can say to a member `n1`, and how a story of it is compared with its transcript.
import { test } from 'vitest';
import {
  startingMembers,
  swim,
  type Member,
  type Status,
  type SwimConfig,
  type SwimMessage,
  type SwimOptions,
} from '../../../protocols/swim/index.ts';
import { seconds } from '../../../sim/index.ts';
import { converse, type Conversation } from '../conversation.ts';
import { expectTranscript } from '../golden.ts';

export interface Story extends Omit<Conversation, 'protocol' | 'puppets'> {
  /** Its transcript, test/transcripts/swim-*.txt. */
  readonly file: string;
  readonly title: string;
  /** `a` to `d` unless told. */
  readonly puppets?: Conversation['puppets'];
  /** A member that only listens, unless told. */
  readonly config?: Partial<SwimConfig>;
  /** Starts as one of five, unless told. */
  readonly options?: Omit<SwimOptions, 'config'>;
}

/** A member that only listens: it probes, exchanges and calls nobody for as long as a story lasts. */
export const listening: Partial<SwimConfig> = {
  probeInterval: seconds(1_000),
  probeTimeout: seconds(500),
  pushPullInterval: 0,
  reconnectInterval: 0,
  gossipNodes: 0,
};

/** Its suspicions are those of a LAN, but it suspects nobody by itself, and tells each piece of news to one other once. */
export const believing: Partial<SwimConfig> = {
  ...listening,
  probeInterval: seconds(1),
  probeTimeout: seconds(1_000),
  gossipNodes: 1,
  retransmitMult: 1,
};

const four = ['a', 'b', 'c', 'd'];
const known = { known: startingMembers(['n1', ...four]) };

type Update = (SwimMessage & { type: 'Gossip' })['updates'][number];

export const gossip = (...updates: Update[]): SwimMessage => ({ type: 'Gossip', updates });

export const suspect = (member: string, incarnation: number, from: string): Update => {
  return { type: 'suspect', member, incarnation, from };
};

export const dead = (member: string, incarnation: number, from: string): Update => {
  return { type: 'dead', member, incarnation, from };
};

export const alive = (name: string, incarnation: number, more: Partial<Member> = {}): Update => {
  return { type: 'alive', member: memberOf(name, incarnation, 'alive', more) };
};

export function memberOf(name: string, incarnation: number, status: Status, more: Partial<Member> = {}): Member {
  return { name, address: name, incarnation, status, meta: '', ...more };
}

/** All that a peer knows. */
export function exchange(members: readonly Member[], isReply = false, user: object | null = null): SwimMessage {
  return { type: 'PushPull', members, isReply, user };
}

/** Acks each ping, as a member that is well. */
export function acks(_puppet: string, message: object): object | undefined {
  const { type, sequence } = message as SwimMessage & { sequence: number };
  return type === 'Ping' ? { type: 'Ack', sequence, updates: [] } : undefined;
}

/** Makes each story a test; UPDATE_TRANSCRIPTS=1 writes the transcripts anew. */
export function testStories(stories: readonly Story[]): void {
  test.each(stories.map((story) => [story.file, story.title, story] as const))('%s: %s', (file, title, story) => {
    const { config = listening, options = known, puppets = four, without = /timer swim gossip/ } = story;
    const protocol = swim({ ...options, config });
    const lines = converse({ ...story, puppets, without, protocol });
    expectTranscript(file, title, lines.map(inShort));
  });
}

/** What is said of members, in words: `b suspect 4` for the member b in incarnation 4. */
function inShort(line: string): string {
  return line
    .replaceAll(/\{alive member=(\{[^}]*\})\}/g, '$1')
    .replaceAll(/\{name=(\w+) address=\1 incarnation=(\d+) status=(\w+) meta=\}/g, '$1 $3 $2')
    .replaceAll(/\{(suspect|dead) member=(\w+) incarnation=(\d+) from=(\w+)\}/g, '$2 $1 $3, says $4')
    .replaceAll(/\{kind=(\w+) time=(\d+) name=(\w+) value=(\w+) origin=(\w+)\}/g, '$1 $2 $3 of $5: $4')
    .replaceAll(/\{user name=[^=]* (?:bytes=\d+ )?payload=([^}]*?)(?: bytes=\d+)?\}/g, '$1');
}
