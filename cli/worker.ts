// `faultline worker`: runs seeds for the campaigns of a fleet until it is told to stop.
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { readCount, readSeconds } from './arguments.ts';
import { exitCode, exitCodesHelp } from './exit.ts';
import { connectFleet, FleetError, whileThere, type Fleet } from './fleet-connection.ts';
import { Crew } from './fleet-crew.ts';
import { Vigil } from './fleet-vigil.ts';
import { count } from './layout.ts';
import type { Session } from './program.ts';

interface WorkerOptions {
  readonly fleet: string;
  readonly workers?: number;
  readonly once?: true;
  readonly idle?: number;
}

const lookEveryMs = 500;

export function addWorker(program: Command, session: Session): void {
  program
    .command('worker')
    .summary('run seeds for campaigns of other machines')
    .description(
      'Runs seeds for every `fuzz --fleet` with the same address, until it is interrupted; what it had begun then goes to another ' +
        'worker. It refuses campaigns of another version, or of a scenario file that is missing here or not the same: files are looked ' +
        'for at the same path, from the folder in which this was started. Whoever can write to the Redis can have it load such files.',
    )
    .requiredOption('--fleet <url>', 'the Redis that the fleet meets at, such as redis://:password@host:6379')
    .option('--workers <count>', 'threads (default: one for each processor)', readCount('--workers', 1, 256))
    .option('--once', 'end when the first campaign that it has worked for is over')
    .option(
      '--idle <duration>',
      'end after so long without work, such as 90 (seconds), 10m or 2h',
      readSeconds('--idle'),
    )
    .addHelpText(
      'after',
      `\nExample:\n  npx faultline worker --fleet redis://localhost:6379 --idle 10m\n${exitCodesHelp}`,
    )
    .action(async (options: WorkerOptions) => {
      session.code = await work(options, session);
    });
}

async function work(options: WorkerOptions, { io }: Session): Promise<number> {
  const interrupt = io.interruptible('SIGTERM');
  const tell = (line: string): void => io.err(`${line}\n`);
  const threads = options.workers ?? availableParallelism();
  try {
    const fleet = await connectFleet(options.fleet, io.err);
    const crew = new Crew(fleet, threads, tell);
    tell(`${count(threads, 'thread')} for ${fleet.address}; an interrupt gives back what has been begun`);
    try {
      return await serve(crew, new Vigil(fleet, tell), options, interrupt.signal);
    } finally {
      await leave(crew, fleet);
    }
  } finally {
    interrupt.release();
  }
}

/** Looks for work until there is a reason to end. */
async function serve(
  crew: Crew,
  vigil: Vigil,
  { once, idle = Infinity }: WorkerOptions,
  signal: AbortSignal,
): Promise<number> {
  let looking: Promise<void> | undefined;
  for (;;) {
    // Where the server is away, this takes as long as that lasts.
    looking ??= crew
      .look()
      .then(
        () => vigil.hear(),
        (error: Error) => vigil.hear(error),
      )
      .finally(() => (looking = undefined));
    await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) return exitCode.interrupted;
    const reason = vigil.checkServer();
    if (reason !== undefined) throw new FleetError(reason);
    if (once === true && crew.served > 0) return exitCode.fine;
    const isUseless = crew.served === 0 && crew.serving === 0 && crew.refused > 0;
    if (once === true && isUseless) return exitCode.usage;
    if (performance.now() - crew.busyAt >= idle) return isUseless ? exitCode.usage : exitCode.fine;
  }
}

/** Gives back what has been begun; a server that is away gets it back by itself when the locks run out. */
async function leave(crew: Crew, fleet: Fleet): Promise<void> {
  const left = crew.close();
  await whileThere(fleet, left);
  // Whatever still waits for an answer hears that there will be none.
  fleet.close();
  await whileThere(fleet, left);
}
