// What is told of a run, on runs that do nothing but what is written here: notes at given times, faults, operations.
import { describe, expect, test } from 'vitest';
import { shapeOfRun, tellStory } from '../../fuzz/index.ts';
import { tellEnd, tellFault } from '../../fuzz/story-faults.ts';
import { findScenario } from '../../scenarios/index.ts';
import {
  alwaysOn,
  eventually,
  ms,
  networkPresets,
  seconds,
  simulate,
  type AnyProtocol,
  type Fault,
  type Json,
  type Run,
  type Scenario,
} from '../../sim/index.ts';

type Note = readonly [at: number, kind: string, data?: { readonly [key: string]: Json }];

/** A node that notes what it is told to, sends its peer a message for each, and writes without a sync. */
function scripted(notes: readonly Note[]): AnyProtocol {
  return {
    start(ctx) {
      for (const [place, [at]] of notes.entries()) if (at > 0) ctx.setTimer(String(place), at);
      for (const [at, kind, data] of notes) if (at === 0) ctx.note(kind, data);
      return {};
    },
    onTimer(_state, timer, ctx) {
      const [, kind, data] = notes[Number(timer)]!;
      ctx.disk.set('last', kind);
      ctx.note(kind, data);
      for (const peer of ctx.peers) ctx.send(peer, { type: 'told' });
    },
    onMessage: () => {},
  };
}

function runOf(
  notes: readonly Note[],
  faults: readonly (readonly [at: number, fault: Fault])[] = [],
  maxEvents = Infinity,
): Run {
  const scenario: Scenario = {
    ...findScenario('election'),
    name: 'scripted',
    parameters: {},
    world: () => ({
      nodes: [
        { id: 'n1', protocol: scripted(notes) },
        { id: 'n2', protocol: scripted([]) },
      ],
      ...{ clients: [], workload: [], checks: [], network: networkPresets.lan, until: seconds(2), tail: ms(100) },
      faults: faults.map(([at, fault]) => ({ at, fault })),
      properties: [
        alwaysOn(['wrong'], 'nothing is wrong', 'nobody notes so', () => () => 'somebody says so'),
        eventually('it ends', 'never judged in a short run', ms(1), () => undefined),
      ],
    }),
  };
  return simulate(scenario, { seed: 1, trace: true, maxEvents });
}

const story = (...about: Parameters<typeof runOf>): string => tellStory(runOf(...about)).join('\n');

describe('a story', () => {
  test('of roles tells how they change, not how they begin, and of other notes the rare ones', () => {
    const often = [3, 4, 5].map((at): Note => [ms(at), 'often', { at }]);
    const roles: Note[] = [
      [0, 'role', { role: 'follower' }],
      [ms(7), 'role', { role: 'leader', term: 3 }],
    ];
    const told = story([...roles, ...often, [ms(6), 'rarely', { why: 'x' }]]);
    expect(told).toBe('At 6 ms n1 notes rarely why=x.\nAt 7 ms n1 becomes leader (term 3).');
  });

  test('says once what happens again and again', () => {
    const again = [1, 2, 3].map((at): Note => [ms(at), 'beat']);
    expect(story([...again, [ms(4), 'other'], [ms(5), 'beat']])).toBe(
      'At 1 ms n1 notes beat (3 times).\nAt 4 ms n1 notes other.\nAt 5 ms n1 notes beat.',
    );
  });

  test.each<readonly [Fault, string]>([
    [{ type: 'clock-jump', node: 'n2', by: -ms(5) }, 'At 2 ms the clock of n2 jumps back by 5 ms.'],
    [{ type: 'clock-jump', node: 'n2', by: ms(5) }, 'At 2 ms the clock of n2 jumps ahead by 5 ms.'],
    [
      { type: 'isolate', node: 'n2', direction: 'in', for: ms(5) },
      'At 2 ms n2 is cut off from its peers, hearing nothing for 5 ms.\nAt 7 ms the cut is mended.',
    ],
    [
      { type: 'partition', groups: [['n1'], ['n2']], for: ms(1) },
      'At 2 ms the network parts n1 from n2 for 1 ms.\nAt 3 ms the cut is mended.',
    ],
    [
      { type: 'hold', from: ['n1'], to: ['n2'], for: ms(1) },
      'At 2 ms messages from n1 to n2 are held up for 1 ms.\nAt 3 ms what was held up is let go.',
    ],
    [{ type: 'pause', node: 'n2', for: ms(3) }, 'At 2 ms n2 stands still.\nAt 5 ms n2 goes on.'],
    [{ type: 'crash', node: 'n2', for: ms(3) }, 'At 2 ms n2 dies.\nAt 5 ms n2 starts again.'],
  ])('tells %j as people would', (fault, told) => {
    expect(story([], [[ms(2), fault]])).toBe(told);
  });

  test('tells what a power loss took, and how many messages were lost to keep it short', () => {
    const loss: Fault = { type: 'power-loss', node: 'n1', unsynced: 'lost', for: ms(100) };
    expect(story([[ms(1), 'beat']], [[ms(9), loss]])).toMatch(
      /^At 1 ms n1 notes beat\.\nAt 9 ms n1 dies\.\nAt 9 ms n1 loses 1 write that it had not synced\.\nAt 109 ms n1 starts again\./,
    );
    const lose: Fault = { type: 'lose-messages', from: ['n1'], to: ['n2'], places: [0, 2] };
    const beats = [1, 2, 3].map((at): Note => [ms(at), 'beat']);
    expect(story(beats, [[0, lose]])).toBe(
      'At 1 ms n1 notes beat (3 times).\n(Messages that did not matter are lost, to keep this short: 2.)',
    );
  });

  test('that was cut short does not tell what could not come true in it', () => {
    const run = runOf([[ms(1), 'wrong']], [], 3);
    expect(run.findings.map(({ name }) => name)).toContain('it ends');
    expect(tellStory(run).join('\n')).toBe(
      'At 1 ms n1 notes wrong.\nAt 1 ms “nothing is wrong” is violated: somebody says so.',
    );
  });

  test('that is long is told from its beginning and to its end', () => {
    const many = Array.from({ length: 40 }, (_, place): Note => [ms(place + 1), `note${place}`]);
    const told = tellStory(runOf(many), 20);
    expect(told).toHaveLength(21);
    expect([told[9], told[10], told[11], told[20]]).toEqual([
      'At 10 ms n1 notes note9.',
      '… 20 more …',
      'At 31 ms n1 notes note30.',
      'At 40 ms n1 notes note39.',
    ]);
  });
});

test('a shape says what was broken, who became what and what was proved, each once and in order', () => {
  const notes: Note[] = [
    [0, 'role', { role: 'follower' }],
    [ms(3), 'role', { role: 'leader' }],
    [ms(4), 'role', { role: 'leader' }],
    [ms(20), 'wrong'],
  ];
  const run = runOf(notes, [
    [ms(1), { type: 'clock-jump', node: 'n2', by: 5 }],
    [ms(5), { type: 'power-loss', node: 'n1', unsynced: 'lost', for: ms(1) }],
    [ms(50), { type: 'heal' }],
  ]);
  const finding = run.findings.find(({ name }) => name === 'nothing is wrong')!;
  expect(shapeOfRun(run, finding)).toEqual([
    'a process dies',
    'clocks go wrong',
    'invalid nothing is wrong',
    'somebody becomes follower', // when it starts again
    'somebody becomes leader',
    'unsynced writes are lost',
  ]);
  expect(shapeOfRun(runOf([...notes.slice(0, 1), notes[3]!]), finding)).toEqual(['invalid nothing is wrong']);
});

test('every fault that lasts is told in words, and so is its end', () => {
  const [link, node, lasts] = [{ from: ['n1'], to: ['n2', 'c1'] }, { node: 'n1' }, { for: ms(20) }];
  const faults: readonly Fault[] = [
    { type: 'slow-link', ...link, add: ms(5), ...lasts },
    { type: 'reordering-link', ...link, reorder: 1, ...lasts },
    { type: 'flap', ...link, period: ms(5), ...lasts },
    { type: 'bridge', left: ['n1'], right: ['n2', 'n3'], ...lasts },
    { type: 'ring', order: ['n1', 'n2', 'n3'], ...lasts },
    { type: 'slow-cpu', ...node, perEvent: ms(2), ...lasts },
    { type: 'clock-drift', ...node, ppm: -85_000, ...lasts },
    { type: 'clock-strobe', ...node, by: ms(3), period: ms(7), ...lasts },
    { type: 'clock-freeze', ...node, ...lasts },
    { type: 'disk-stall', ...node, ...lasts },
    { type: 'disk-slow', ...node, add: ms(9), ...lasts },
    { type: 'disk-full', ...node, ...lasts },
    { type: 'disk-unreadable', ...node },
    { type: 'disk-lie', ...node, ...lasts },
  ];
  expect(faults.map((fault) => `${tellFault(fault)}; ${tellEnd(fault)}`)).toMatchInlineSnapshot(`
    [
      "messages from n1 to n2, c1 take 5 ms longer for 20 ms; messages from n1 to n2, c1 arrive as usual",
      "messages from n1 to n2, c1 overtake each other for 20 ms; messages from n1 to n2, c1 arrive as usual",
      "the way from n1 to n2, c1 comes and goes every 5 ms for 20 ms; messages from n1 to n2, c1 arrive as usual",
      "the network parts n1 from n2, n3, but not from the others for 20 ms; the cut is mended",
      "each hears only its neighbours in the ring n1, n2, n3 for 20 ms; the cut is mended",
      "n1 takes 2 ms longer for each thing it does for 20 ms; n1 works as usual",
      "the clock of n1 runs 8.5 % too slowly for 20 ms; the clock of n1 runs as usual",
      "the clock of n1 jumps to and fro by 3 ms for 20 ms; the clock of n1 runs as usual",
      "the clock of n1 stands still for 20 ms; the clock of n1 runs as usual",
      "the disk of n1 stands still for 20 ms; the disk of n1 works as usual",
      "the disk of n1 takes 9 ms longer for 20 ms; the disk of n1 works as usual",
      "the disk of n1 is full for 20 ms; the disk of n1 works as usual",
      "the disk of n1 cannot be read; the disk of n1 works as usual",
      "the disk of n1 says that it synced when it did not for 20 ms; the disk of n1 works as usual",
    ]
  `);
});
