// The progress of long work on standard error: a bar or a line written over on a terminal, elsewhere a plain line every ten
// seconds.
import { SingleBar } from 'cli-progress';
import type { Campaign, CampaignOptions } from '../fuzz/index.ts';
import { formatDuration } from '../sim/index.ts';
import type { Io } from './io.ts';
import { count, printable, thousands } from './layout.ts';

export interface Progress {
  update(campaign: Campaign): void;
  /** Takes the bar away. */
  stop(): void;
}

type Bounds = Pick<CampaignOptions, 'seeds' | 'timeMs'>;

export function showProgress(io: Io, label: string, bounds: Bounds): Progress {
  return io.terminal === undefined ? plainProgress(io, label, bounds) : barProgress(io.terminal, label, bounds);
}

/** How often a line is written where nothing can be written over, in real milliseconds. */
const plainMs = 10_000;

/** One line on a terminal that is written over; elsewhere a plain line every ten seconds. */
export function showStatus({ terminal, err }: Io): {
  readonly update: (text: string) => void;
  readonly stop: () => void;
} {
  let last = performance.now();
  let shown = false;
  return {
    update: (text) => {
      const now = performance.now();
      if (now - last < (terminal === undefined ? plainMs : 500)) return;
      last = now;
      if (terminal === undefined) return err(`${printable(text)}\n`);
      shown = true;
      // A terminal that does not know its width says 0.
      terminal.write(`\r\u001b[K${printable(text).slice(0, Math.max(20, (terminal.columns || 80) - 1))}`);
    },
    stop: () => {
      if (shown) terminal?.write('\r\u001b[K');
      shown = false;
    },
  };
}

function barProgress(stream: NodeJS.WriteStream, label: string, { seeds, timeMs }: Bounds): Progress {
  const began = performance.now();
  const bar = new SingleBar({
    stream,
    format: `${label} {bar} {done} {rest}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    clearOnComplete: true,
    hideCursor: true,
    // Interrupts are the command's own business.
    gracefulExit: false,
  });
  bar.start(timeMs ?? seeds, 0, { done: '', rest: '' });
  return {
    update: (campaign) => {
      const done =
        timeMs === undefined ? `${thousands(campaign.seeds)}/${thousands(seeds)}` : thousands(campaign.seeds);
      const value = timeMs === undefined ? campaign.seeds : Math.min(timeMs, performance.now() - began);
      bar.update(value, { done, rest: inWords(campaign) });
    },
    stop: () => bar.stop(),
  };
}

function plainProgress(io: Io, label: string, { timeMs }: Bounds): Progress {
  let last = performance.now();
  return {
    update: (campaign) => {
      if (campaign.ended !== 'running' || performance.now() - last < plainMs) return;
      last = performance.now();
      const of = timeMs === undefined ? ` of ${thousands(campaign.planned)}` : '';
      io.err(`${label}: ${thousands(campaign.seeds)}${of} ${inWords(campaign)}\n`);
    },
    stop: () => {},
  };
}

function inWords({ seeds, events, simulatedUs, elapsedMs, causes, coverage, lost }: Campaign): string {
  const rate = (number: number): string => thousands((number * 1_000) / Math.max(1, elapsedMs));
  const [cause] = causes;
  const failing = causes.reduce((sum, each) => sum + each.seeds, 0);
  const more = causes.length > 1 ? ` and ${count(causes.length - 1, 'more cause')}` : '';
  const found = cause === undefined ? '' : `, ${thousands(failing)} failing: ${cause.names.join(' + ')}${more}`;
  const gone = lost === 0 ? '' : `, ${count(lost, 'seed')} lost`;
  const much = `${formatDuration(Math.floor(simulatedUs / 1e6) * 1e6)} simulated, coverage ${thousands(coverage)}`;
  return `seeds, ${rate(seeds)} seeds/s, ${rate(events)} events/s, ${much}${gone}${found}`.slice(0, 160);
}
