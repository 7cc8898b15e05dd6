// Runs made by hand for the timeline's tests: a small one in which everything happens that can be drawn, a hostile one whose
// every text is an attack, a busy one for speed, and an empty one.
import type { Fault, TimedFault } from '../../sim/fault.ts';
import type { HistoryEvent, HistoryEventType } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Run } from '../../sim/run.ts';
import { ms, seconds } from '../../sim/time.ts';
import { kindNumber, TraceRecorder, type TraceKind } from '../../sim/trace.ts';
import type { Finding } from '../../sim/verdict.ts';

export const about = {
  story: 'A leader is cut off, a new one is elected, and a client still reads from the old one.',
  version: '0.1.0',
  reproduce: 'faultline run stale-read --seed 42',
};

/** A run of nothing at all. */
export function emptyRun(): Run {
  return {
    scenario: 'nothing',
    seed: '1',
    parameters: {},
    nodes: [],
    clients: [],
    faults: [],
    workload: [],
    until: 0,
    healAt: 0,
    hash: '0123456789abcdef',
    events: 0,
    simulatedUs: 0,
    verdict: 'valid',
    findings: [],
    sometimes: [],
    history: [],
    statistics: { sent: 0, delivered: 0, lost: 0, duplicated: 0, timersFired: 0, syncs: 0, crashes: 0 },
  };
}

/** Texts that must never become markup. */
export const attack = '</script><img src=x onerror=alert(1)>';

/** A stale read in a cluster of three: an election, a partition, a crash, a pause, losses, a duplicate, findings. */
export function staleRead(names = { node: 'n', key: 'x', note: 'commit', error: 'timed out', reason: '' }): Run {
  const script = new Script(
    [1, 2, 3].map((number) => `${names.node}${number}`),
    ['c1', 'c2'],
  );
  const [first, second, third] = [0, 1, 2];
  const partition: Fault = {
    type: 'partition',
    groups: [[script.id(first)], [script.id(second), script.id(third)]],
    for: ms(160),
  };
  const crash: Fault = { type: 'crash', node: script.id(third), for: ms(60) };
  const pause: Fault = { type: 'pause', node: script.id(second), for: ms(30) };
  for (const node of [first, second, third]) script.row(0, 'start', node, -1, 1);
  script.elect(ms(12), first, [second, third], 1);
  for (let time = ms(40); time < ms(480); time += ms(20)) {
    const cut = time >= ms(120) && time < ms(280);
    script.replicate(time, cut && time > ms(200) ? second : first, cut, time >= ms(330) && time < ms(390));
  }
  script.fault(ms(120), 0, partition, -1);
  script.elect(ms(188), second, [third], 2);
  script.faultEnd(ms(280), 0, -1);
  script.role(ms(283), first, 'follower', 2);
  script.fault(ms(330), 1, crash, third);
  script.row(ms(330), 'crash', third, -1, 0, 'power loss');
  script.row(ms(330), 'unsynced', third, -1, 2, 'lost');
  script.row(ms(390), 'start', third, -1, 2);
  script.faultEnd(ms(390), 1, third);
  script.role(ms(391), third, 'follower', 2);
  script.fault(ms(420), 2, pause, second);
  script.row(ms(420), 'pause', second, -1, 0);
  script.row(ms(450), 'resume', second, -1, 0);
  script.faultEnd(ms(450), 2, second);
  script.note(ms(62), first, { kind: names.note, index: 1 });
  script.note(ms(215), second, { kind: names.note, index: 2 });
  script.row(ms(64), 'synced', first, -1, 1);
  script.operation(3, 0, ms(50), ms(66), 'write', [names.key, 1], 'ok', [names.key, 1]);
  script.operation(4, 1, ms(204), ms(222), 'write', [names.key, 2], 'ok', [names.key, 2]);
  script.operation(3, 2, ms(226), ms(234), 'read', [names.key, null], 'ok', [names.key, 1]);
  script.operation(4, 3, ms(332), ms(432), 'cas', [names.key, [2, 3]], 'info', null, names.error);
  script.operation(3, 4, ms(300), ms(310), 'write', [names.key, 9], 'fail', null, `not the leader ${names.error}`);
  script.operation(3, 5, ms(470), undefined, 'read', [names.key, null], 'ok', null);
  const reason = `c1 read ${names.key} = 1 at 226 ms, after c2 had written 2. ${names.reason}`.trim();
  const finding = {
    name: 'linearizable',
    verdict: 'invalid',
    reason,
    at: ms(234),
    event: 61,
    operations: [1, 2],
    nodes: [script.id(first)],
  } as const;
  script.row(ms(234), 'violation', first, -1, 0, { name: 'linearizable', reason });
  return script.run(
    [
      { at: ms(120), fault: partition },
      { at: ms(330), fault: { ...crash, node: '@follower' } },
      { at: ms(420), fault: pause },
    ],
    [
      finding,
      {
        ...finding,
        name: 'progress',
        verdict: 'unknown',
        reason: 'the search ran out of its budget',
        operations: [],
        at: ms(500),
      },
    ],
  );
}

/** The same run with every text an attack. */
export function hostileRun(): Run {
  const run = staleRead({ node: `${attack}n`, key: attack, note: attack, error: attack, reason: attack });
  return { ...run, scenario: attack, seed: attack };
}

/** A long run of five nodes with so many messages. */
export function busyRun(messages: number): Run {
  const script = new Script(['n1', 'n2', 'n3', 'n4', 'n5'], ['c1', 'c2']);
  const types = ['append', 'append-reply', 'vote', 'vote-reply'];
  let random = 12_345;
  const draw = (below: number): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((random / 4_294_967_296) * below);
  };
  const step = Math.floor(seconds(60) / messages);
  for (let number = 0; number < messages; number++) {
    const time = number * step + draw(step + 1);
    const from = draw(5);
    const to = (from + 1 + draw(4)) % 5;
    const type = types[draw(10) < 7 ? draw(2) : draw(4)] as string;
    script.message(
      time,
      time + 300 + draw(4_000),
      from,
      to,
      { type, term: Math.floor(time / seconds(5)), index: draw(50) },
      draw(60) === 0 ? 'cut' : '',
    );
    if (number % 400 === 0)
      script.operation(5 + draw(2), number, time, time + 900, 'write', ['x', number], 'ok', ['x', number]);
  }
  for (let term = 0; term < 12; term++) {
    for (let node = 0; node < 5; node++)
      script.role(seconds(term * 5), node, node === term % 5 ? 'leader' : 'follower', term);
    script.fault(
      seconds(term * 5 + 3),
      term,
      { type: 'isolate', node: `n${(term % 5) + 1}`, for: seconds(1) },
      term % 5,
    );
    script.faultEnd(seconds(term * 5 + 4), term, term % 5);
  }
  return script.run([], []);
}

interface ScriptRow {
  readonly time: number;
  readonly kind: TraceKind;
  readonly node: number;
  readonly peer: number;
  readonly ref: number;
  readonly payload: Json | undefined;
  /** The row that caused it, as it was told. */
  readonly cause: ScriptRow | undefined;
}

/** Tells rows in any order and writes them into a trace in order of time. */
class Script {
  readonly #nodes: readonly string[];
  readonly #clients: readonly string[];
  readonly #rows: ScriptRow[] = [];
  readonly #history: Omit<HistoryEvent, 'index'>[] = [];
  #messages = 0;

  constructor(nodes: readonly string[], clients: readonly string[]) {
    this.#nodes = nodes;
    this.#clients = clients;
  }

  id(node: number): string {
    return [...this.#nodes, ...this.#clients][node] ?? '';
  }

  row(
    time: number,
    kind: TraceKind,
    node: number,
    peer: number,
    ref: number,
    payload?: Json,
    cause?: ScriptRow,
  ): ScriptRow {
    const row = { time, kind, node, peer, ref, payload, cause };
    this.#rows.push(row);
    return row;
  }

  note(time: number, node: number, payload: Json): void {
    this.row(time, 'note', node, -1, 0, payload);
  }

  role(time: number, node: number, role: string, term: number): void {
    this.note(time, node, { kind: 'role', role, term });
  }

  fault(time: number, index: number, fault: Fault, node: number): void {
    this.row(time, 'fault', node, -1, index, fault);
  }

  faultEnd(time: number, index: number, node: number): void {
    this.row(time, 'fault-end', node, -1, index);
  }

  message(
    sent: number,
    ended: number,
    from: number,
    to: number,
    payload: Json,
    lost = '',
    cause?: ScriptRow,
  ): ScriptRow {
    const number = this.#messages++;
    const send = this.row(sent, 'send', from, to, number, payload, cause);
    if (lost === '') return this.row(ended, 'deliver', to, from, number, undefined, send);
    if (lost === 'down') return this.row(ended, 'lose', to, from, number, lost, send);
    return this.row(sent, 'lose', from, to, number, lost, send);
  }

  elect(time: number, winner: number, voters: readonly number[], term: number): void {
    const timer = this.row(time, 'timer', winner, -1, 0, 'election');
    this.role(time, winner, 'candidate', term);
    for (const voter of voters) {
      const asked = this.message(time, time + ms(4), winner, voter, { type: 'vote', term }, '', timer);
      if (term === 1) this.role(time + ms(4), voter, 'follower', term);
      this.message(time + ms(4), time + ms(7.5), voter, winner, { type: 'vote-reply', term, granted: true }, '', asked);
    }
    this.role(time + ms(7.5), winner, 'leader', term);
  }

  replicate(time: number, leader: number, cut: boolean, thirdIsDown: boolean): void {
    for (const node of [0, 1, 2]) {
      if (node === leader) continue;
      const isCut = cut && (leader === 0 || node === 0);
      const lost = isCut ? 'cut' : thirdIsDown && node === 2 ? 'down' : '';
      const heard = this.message(
        time,
        time + ms(3 + node),
        leader,
        node,
        { type: 'append', term: leader + 1, entries: [] },
        lost,
      );
      if (lost === '')
        this.message(time + ms(3 + node), time + ms(7), node, leader, { type: 'append-reply', ok: true }, '', heard);
    }
  }

  operation(
    client: number,
    id: number,
    from: number,
    to: number | undefined,
    f: string,
    argument: Json,
    type: HistoryEventType,
    result: Json,
    error?: string,
  ): void {
    const event = (time: number, kind: HistoryEventType, value: Json) => {
      return { time, process: client, type: kind, f, value, client: this.id(client), operation: id };
    };
    const invoked = this.row(from, 'invoke', client, -1, id, argument);
    this.#history.push(event(from, 'invoke', argument));
    if (to === undefined) return;
    this.row(to, type, client, -1, id, result, invoked);
    this.#history.push({ ...event(to, type, result), ...(error === undefined ? {} : { error }) });
  }

  run(faults: readonly TimedFault[], findings: readonly Finding[]): Run {
    const rows = this.#rows
      .map((row, told) => ({ row, told }))
      .sort((one, other) => one.row.time - other.row.time || one.told - other.told);
    const recorder = new TraceRecorder([...this.#nodes, ...this.#clients], true);
    const places = new Map<ScriptRow, number>();
    rows.forEach(({ row }, place) => {
      recorder.event = place;
      recorder.cause = row.cause === undefined ? -1 : (places.get(row.cause) ?? -1);
      places.set(row, recorder.add(row.time, kindNumber[row.kind], row.node, row.peer, row.ref, 0, row.payload));
    });
    const history = this.#history
      .sort((one, other) => one.time - other.time)
      .map((event, index) => ({ ...event, index }));
    const count = (kind: TraceKind): number => this.#rows.filter((row) => row.kind === kind).length;
    const end = Math.max(ms(520), rows.at(-1)?.row.time ?? 0);
    return {
      ...emptyRun(),
      scenario: 'stale-read',
      seed: '42',
      parameters: { lease: true },
      nodes: this.#nodes,
      clients: this.#clients,
      faults,
      until: end,
      healAt: end,
      hash: recorder.hash.digest(),
      events: rows.length,
      simulatedUs: end,
      verdict: findings.length > 0 ? 'invalid' : 'valid',
      findings,
      sometimes: [
        { name: 'a leader is elected', reached: true },
        { name: 'a read is served by a follower', reached: false },
      ],
      history,
      statistics: {
        ...emptyRun().statistics,
        sent: count('send'),
        delivered: count('deliver'),
        lost: count('lose'),
        crashes: count('crash'),
      },
      trace: recorder.trace(),
    };
  }
}
