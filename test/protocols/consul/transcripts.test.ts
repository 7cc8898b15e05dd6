// Stories of one small datacenter, line by line, compared with test/transcripts. UPDATE_TRANSCRIPTS=1 writes them anew.
import { test } from 'vitest';
import { consulAgent } from '../../../protocols/consul/agent/agent.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import { ms, seconds, transcript, type Micros } from '../../../sim/index.ts';
import { expectTranscript } from '../golden.ts';
import { servers, settled } from './cluster.ts';
import { converse, get, inTurn, put, session, type Step, type Talk } from './conversation.ts';

interface Story {
  readonly file: string;
  readonly title: string;
  readonly talk: Talk;
  readonly from: Micros;
  readonly to: Micros;
}

const gossip = { contacts: servers };
const server = consulServer({ gossip, raft: { voters: servers } });
const agent = consulAgent({ gossip });
const nodes = { s1: server, s2: server, s3: server, a1: agent, a2: agent };
/** Compares itself with the catalog every few seconds. */
const diligent = consulAgent({ gossip, config: { syncInterval: seconds(2) } });

const far = ['m1'];
const wan = { wanContacts: ['s1', 'm1'] };
const near = consulServer({ gossip: { ...gossip, ...wan }, raft: { voters: servers } });
const away = consulServer({ gossip: { contacts: far, ...wan }, raft: { voters: far }, config: { datacenter: 'dc2' } });

const locked: readonly Step[] = [
  ...inTurn('a1', settled, [session('one', { lockDelay: seconds(5) }), put('lock', 'c', { acquire: '$one' })]),
  ...inTurn('a2', settled, [session('two'), put('lock', 'd', { acquire: '$two' })], 'd').map((step) => ({
    ...step,
    at: step.at + seconds(1),
  })),
  ...[18, 24].map((at): Step => ({
    at: seconds(at),
    ask: 'a2',
    as: 'd',
    request: put('lock', 'd', { acquire: '$two' }),
  })),
];
const written: readonly Step[] = inTurn('s1', settled, [put('a', '1'), get('a')]);
/** Three servers that know of no agents. */
const bare = { s1: consulServer(), s2: consulServer(), s3: consulServer() };
const { index } = converse({ nodes: bare, steps: written }).exchanges[1]!.response;
const waits = { index, wait: seconds(60) };
const waiting: readonly Step[] = [
  ...written,
  { at: settled + ms(200), ask: 's1', request: get('a', waits) },
  { at: settled + ms(300), ask: 's1', request: get('a', { ...waits, consistency: 'stale' }) },
  { at: settled + ms(800), ask: 's3', request: put('a', '2') },
];
const registered: Step = {
  at: settled,
  ask: 'a1',
  request: { type: 'agent-register-service', service: { id: 'web1', service: 'web', tags: [], port: 80 } },
};

const stories: readonly Story[] = [
  {
    file: 'consul-lock-session',
    title:
      'c locks a key by a session that hangs on its node a1, and a1 dies: gossip takes it for dead, its session ends, and d, who was\nrefused, is refused for the lock-delay of 5 s as well.',
    talk: {
      nodes,
      steps: locked,
      faults: [[seconds(10), { type: 'crash', node: 'a1', for: seconds(40) }]],
      until: seconds(26),
    },
    from: settled,
    to: seconds(25),
  },
  {
    file: 'consul-blocking-query',
    title:
      'Two clients wait for news of a key at a follower: one of the leader, the other of the follower itself; a write wakes both.',
    talk: { nodes: bare, steps: waiting, until: settled + seconds(5) },
    from: settled,
    to: settled + seconds(5),
  },
  {
    file: 'consul-anti-entropy',
    title:
      'Somebody deregisters a service behind the back of its agent: the next comparison with the catalog puts it back.',
    talk: {
      nodes: { ...nodes, a1: diligent },
      steps: [
        registered,
        {
          at: settled + ms(300),
          ask: 's2',
          request: { type: 'catalog-deregister', deregistration: { node: 'a1', serviceId: 'web1' } },
        },
        { at: settled + seconds(4.9), ask: 's1', request: { type: 'catalog-node', node: 'a1' } },
      ],
      until: settled + seconds(5),
    },
    from: settled,
    to: settled + seconds(5),
  },
  {
    file: 'consul-forwarded-request',
    title: 'A client in dc1 writes and reads in dc2: its agent asks a server, the server asks one over there.',
    talk: {
      nodes: { s1: near, s2: near, s3: near, m1: away, a1: agent },
      steps: inTurn('a1', seconds(10), [{ ...put('a', '1'), dc: 'dc2' }, { ...get('a'), dc: 'dc2' }, get('a')]),
      until: seconds(11),
    },
    from: seconds(10),
    to: seconds(11),
  },
];

test.each(stories.map((story) => [story.file, story] as const))('%s', (name, { title, talk, from, to }) => {
  const { run } = converse({ ...talk, trace: true });
  const told = transcript(run, { from, to })
    .filter((line) => isTold(line))
    .map((line) => shorten(line));
  expectTranscript(name, title, told);
});

/** What is sent, what breaks, and what servers and agents note; Raft and gossip have transcripts of their own. */
function isTold(line: string): boolean {
  return /→ .* (Ask|Answer)|fault|note: (session|node|keys|drift|check)/.test(line);
}

/** Without the numbers of messages, and with short names of sessions. */
function shorten(line: string): string {
  return line
    .replace(/ (Ask|Answer) id=\d+ (request|response)=/, ' $1 ')
    .replace(/ isForwarded=\w+/, '')
    .replace(/([0-9a-f]{8})-[0-9a-f-]{27}/g, '$1');
}
