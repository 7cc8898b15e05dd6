// Whatever a campaign came to, every report says whether all is well, and all say the same: the exit code, JUnit, GitHub's annotations
// and summary, SARIF, and a merge with a campaign in which all is well.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exitCodeOfReports } from '../../cli/fuzz-report.ts';
import {
  githubReport,
  githubSummary,
  junitReport,
  mergeReports,
  sarifReport,
  type CampaignReport,
} from '../../fuzz/index.ts';
import { parseXml } from './xml.ts';

const clean: CampaignReport = {
  ...{ scenario: 'one', story: 'a story', seed: '1000', seeds: 10, planned: 10, ended: 'finished', hash: 'ab' },
  ...{ events: 5, simulatedUs: 5, elapsedMs: 5, verified: 1, lost: 0, verdict: 'valid', failures: [], causes: [] },
  sometimes: [],
};

const cause = (verdict: 'invalid' | 'unknown'): Partial<CampaignReport> => ({
  verdict,
  causes: [{ verdict, names: [verdict], also: [], seeds: 1, smallest: '7', reason: 'a reason' }],
});

const entry = (
  outcome: NonNullable<CampaignReport['corpus']>['entries'][number]['outcome'],
): CampaignReport['corpus'] => ({
  entries: [{ path: `${outcome}.json`, outcome, ...(outcome === 'passes' ? {} : { reason: 'a reason' }) }],
  added: [],
});

/** What can be wrong with a campaign, and the exit code that it alone leads to. */
const wrongs: readonly (readonly [code: number, what: Partial<CampaignReport>])[] = [
  [0, {}],
  [0, { corpus: entry('passes') }],
  [0, { ended: 'out-of-time', planned: 1_000_000_000 }],
  [1, cause('invalid')],
  [1, { ...cause('invalid'), ended: 'first-failure' }],
  [3, cause('unknown')],
  [3, { ...cause('unknown'), lost: 1 }],
  [3, { seeds: 0, verdict: 'unknown', ended: 'out-of-time' }],
  [1, { corpus: entry('fails') }],
  [1, { corpus: entry('fails otherwise') }],
  [3, { corpus: entry('lost') }],
  [3, { corpus: entry('unreadable') }],
  [3, { corpus: entry('does not apply') }],
  [3, { missing: 'the reports of 1 of 2 shards are missing' }],
  [2, { problem: 'cannot write out/a.json' }],
  [130, { ended: 'interrupted' }],
  [130, { ended: 'interrupted', seeds: 0, verdict: 'unknown' }],
  [4, { ended: 'broken', broken: { seed: '3', type: 'nondeterminism', reason: 'a reason' } }],
  [4, { ended: 'broken', seeds: 0, verdict: 'unknown', broken: { type: 'error', reason: 'a reason' } }],
  [2, { ended: 'broken', seeds: 0, verdict: 'unknown', broken: { type: 'input', reason: 'a reason' } }],
  [5, { ended: 'broken', seeds: 0, verdict: 'unknown', broken: { type: 'fleet', reason: 'a reason' } }],
];

/** How many of the reports each form shows as not all right. */
function marked(reports: readonly CampaignReport[]): Readonly<Record<string, number>> {
  const cases = parseXml(junitReport(reports)).children[0]!.children;
  const annotations = githubReport(reports)
    .split('\n')
    .filter((line) => /^::(?:error|warning) /.test(line));
  const rows = githubSummary(reports)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.includes('---'))
    .slice(1);
  const { results, invocations } = (
    JSON.parse(sarifReport(reports, '1')) as {
      runs: [
        { results: object[]; invocations: [{ executionSuccessful: boolean; toolExecutionNotifications: object[] }] },
      ];
    }
  ).runs[0];
  const [{ executionSuccessful, toolExecutionNotifications: notifications }] = invocations;
  expect(executionSuccessful).toBe(notifications.length === 0);
  expect(annotations).toHaveLength(results.length + notifications.length);
  return {
    junit: cases.filter(({ children }) => children.length > 1).length,
    summary: rows.filter((row) => !row.includes('✅')).length,
    annotations: Math.min(annotations.length, 1),
  };
}

describe('all forms of a report agree', () => {
  test.each(wrongs.map(([code, what]) => [JSON.stringify(what), code, what] as const))(
    '%s: %d',
    (_name, code, what) => {
      const report = { ...clean, seed: '1', ...what };
      const isWrong = code === 0 ? 0 : 1;
      const merges = [[report], mergeReports([report]), mergeReports([report, clean]), mergeReports([clean, report])];
      for (const reports of merges) {
        expect(exitCodeOfReports(reports)).toBe(code);
        expect(marked(reports)).toEqual({ junit: isWrong, summary: isWrong, annotations: isWrong });
      }
      // Beside another scenario, too.
      const both = [report, { ...clean, scenario: 'two' }];
      expect(exitCodeOfReports(both)).toBe(code);
      expect(marked(both)).toMatchObject({ junit: isWrong, summary: isWrong });
    },
  );

  test('and merging makes nothing better, in whatever order', () => {
    const reportOf = (index: number, place: number): CampaignReport => ({
      ...clean,
      seed: String(place * 100 + 1),
      hash: String(place),
      ...wrongs[index]![1],
    });
    const index = fc.nat(wrongs.length - 1);
    fc.assert(
      fc.property(fc.array(index, { minLength: 1, maxLength: 4 }), (indices) => {
        const parts = indices.map(reportOf);
        const merged = mergeReports(parts);
        const worst = exitCodeOfReports(parts);
        expect(exitCodeOfReports(merged)).toBe(worst);
        expect(marked(merged)['junit']).toBe(worst === 0 ? 0 : 1);
        expect(mergeReports(parts.toReversed())).toEqual(merged);
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
