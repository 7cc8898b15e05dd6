// The words that all reporters share: what a cause is, and how a campaign ended.
import { endingOfKept } from './kept.ts';
import type { CampaignReport, CauseReport } from './report.ts';

export function titleOf({ names, seeds, smallest }: CauseReport): string {
  return `${names.join(' + ')} (${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, the smallest is ${smallest})`;
}

/** Several lines: reason, story, and how to run it again. */
export function describeCause(cause: CauseReport): string {
  const { reason, reproduce, replay, story } = cause;
  return [
    titleOf(cause),
    ...(reason === undefined ? [] : [reason]),
    ...(story === undefined || story.length === 0 ? [] : ['', ...story]),
    ...(reproduce === undefined ? [] : ['', `run it again: ${reproduce}`]),
    ...(typeof replay === 'string' ? [`replay file: ${replay}`] : []),
  ].join('\n');
}

/** Which seeds ran, what came of them, and whether there should have been more. */
export function endingOf(report: CampaignReport): string {
  const { seeds, seed, verdict, ended, planned, lost, broken, missing } = report;
  const much = `${seeds} ${seeds === 1 ? 'seed' : 'seeds'} from ${seed}: ${broken === undefined ? verdict : 'broken'}`;
  const gone = lost === 0 ? '' : `, ${lost} lost`;
  const cut = ended === 'interrupted' ? `, interrupted before ${planned}` : '';
  return `${much}${gone}${endingOfKept(report)}${cut}${missing === undefined ? '' : `; ${missing}`}`;
}
