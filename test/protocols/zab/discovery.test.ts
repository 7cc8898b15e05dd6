// One real server among two that play a script: it accepts an epoch once, even if a second leader has chosen the same number,
// and as a leader it does not count who accepted the epoch before.
import { expect, test } from 'vitest';
import { zab, type ZabMessage, type ZabServer } from '../../../protocols/zab/index.ts';
import {
  defineScenario,
  ms,
  networkPresets,
  seconds,
  simulate,
  type Context,
  type Protocol,
} from '../../../sim/index.ts';

interface Actor {
  state: { leader: string };
  message: ZabServer['message'] | { readonly type: 'SWITCH' };
  timer: 'connect';
  request: never;
  response: never;
}

type Packet = Extract<ZabMessage, { connection: number }>;

/** First n1 leads, and lets go of n3 when that has acknowledged its epoch; then n2 leads. `epochs` are what they choose. */
function script(epochs: Readonly<Record<string, number>>, said: string[]): Protocol<Actor> {
  const answer = (packet: Packet, ctx: Context<Actor>, payload: object, sequence: number): void =>
    ctx.send('n3', { ...packet, ...payload, accepted: 7, sequence, acknowledged: packet.sequence });
  return {
    start: () => ({ leader: 'n1' }),
    onMessage(state, _from, message, ctx) {
      switch (message.type) {
        case 'SWITCH':
          state.leader = 'n2';
          return;
        case 'Notification': {
          const { leader } = state;
          const role = leader === ctx.id ? 'LEADING' : 'FOLLOWING';
          const round = leader === 'n1' ? 5 : 6;
          return ctx.send('n3', { type: 'Notification', role, round, leader, zxid: 0, epoch: 0 });
        }
        case 'FOLLOWERINFO':
          said.push(`${ctx.id}: FOLLOWERINFO ${message.acceptedEpoch}`);
          return answer(message, ctx, { type: 'LEADERINFO', epoch: epochs[ctx.id] }, 1);
        case 'ACKEPOCH':
          said.push(`${ctx.id}: ACKEPOCH ${message.currentEpoch}`);
          if (ctx.id !== 'n1') return;
          state.leader = 'n2';
          ctx.send('n2', { type: 'SWITCH' });
          return answer(message, ctx, { type: 'CLOSE' }, 0);
        default:
          return;
      }
    },
  };
}

/** Both want n3 to lead; n1 follows it, has accepted epoch 4, and says what it makes of the new one. */
function voters(currentEpoch: number, said: string[]): Protocol<Actor> {
  return {
    start: () => ({ leader: 'n3' }),
    onMessage(_state, _from, message, ctx) {
      if (message.type === 'Notification' && message.leader === 'n3') {
        ctx.send('n3', message);
        if (ctx.id === 'n1') ctx.setTimer('connect', ms(500));
      } else if (message.type === 'LEADERINFO') {
        said.push(`LEADERINFO ${message.epoch}`);
        const frame = { connection: 1, accepted: message.accepted, sequence: 2, acknowledged: 1 };
        ctx.send('n3', { type: 'ACKEPOCH', currentEpoch, lastZxid: 0, snapshotZxid: 0, ...frame });
      } else if ('sequence' in message && message.sequence > 0) said.push(message.type);
    },
    onTimer(_state, _timer, ctx) {
      const frame = { connection: 1, accepted: 0, sequence: 1, acknowledged: 0 };
      ctx.send('n3', { type: 'FOLLOWERINFO', acceptedEpoch: 4, ...frame });
    },
  };
}

function play(epochs: Readonly<Record<string, number>>): readonly string[] {
  const said: string[] = [];
  runBeside(script(epochs, said));
  return said;
}

function runBeside(actor: Protocol<Actor>): void {
  const server: Protocol<ZabServer> = zab();
  const scenario = defineScenario({
    name: 'scripted',
    story: 'Two leaders choose their epochs.',
    protocol: 'zab',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: ['n1', 'n2', 'n3'].map((id) => ({ id, protocol: id === 'n3' ? server : actor })),
      clients: [],
      network: networkPresets.loopback,
      until: seconds(2),
      tail: 0,
      workload: [],
      faults: [],
      properties: [],
      checks: [],
    }),
  });
  expect(simulate(scenario, { seed: 1 }).findings).toEqual([]);
}

test('an epoch is acknowledged once: to a second leader of the same epoch the server says that it does not count', () => {
  expect(play({ n1: 1, n2: 1 }).slice(0, 4)).toEqual([
    'n1: FOLLOWERINFO 0',
    'n1: ACKEPOCH 0',
    'n2: FOLLOWERINFO 1',
    'n2: ACKEPOCH -1',
  ]);
});

test('a later epoch is acknowledged for what it is', () => {
  expect(play({ n1: 1, n2: 2 }).slice(2, 4)).toEqual(['n2: FOLLOWERINFO 1', 'n2: ACKEPOCH 0']);
});

test('an earlier epoch is refused, again and again', () => {
  const said = play({ n1: 2, n2: 1 }).slice(2);
  expect(said.length).toBeGreaterThan(1);
  expect(new Set(said)).toEqual(new Set(['n2: FOLLOWERINFO 2']));
});

test.each([
  [0, ['LEADERINFO 5', 'DIFF', 'NEWLEADER']],
  [-1, ['LEADERINFO 5']],
])(
  'a leader goes on when a quorum acknowledges its epoch, but does not count who answers with -1 (%i)',
  (current, expected) => {
    const said: string[] = [];
    runBeside(voters(current, said));
    expect(said).toEqual(expected);
  },
);
