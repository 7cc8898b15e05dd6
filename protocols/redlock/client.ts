// A Redlock client, step by step as specified: it takes the lock at a majority of independent instances, knows from its own clock
// how long it may use it, works under it, and gives it back at all of them.
import { type Context, type Json, type Micros, type NodeId, type Protocol, type Request } from '../../sim/index.ts';
import type { RedisMessage } from '../redis/messages.ts';
import type { Step } from './chart.ts';
import { specified, type RedlockConfig } from './config.ts';
import type { ResourceMessage } from './resource.ts';
import { redlockRules, type RedlockRules } from './rules.ts';

export interface RedlockClient {
  state: RedlockState;
  message: RedisMessage | ResourceMessage;
  timer: 'instance' | 'retry' | 'work done';
  request: Request;
  response: Json;
}

export interface RedlockState {
  step: Step;
  /** The value that marks its locks: 20 random bytes. */
  value: string;
  attempt: number;
  /** When the attempt began and until when the lock may be used, on the client's own clock. */
  startedAt: Micros;
  validUntil: Micros;
  /** When the acquire was asked for. */
  invokedAt: Micros;
  extensions: number;
  token: number | null;
  /** What is asked of the instances: which of them, and what they said. */
  round: Round;
  request: number;
  operation: Request | null;
}

/** One question to all instances. */
interface Round {
  readonly request: number;
  /** Those not asked yet, in order. */
  rest: NodeId[];
  /** Asked and silent so far. */
  readonly asked: NodeId[];
  yes: number;
}

export interface RedlockOptions {
  readonly instances: readonly NodeId[];
  readonly resource: NodeId;
  readonly lock?: string;
  readonly config?: Partial<RedlockConfig>;
  readonly rules?: Partial<RedlockRules>;
  /** Whether it asks the resource for a fencing token with each lock. */
  readonly fences?: boolean;
  /** How long the work takes that ends with a write; 0 unless told. */
  readonly workFor?: Micros;
}

type Ctx = Context<RedlockClient>;

/** Operations are `acquire`, `extend` and `release` of the lock, and `write` of a number under it. */
export function redlockClient(options: RedlockOptions): Protocol<RedlockClient> {
  const client = new Redlock(options);
  return {
    start: (ctx) => client.start(ctx),
    onRequest: (state, request, ctx) => client.begin(state, request, ctx),
    onMessage: (state, from, message, ctx) => client.hear(state, from, message, ctx),
    onTimer: (state, timer, ctx) => client.fire(state, timer, ctx),
  };
}

/** The fixed parts of a client, and its moves. */
class Redlock {
  readonly #instances: readonly NodeId[];
  readonly #resource: NodeId;
  readonly #lock: string;
  readonly #config: RedlockConfig;
  readonly #rules: RedlockRules;
  readonly #fences: boolean;
  readonly #workFor: Micros;

  constructor({ instances, resource, lock = 'lock', config, rules, fences = false, workFor = 0 }: RedlockOptions) {
    this.#instances = instances;
    this.#resource = resource;
    this.#lock = lock;
    this.#config = { ...specified, ...config };
    this.#rules = { ...redlockRules, ...rules };
    this.#fences = fences;
    this.#workFor = workFor;
  }

  start(ctx: Ctx): RedlockState {
    return {
      step: 'idle',
      value: '',
      attempt: 0,
      startedAt: 0,
      validUntil: 0,
      invokedAt: 0,
      extensions: 0,
      token: null,
      round: { request: -1, rest: [], asked: [], yes: 0 },
      request: ctx.random(2 ** 30),
      operation: null,
    };
  }

  begin(state: RedlockState, operation: Request, ctx: Ctx): void {
    state.operation = operation;
    switch (operation.f) {
      case 'acquire':
        if (state.step !== 'idle') return ctx.fail(`it is ${state.step}`);
        state.attempt = 0;
        state.invokedAt = this.#now(ctx);
        return this.#attempt(state, ctx);
      case 'extend':
        if (state.step !== 'holding') return ctx.fail('not held');
        if (state.extensions >= this.#config.maxExtensions) return ctx.fail('extended often enough');
        return this.#askAll(state, 'extending', ctx);
      case 'release':
        if (state.step !== 'holding') return ctx.fail('not held');
        return this.#askAll(state, 'releasing', ctx);
      case 'write':
        if (state.step !== 'holding') return ctx.fail('not held');
        if (this.#isOver(state, ctx)) return this.#lose(state, 'the lock had run out', ctx);
        this.#move(state, 'working', ctx);
        return ctx.setTimer('work done', this.#workFor); // whatever happens meanwhile, it does not look again
      default:
        throw new RangeError(`a lock client acquires, extends, writes and releases; it cannot ${operation.f}`);
    }
  }

  hear(state: RedlockState, from: NodeId, message: RedlockClient['message'], ctx: Ctx): void {
    switch (message.type) {
      case 'Replies': {
        const place = state.round.asked.indexOf(from);
        if (message.request !== state.round.request || place === -1) return;
        state.round.asked.splice(place, 1);
        const reply = message.replies[0];
        const isYes = reply?.type === 'status' || (reply?.type === 'integer' && reply.value === '1');
        if (isYes) state.round.yes++;
        return this.#goOn(state, ctx);
      }
      case 'token':
        if (state.step !== 'fetching token' || message.request !== state.request) return;
        state.token = message.token;
        if (this.#isOver(state, ctx)) return this.#lose(state, 'the token came too late', ctx);
        return this.#hold(state, ctx);
      case 'written':
        if (state.step !== 'working' || message.request !== state.request) return;
        this.#move(state, 'holding', ctx);
        if (message.accepted) return ctx.ok(this.#words(state));
        return ctx.fail('refused: its token was stale');
      default:
        return; // for others
    }
  }

  fire(state: RedlockState, timer: RedlockClient['timer'], ctx: Ctx): void {
    switch (timer) {
      case 'instance':
        state.round.asked.length = 0; // who has not answered by now counts as a no
        return this.#goOn(state, ctx);
      case 'retry':
        return this.#attempt(state, ctx);
      case 'work done': {
        state.request++;
        const { token, request } = state;
        const value = Number(state.operation?.value ?? 0);
        ctx.send(this.#resource, { type: 'write', request, token, value });
      }
    }
  }

  /** Steps 1 and 2: notes the time and asks all instances for the lock. */
  #attempt(state: RedlockState, ctx: Ctx): void {
    state.attempt++;
    state.value = Array.from({ length: 10 }, () =>
      ctx
        .random(2 ** 16)
        .toString(16)
        .padStart(4, '0'),
    ).join('');
    this.#askAll(state, 'acquiring', ctx);
  }

  #askAll(state: RedlockState, step: 'acquiring' | 'extending' | 'releasing', ctx: Ctx): void {
    this.#move(state, step, ctx);
    state.startedAt = this.#now(ctx);
    state.request++;
    state.round = { request: state.request, rest: [...this.#instances], asked: [], yes: 0 };
    this.#goOn(state, ctx);
  }

  /** Asks the next instance, or all of them; when nobody is left, the round is over. */
  #goOn(state: RedlockState, ctx: Ctx): void {
    const { round } = state;
    if (round.asked.length > 0) return;
    const next = this.#config.order === 'parallel' ? round.rest.splice(0) : round.rest.splice(0, 1);
    if (next.length === 0) return this.#endRound(state, ctx);
    round.asked.push(...next);
    for (const instance of next) this.#ask(state, instance, ctx);
    ctx.setTimer('instance', this.#config.instanceTimeout);
  }

  #ask(state: RedlockState, instance: NodeId, ctx: Ctx): void {
    const { step, value, round } = state;
    const milliseconds = String(Math.floor(this.#config.ttl / 1_000));
    const command =
      step === 'acquiring'
        ? ['SET', this.#lock, value, 'NX', 'PX', milliseconds]
        : step === 'extending'
          ? ['EVAL', 'compare-and-extend', '1', this.#lock, value, milliseconds]
          : this.#unlock(value);
    ctx.send(instance, { type: 'Commands', request: round.request, commands: [command] });
  }

  #unlock(value: string): readonly string[] {
    if (!this.#rules.comparesValue) return ['DEL', this.#lock];
    return ['EVAL', 'compare-and-delete', '1', this.#lock, value];
  }

  #endRound(state: RedlockState, ctx: Ctx): void {
    ctx.clearTimer('instance');
    switch (state.step) {
      case 'acquiring':
        return this.#endAttempt(state, ctx);
      case 'extending':
        return this.#endExtension(state, ctx);
      case 'releasing':
        this.#move(state, 'idle', ctx);
        return ctx.ok(this.#words(state));
      default:
        return;
    }
  }

  /** Steps 3 to 5: what counts is a majority, and that the lock is valid still. */
  #endAttempt(state: RedlockState, ctx: Ctx): void {
    const { round, startedAt, attempt } = state;
    const now = this.#now(ctx);
    const validity = this.#rules.validity(this.#config, now - startedAt);
    const isInTime = validity > 0 || !this.#config.checksElapsed;
    if (this.#rules.isQuorum(round.yes, this.#instances.length, this.#config) && isInTime) {
      state.validUntil = this.#config.checksElapsed ? now + validity : startedAt + this.#config.ttl;
      state.extensions = 0;
      state.token = null;
      if (!this.#fences) return this.#hold(state, ctx);
      this.#move(state, 'fetching token', ctx);
      state.request++;
      return ctx.send(this.#resource, { type: 'next token', request: state.request });
    }
    const isLast = attempt >= this.#config.attempts;
    if (this.#config.releasesPartial || isLast) this.#releaseAll(state, ctx);
    if (isLast) {
      this.#move(state, 'idle', ctx);
      return ctx.fail('not acquired');
    }
    this.#move(state, 'waiting', ctx);
    ctx.setTimer('retry', this.#config.retryDelay + ctx.random(this.#config.retryJitter + 1));
  }

  #endExtension(state: RedlockState, ctx: Ctx): void {
    const now = this.#now(ctx);
    const isValid = now < state.validUntil;
    const validity = this.#rules.validity(this.#config, now - state.startedAt);
    if (!this.#rules.isExtended(state.round.yes, this.#instances.length, isValid, this.#config) || validity <= 0) {
      this.#releaseAll(state, ctx);
      return this.#lose(state, 'not extended', ctx);
    }
    state.extensions++;
    state.validUntil = now + validity;
    this.#move(state, 'holding', ctx);
    ctx.ok(this.#words(state));
  }

  #hold(state: RedlockState, ctx: Ctx): void {
    this.#move(state, 'holding', ctx);
    ctx.note('acquired', { until: state.validUntil, token: state.token });
    ctx.ok(this.#words(state));
  }

  /** All instances, those that are thought to have refused as well: their answer may have been lost. */
  #releaseAll(state: RedlockState, ctx: Ctx): void {
    for (const instance of this.#instances) {
      ctx.send(instance, { type: 'Commands', request: -1, commands: [this.#unlock(state.value)] });
    }
  }

  #lose(state: RedlockState, why: string, ctx: Ctx): void {
    this.#move(state, 'idle', ctx);
    ctx.note('lost', { why });
    ctx.fail(why);
  }

  /** What the history says of an operation on the lock; a lease counts from the moment it was asked for. */
  #words(state: RedlockState): Json {
    const from = state.operation?.f === 'extend' ? state.startedAt : state.invokedAt;
    const { token } = state;
    const lease = state.validUntil - from;
    switch (state.operation?.f) {
      case 'acquire':
      case 'extend':
        return { lock: this.#lock, lease, ...(token !== null && { token }) };
      default:
        return { lock: this.#lock, ...(token !== null && { token }) };
    }
  }

  #isOver(state: RedlockState, ctx: Ctx): boolean {
    return this.#now(ctx) >= state.validUntil;
  }

  #now(ctx: Ctx): Micros {
    return this.#config.clock === 'wall' ? ctx.now() : ctx.monotonic();
  }

  #move(state: RedlockState, to: Step, ctx: Ctx): void {
    ctx.note('role', { role: to, from: state.step });
    state.step = to;
  }
}
