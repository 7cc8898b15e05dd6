// A live ensemble for tests: three servers, clients that do what a script says, and what each of them was told.
import {
  clientProcess,
  scriptApp,
  zooKeeper,
  type Answer,
  type LogEntry,
  type ServiceRequest,
  type Stat,
  type ZooKeeperOptions,
} from '../../../protocols/zookeeper/index.ts';
import {
  seconds,
  simulate,
  type HistoryEvent,
  type Json,
  type Operation,
  type Run,
  type Scenario,
  type TimedFault,
} from '../../../sim/index.ts';

export interface Line {
  readonly client: string;
  /** Seconds; by default half a second after the line before. */
  readonly at?: number;
  readonly f: 'ask' | 'log' | 'session' | 'move' | 'attach' | 'renew';
  readonly value?: Json;
}

export interface Setup {
  readonly options?: ZooKeeperOptions;
  /** By client: the server it starts at, and the session time-out it asks for in seconds; default n1 and 10. */
  readonly clients?: {
    readonly [client: string]: { readonly server?: string; readonly timeout?: number; readonly onlyThere?: boolean };
  };
  readonly faults?: readonly TimedFault[];
  readonly until?: number;
  readonly seed?: number;
  readonly whenDown?: 'lose' | 'refuse';
  readonly nodes?: number;
  readonly trace?: boolean;
  /** Proves that the handlers keep the rules of the seam, which takes time; on unless the conversation is long. */
  readonly debug?: boolean;
}

/** Asks, and waits for the answer. */
export const ask = (client: string, value: ServiceRequest | readonly ServiceRequest[], at?: number): Line => ({
  client,
  f: 'ask',
  value: value as Json,
  ...(at === undefined ? {} : { at }),
});

export interface Outcome {
  readonly run: Run;
  /** What became of each line: the value of an ok, else the error. */
  readonly outcomes: readonly (Json | string)[];
  answer(line: number): Answer;
  answers(line: number): Answer[];
  log(line: number): LogEntry[];
  events(line: number): string[];
  /** When the line ended, in seconds. */
  endOf(line: number): number;
}

/** The servers are n1 to n3; the last one leads at first. Scripts begin at three seconds. */
export function converse(lines: readonly Line[], setup: Setup = {}): Outcome {
  const { options = {}, clients = { c1: {} }, faults = [], until = 60, seed = 1, nodes = 3 } = setup;
  const server = zooKeeper(options);
  const names = Array.from({ length: nodes }, (_, place) => `n${place + 1}`);
  let next = 3;
  const workload: Operation[] = lines.map(({ client, at = next, f, value = null }, id) => {
    next = at + 0.5;
    return { id, client, at: seconds(at), f, value };
  });
  // At the very beginning nobody serves yet and clients go from server to server, so they are put in their places.
  for (const [client, { server: first = 'n1' }] of Object.entries(clients)) {
    workload.unshift({ id: lines.length + workload.length, client, at: seconds(2), f: 'move', value: first });
  }
  const scenario: Scenario = {
    name: 'conversation',
    story: 'Clients and servers talk.',
    protocol: 'zookeeper',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: names.map((id) => ({ id, protocol: server })),
      clients: Object.entries(clients).map(([id, { server: first = 'n1', timeout = 10, onlyThere = false }]) => {
        const order = onlyThere ? [first] : [first, ...names.filter((name) => name !== first)];
        const session = { servers: order, timeout: Math.floor(timeout * 1e6) };
        return { id, protocol: clientProcess(session, scriptApp()), timeout: seconds(50) };
      }),
      network: { latency: 'lan', whenDown: setup.whenDown ?? 'lose' },
      until: seconds(until),
      tail: seconds(1),
      workload,
      faults,
      properties: [],
      checks: [],
    }),
  };
  const run = simulate(scenario, { seed, debug: setup.debug ?? true, trace: setup.trace ?? false });
  if (run.findings.length > 0) throw new Error(run.findings.map(({ reason }) => reason).join('; '));
  return outcomeOf(run, lines.length);
}

function outcomeOf(run: Run, lines: number): Outcome {
  const ends = new Map<number, HistoryEvent>();
  for (const event of run.history) if (event.type !== 'invoke') ends.set(event.operation, event);
  const outcomes = Array.from({ length: lines }, (_, id): Json | string => {
    const end = ends.get(id);
    if (end === undefined) return 'no end';
    return end.type === 'ok' ? end.value : (end.error ?? end.type);
  });
  const log = (line: number): LogEntry[] => outcomes[line] as unknown as LogEntry[];
  return {
    run,
    outcomes,
    answer: (line) => outcomes[line] as unknown as Answer,
    answers: (line) => outcomes[line] as unknown as Answer[],
    log,
    events: (line) =>
      log(line).flatMap((entry) => (entry.type === 'event' ? [`${entry.event.type} ${entry.event.path}`] : [])),
    endOf: (line) => (ends.get(line)?.time ?? Infinity) / 1e6,
  };
}

/** The requests that the conformance tests are made of, and what they look at in the answers. */
export const create = (path: string, rest: object = {}): ServiceRequest => {
  return { type: 'create2', path, data: 'x', ...rest };
};
export const set = (path: string, version?: number): ServiceRequest => {
  return { type: 'setData', path, data: 'x', ...(version === undefined ? {} : { version }) };
};
export const remove = (path: string, version?: number): ServiceRequest => {
  return { type: 'delete', path, ...(version === undefined ? {} : { version }) };
};
export const get = (path: string): ServiceRequest => ({ type: 'getData', path });
export const stat = (answer: Answer | undefined): Stat => answer!.result.stat!;
export const errors = (answers: readonly Answer[]): string[] => answers.map(({ result }) => result.error);

/** Lets one client ask everything at once, in order, and gives the answers. */
export function answersTo(...requests: ServiceRequest[]): Answer[] {
  return converse([ask('c1', requests)]).answers(0);
}
