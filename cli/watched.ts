// A campaign that people watch: with its progress on standard error, ended by an interrupt without losing anything.
import { campaign, type Campaign, type CampaignOptions } from '../fuzz/index.ts';
import type { Scenario } from '../sim/index.ts';
import { exitCode, exitCodeOf } from './exit.ts';
import { campaignInThreads, type PoolOptions } from './fuzz-pool.ts';
import type { Io } from './io.ts';
import { showProgress } from './progress.ts';
import type { SourcedScenario } from './scenario-source.ts';

/** Threads to run it in; without them it runs in this one. */
export interface CampaignThreads extends Pick<PoolOptions, 'workers' | 'watchdogMs'> {
  readonly sourced: SourcedScenario;
}

export async function watchCampaign(
  io: Io,
  scenario: Scenario,
  options: CampaignOptions,
  threads?: CampaignThreads,
): Promise<Campaign> {
  const interruptible = io.interruptible();
  const progress = showProgress(io, scenario.name, options);
  const watched: CampaignOptions = {
    ...options,
    signal: interruptible.signal,
    onProgress: (now) => progress.update(now),
  };
  try {
    if (threads === undefined) return await campaign(scenario, watched);
    const { sourced, workers, watchdogMs } = threads;
    return await campaignInThreads(sourced, { ...watched, workers, watchdogMs });
  } finally {
    progress.stop();
    interruptible.release();
  }
}

/** A defect of the tools outweighs an interrupt, which outweighs a verdict. */
export function campaignExitCode({ broken, ended, verdict }: Campaign): number {
  if (broken !== undefined) return exitCode.internal;
  return ended === 'interrupted' ? exitCode.interrupted : exitCodeOf(verdict);
}
