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
  timer: 'instance' | 'retry' | 'work done' | 'over';
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
  /** When the operation was asked for, on the monotonic clock. */
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

/** Operations are `acquire`, `extend` and `release` of the lock, `write` of a number under it, and `keep`: waiting for its end. */
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
    state.invokedAt = ctx.monotonic();
    switch (operation.f) {
      case 'acquire':
        if (state.step === 'holding' && this.#remaining(state, ctx) <= 0) this.#move(state, 'idle', ctx);
        if (state.step !== 'idle') return ctx.fail(`it is ${state.step}`);
        state.attempt = 0;
        return this.#attempt(state, ctx);
      case 'extend':
        if (state.step !== 'holding') return ctx.fail('not held');
        if (state.extensions >= this.#config.maxExtensions) return ctx.fail('extended often enough');
        return this.#askAll(state, 'extending', ctx);
      case 'keep':
        if (state.step !== 'holding') return ctx.fail('not held');
        return ctx.setTimer('over', Math.max(0, this.#remaining(state, ctx)));
      case 'release':
        if (state.step !== 'holding') return ctx.fail('not held');
        return this.#askAll(state, 'releasing', ctx);
      case 'write':
        if (state.step !== 'holding') return ctx.fail('not held');
        if (!this.#rules.mayWork(this.#remaining(state, ctx), this.#workFor, this.#config)) {
          return ctx.fail('too little of the lock is left');
        }
        this.#move(state, 'working', ctx);
        state.request++; // from now on no answer to an earlier write is taken for one to this
        return ctx.setTimer('work done', this.#workFor); // whatever happens meanwhile, it does not look again
      default:
        throw new RangeError(`a lock client acquires, keeps, extends, writes and releases; it cannot ${operation.f}`);
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
        if (this.#remaining(state, ctx) <= 0) return this.#lose(state, 'the token came too late', ctx);
        return this.#hold(state, ctx);
      case 'written':
        if (state.step !== 'working' || message.request !== state.request) return;
        this.#move(state, 'holding', ctx);
        if (message.accepted) return ctx.ok(this.#words(state, ctx));
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
      case 'over':
        return ctx.ok(null);
      case 'work done': {
        const { token, request } = state;
        const value = Number(state.operation?.value ?? 0);
        ctx.send(this.#resource, { type: 'write', request, token, value });
      }
    }
  }

  /** Steps 1 and 2: notes the time and asks all instances for the lock. */
  #attempt(state: RedlockState, ctx: Ctx): void {
    state.attempt++;
    // With the value of an attempt that was not released, the last release gives up what all of them took.
    if (state.attempt === 1 || this.#config.releasesPartial) state.value = drawValue(ctx);
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
        ? this.#rules.takes(this.#lock, value, milliseconds)
        : step === 'extending'
          ? this.#rules.extends(this.#lock, value, milliseconds)
          : this.#rules.releases(this.#lock, value);
    ctx.send(instance, { type: 'Commands', request: round.request, commands: [command] });
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
        return ctx.ok(this.#words(state, ctx));
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
      state.validUntil = now + validity;
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
    if (!this.#rules.isExtended(state.round.yes, this.#instances.length, isValid, this.#config)) {
      this.#move(state, 'holding', ctx); // until the lease that it has is over
      return ctx.fail('not extended');
    }
    state.extensions++;
    state.validUntil = now + this.#rules.validity(this.#config, now - state.startedAt);
    this.#move(state, 'holding', ctx);
    ctx.ok(this.#words(state, ctx));
  }

  #hold(state: RedlockState, ctx: Ctx): void {
    this.#move(state, 'holding', ctx);
    ctx.note('acquired', { until: state.validUntil, token: state.token });
    ctx.ok(this.#words(state, ctx));
  }

  /** All instances, those that are thought to have refused as well: their answer may have been lost. */
  #releaseAll(state: RedlockState, ctx: Ctx): void {
    const command = this.#rules.releases(this.#lock, state.value);
    for (const instance of this.#instances) {
      ctx.send(instance, { type: 'Commands', request: -1, commands: [command] });
    }
  }

  #lose(state: RedlockState, why: string, ctx: Ctx): void {
    this.#releaseAll(state, ctx);
    this.#move(state, 'idle', ctx);
    ctx.note('lost', { why });
    ctx.fail(why);
  }

  /** What the history says of an operation on the lock; a lease counts from the moment the operation was asked for. */
  #words(state: RedlockState, ctx: Ctx): Json {
    const { token } = state;
    const told = { lock: this.#lock, ...(token !== null && { token }) };
    if (state.operation?.f !== 'acquire' && state.operation?.f !== 'extend') return told;
    const lease = ctx.monotonic() - state.invokedAt + this.#remaining(state, ctx);
    return { ...told, lease: Math.max(0, lease) };
  }

  /** For how long the lock may still be used, as far as the client knows; negative when that is over. */
  #remaining(state: RedlockState, ctx: Ctx): Micros {
    return state.validUntil - this.#now(ctx);
  }

  #now(ctx: Ctx): Micros {
    return this.#config.clock === 'wall' ? ctx.now() : ctx.monotonic();
  }

  #move(state: RedlockState, to: Step, ctx: Ctx): void {
    ctx.note('role', { role: to, from: state.step });
    state.step = to;
  }
}

/** 20 random bytes, in hexadecimal. */
function drawValue(ctx: Ctx): string {
  return Array.from({ length: 10 }, () => {
    const bytes = ctx.random(2 ** 16);
    return bytes.toString(16).padStart(4, '0');
  }).join('');
}
