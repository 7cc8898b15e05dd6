// One real node among puppets that say what a script tells them, so that each rule of a protocol is seen by itself: what was said
// to the node, and what it did. The simulator runs both; a message takes a millisecond.
import {
  ms,
  simulate,
  transcript,
  type AnyProtocol,
  type NodeId,
  type Protocol,
  type Scenario,
  type TimedFault,
} from '../../sim/index.ts';

export interface Conversation {
  readonly protocol: AnyProtocol;
  /** The puppets' names; the node's own is `n1`. */
  readonly puppets: readonly NodeId[];
  /** Who says what to the node, and when it leaves, in milliseconds. */
  readonly says: readonly (readonly [at: number, puppet: NodeId, message: object])[];
  /** What puppets answer to what the node sends them. */
  readonly answers?: (puppet: NodeId, message: object) => object | undefined;
  readonly faults?: readonly TimedFault[];
  /** What is told of it, in milliseconds. */
  readonly from?: number;
  readonly to: number;
  /** Lines that are left out. */
  readonly without?: RegExp;
}

interface Puppet {
  state: object;
  message: object;
  timer: `line ${number}`;
  request: never;
  response: never;
}

/** What the node heard and did, one line each. */
export function converse(conversation: Conversation): string[] {
  const { from = 0, to, without } = conversation;
  const run = simulate(conversationScenario(conversation), { seed: 1, trace: true, debug: true });
  const lines = transcript(run, { from: ms(from), to: ms(to), nodes: ['n1'] });
  return lines.filter((line) => /^ *[\d.]+ ms {2}(n1|world) /.test(line) && without?.test(line) !== true);
}

function puppetOf({ says, answers }: Conversation): Protocol<Puppet> {
  return {
    start(ctx) {
      says.forEach(([at, speaker], line) => {
        if (speaker === ctx.id) ctx.setTimer(`line ${line}`, ms(at));
      });
      return {};
    },
    onTimer(_state, timer, ctx) {
      const [, , message] = says[Number(timer.slice('line '.length))] ?? [];
      if (message !== undefined) ctx.send('n1', message);
    },
    onMessage(_state, sender, message, ctx) {
      const reply = answers?.(ctx.id, message);
      if (reply !== undefined) ctx.send(sender, reply);
    },
  };
}

function conversationScenario(conversation: Conversation): Scenario {
  const { protocol, puppets, to, faults = [] } = conversation;
  const puppet = puppetOf(conversation);
  const oneMillisecond = [
    [0, ms(1)],
    [1_000_000, ms(1)],
  ] as const;
  return {
    name: 'conversation',
    story: 'One node, and others that say what they are told to say.',
    protocol: 'any',
    expect: { type: 'holds' },
    parameters: {},
    world: () => ({
      nodes: [{ id: 'n1', protocol }, ...puppets.map((id) => ({ id, protocol: puppet }))],
      clients: [],
      network: { latency: oneMillisecond },
      until: ms(to),
      tail: 1,
      workload: [],
      faults,
      properties: [],
      checks: [],
    }),
  };
}
