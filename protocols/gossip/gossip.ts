// Push gossip (Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", PODC 1987): who hears a rumour
// repeats it to a few random peers for a few rounds and then loses interest (rumour mongering, section 1.4), which leaves a
// few who never hear. Anti-entropy (section 1.3) finds them: now and then everybody asks a peer for what it lacks.
import { ms, type Context, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';

export type GossipMessage =
  | { readonly type: 'tell'; readonly rumour: number } // client → node
  | { readonly type: 'told'; readonly rumour: number }
  | { readonly type: 'rumour'; readonly rumour: number }
  | { readonly type: 'I know'; readonly rumours: readonly number[] }
  | { readonly type: 'you lack'; readonly rumours: readonly number[] };

export interface Gossip {
  /** The rumours it knows, and for how many more rounds it repeats the newest of them. */
  state: { known: number[]; hot: Record<number, number> };
  message: GossipMessage;
  timer: 'round' | 'anti-entropy';
  request: never;
  response: never;
}

export interface GossipOptions {
  /** How many peers hear of a hot rumour in each round; default 2. */
  readonly fanOut?: number;
  /** For how many rounds a rumour stays hot; default 3. */
  readonly rounds?: number;
  /** Default 50 ms. */
  readonly roundEvery?: Micros;
  /** Default 300 ms. */
  readonly antiEntropyEvery?: Micros;
  /** Whether there is anti-entropy at all; without it, who misses the hot rounds never hears. */
  readonly antiEntropy?: boolean;
}

type Ctx = Context<Gossip>;

export function gossip(options: GossipOptions = {}): Protocol<Gossip> {
  const { fanOut = 2, rounds = 3, roundEvery = ms(50), antiEntropyEvery = ms(300), antiEntropy = true } = options;

  const learn = (state: Gossip['state'], rumour: number, ctx: Ctx): void => {
    if (state.known.includes(rumour)) return;
    ctx.disk.append('rumours', rumour);
    state.known.push(rumour);
    if (Object.keys(state.hot).length === 0) ctx.setTimer('round', roundEvery);
    state.hot[rumour] = rounds;
    ctx.note('heard', { rumour });
  };

  return {
    start(ctx) {
      const { records, damage } = ctx.disk.read<number>('rumours');
      if (damage !== undefined) ctx.disk.truncate('rumours', damage.index);
      if (antiEntropy) ctx.setTimer('anti-entropy', 1 + ctx.random(antiEntropyEvery));
      return { known: [...records], hot: {} };
    },

    onMessage(state, from, message, ctx) {
      switch (message.type) {
        case 'tell':
          learn(state, message.rumour, ctx);
          ctx.disk.sync(); // the client is promised that the rumour lives; what is merely heard may be heard again
          return ctx.send(from, { type: 'told', rumour: message.rumour });
        case 'rumour':
          return learn(state, message.rumour, ctx);
        case 'I know': {
          const rumours = state.known.filter((rumour) => !message.rumours.includes(rumour));
          if (rumours.length > 0) ctx.send(from, { type: 'you lack', rumours });
          return;
        }
        case 'you lack':
          for (const rumour of message.rumours) {
            if (!state.known.includes(rumour)) ctx.note('heard late', { rumour });
            learn(state, rumour, ctx);
          }
          return;
        case 'told':
          return; // only clients get it
      }
    },

    onTimer(state, timer, ctx) {
      if (timer === 'anti-entropy') {
        ctx.send(pickPeer(ctx), { type: 'I know', rumours: [...state.known] });
        return ctx.setTimer('anti-entropy', antiEntropyEvery);
      }
      for (const rumour of Object.keys(state.hot).map(Number)) {
        for (let call = 0; call < fanOut; call++) ctx.send(pickPeer(ctx), { type: 'rumour', rumour });
        const left = (state.hot[rumour] ?? 0) - 1;
        if (left > 0) state.hot[rumour] = left;
        else delete state.hot[rumour];
      }
      if (Object.keys(state.hot).length > 0) ctx.setTimer('round', roundEvery);
    },
  };
}

const pickPeer = (ctx: Context<Gossip>): NodeId => ctx.peers[ctx.random(ctx.peers.length)] as NodeId;

export interface GossipClient {
  state: { rumour: number };
  message: GossipMessage;
  timer: never;
  request: Request;
  response: number;
}

/** Tells a random node each operation's value, a number that is unique in the run. */
export const gossipClient: Protocol<GossipClient> = {
  start: () => ({ rumour: -1 }),
  onRequest(state, request, ctx) {
    state.rumour = request.value as number;
    const node = ctx.peers[ctx.random(ctx.peers.length)] as NodeId;
    ctx.send(node, { type: 'tell', rumour: state.rumour });
  },
  onMessage(state, _from, message, ctx) {
    if (message.type === 'told' && message.rumour === state.rumour) ctx.ok(message.rumour);
  },
};
