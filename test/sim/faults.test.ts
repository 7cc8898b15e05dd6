// Fault schedules that come from outside: what is wrong with them is said by the field.
import { expect, test } from 'vitest';
import {
  describeFault,
  InputError,
  ms,
  parseFaults,
  seconds,
  simulate,
  transcript,
  type Fault,
  type Protocol,
} from '../../sim/index.ts';
import { at, counting, listener, notes, rows, run, scenarioOf, type Numbers } from './world.ts';

const known = { nodes: ['n1', 'n2', 'n3'], roles: ['leader'] };
const parse = (input: unknown): unknown => parseFaults(input, known);

test('a schedule goes through JSON and back unchanged', () => {
  const schedule = [
    {
      at: 0,
      fault: { type: 'power-loss', node: '@leader', unsynced: 'torn', when: 'after-effects', effects: 2, for: 5 },
    },
    { at: 7, fault: { type: 'partition', groups: [['n1'], ['n2', 'n3']] } },
  ];
  expect(parse(JSON.parse(JSON.stringify(schedule)))).toEqual(schedule);
});

test.each<[string, unknown, RegExp]>([
  ['no list', {}, /^faults: .*expected array.*found \{\}$/],
  ['no fault', [{ at: 1 }], /^faults\[0\]\.fault.*found nothing$/],
  ['an unknown type', [{ at: 1, fault: { type: 'meteor' } }], /^faults\[0\]\.fault\.type: .*found "meteor"$/],
  ['a negative time', [{ at: -1, fault: { type: 'heal' } }], /^faults\[0\]\.at: .*found -1$/],
  ['half a microsecond', [{ at: 0.5, fault: { type: 'heal' } }], /^faults\[0\]\.at: .*int.*found 0\.5$/],
  [
    'a missing field',
    [{ at: 1, fault: { type: 'power-loss', node: 'n1' } }],
    /^faults\[0\]\.fault\.unsynced: .*found nothing$/,
  ],
  [
    'a field too many',
    [{ at: 1, fault: { type: 'crash', node: 'n1', colour: 'red' } }],
    /^faults\[0\]\.fault: .*"colour"/,
  ],
  [
    'more than everything',
    [{ at: 1, fault: { type: 'lossy-link', from: ['n1'], to: ['n2'], loss: 2_000_000 } }],
    /\.loss: .*found 2000000$/,
  ],
  [
    'an unknown node',
    [{ at: 1, fault: { type: 'crash', node: 'n9' } }],
    /^faults\[0\]\.fault\.node: expected one of n1, n2, n3, @leader, found "n9"$/,
  ],
  ['an unknown role', [{ at: 1, fault: { type: 'pause', node: '@king' } }], /found "@king"$/],
  [
    'an unknown node in a group',
    [{ at: 1, fault: { type: 'partition', groups: [['n1'], ['n4']] } }],
    /\.groups: .*found "n4"$/,
  ],
])('%s is refused', (_what, input, message) => {
  expect(() => parse(input)).toThrow(InputError);
  expect(() => parse(input)).toThrow(message);
});

test('a fault after the world has healed is refused', () => {
  const scenario = scenarioOf({ nodes: [{ id: 'n1', protocol: listener }], until: seconds(2), tail: seconds(1) });
  const faults = [{ at: seconds(1.5), fault: { type: 'crash', node: 'n1' } as const }];
  expect(() => simulate(scenario, { seed: 1, faults })).toThrow(
    'faults[0].at: expected a time before the world heals (1000000 µs), found 1500000',
  );
});

test.each<[Fault, string]>([
  [{ type: 'crash', node: 'n1', for: ms(1_500) }, 'crash n1 for 1.5 s'],
  [{ type: 'partition', groups: [['n1', 'n2'], ['n3']] }, 'partition n1 n2 | n3'],
  [{ type: 'lossy-link', from: ['n1'], to: ['n2'], loss: 125_000 }, 'lossy-link from n1 to n2 loss 12.5 %'],
  [{ type: 'clock-jump', node: 'n1', by: -ms(20) }, 'clock-jump n1 by -20 ms'],
])('%j reads as %s', (fault, text) => {
  expect(describeFault(fault)).toBe(text);
});

test('a fault on a role that nobody plays is skipped, and the trace says so', () => {
  const result = run({
    nodes: [{ id: 'n1', protocol: listener }],
    roles: { leader: () => undefined },
    faults: [at(5, { type: 'crash', node: '@leader' })],
    tail: ms(100),
  });
  expect(result.statistics.crashes).toBe(0);
  expect(transcript(result)).toContain('5.000 ms  world fault: skipped, nobody plays the role');
});

test('a restart, and a heal in the middle of a run, bring back what was down for longer', () => {
  const down = { type: 'crash', node: 'n1', for: ms(500) } as const;
  const startedAt = (end: Fault): number[] =>
    rows(
      run({ nodes: [{ id: 'n1', protocol: listener }], faults: [at(5, down), at(50, end)], tail: ms(100) }),
      'start',
    ).map(({ time }) => time);
  expect(startedAt({ type: 'restart', node: 'n1' })).toEqual([0, ms(50)]);
  expect(startedAt({ type: 'heal' })).toEqual([0, ms(50)]);
});

test('nobody dies of what the healing wakes, though a crash was armed', () => {
  const echo: Protocol<Numbers> = { ...listener, onMessage: (_state, from, { n }, ctx) => ctx.send(from, { n }) };
  const nodes = [
    { id: 'a', protocol: counting(1, ms(10)) },
    { id: 'n1', protocol: echo },
  ];
  const armed: Fault = { type: 'crash', node: 'n1', when: 'after-effects', effects: 1 };
  const result = run({ nodes, faults: [at(5, { type: 'pause', node: 'n1' }), at(6, armed)], tail: ms(300) });
  expect(rows(result, 'crash')).toEqual([]);
  expect(notes(result)).toEqual(['701 a got 0 n1']);
});

test('rot and a wiped disk strike what is written, and the process finds out when it reads', () => {
  const keeper: Protocol<Numbers> = {
    ...listener,
    start(ctx) {
      const { records, damage } = ctx.disk.read<number>('log');
      ctx.note('finds', { records: [...records], damage: damage?.type ?? 'none' });
      if (records.length > 0) return { sent: 0 };
      for (const record of [1, 2]) ctx.disk.append('log', record);
      ctx.disk.sync();
      return { sent: 0 };
    },
  };
  const found = (fault: Fault): string | undefined =>
    notes(
      run({
        nodes: [{ id: 'n1', protocol: keeper }],
        faults: [at(20, fault), at(30, { type: 'crash', node: 'n1', for: ms(10) })],
        tail: ms(100),
      }),
    ).at(-1);
  expect(found({ type: 'disk-wipe', node: 'n1' })).toBe('40 n1 finds  none');
  expect(found({ type: 'bit-rot', node: 'n1' })).toMatch(/^40 n1 finds 1? corrupt$/);
});
