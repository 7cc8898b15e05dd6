// The progress of a campaign on standard error: a bar on a terminal, elsewhere a plain line every ten seconds.
import { SingleBar } from 'cli-progress';
import type { Campaign } from '../fuzz/index.ts';
import type { Io } from './io.ts';
import { count, printable, thousands } from './layout.ts';

export interface Progress {
  update(campaign: Campaign): void;
  /** Takes the bar away. */
  stop(): void;
}

export function showProgress(io: Io, label: string, seeds: number): Progress {
  return io.terminal === undefined ? plainProgress(io, label) : barProgress(io.terminal, label, seeds);
}

/** One line on a terminal that is written over; elsewhere nothing. */
export function showStatus({ terminal }: Io): { readonly update: (text: string) => void; readonly stop: () => void } {
  let last = performance.now();
  let shown = false;
  return {
    update: (text) => {
      const now = performance.now();
      if (terminal === undefined || now - last < 500) return;
      last = now;
      shown = true;
      terminal.write(`\r\u001b[K${printable(text).slice(0, Math.max(20, terminal.columns - 1))}`);
    },
    stop: () => {
      if (shown) terminal?.write('\r\u001b[K');
      shown = false;
    },
  };
}

function barProgress(stream: NodeJS.WriteStream, label: string, seeds: number): Progress {
  const bar = new SingleBar({
    stream,
    format: `${label} {bar} {value}/{total} {rest}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    clearOnComplete: true,
    hideCursor: true,
    // Interrupts are the command's own business.
    gracefulExit: false,
  });
  bar.start(seeds, 0, { rest: '' });
  return {
    update: (campaign) => bar.update(campaign.seeds, { rest: inWords(campaign) }),
    stop: () => bar.stop(),
  };
}

function plainProgress(io: Io, label: string): Progress {
  let last = performance.now();
  return {
    update: (campaign) => {
      if (campaign.ended !== 'running' || performance.now() - last < 10_000) return;
      last = performance.now();
      io.err(`${label}: ${thousands(campaign.seeds)} of ${count(campaign.planned, 'seed')} ${inWords(campaign)}\n`);
    },
    stop: () => {},
  };
}

function inWords({ seeds, events, elapsedMs, causes }: Campaign): string {
  const rate = (number: number): string => thousands((number * 1_000) / Math.max(1, elapsedMs));
  const [cause] = causes;
  const failing = causes.reduce((sum, each) => sum + each.seeds, 0);
  const more = causes.length > 1 ? ` and ${count(causes.length - 1, 'more cause')}` : '';
  const found = cause === undefined ? '' : `, ${thousands(failing)} failing: ${cause.names.join(' + ')}${more}`;
  return `seeds, ${rate(seeds)} seeds/s, ${rate(events)} events/s${found}`.slice(0, 120);
}
