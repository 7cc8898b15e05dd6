// Where the commands write and what interrupts them, as one value, so that tests can run a command in their own process.
import pc from 'picocolors';
import { exitCode } from './exit.ts';

export interface Io {
  /** Standard output: results, and nothing else. */
  readonly out: (text: string) => void;
  /** Standard error: progress, warnings, errors. */
  readonly err: (text: string) => void;
  readonly paint: Paint;
  /** Characters in a line. */
  readonly columns: number;
  /** Where a progress bar can be drawn, if anywhere. */
  readonly terminal: NodeJS.WriteStream | undefined;
  /** Whether long work may go to threads of its own. */
  readonly threads?: boolean;
  /** From now until `release`, an interrupt (or one of these) aborts the signal instead of ending the process; a second one ends it. */
  interruptible(...more: readonly NodeJS.Signals[]): Interruptible;
}

export interface Interruptible {
  readonly signal: AbortSignal;
  release(): void;
}

export type Paint = ReturnType<typeof pc.createColors>;

/** The process's own streams. A reader that goes away, as `head` does, is no error: the rest is written to nobody. */
export function processIo(): Io {
  const { stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      if (stream === stdout) stderr.write(`error: cannot write the output: ${error.message}\n`);
      process.exit(exitCode.internal);
    });
  }
  // Never undefined, as `isTTY` is where there is no terminal: picocolors would take that for leave to guess.
  const plain = !stdout.isTTY || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    paint: pc.createColors(!plain),
    columns: stdout.columns > 0 ? stdout.columns : 100,
    terminal: stderr.isTTY ? stderr : undefined,
    threads: true,
    interruptible,
  };
}

function interruptible(...more: readonly NodeJS.Signals[]): Interruptible {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    controller.abort();
  };
  const signals = ['SIGINT', ...more];
  for (const signal of signals) process.on(signal, interrupt);
  const release = (): void => {
    for (const signal of signals) process.off(signal, interrupt);
  };
  return { signal: controller.signal, release };
}
