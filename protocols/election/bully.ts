// The bully election (Garcia-Molina, "Elections in a Distributed Computing System", IEEE ToC 1982, section III): the working
// node of the highest rank makes everyone below it halt, and only then rules. No two nodes lead at one instant.
//
// The paper's assumptions: messages between working nodes are not lost and take a bounded time, a working node answers at
// once, crashes lose memory and nothing else. With partitions or pauses the bully gives no promise at all.
import { ms, type Context, type Micros, type NodeId, type Protocol } from '../../sim/index.ts';

/** Every message carries the round of whoever asked, so that an answer to an earlier question is not taken for a new one. */
export type BullyMessage =
  | { readonly type: 'are you up?'; readonly round: number }
  | { readonly type: 'I am up'; readonly round: number }
  | { readonly type: 'halt'; readonly round: number }
  | { readonly type: 'halted'; readonly round: number }
  | { readonly type: 'I lead'; readonly round: number }
  | { readonly type: 'accepted'; readonly round: number }
  | { readonly type: 'all well?'; readonly round: number }
  | { readonly type: 'status'; readonly round: number; readonly leads: boolean; readonly follows: boolean };

export interface BullyState {
  /** An election goes through asking, halting and installing; `waiting` for someone of higher rank to win. */
  role: 'asking' | 'halting' | 'installing' | 'waiting' | 'follower' | 'leader';
  /** The number of this node's election under way or last won; it rises over crashes too. */
  round: number;
  /** Whom it follows or was halted by, and in which of their rounds. */
  ruler: { id: NodeId; round: number } | null;
  /** Who answered the question under way, and whom a new leader has halted. */
  answers: NodeId[];
  halted: NodeId[];
}

export interface Bully {
  state: BullyState;
  message: BullyMessage;
  timer: 'answers' | 'check';
  request: never;
  response: never;
}

export interface BullyOptions {
  /** How long after a question a working node's answer has surely come; default 150 ms. */
  readonly answersWithin?: Micros;
  /** How often leader and followers look after each other; default 400 ms. */
  readonly checkEvery?: Micros;
  /** Whether a winner waits until those below it have halted: the step that textbooks like to leave out. */
  readonly waitsForHalted?: boolean;
}

type Ctx = Context<Bully>;

/** Nodes rank by their names: the greatest wins. */
export function bully(options: BullyOptions = {}): Protocol<Bully> {
  const { answersWithin = ms(150), checkEvery = ms(400), waitsForHalted = true } = options;
  const ask = (nodes: readonly NodeId[], message: BullyMessage, ctx: Ctx): void => {
    for (const node of nodes) ctx.send(node, message);
    ctx.setTimer('answers', answersWithin);
  };

  const elect = (state: BullyState, ctx: Ctx): void => {
    state.round++;
    ctx.disk.set('round', state.round);
    ctx.disk.sync();
    ctx.clearTimer('check');
    Object.assign(state, { role: 'asking', ruler: null, answers: [], halted: [] });
    ctx.note('election', { round: state.round });
    ask(higher(ctx), { type: 'are you up?', round: state.round }, ctx);
  };
  const halt = (state: BullyState, ctx: Ctx): void => {
    state.role = 'halting';
    ask(lower(ctx), { type: 'halt', round: state.round }, ctx);
    if (waitsForHalted) return;
    install(state, lower(ctx), ctx);
    lead(state, ctx);
  };
  const install = (state: BullyState, halted: NodeId[], ctx: Ctx): void => {
    Object.assign(state, { role: 'installing', halted, answers: [] });
    ask(halted, { type: 'I lead', round: state.round }, ctx);
    if (halted.length === 0) lead(state, ctx);
  };
  const lead = (state: BullyState, ctx: Ctx): void => {
    state.role = 'leader';
    ctx.clearTimer('answers');
    ctx.setTimer('check', checkEvery);
    ctx.note('leader', { round: state.round });
  };
  const wait = (state: BullyState, ruler: BullyState['ruler'], ctx: Ctx): void => {
    state.role = 'waiting';
    state.ruler = ruler;
    ctx.clearTimer('check');
    ctx.setTimer('answers', 4 * answersWithin);
  };

  return {
    start(ctx) {
      const round = ctx.disk.get<number>('round') ?? 0;
      const state: BullyState = { role: 'waiting', round, ruler: null, answers: [], halted: [] };
      elect(state, ctx);
      return state;
    },

    onMessage(state, from, message, ctx) {
      const { round } = message;
      const isAnswer = round === state.round && !state.answers.includes(from);
      const isRuler = state.ruler?.id === from && state.ruler.round === round;
      switch (message.type) {
        case 'are you up?':
          return ctx.send(from, { type: 'I am up', round });
        case 'I am up':
          if (state.role === 'asking' && isAnswer) wait(state, null, ctx);
          return;
        case 'halt':
          if (state.ruler?.id === from && state.ruler.round > round) return;
          if (state.role === 'leader') ctx.note('deposed', { by: from });
          wait(state, { id: from, round }, ctx);
          return ctx.send(from, { type: 'halted', round });
        case 'halted':
          if (state.role === 'halting' && isAnswer) state.answers.push(from);
          return;
        case 'I lead':
          if (state.role !== 'waiting' || !isRuler) return;
          state.role = 'follower';
          ctx.clearTimer('answers');
          ctx.setTimer('check', checkEvery);
          return ctx.send(from, { type: 'accepted', round });
        case 'accepted':
          if (state.role !== 'installing' || !isAnswer) return;
          state.answers.push(from);
          if (state.answers.length === state.halted.length) lead(state, ctx);
          return;
        case 'all well?': {
          const follows = state.role === 'follower' && state.ruler?.id === from;
          return ctx.send(from, { type: 'status', round, leads: state.role === 'leader', follows });
        }
        case 'status':
          if (state.role === 'leader' && round === state.round && from < ctx.id && !message.follows) elect(state, ctx);
          if (state.role !== 'follower' || !isRuler) return;
          if (message.leads) ctx.clearTimer('answers');
          else elect(state, ctx);
          return;
      }
    },

    onTimer(state, timer, ctx) {
      if (timer === 'check') {
        ctx.setTimer('check', checkEvery);
        const round = state.ruler?.round ?? state.round;
        if (state.role === 'follower' && state.ruler !== null) ask([state.ruler.id], { type: 'all well?', round }, ctx);
        else for (const node of lower(ctx)) ctx.send(node, { type: 'all well?', round });
      } else if (state.role === 'asking') halt(state, ctx);
      else if (state.role === 'halting') install(state, state.answers, ctx);
      else if (state.role !== 'leader') elect(state, ctx); // whoever was to answer has died
    },
  };
}

const higher = (ctx: Ctx): NodeId[] => ctx.peers.filter((peer) => peer > ctx.id);
const lower = (ctx: Ctx): NodeId[] => ctx.peers.filter((peer) => peer < ctx.id);
