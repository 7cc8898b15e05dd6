// A campaign that people watch: with its progress on standard error, ended by an interrupt without losing anything.
import { campaign, type Campaign, type CampaignOptions } from '../fuzz/index.ts';
import type { Scenario } from '../sim/index.ts';
import { exitCode, exitCodeOf } from './exit.ts';
import type { Io } from './io.ts';
import { showProgress } from './progress.ts';

export async function watchCampaign(io: Io, scenario: Scenario, options: CampaignOptions): Promise<Campaign> {
  const interruptible = io.interruptible();
  const progress = showProgress(io, scenario.name, options.seeds);
  try {
    return await campaign(scenario, {
      ...options,
      signal: interruptible.signal,
      onProgress: (now) => progress.update(now),
    });
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
