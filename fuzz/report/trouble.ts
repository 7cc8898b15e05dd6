// What kept a campaign from being whole. It says nothing about the protocol, but whoever is not told of it takes what there is for
// all there was to be.
import type { CampaignReport } from './report.ts';

export interface Trouble {
  readonly severity: 'error' | 'warning';
  /** In a few words. */
  readonly name: string;
  readonly reason: string;
}

/** The worst first; none of a campaign that did what it was to do. */
export function troublesOf({ broken, problem, ended, seeds, planned, missing }: CampaignReport): readonly Trouble[] {
  const isEmpty = seeds === 0 && broken === undefined && ended !== 'interrupted';
  return [
    ...(broken === undefined ? [] : [brokenTrouble(broken)]),
    ...(problem === undefined ? [] : [trouble('error', 'not everything could be kept', problem)]),
    ...(ended === 'interrupted' ? [trouble('warning', 'interrupted', `${seeds} of ${planned} seeds were run`)] : []),
    ...(isEmpty ? [trouble('warning', 'no seed was run', 'the time was up before the first had ended')] : []),
    ...(missing === undefined ? [] : [trouble('warning', 'not everything was run', missing)]),
  ];
}

function brokenTrouble({ seed, type, reason }: NonNullable<CampaignReport['broken']>): Trouble {
  if (seed !== undefined) return trouble('error', `seed ${seed} broke the tools: ${type}`, reason);
  return trouble('error', `it could not be run: ${type}`, reason);
}

function trouble(severity: Trouble['severity'], name: string, reason: string): Trouble {
  return { severity, name, reason };
}

/** Several lines. */
export function describeTrouble({ name, reason }: Trouble): string {
  return `${name}\n${reason}`;
}
