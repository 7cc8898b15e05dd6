// Zab as a component of another protocol: requests of one server take effect in its order, the leader prepares them, a sync is
// answered behind everything that came before it, and all servers end with one machine.
import { describe, expect, test } from 'vitest';
import {
  isZabTimer,
  zabComponent,
  type ZabConfig,
  type ZabMessage,
  type ZabState,
  type ZabTimer,
} from '../../../protocols/zab/index.ts';
import { keyValueService, type KeyValueAnswer } from '../../../protocols/zab/key-value.ts';
import {
  always,
  defineScenario,
  ms,
  networkPresets,
  seconds,
  simulate,
  type Protocol,
  type View,
} from '../../../sim/index.ts';

interface Counting {
  state: {
    readonly zab: ZabState;
    /** What happened here, in order: `a<ticket>` for applied, `s<ticket>` for synced, roles for the rest. */
    readonly log: string[];
    readonly asked: string[];
  };
  message: ZabMessage;
  timer: ZabTimer | 'ask';
  request: never;
  response: never;
}

/** A counter that is increased by one: the leader says to which number. */
function counting(config: Partial<ZabConfig>): Protocol<Counting> {
  const zab = zabComponent<Counting, { count: number }, null, number, number>({
    service: {
      initial: () => ({ count: 0 }),
      prepare: ({ count }) => count + 1,
      apply(machine, txn) {
        machine.count = txn;
        return machine.count;
      },
    },
    hooks: {
      applied(state, { ticket }) {
        if (ticket !== null) state.log.push(`a${ticket}`);
      },
      synced: (state, ticket) => state.log.push(`s${ticket}`),
      activated: (state, role) => state.log.push(role),
      deactivated: (state) => state.log.push('gone'),
    },
    config,
  });
  return {
    start(ctx) {
      ctx.setTimer('ask', ms(5));
      return { zab: zab.start(ctx), log: [], asked: [] };
    },
    onMessage: (state, from, message, ctx) => zab.onMessage(state, from, message, ctx),
    onTimer(state, timer, ctx) {
      if (isZabTimer(timer)) return zab.onTimer(state, timer, ctx);
      ctx.setTimer('ask', ms(5));
      if (state.asked.length >= 90) return;
      for (const kind of ['a', 'a', 's']) {
        const ticket = kind === 'a' ? zab.submit(state, null, ctx) : zab.sync(state, ctx);
        if (ticket !== null) state.asked.push(`${kind}${ticket}`);
      }
    },
  };
}

function finalStates(voters: number, observers: number): readonly Counting['state'][] {
  const ids = Array.from({ length: voters + observers }, (_, index) => `n${index + 1}`);
  const server = counting({
    tickTime: ms(100),
    finalizeWait: ms(20),
    snapshotEvery: 20,
    keepBeforeSnapshot: 5,
    observers: ids.slice(voters),
  });
  let seen: View | undefined;
  const scenario = defineScenario({
    name: 'counting',
    story: 'Servers count together.',
    protocol: 'zab',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: ids.map((id) => ({ id, protocol: server })),
      clients: [],
      network: networkPresets.lan,
      until: seconds(3),
      tail: 0,
      workload: [],
      faults: [],
      // A property is who sees the states at the end.
      properties: [
        always('seen', 'the view is kept', () => (view) => {
          seen = view;
          return undefined;
        }),
      ],
      checks: [],
    }),
  });
  expect(simulate(scenario, { seed: 7, debug: true }).findings).toEqual([]);
  return ids.map((id) => seen?.node(id).state as Counting['state']);
}

describe.each([
  [1, 0],
  [3, 0],
  [3, 2],
])('with %i voters and %i observers', (voters, observers) => {
  const states = finalStates(voters, observers);

  test('what a server asked happens there, in its order; a sync is answered behind what was asked before it', () => {
    for (const { asked, log } of states) {
      expect(asked).toHaveLength(90);
      const happened = log.filter((entry) => /^[as]\d/.test(entry));
      // A sync may be answered later than what was asked after it, never before what was asked before it.
      expect(happened.filter((entry) => entry.startsWith('a'))).toEqual(asked.filter((entry) => entry.startsWith('a')));
      expect([...happened].sort()).toEqual([...asked].sort());
      asked.forEach((entry, place) => {
        if (!entry.startsWith('s')) return;
        const before = asked.slice(0, place).filter((other) => other.startsWith('a'));
        const known = new Set(happened.slice(0, happened.indexOf(entry)));
        expect(before.filter((other) => !known.has(other))).toEqual([]);
      });
    }
  });

  test('the leader counts without a gap, and all servers end with the same machine', () => {
    for (const { zab } of states) expect(zab.machine).toEqual({ count: states.length * 60 });
  });

  test('one server leads, and observers observe', () => {
    const roles = states.map(({ log }) => log.find((entry) => !/^[as]\d/.test(entry)));
    expect(roles.filter((role) => role === 'leading')).toHaveLength(1);
    expect(roles.slice(voters)).toEqual(Array.from({ length: observers }, () => 'observing'));
  });
});

test('a key-value service forgets the session that is idle longest when there are too many, and says so if that comes back', () => {
  const machine = keyValueService.initial();
  let zxid = 0;
  const ask = (client: string, sequence: number): KeyValueAnswer => {
    const request = { client, life: 1, sequence, key: client, f: 'write', value: sequence } as const;
    const txn = keyValueService.prepare?.(machine, request, { zxid: zxid + 1, origin: 'n1', now: () => 0 });
    return keyValueService.apply(machine, txn!, ++zxid);
  };
  for (let client = 0; client < 256; client++) ask(`c${client}`, 1);
  ask('c0', 2); // so c1 is idle longest
  ask('c256', 1);
  const sessions = Object.keys(machine.sessions);
  expect(sessions).toHaveLength(256);
  expect(['c0/1', 'c1/1', 'c256/1'].map((session) => sessions.includes(session))).toEqual([true, false, true]);
  expect(ask('c0', 2)).toEqual({ type: 'done', value: 2 });
  expect(machine.data['c0']).toBe(2);
  expect(keyValueService.apply(machine, { type: 'repeat', session: 'c1/1' }, ++zxid)).toEqual({ type: 'forgotten' });
});
