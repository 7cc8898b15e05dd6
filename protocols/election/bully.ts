// The bully election (Garcia-Molina, "Elections in a Distributed Computing System", IEEE ToC 1982): the working
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
type Rules = Required<BullyOptions>;

/** Nodes rank by their names: the greatest wins. */
export function bully(options: BullyOptions = {}): Protocol<Bully> {
  const rules: Rules = { answersWithin: ms(150), checkEvery: ms(400), waitsForHalted: true, ...options };
  return {
    start(ctx) {
      const round = ctx.disk.get<number>('round') ?? 0;
      const state: BullyState = { role: 'waiting', round, ruler: null, answers: [], halted: [] };
      elect(state, ctx, rules);
      return state;
    },
    onMessage: (state, from, message, ctx) => hear(state, from, message, ctx, rules),
    onTimer(state, timer, ctx) {
      if (timer === 'check') check(state, ctx, rules);
      else if (state.role === 'asking') halt(state, ctx, rules);
      else if (state.role === 'halting') install(state, state.answers, ctx, rules);
      else if (state.role !== 'leader') elect(state, ctx, rules); // whoever was to answer has died
    },
  };
}

function hear(state: BullyState, from: NodeId, message: BullyMessage, ctx: Ctx, rules: Rules): void {
  const { round } = message;
  const isAnswer = round === state.round && !state.answers.includes(from);
  const isRuler = state.ruler?.id === from && state.ruler.round === round;
  switch (message.type) {
    case 'are you up?':
      return ctx.send(from, { type: 'I am up', round });
    case 'I am up':
      if (state.role === 'asking' && isAnswer) wait(state, null, ctx, rules);
      return;
    case 'halt':
      if (state.ruler?.id === from && state.ruler.round > round) return;
      if (state.role === 'leader') ctx.note('deposed', { by: from });
      wait(state, { id: from, round }, ctx, rules);
      return ctx.send(from, { type: 'halted', round });
    case 'halted':
      if (state.role === 'halting' && isAnswer) state.answers.push(from);
      return;
    case 'I lead':
      if (state.role !== 'waiting' || !isRuler) return;
      state.role = 'follower';
      ctx.clearTimer('answers');
      ctx.setTimer('check', rules.checkEvery);
      return ctx.send(from, { type: 'accepted', round });
    case 'accepted':
      if (state.role !== 'installing' || !isAnswer) return;
      state.answers.push(from);
      if (state.answers.length === state.halted.length) lead(state, ctx, rules);
      return;
    case 'all well?': {
      const follows = state.role === 'follower' && state.ruler?.id === from;
      return ctx.send(from, { type: 'status', round, leads: state.role === 'leader', follows });
    }
    case 'status': {
      const hasLeft = state.role === 'leader' && round === state.round && from < ctx.id && !message.follows;
      const isLeaderless = state.role === 'follower' && isRuler && !message.leads;
      if (hasLeft || isLeaderless) elect(state, ctx, rules);
      else if (state.role === 'follower' && isRuler) ctx.clearTimer('answers');
      return;
    }
  }
}

/** Is anybody of higher rank up? */
function elect(state: BullyState, ctx: Ctx, rules: Rules): void {
  state.round++;
  ctx.disk.set('round', state.round);
  ctx.disk.sync();
  ctx.clearTimer('check');
  Object.assign(state, { role: 'asking', ruler: null, answers: [], halted: [] });
  ctx.note('election', { round: state.round });
  ask(higher(ctx), { type: 'are you up?', round: state.round }, ctx, rules);
}

/** Nobody is: everybody below has to stop. Whoever does not answer in time is down. */
function halt(state: BullyState, ctx: Ctx, rules: Rules): void {
  state.role = 'halting';
  ask(lower(ctx), { type: 'halt', round: state.round }, ctx, rules);
  if (rules.waitsForHalted) return;
  install(state, lower(ctx), ctx, rules);
  lead(state, ctx, rules);
}

/** They have: they are told whom to follow, and all have to accept. */
function install(state: BullyState, halted: NodeId[], ctx: Ctx, rules: Rules): void {
  Object.assign(state, { role: 'installing', halted, answers: [] });
  ask(halted, { type: 'I lead', round: state.round }, ctx, rules);
  if (halted.length === 0) lead(state, ctx, rules);
}

function lead(state: BullyState, ctx: Ctx, rules: Rules): void {
  state.role = 'leader';
  ctx.clearTimer('answers');
  ctx.setTimer('check', rules.checkEvery);
  ctx.note('leader', { round: state.round });
}

/** Somebody of higher rank is about to lead; if that takes too long, the election starts over. */
function wait(state: BullyState, ruler: BullyState['ruler'], ctx: Ctx, rules: Rules): void {
  state.role = 'waiting';
  state.ruler = ruler;
  ctx.clearTimer('check');
  ctx.setTimer('answers', 4 * rules.answersWithin);
}

/** Followers make sure that their leader is up, the leader that everybody who is up follows it. */
function check(state: BullyState, ctx: Ctx, rules: Rules): void {
  ctx.setTimer('check', rules.checkEvery);
  const question = { type: 'all well?', round: state.ruler?.round ?? state.round } as const;
  if (state.role === 'follower' && state.ruler !== null) ask([state.ruler.id], question, ctx, rules);
  else for (const node of lower(ctx)) ctx.send(node, question);
}

function ask(nodes: readonly NodeId[], question: BullyMessage, ctx: Ctx, rules: Rules): void {
  for (const node of nodes) ctx.send(node, question);
  ctx.setTimer('answers', rules.answersWithin);
}

const higher = (ctx: Ctx): NodeId[] => ctx.peers.filter((peer) => peer > ctx.id);
const lower = (ctx: Ctx): NodeId[] => ctx.peers.filter((peer) => peer < ctx.id);
