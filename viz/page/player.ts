// The player as a chart: what it does with the moment when time passes, when the reader drags it, and when the run is over.
import { assign, createActor, setup } from 'xstate';

/** Where the player stands. `speed` is virtual time per real time: 0.001 shows a millisecond in a second. */
export interface PlayerContext {
  readonly moment: number;
  readonly end: number;
  readonly speed: number;
}

export type PlayerEvent =
  | { readonly type: 'play' }
  | { readonly type: 'pause' }
  /** So many real milliseconds have passed. */
  | { readonly type: 'tick'; readonly ms: number }
  /** To a moment, from anywhere: a step, a jump, a click. */
  | { readonly type: 'seek'; readonly moment: number }
  /** The reader holds the moment and drags it: playing waits until it is let go. */
  | { readonly type: 'grab' }
  | { readonly type: 'release' }
  | { readonly type: 'speed'; readonly speed: number };

const moved = ({ moment, end, speed }: PlayerContext, ms: number): number => Math.min(end, moment + ms * 1_000 * speed);

export const playerChart = setup({
  types: { context: {} as PlayerContext, events: {} as PlayerEvent, input: {} as { end: number; speed: number } },
  actions: {
    seek: assign(({ context, event }) =>
      event.type === 'seek' ? { moment: Math.max(0, Math.min(context.end, event.moment)) } : {},
    ),
    advance: assign(({ context, event }) => (event.type === 'tick' ? { moment: moved(context, event.ms) } : {})),
    rewind: assign({ moment: 0 }),
    setSpeed: assign(({ event }) => (event.type === 'speed' ? { speed: event.speed } : {})),
  },
  guards: {
    reachesEnd: ({ context, event }) => event.type === 'tick' && moved(context, event.ms) >= context.end,
    isAtEnd: ({ context }) => context.moment >= context.end,
  },
}).createMachine({
  id: 'player',
  context: ({ input }) => ({ moment: 0, end: input.end, speed: input.speed }),
  initial: 'paused',
  on: { speed: { actions: 'setSpeed' } },
  states: {
    paused: {
      on: {
        play: [{ guard: 'isAtEnd', target: 'playing', actions: 'rewind' }, { target: 'playing' }],
        seek: { actions: 'seek' },
        grab: 'held.paused',
      },
    },
    playing: {
      on: {
        pause: 'paused',
        tick: [{ guard: 'reachesEnd', target: 'paused', actions: 'advance' }, { actions: 'advance' }],
        seek: { target: 'paused', actions: 'seek' },
        grab: 'held.playing',
      },
    },
    held: {
      initial: 'paused',
      on: { seek: { actions: 'seek' } },
      states: {
        paused: { on: { release: '#player.paused', play: 'playing' } },
        playing: { on: { release: '#player.playing', pause: 'paused' } },
      },
    },
  },
});

export interface Player {
  send(event: PlayerEvent): void;
  moment(): number;
  speed(): number;
  isPlaying(): boolean;
  /** Calls back after every change. */
  watch(onChange: () => void): void;
  stop(): void;
}

/** A running player over [0, end] that asks `frames` for the next picture while it plays. */
export function createPlayer(end: number, speed: number, frames: (callback: (ms: number) => void) => void): Player {
  const actor = createActor(playerChart, { input: { end, speed } });
  actor.start();
  let last: number | undefined;
  const isPlaying = (): boolean => actor.getSnapshot().matches('playing');
  const frame = (now: number): void => {
    if (!isPlaying()) {
      last = undefined;
      return;
    }
    actor.send({ type: 'tick', ms: last === undefined ? 0 : Math.min(100, now - last) });
    last = now;
    frames(frame);
  };
  return {
    send(event) {
      const wasPlaying = isPlaying();
      actor.send(event);
      if (!wasPlaying && isPlaying() && last === undefined) frames(frame);
    },
    moment: () => actor.getSnapshot().context.moment,
    speed: () => actor.getSnapshot().context.speed,
    isPlaying,
    watch: (onChange) => void actor.subscribe(() => onChange()),
    stop: () => void actor.stop(),
  };
}
