// Epidemic broadcast on its own: in each round a member pushes what it knows to a few others, pulls what they know, or both.
// (Demers et al.: "Epidemic Algorithms for Replicated Database Maintenance", PODC 1987, section 1.3; Karp et al.: "Randomized
// Rumor Spreading", FOCS 2000, for the rounds that each takes.)
import { ms, type Context, type Micros, type NodeId, type Protocol } from '../../sim/index.ts';

export type EpidemicMessage =
  /** What the sender knows (none when it only pulls), and whether it wants to hear what the receiver knows. */
  | { readonly type: 'call'; readonly rumours: readonly number[]; readonly pulls: boolean; readonly round: number }
  | { readonly type: 'answer'; readonly rumours: readonly number[] }
  | { readonly type: 'tell'; readonly rumour: number }
  | { readonly type: 'told'; readonly rumour: number };

export interface Epidemic {
  state: {
    /** What it knows, and in which of its rounds it heard it. */
    readonly known: Map<number, number>;
    round: number;
  };
  message: EpidemicMessage;
  timer: 'round';
  request: never;
  response: never;
}

export interface EpidemicOptions {
  readonly mode: 'push' | 'pull' | 'push-pull';
  /** All members, this one among them. */
  readonly members: readonly NodeId[];
  /** How many others are called in each round. */
  readonly fanOut: number;
  readonly roundEvery?: Micros;
  /** For how many rounds what was heard is pushed; default without end. */
  readonly hotFor?: number;
  /** All members begin their rounds at the same time, and what is heard in a round is told from the next one on, as the
   * papers count rounds; by default each has a time of its own and tells at once what it knows. */
  readonly inStep?: boolean;
}

export function epidemic(options: EpidemicOptions): Protocol<Epidemic> {
  const { mode, fanOut, roundEvery = ms(100), hotFor = Infinity, inStep = false } = options;
  return {
    start(ctx) {
      ctx.setTimer('round', inStep ? roundEvery : 1 + ctx.random(roundEvery));
      return { known: new Map(), round: 0 };
    },
    onMessage(state, from, message, ctx) {
      switch (message.type) {
        case 'tell':
          learn(state, [message.rumour], ctx);
          return ctx.send(from, { type: 'told', rumour: message.rumour });
        case 'call': {
          const isOld = (heard: number): boolean => !inStep || heard < message.round;
          const theirs = new Set(message.rumours);
          const rumours = [...state.known].flatMap(([rumour, heard]) => {
            return isOld(heard) && !theirs.has(rumour) ? [rumour] : [];
          });
          learn(state, message.rumours, ctx);
          if (message.pulls && rumours.length > 0) ctx.send(from, { type: 'answer', rumours });
          return;
        }
        case 'answer':
          return learn(state, message.rumours, ctx);
        case 'told':
          return; // for clients
      }
    },
    onTimer(state, _timer, ctx) {
      ctx.setTimer('round', roundEvery);
      state.round++;
      const pulls = mode !== 'push';
      const rumours = mode === 'pull' ? [] : hotOnes(state, hotFor);
      if (!pulls && rumours.length === 0) return;
      const call = { type: 'call', rumours, pulls, round: state.round } as const;
      for (const peer of pickOthers(options.members, fanOut, ctx)) ctx.send(peer, call);
    },
  };
}

function learn(state: Epidemic['state'], rumours: readonly number[], ctx: Context<Epidemic>): void {
  for (const rumour of rumours) {
    if (state.known.has(rumour)) continue;
    state.known.set(rumour, state.round);
    ctx.note('heard', { rumour });
  }
}

function hotOnes({ known, round }: Epidemic['state'], hotFor: number): number[] {
  return [...known].flatMap(([rumour, heard]) => (round - heard <= hotFor ? [rumour] : []));
}

/** Different members at random, without oneself. */
function pickOthers(members: readonly NodeId[], count: number, ctx: Context<Epidemic>): readonly NodeId[] {
  const picked: NodeId[] = [];
  while (picked.length < Math.min(count, members.length - 1)) {
    const peer = members[ctx.random(members.length)] as NodeId;
    if (peer !== ctx.id && !picked.includes(peer)) picked.push(peer);
  }
  return picked;
}
