// One real server among puppets: rules that campaigns hardly ever see, because a rare coincidence is needed for them to matter. Each
// conversation is that coincidence: whom a server elects, what it says it has, whom it counts, and whose answer an answer is.
import { expect, test } from 'vitest';
import { zab, zabComponent, type ZabMessage, type ZabState, type ZabTimer } from '../../../protocols/zab/index.ts';
import { formatZxid, zxidOf } from '../../../protocols/zab/zxid.ts';
import { ms, type Protocol } from '../../../sim/index.ts';
import { converse, type Conversation } from '../conversation.ts';

const config = { tickTime: ms(200), finalizeWait: ms(20), transport: 'fifo' } as const;

/** What `n1` sent, and what it noted of elections, establishing, delivering and serving; zxids as `epoch.counter`. */
function told(conversation: Omit<Conversation, 'protocol'>): string[] {
  const servers = ['n1', ...conversation.puppets.filter((id) => id.startsWith('n'))];
  const lines = converse({ protocol: zab({ ...config, servers }), ...conversation });
  return lines
    .filter((line) => / n1 (→|note: (elects|establishes|delivers|serves))/.test(line))
    .map((line) => line.replace(/^ *([\d]+)[\d.]* ms {2}n1 (?:note: )?/, '$1 '))
    .map((line) =>
      line.replace(/ connection=.*/, '').replace(/=(\d{9,})/g, (_, zxid) => `=${formatZxid(Number(zxid))}`),
    );
}

type Line = Conversation['says'][number];

interface Said {
  readonly type: string;
  readonly connection: number;
  readonly accepted: number;
}

const entry = (counter: number, origin: object): object => ({
  zxid: zxidOf(1, counter),
  txn: { type: 'set', session: `c${counter}/1`, sequence: 1, key: 'x', value: counter },
  origin,
});
const foreign = { server: 'n3', boot: 1, ticket: 1 };

/** A conversation in which `n1` finds `n3` leading, which then says this. */
function following(says: readonly Line[], puppets: readonly string[] = []): Omit<Conversation, 'protocol' | 'to'> {
  const vote = { type: 'Notification', round: 5, leader: 'n3', zxid: 0, epoch: 0 };
  // The connection is the first of the server's first life.
  const frame = { connection: 2 ** 20 + 1, accepted: 7, sequence: 1, acknowledged: 0 };
  const opening: Line[] = [
    [20, 'n3', { type: 'LEADERINFO', epoch: 1 }],
    [30, 'n3', { type: 'DIFF', entries: [], committed: 0 }],
  ];
  return {
    puppets: ['n2', 'n3', ...puppets],
    answers: (puppet, message) => {
      const isAsked = (message as Said).type === 'Notification';
      return isAsked ? { ...vote, role: puppet === 'n3' ? 'LEADING' : 'FOLLOWING' } : undefined;
    },
    says: [...opening, ...says].map(([at, puppet, message]) => [
      at,
      puppet,
      puppet === 'n3' ? { ...message, ...frame } : message,
    ]),
    from: 25,
  };
}

test('a follower acknowledges NEWLEADER, what was proposed before it, and what is proposed before UPTODATE', () => {
  const conversation = following([
    [31, 'n3', { type: 'PROPOSAL', entry: entry(1, foreign) }],
    [32, 'n3', { type: 'NEWLEADER', epoch: 1 }],
    [40, 'n3', { type: 'PROPOSAL', entry: entry(2, foreign) }],
    [45, 'n3', { type: 'COMMIT', zxid: zxidOf(1, 1) }],
    [50, 'n3', { type: 'UPTODATE', committed: 0 }],
  ]);
  expect(told({ ...conversation, to: 60 })).toMatchInlineSnapshot(`
    [
      "35 → n3  ACK zxid=1.0",
      "35 → n3  ACK zxid=1.1",
      "41 → n3  ACK zxid=1.2",
      "51 delivers zxid=1.1 previous=0 request=n3/1/1",
      "51 serves epoch=1 applied=1.1 last=1.2",
    ]
  `);
});

test('what a server asked for in an earlier life answers nobody, though it has the number of what is asked now', () => {
  const request = { client: 'c1', life: 1, sequence: 1, key: 'y', f: 'read' };
  const conversation = following(
    [
      [31, 'n3', { type: 'NEWLEADER', epoch: 1 }],
      [35, 'n3', { type: 'UPTODATE', committed: 0 }],
      [40, 'c1', { type: 'ClientRequest', request }],
      [41, 'n3', { type: 'PROPOSAL', entry: entry(1, { server: 'n1', boot: 0, ticket: 1 }) }],
      [45, 'n3', { type: 'COMMIT', zxid: zxidOf(1, 1) }],
      [50, 'n3', { type: 'PROPOSAL', entry: entry(2, { server: 'n1', boot: 1, ticket: 1 }) }],
      [55, 'n3', { type: 'COMMIT', zxid: zxidOf(1, 2) }],
    ],
    ['c1'],
  );
  expect(told({ ...conversation, from: 36, to: 60 })).toMatchInlineSnapshot(`
    [
      "36 serves epoch=1 applied=0 last=0",
      "41 → n3  REQUEST request={client=c1 life=1 sequence=1 key=y f=read} origin={server=n1 boot=1 ticket=1}",
      "42 → n3  ACK zxid=1.1",
      "46 delivers zxid=1.1 previous=0 request=n1/0/1",
      "51 → n3  ACK zxid=1.2",
      "56 delivers zxid=1.2 previous=1.1 request=n1/1/1",
      "56 → c1  ClientReply life=1 sequence=1 answer={done value=2}",
    ]
  `);
});

test('a leader counts a learner once that acknowledges NEWLEADER on one connection after the other', () => {
  const frame = { accepted: 0, sequence: 1, acknowledged: 0 };
  const info = { type: 'FOLLOWERINFO', acceptedEpoch: 0, ...frame };
  const newLeader = zxidOf(1, 0);
  const lines = told({
    puppets: ['n2', 'n3', 'n4', 'n5'],
    answers: (puppet, message) => {
      const { type, connection, accepted } = message as Said;
      const reply = { connection, accepted, sequence: 1, acknowledged: 0 };
      if (type === 'Notification' && (puppet === 'n2' || puppet === 'n3')) return message; // they vote as it does
      if (type === 'LEADERINFO') return { type: 'ACKEPOCH', currentEpoch: 0, lastZxid: 0, snapshotZxid: 0, ...reply };
      if (type === 'NEWLEADER' && puppet === 'n2') return { type: 'ACK', zxid: newLeader, ...reply };
      return undefined;
    },
    says: [
      [50, 'n2', { ...info, connection: 1 }],
      [50, 'n3', { ...info, connection: 1 }],
      [60, 'n2', { type: 'CLOSE', connection: 1, ...frame }],
      [65, 'n2', { ...info, connection: 2 }],
      [80, 'n3', { type: 'ACK', zxid: newLeader, ...frame, connection: 1, accepted: 2 ** 20 + 2 }],
    ],
    from: 60,
    to: 90,
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "66 → n2  LEADERINFO epoch=1",
      "68 → n2  DIFF entries=[] committed=0",
      "68 → n2  NEWLEADER epoch=1",
      "81 establishes epoch=1 last=0",
      "81 → n2  UPTODATE committed=0",
      "81 → n3  UPTODATE committed=0",
      "81 serves epoch=1 applied=0 last=0",
    ]
  `);
});

const known = { type: 'Notification', round: 5, leader: 'n3', zxid: 0, epoch: 0 };

test('who is late follows a leader whom a quorum follows when that says itself that it leads', () => {
  const says: Line[] = [
    [5, 'n2', { ...known, role: 'FOLLOWING' }],
    [5, 'n4', { ...known, role: 'FOLLOWING' }],
    [5, 'n5', { ...known, role: 'FOLLOWING' }],
    [10, 'n3', { ...known, role: 'LEADING' }],
  ];
  expect(told({ puppets: ['n2', 'n3', 'n4', 'n5'], says, from: 5, to: 18 })).toMatchInlineSnapshot(`
    [
      "11 elects leader=n3 round=5",
      "11 → n3  FOLLOWERINFO acceptedEpoch=0",
    ]
  `);
});

test('a vote of an earlier round does not count in a later one', () => {
  const says: Line[] = [
    [5, 'n3', { ...known, role: 'LOOKING', round: 4 }],
    [10, 'n2', { ...known, role: 'LOOKING' }],
    [60, 'n3', { ...known, role: 'LOOKING' }],
  ];
  expect(told({ puppets: ['n2', 'n3', 'n4', 'n5'], says, from: 5, to: 100 })).toMatchInlineSnapshot(`
    [
      "6 → n2  Notification role=LOOKING round=4 leader=n3 zxid=0 epoch=0",
      "6 → n3  Notification role=LOOKING round=4 leader=n3 zxid=0 epoch=0",
      "6 → n4  Notification role=LOOKING round=4 leader=n3 zxid=0 epoch=0",
      "6 → n5  Notification role=LOOKING round=4 leader=n3 zxid=0 epoch=0",
      "11 → n2  Notification role=LOOKING round=5 leader=n3 zxid=0 epoch=0",
      "11 → n3  Notification role=LOOKING round=5 leader=n3 zxid=0 epoch=0",
      "11 → n4  Notification role=LOOKING round=5 leader=n3 zxid=0 epoch=0",
      "11 → n5  Notification role=LOOKING round=5 leader=n3 zxid=0 epoch=0",
      "21 → n2  Notification role=LOOKING round=5 leader=n3 zxid=0 epoch=0",
      "21 → n3  Notification role=LOOKING round=5 leader=n3 zxid=0 epoch=0",
      "21 → n4  Notification role=LOOKING round=5 leader=n3 zxid=0 epoch=0",
      "21 → n5  Notification role=LOOKING round=5 leader=n3 zxid=0 epoch=0",
      "81 elects leader=n3 round=5",
      "81 → n3  FOLLOWERINFO acceptedEpoch=0",
    ]
  `);
});

test('who looks for a leader again is not taken for a follower of the one that it had', () => {
  const says: Line[] = [
    [2, 'n4', { ...known, role: 'LOOKING', round: 9, leader: 'n4' }],
    [5, 'n2', { ...known, role: 'FOLLOWING' }],
    [6, 'n5', { ...known, role: 'FOLLOWING' }],
    [8, 'n2', { ...known, role: 'LOOKING', round: 6 }],
    [10, 'n3', { ...known, role: 'LEADING' }],
    [15, 'n2', { ...known, role: 'FOLLOWING' }],
  ];
  const lines = told({ puppets: ['n2', 'n3', 'n4', 'n5'], says, from: 4, to: 18 });
  expect(lines.filter((line) => line.includes('elects'))).toEqual(['16 elects leader=n3 round=5']);
});

test('the discovery of a leader has the whole of initLimit, and so has its synchronization', () => {
  const frame = { connection: 1, accepted: 0, sequence: 1, acknowledged: 0 };
  const info = { type: 'FOLLOWERINFO', acceptedEpoch: 0, ...frame };
  // Ticks of 20 ms: initLimit is 200 ms. The first learner comes after three quarters of that, and then takes as long again.
  const lines = converse({
    protocol: zab({ ...config, tickTime: ms(20), initLimit: 10 }),
    puppets: ['n2', 'n3'],
    answers: (puppet, message) => {
      const { type, connection, accepted } = message as Said;
      if (type === 'Notification' && puppet === 'n2') return message;
      if (type !== 'LEADERINFO') return undefined;
      const credentials = { currentEpoch: 0, lastZxid: 0, snapshotZxid: 0 };
      return { type: 'ACKEPOCH', ...credentials, connection, accepted, sequence: 1, acknowledged: 0 };
    },
    says: [[175, 'n2', info]],
    to: 700,
  });
  const phases = lines.filter((line) => / note: (role|gives-up)/.test(line));
  expect(phases.map((line) => line.trim().replace(/^(\d+)[\d.]* ms {2}n1 note: /, '$1 '))).toMatchInlineSnapshot(`
    [
      "23 role role=LEADING phase=DISCOVERY epoch=0",
      "181 role role=LEADING phase=SYNCHRONIZATION epoch=1",
      "383 gives-up why=no quorum synchronized in time",
      "383 role role=LOOKING phase=ELECTION epoch=0",
      "405 role role=LEADING phase=DISCOVERY epoch=0",
      "615 gives-up why=no quorum synchronized in time",
      "615 role role=LOOKING phase=ELECTION epoch=0",
      "637 role role=LEADING phase=DISCOVERY epoch=0",
    ]
  `);
});

test('a server that nobody answers repeats its vote ever more rarely, up to a bound', () => {
  const longestNotificationInterval = ms(100);
  const lines = converse({
    protocol: zab({ ...config, longestNotificationInterval }),
    puppets: ['n2', 'n3'],
    says: [],
    to: 500,
  });
  const times = lines.filter((line) => / n1 timer zab-election/.test(line)).map((line) => Math.floor(parseFloat(line)));
  expect(times.map((time) => time - times[0]!)).toMatchInlineSnapshot(`
    [
      0,
      40,
      120,
      220,
      320,
      420,
    ]
  `);
});

test('what opens a connection is said again in every half tick until it is answered', () => {
  const lines = converse({
    protocol: zab({ ...config, transport: 'lossy', tickTime: ms(40) }),
    puppets: ['n2', 'n3'],
    says: [
      [5, 'n2', { ...known, role: 'FOLLOWING' }],
      [5, 'n3', { ...known, role: 'LEADING' }],
    ],
    from: 5,
    to: 70,
  });
  const opened = lines.filter((line) => line.includes('FOLLOWERINFO')).map((line) => Math.floor(parseFloat(line)));
  expect(opened).toEqual([6, 26, 46, 66]);
});

test('the opening of an older connection that comes late does not replace a newer one', () => {
  const info = { type: 'FOLLOWERINFO', acceptedEpoch: 0, accepted: 0, sequence: 1, acknowledged: 0 };
  const lines = told({
    puppets: ['n2', 'n3'],
    answers: (puppet, message) => ((message as Said).type === 'Notification' && puppet === 'n2' ? message : undefined),
    says: [
      [50, 'n2', { ...info, connection: 2 }],
      [60, 'n2', { ...info, connection: 1 }],
    ],
    from: 45,
    to: 65,
  });
  expect(lines.filter((line) => line.includes('INFO'))).toEqual(['52 → n2  LEADERINFO epoch=1']);
  expect(lines.at(-1)).toBe('61 → n2  CLOSE');
});

test.each([
  [2, false],
  [3, true],
])('weights count: a server of weight %i beside two of weight 1 is a quorum: %s', (weight, isQuorum) => {
  const lines = converse({
    protocol: zab({ ...config, weights: { n1: weight } }),
    puppets: ['n2', 'n3'],
    says: [],
    to: 200,
  });
  expect(lines.some((line) => line.includes('note: establishes'))).toBe(isQuorum);
});

interface Bare {
  state: { readonly zab: ZabState };
  message: ZabMessage;
  timer: ZabTimer;
  request: never;
  response: never;
}

test('the host is told when its machine is replaced by the snapshot of the leader', () => {
  const component = zabComponent<Bare, { count: number }, null, number, number>({
    service: { initial: () => ({ count: 0 }), apply: (machine, txn) => (machine.count = txn) },
    hooks: { restored: ({ zab: { machine } }, ctx) => ctx.note('restored', { machine: JSON.stringify(machine) }) },
    config: { ...config, servers: ['n1', 'n2', 'n3'] },
  });
  const protocol: Protocol<Bare> = {
    start: (ctx) => ({ zab: component.start(ctx) }),
    onMessage: (state, from, message, ctx) => component.onMessage(state, from, message, ctx),
    onTimer: (state, timer, ctx) => component.onTimer(state, timer, ctx),
  };
  const { says, ...conversation } = following([
    [31, 'n3', { type: 'SNAP', zxid: zxidOf(1, 5), machine: { count: 5 } }],
    [32, 'n3', { type: 'NEWLEADER', epoch: 1 }],
  ]);
  const lines = converse({
    ...conversation,
    says: says.filter(([, , message]) => (message as Said).type !== 'DIFF'),
    protocol,
    to: 45,
  });
  expect(lines.filter((line) => line.includes('restored')).map((line) => line.replace(/.*note: /, ''))).toEqual([
    'restored machine={"count":5}',
  ]);
});
