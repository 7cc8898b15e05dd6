// What the schedules of the corpus came to in a campaign: those that still fail are as bad as seeds that fail, and told beside them.
import { worseVerdict, type Verdict } from '../../sim/index.ts';
import type { CampaignReport } from './report.ts';

/** Kept schedules that violate one property, no longer apply, cannot be read, or were lost. */
export interface KeptFailure {
  readonly verdict: 'invalid' | 'unknown';
  /** The property; else what became of them. */
  readonly name: string;
  readonly paths: readonly string[];
  /** Of the first of them. */
  readonly reason?: string;
}

/** Violations first; each kind in the order in which it first occurs. */
export function keptFailuresOf({ corpus }: CampaignReport): readonly KeptFailure[] {
  const kinds = new Map<string, KeptFailure & { readonly paths: string[] }>();
  for (const { path, outcome, found, reason } of corpus?.entries ?? []) {
    if (outcome === 'passes') continue;
    const verdict = outcome === 'fails' || outcome === 'fails otherwise' ? 'invalid' : 'unknown';
    const name = verdict === 'invalid' && found !== undefined ? found : outcome;
    const kind = kinds.get(`${verdict} ${name}`) ?? {
      verdict,
      name,
      paths: [],
      ...(reason === undefined ? {} : { reason }),
    };
    kinds.set(`${verdict} ${name}`, kind);
    kind.paths.push(path);
  }
  const rank = ({ verdict }: KeptFailure): number => (verdict === 'invalid' ? 0 : 1);
  return [...kinds.values()].sort((one, other) => rank(one) - rank(other));
}

/** Of its seeds, of those that nobody has told of, and of the kept schedules. */
export function verdictOf(report: CampaignReport): Verdict {
  const seeds = report.missing === undefined ? report.verdict : worseVerdict(report.verdict, 'unknown');
  return keptFailuresOf(report).reduce<Verdict>((worst, { verdict }) => worseVerdict(worst, verdict), seeds);
}

export function titleOfKept({ name, paths }: KeptFailure): string {
  return `${name} (${schedules(paths.length)} of the corpus)`;
}

/** Several lines: reason, files, and how to run them again. */
export function describeKept(kept: KeptFailure, { corpus }: CampaignReport): string {
  const reproduce = corpus?.reproduce;
  return [
    titleOfKept(kept),
    ...(kept.reason === undefined ? [] : [kept.reason]),
    ...kept.paths.map((path) => `schedule: ${path}`),
    ...(reproduce === undefined ? [] : ['', `run it again: ${reproduce}`]),
  ].join('\n');
}

/** For the line that says how a campaign ended: nothing where all of them pass. */
export function endingOfKept(report: CampaignReport): string {
  const kept = keptFailuresOf(report);
  const numberOf = (wanted: KeptFailure['verdict']): number =>
    kept.reduce((sum, { verdict, paths }) => sum + (verdict === wanted ? paths.length : 0), 0);
  const [failing, open] = [numberOf('invalid'), numberOf('unknown')];
  return [
    ...(failing === 0 ? [] : [`, ${schedules(failing)} of the corpus ${failing === 1 ? 'fails' : 'fail'}`]),
    ...(open === 0 ? [] : [`, ${schedules(open)} of the corpus could not be judged`]),
  ].join('');
}

const schedules = (number: number): string => `${number} ${number === 1 ? 'schedule' : 'schedules'}`;
