// A campaign that people watch: with its progress on standard error, ended by an interrupt without losing anything.
import { campaign, type Campaign, type CampaignOptions } from '../fuzz/index.ts';
import type { Scenario } from '../sim/index.ts';
import { campaignOnFleet } from './fleet-campaign.ts';
import type { Fleet } from './fleet-connection.ts';
import { campaignInThreads } from './fuzz-pool.ts';
import type { Io } from './io.ts';
import { showProgress } from './progress.ts';
import type { SourcedScenario } from './scenario-source.ts';

/** Who else runs its seeds: threads, or the workers of a fleet. */
export type Helpers = { readonly sourced: SourcedScenario; readonly watchdogMs: number } & (
  { readonly type: 'threads'; readonly workers: number } | { readonly type: 'fleet'; readonly fleet: Fleet }
);

/**
 * @param options ends with their signal; without one, with an interrupt
 * @param helpers without them it runs in this thread
 */
export async function watchCampaign(
  io: Io,
  scenario: Scenario,
  options: CampaignOptions,
  helpers?: Helpers,
): Promise<Campaign> {
  const { signal } = options;
  const interruptible = signal === undefined ? io.interruptible() : { signal, release: () => {} };
  const progress = showProgress(io, scenario.name, options);
  const watched: CampaignOptions = {
    ...options,
    signal: interruptible.signal,
    onProgress: (now) => progress.update(now),
  };
  try {
    if (helpers === undefined) return await campaign(scenario, watched);
    const { sourced, watchdogMs } = helpers;
    switch (helpers.type) {
      case 'threads':
        return await campaignInThreads(sourced, { ...watched, workers: helpers.workers, watchdogMs });
      case 'fleet':
        return await campaignOnFleet(sourced, helpers.fleet, {
          ...watched,
          watchdogMs,
          tell: (line) => tell(line, io),
        });
    }
  } finally {
    progress.stop();
    interruptible.release();
  }
}

/** A line beside the progress bar, where there is one. */
function tell(line: string, { err, terminal }: Io): void {
  err(`${terminal === undefined ? '' : '\r\u001b[K'}${line}\n`);
}
