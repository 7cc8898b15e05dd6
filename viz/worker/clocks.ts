// How far each node's wall clock is from true time, as few points as say it to within two microseconds.
import type { Simulation } from '../../sim/simulate.ts';
import type { ClockTrack } from './messages.ts';

const toleranceUs = 2;

/** Watches the clocks of a simulation: `look` after each event, `take` at the end. */
export interface ClockWatch {
  look(): void;
  take(): ClockTrack[];
}

export function watchClocks(simulation: Simulation): ClockWatch {
  const lines = simulation.view.nodes.map(() => createLine());
  // Of a large cluster not every clock is read after every event.
  const stride = Math.max(1, Math.ceil(lines.length / 16));
  let turn = 0;
  const read = (place: number): void => {
    const { now } = simulation.view;
    lines[place]?.add(now, simulation.clocks(place).wall - now);
  };
  return {
    look() {
      turn = (turn + 1) % stride;
      for (let place = turn; place < lines.length; place += stride) read(place);
    },
    take() {
      lines.forEach((_, place) => read(place));
      return simulation.view.nodes.map(({ id }, place) => ({ node: id, ...(lines[place] as Line).take() }));
    },
  };
}

interface Line {
  add(time: number, value: number): void;
  take(): { time: Float64Array; off: Float64Array };
}

/** Keeps a point only where no straight line from the last kept one passes near all that came since. */
function createLine(): Line {
  const time: number[] = [];
  const off: number[] = [];
  let last = { time: 0, value: 0 };
  let steepest = Infinity;
  let flattest = -Infinity;
  const keep = (at: number, value: number): void => {
    time.push(at);
    off.push(value);
    steepest = Infinity;
    flattest = -Infinity;
  };
  const narrow = (at: number, value: number): void => {
    const [fromTime, fromValue] = [time.at(-1) as number, off.at(-1) as number];
    const length = at - fromTime;
    if (length <= 0) return;
    steepest = Math.min(steepest, (value + toleranceUs - fromValue) / length);
    flattest = Math.max(flattest, (value - toleranceUs - fromValue) / length);
  };
  return {
    add(at, value) {
      if (time.length === 0) keep(at, value);
      else {
        narrow(at, value);
        if (flattest > steepest || (at === last.time && Math.abs(value - last.value) > toleranceUs)) {
          if (last.time > (time.at(-1) as number)) keep(last.time, last.value);
          narrow(at, value);
          // A step is a step and not a slope.
          if (Math.abs(value - last.value) > toleranceUs * 50 && at > last.time) keep(at, last.value);
          if (Math.abs(value - last.value) > toleranceUs * 50) keep(at, value);
        }
      }
      last = { time: at, value };
    },
    take() {
      if (time.length > 0 && last.time > (time.at(-1) as number)) keep(last.time, last.value);
      return { time: Float64Array.from(time), off: Float64Array.from(off) };
    },
  };
}
