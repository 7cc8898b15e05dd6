// Drives Raft servers by hand, one message and one time-out at a time, and writes down what they do. The servers are the real
// ones; only time, chance and the network are in the hands of the story.
import { SimulatedDisk } from '../../../sim/disk.ts';
import { inWords, ms, type Json, type NodeId } from '../../../sim/index.ts';
import {
  changeMembership,
  forgetLeader,
  isRaftMessage,
  onRaftMessage,
  onRaftTimer,
  propose,
  raftServer,
  requestRead,
  startRaft,
  statusOf,
  termAt,
  transferLeadership,
  type MembershipChange,
  type RaftConfig,
  type RaftContext,
  type RaftMessage,
  type RaftServer,
  type RaftState,
  type RaftTimer,
  type Rules,
  type Transition,
} from '../../../protocols/raft/index.ts';

interface Host {
  state: { readonly raft: RaftState<string[], string> };
  message: RaftMessage<string>;
  timer: RaftTimer;
  request: never;
  response: never;
}

interface Member {
  readonly disk: SimulatedDisk;
  state: Host['state'] | undefined;
}

interface Sent {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly message: RaftMessage<string>;
}

export interface StepperOptions {
  readonly nodes: number;
  readonly config?: Partial<RaftConfig>;
  readonly rules?: Partial<Rules>;
}

export class Stepper {
  readonly lines: string[] = [];
  /** What is on its way, in the order of sending. */
  readonly inTransit: Sent[] = [];
  readonly #server: RaftServer<Host, string[], string, number>;
  readonly #members = new Map<NodeId, Member>();
  #now = 0;
  #reads = 0;

  constructor({ nodes, config = {}, rules = {} }: StepperOptions) {
    const say = (text: string): void => void this.lines.push(text);
    this.#server = raftServer<Host, string[], string, number>({
      service: {
        initial: () => [],
        apply: (machine, command) => machine.push(command),
        size: (command) => command.length,
      },
      hooks: {
        applied: (_state, { index, command }, _result, ctx) => say(`${ctx.id} applies ${index}: ${command}`),
        becameLeader: (_state, ctx) => say(`${ctx.id} leads`),
        lostLeadership: (_state, ctx) => say(`${ctx.id} leads no longer`),
        restored: (state, ctx) => say(`${ctx.id} restores ${state.raft.machine.join(' ')}`),
        readReady: (_state, id, index, ctx) => say(`${ctx.id} may serve read ${id} at ${index}`),
        readDropped: (_state, id, ctx) => say(`${ctx.id} drops read ${id}`),
      },
      config: { preVote: false, checkQuorum: false, stickiness: false, ...config },
      rules,
    });
    for (let number = 1; number <= nodes; number++) {
      this.#members.set(`n${number}`, { disk: new SimulatedDisk(), state: undefined });
    }
    for (const id of this.#members.keys()) this.start(id);
  }

  raft(id: NodeId): RaftState<string[], string> {
    return this.#host(id).raft;
  }

  start(id: NodeId): void {
    const ctx = this.#context(id) as never;
    this.#member(id).state = { raft: startRaft(this.#server, ctx) };
  }

  /** The process dies; only what was synced survives. */
  crash(id: NodeId): void {
    const member = this.#member(id);
    member.state = undefined;
    member.disk.losePower(0, 'lost', { below: () => 0 } as never);
    this.lines.push(`${id} crashes`);
  }

  /** Lets time pass on everybody's clock. */
  pass(milliseconds: number): void {
    this.#now += ms(milliseconds);
  }

  timeOut(id: NodeId, timer: RaftTimer = 'election'): void {
    this.lines.push(`${id} ${timer === 'election' ? 'times out' : timer}`);
    onRaftTimer(this.#server, this.#host(id), timer, this.#context(id));
  }

  propose(id: NodeId, command: string): void {
    const done = propose(this.#server, this.#host(id), command, this.#context(id));
    if (done.type === 'refused') this.lines.push(`${id} refuses ${command}: ${done.reason}`);
  }

  read(id: NodeId): void {
    const read = ++this.#reads;
    const asked = requestRead(this.#server, this.#host(id), read, this.#context(id));
    if (asked.type === 'refused') this.lines.push(`${id} refuses read ${read}: ${asked.reason}`);
  }

  transfer(id: NodeId, target: NodeId): void {
    const done = transferLeadership(this.#server, this.#host(id), target, this.#context(id));
    if (done.type === 'refused') this.lines.push(`${id} refuses to hand over: ${done.reason}`);
  }

  forget(id: NodeId): void {
    const done = forgetLeader(this.#server, this.#host(id), this.#context(id));
    this.lines.push(done.type === 'done' ? `${id} forgets its leader` : `${id} does not forget: ${done.reason}`);
  }

  /** Changes as `add-voter n4`, `remove n1`; none of them leaves a joint configuration. */
  change(id: NodeId, changes: readonly string[], transition: Transition = 'auto'): void {
    const parsed = changes.map((each) => {
      const [type, server] = each.split(' ') as [MembershipChange['type'], NodeId];
      return { type, server };
    });
    const done = changeMembership(this.#server, this.#host(id), { changes: parsed, transition }, this.#context(id));
    if (done.type === 'refused') this.lines.push(`${id} refuses the change: ${done.reason}`);
  }

  /** A message that nobody of these servers sent, or that was sent long ago. */
  inject(from: NodeId, to: NodeId, message: RaftMessage<string>): void {
    this.inTransit.push({ from, to, message });
  }

  /** Delivers what is on its way, and what that leads to, until nothing is left; without what `keeps` says. */
  deliver(isDelivered: (sent: Sent) => boolean = () => true): void {
    for (let steps = 0; this.inTransit.length > 0; steps++) {
      if (steps > 10_000) throw new Error('the servers do not come to rest');
      const sent = this.inTransit.shift() as Sent;
      const { from, to, message } = sent;
      const host = this.#member(to).state;
      if (host === undefined || !isDelivered(sent)) continue;
      this.lines.push(`${from} → ${to} ${inWords(message as unknown as Json)}`);
      if (isRaftMessage(message)) onRaftMessage(this.#server, host, from, message, this.#context(to));
    }
  }

  /** Delivers between these servers only; the rest is lost. */
  deliverAmong(...ids: NodeId[]): void {
    this.deliver(({ from, to }) => ids.includes(from) && ids.includes(to));
  }

  /** A server times out, and all that follows is delivered. */
  campaign(id: NodeId): void {
    this.timeOut(id);
    this.deliver();
  }

  /** Heartbeats of a leader until everybody who hears them has what it has. */
  settle(leader: NodeId): void {
    for (let round = 0; round < 3; round++) {
      if (this.raft(leader).role !== 'leader') return;
      onRaftTimer(this.#server, this.#host(leader), 'heartbeat', this.#context(leader));
      this.deliver();
    }
  }

  /** One line a server: role, term, the terms in its log, what is committed. */
  show(): string[] {
    return [...this.#members].map(([id, { state }]) => {
      if (state === undefined) return `${id} is down`;
      const { raft } = state;
      const { role, term, commitIndex, lastIndex, configuration } = statusOf(raft);
      const terms = Array.from({ length: lastIndex - raft.log.base }, (_, place) =>
        termAt(raft, raft.log.base + place + 1),
      );
      const base = raft.log.base === 0 ? '' : `(${raft.log.base}) `;
      const members = [configuration.voters, configuration.outgoing, configuration.learners].map((ids) =>
        ids.join(' '),
      );
      return `${id} ${role} term ${term} log ${base}${terms.join(' ')} commit ${commitIndex} voters ${members.join(' / ')}`;
    });
  }

  #member(id: NodeId): Member {
    const member = this.#members.get(id);
    if (member === undefined) throw new Error(`there is no server ${id}`);
    return member;
  }

  #host(id: NodeId): Host['state'] {
    const { state } = this.#member(id);
    if (state === undefined) throw new Error(`${id} is down`);
    return state;
  }

  #context(id: NodeId): RaftContext {
    const { disk } = this.#member(id);
    return {
      id,
      peers: [...this.#members.keys()].filter((other) => other !== id),
      send: (to, message) => void this.inTransit.push({ from: id, to, message: message as RaftMessage<string> }),
      setTimer: (timer) => {
        if (timer === 'election') this.lines.push(`${id} puts off its next candidacy`);
      },
      clearTimer: () => undefined,
      random: () => 0,
      monotonic: () => this.#now,
      note: (kind, data = {}) => {
        if (told.has(kind)) this.lines.push(`${id} notes ${kind} ${inWords(data)}`);
      },
      disk: {
        get: (cell) => disk.get(cell),
        set: (cell, value) => void disk.write({ type: 'set', cell, value }, 0),
        append: (log, record) => disk.write({ type: 'append', log, record }, 0),
        truncate: (log, from) => void disk.write({ type: 'truncate', log, from }, 0),
        trim: (log, before) => void disk.write({ type: 'trim', log, before }, 0),
        read: (log) => disk.read(log),
        sync: () => disk.makeDurable(disk.unsyncedWrites),
      },
    };
  }
}

/** The notes that a story shows; the rest is seen in the messages. */
const told = new Set(['role', 'truncate', 'snapshot', 'restore', 'back-up']);
