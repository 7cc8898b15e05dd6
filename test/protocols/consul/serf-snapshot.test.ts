// Serf's snapshot of members: whom an agent that restarts knows again, what it has written down for that, and what becomes of nodes,
// sessions and locks when all servers restart at once.
import { describe, expect, test } from 'vitest';
import { consulAgent } from '../../../protocols/consul/agent/agent.ts';
import type { GossipOptions } from '../../../protocols/consul/gossip.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import { ms, seconds, transcript, type AnyProtocol, type Fault, type Json, type Micros } from '../../../sim/index.ts';
import { servers, settled } from './cluster.ts';
import { converse, get, inTurn, put, session, type Conversation, type Step, type Talk } from './conversation.ts';

const at = (after: number): Micros => settled + seconds(after);
const agents = ['a1', 'a2', 'a3', 'a4'];

function cluster(gossip: Partial<GossipOptions> = {}): Record<string, AnyProtocol> {
  const options = { contacts: servers, ...gossip };
  const server = consulServer({ gossip: options, raft: { voters: servers } });
  const agent = consulAgent({ gossip: options });
  return Object.fromEntries([...servers.map((id) => [id, server]), ...agents.map((id) => [id, agent])]) as never;
}

type Timed = readonly [at: Micros, fault: Fault];
const crash = (node: string, when: Micros, downFor: Micros): Timed => [when, { type: 'crash', node, for: downFor }];

describe('all servers die together, and come back while the agents live', () => {
  /** Each agent's node holds a lock with a session that only the node's health can end. */
  const restart = (seed: number, downFor: readonly Micros[], gossip: Partial<GossipOptions> = {}): Conversation => {
    const locks = agents.flatMap((agent) =>
      inTurn(agent, at(2), [session('mine'), put(`lock-${agent}`, agent, { acquire: '$mine' })], agent),
    );
    const asked: Step[] = [
      { at: at(70), ask: 's1', request: { type: 'session-list' } },
      { at: at(70), ask: 's1', request: { type: 'catalog-nodes' } },
      ...agents.map((agent): Step => ({ at: at(70), ask: 's1', request: get(`lock-${agent}`) })),
    ];
    const faults = servers.map((node, place) => crash(node, at(5), downFor[place] ?? 0));
    const steps = [...locks, ...asked];
    return converse({ nodes: cluster(gossip), seed, steps, faults, until: at(75), refuses: true });
  };
  const after = (seed: number): readonly Micros[] =>
    [0, 1, 2].map((place) => seconds(1) + ms((seed * (37 + 61 * place)) % 9_000));

  test('nodes, sessions and locks are in the catalog throughout', { timeout: 60_000 }, () => {
    for (let seed = 0; seed < 60; seed++) {
      const { exchanges, notes } = restart(seed, after(seed));
      const gone = notes.filter(({ kind }) => ['node removed', 'node critical', 'keys freed'].includes(kind));
      expect([seed, gone.filter(({ data }) => !servers.includes(data['node'] as string))]).toEqual([seed, []]);
      const [sessions, nodes, ...keys] = exchanges.slice(2 * agents.length).map(({ response }) => response.body);
      expect([seed, (sessions as readonly object[]).length]).toEqual([seed, agents.length]);
      expect((nodes as readonly object[]).length).toBe(servers.length + agents.length);
      for (const key of keys) expect(key).toMatchObject([{ lockIndex: 1, session: expect.stringMatching(/.+-/) }]);
    }
  });

  test('without the snapshot the new leader takes agents that it has not met for gone, and their locks with them', () => {
    const forgetful = { snapshot: { recalls: () => new Map<string, string>() } };
    const lost = Array.from(
      { length: 10 },
      (_, seed) => restart(seed, after(seed), forgetful).notes.filter(({ kind }) => kind === 'keys freed').length,
    );
    expect(lost.filter((count) => count > 0).length).toBeGreaterThan(5);
  });
});

/** What a node did to a file. */
function written({ run }: Conversation, node: string, file = 'local'): readonly string[] {
  const write = new RegExp(`^ *[\\d.]+ ms +${node} +(?:appends (.*) to|(trims|truncates)) serf/${file}.snapshot`);
  return transcript(run, { without: [] }).flatMap((line) => {
    const found = write.exec(line);
    return found === null ? [] : [found[1] ?? found[2] ?? ''];
  });
}

const told = (talk: Partial<Talk>): Conversation =>
  converse({ nodes: cluster(), steps: [], trace: true, refuses: true, ...talk });
const rejoined = ({ notes }: Conversation, node: string): readonly unknown[] =>
  notes.filter((note) => note.kind === 'rejoined' && note.node === node).map(({ data }) => data['peer']);
const membersAt = (when: Micros, ask: string): Step => ({ at: when, ask, request: { type: 'agent-members' } });
const namesOf = (body: Json): readonly string[] =>
  (body as readonly { readonly name: string }[]).map(({ name }) => name);

describe('the file says', () => {
  test('who came, who failed, who came back and who left, and nothing of suspicions', () => {
    const conversation = told({
      faults: [crash('a1', at(0), seconds(20))],
      steps: [{ at: at(30), ask: 'a2', request: { type: 'agent-leave' } }],
      until: at(35),
    });
    const lines = written(conversation, 's2').filter((line) => / a[12]( |$)/.test(line));
    expect(lines.slice(0, 2).toSorted()).toEqual(['alive: a1 a1', 'alive: a2 a2']);
    expect(lines.slice(2)).toEqual(['not-alive: a1', 'alive: a1 a1', 'not-alive: a2']);
  });

  test('the same in fewer lines once it has more than the least size and than twice 128 bytes for each of those alive', () => {
    const flaps = Array.from({ length: 14 }, (_, place) => crash('s1', at(20 * place), seconds(10)));
    const [big, small] = [undefined, { minCompactSize: 256 }].map((snapshot) => {
      const gossip = { contacts: ['s1'], ...(snapshot && { snapshot }) };
      const pair = { s1: consulServer({ gossip, raft: { voters: ['s1'] } }), a1: consulAgent({ gossip }) };
      return told({ nodes: pair, faults: [...flaps, crash('a1', at(285), seconds(1))], until: at(290) });
    }) as [Conversation, Conversation];
    expect([big, small].map((each) => written(each, 'a1').filter((line) => line === 'trims').length)).toEqual([0, 1]);
    const lines = written(small, 'a1');
    const bytes = lines.slice(0, lines.indexOf('trims')).reduce((sum, line) => sum + line.length + 1, 0);
    expect(bytes).toBeGreaterThan(256);
    expect(bytes).toBeLessThan(256 + 3 * 'not-alive: s1'.length);
    expect([big, small].map((each) => rejoined(each, 'a1'))).toEqual([['s1'], ['s1']]);
  });
});

describe('a member that restarts', () => {
  const alone = { contacts: ['s1'] };

  test('finds the others though all that it is configured to ask are down', () => {
    for (const refuses of [true, false]) {
      const conversation = told({
        nodes: cluster(alone),
        faults: [crash('s1', at(0), seconds(90)), crash('a1', at(1), seconds(2))],
        steps: [membersAt(at(45), 'a1')],
        until: at(50),
        refuses,
      });
      expect(rejoined(conversation, 'a1')).toHaveLength(1);
      const names = namesOf(conversation.exchanges[0]?.response.body ?? []);
      expect(names).toEqual(expect.arrayContaining(['a1', 'a2', 'a3', 'a4', 's2', 's3']));
    }
  });

  test('calls one after the other until one answers: the next at once where it is refused, after 10 s where all is silent', () => {
    const calls = (refuses: boolean): readonly string[] => {
      const faults = ['s1', 's2', 's3', 'a2', 'a3'].map((node) => crash(node, at(0), seconds(120)));
      const conversation = told({
        nodes: cluster(alone),
        faults: [...faults, crash('a1', at(1), seconds(1))],
        until: at(80),
        refuses,
        seed: 3,
      });
      expect(rejoined(conversation, 'a1')).toEqual(['a4']);
      return transcript(conversation.run).flatMap((line) => {
        const found = /^ *(\d+)\.\d+ ms +a1 +→ (\w+) +PushPull/.exec(line);
        const when = Number(found?.[1] ?? 0) - at(2) / 1_000;
        return found === null || when < 0 || found[2] === 's1'
          ? []
          : [`${Math.round(when / 100) / 10} ${found[2] ?? ''}`];
      });
    };
    const silent = calls(false);
    const first = silent[0]?.slice('0 '.length) ?? '';
    expect(silent.slice(0, 5)).toEqual([
      `0 ${first}`,
      `1 ${first}`,
      `3 ${first}`,
      `7 ${first}`,
      expect.stringMatching(/^10 /),
    ]);
    const refused = calls(true).filter((line) => line.startsWith('0 '));
    expect(refused.length).toBeGreaterThan(1);
    expect(refused.at(-1)).toBe('0 a4');
  });

  test('that had left remembers nobody, and asks those that it is configured to ask', () => {
    const leave: Step = { at: at(0), ask: 'a1', request: { type: 'agent-leave' } };
    const conversation = told({
      faults: [crash('a1', at(10), seconds(2))],
      steps: [leave, membersAt(at(20), 'a1')],
      until: at(25),
    });
    expect(rejoined(conversation, 'a1')).toEqual([]);
    expect(namesOf(conversation.exchanges[1]?.response.body ?? [])).toHaveLength(7);
    expect(written(conversation, 'a1').findIndex((line) => line === 'leave')).toBeGreaterThan(0);
  });

  test('remembers what was not synced after a crash, but not after the loss of power', () => {
    const powerLoss: Fault = { type: 'power-loss', node: 'a1', unsynced: 'lost', for: seconds(2) };
    const register: Step = {
      at: at(0),
      ask: 'a1',
      request: { type: 'agent-register-service', service: { id: 'w', service: 'w', tags: [], port: 1 } },
    };
    const after = (fault: Fault, steps: readonly Step[] = []): number =>
      rejoined(told({ faults: [[at(1), fault]], steps, until: at(10) }), 'a1').length;
    expect(after({ type: 'crash', node: 'a1', for: seconds(2) })).toBe(1);
    expect(after(powerLoss)).toBe(0);
    expect(after(powerLoss, [register])).toBe(1); // what was registered is synced, and the file of members with it
  });
});

test('a server finds other datacenters again though nobody answers whom it is configured to ask', () => {
  const options = { contacts: ['n1', 'n2'], wanContacts: ['m1'] };
  const near = consulServer({ gossip: options, raft: { voters: ['n1', 'n2'] }, config: { datacenter: 'near' } });
  const far = consulServer({
    gossip: { ...options, contacts: ['m1', 'm2', 'm3'], wanContacts: ['m2', 'n1'] },
    raft: { voters: ['m1', 'm2', 'm3'] },
    config: { datacenter: 'far' },
  });
  const conversation = converse({
    nodes: { n1: near, n2: near, m1: far, m2: far, m3: far },
    faults: [
      crash('m1', seconds(30), seconds(100)),
      crash('n1', seconds(40), seconds(2)),
      crash('n2', seconds(40), seconds(2)),
    ],
    steps: [{ at: seconds(80), ask: 'n2', request: { type: 'catalog-datacenters' } }],
    until: seconds(90),
    refuses: true,
    trace: true,
  });
  expect(conversation.exchanges[0]?.response.body).toEqual(['far', 'near']);
  expect(written(conversation, 'n1', 'remote')[0]).toMatch(/^alive: \w\d\.\w+ \w\d$/);
});

test('an agent goes on where there is no space for its file, or half a line in it', () => {
  const full: Fault = { type: 'disk-full', node: 'a1', for: seconds(3) };
  const torn: Fault = { type: 'power-loss', node: 'a1', unsynced: 'torn', for: seconds(2) };
  for (let seed = 0; seed < 5; seed++) {
    const faults = [
      [at(0), full] as const,
      crash('a2', at(0.5), seconds(30)),
      [at(20), torn] as const,
      [at(30), { ...torn, unsynced: 'kept' } as Fault] as const,
    ];
    const { exchanges } = told({ seed, faults, steps: [membersAt(at(60), 'a1')], until: at(65) });
    expect(namesOf(exchanges[0]?.response.body ?? [])).toHaveLength(7);
  }
});
