// Reports: what shards add up to, and the forms that other programs read.
import { describe, expect, test } from 'vitest';
import {
  githubReport,
  junitReport,
  mergeReports,
  parseReport,
  sarifReport,
  type CampaignReport,
} from '../../fuzz/index.ts';

const cause = {
  verdict: 'invalid',
  names: ['agreement'],
  also: [],
  seeds: 2,
  smallest: '7',
  events: 90,
  reason: 'a < b & "c",\nsee d',
} as const;

function report(changes: Partial<CampaignReport>): CampaignReport {
  const counts = { seeds: 10, planned: 10, events: 100, simulatedUs: 1_000, elapsedMs: 5, verified: 1, lost: 0 };
  const base = {
    scenario: 'one',
    story: 'A story.',
    seed: '1',
    ended: 'finished',
    hash: 'a',
    verdict: 'valid',
    ...counts,
  };
  const lists = { failures: [], causes: [], sometimes: [{ name: 'x happens', seeds: 3 }] };
  return parseReport(JSON.stringify({ ...base, ...lists, ...changes }), 'file')[0]!;
}

describe('merged reports', () => {
  test('add up, keep the worst verdict and the smallest failure of each cause', () => {
    const one = report({
      verdict: 'invalid',
      causes: [{ ...cause, names: ['agreement'], also: [] }],
      failures: [{ seed: '7' }],
    });
    const smaller = { ...cause, names: ['agreement'], also: [], smallest: '12', events: 40 };
    const other = report({
      seed: '2',
      verdict: 'invalid',
      causes: [smaller],
      failures: [{ seed: '12' }, { seed: '7' }],
    });
    const merged = mergeReports([report({}), one, other, report({ scenario: 'two' })]);
    expect(merged.map(({ scenario }) => scenario)).toEqual(['one', 'two']);
    expect(merged[0]).toMatchObject({
      ...{ seeds: 30, events: 300, elapsedMs: 15, seed: '1', verdict: 'invalid' },
      causes: [{ names: ['agreement'], seeds: 4, smallest: '12' }],
      failures: [{ seed: '7' }, { seed: '12' }],
      sometimes: [{ name: 'x happens', seeds: 9 }],
    });
  });

  test('join the ways of a cause by their shapes, and what followed from it', () => {
    const way = (shape: string, events: number, ...seeds: string[]): object => ({
      shape: [shape],
      events,
      seeds,
      story: [],
    });
    const one = report({
      causes: [{ ...cause, names: ['agreement'], also: ['b'], ways: [way('x', 9, '7')] } as never],
    });
    const two = [way('x', 5, '7', '9'), way('y', 5, '8')];
    const other = report({ causes: [{ ...cause, names: ['agreement'], also: ['a', 'b'], ways: two } as never] });
    expect(mergeReports([one, other])[0]!.causes).toMatchObject([
      {
        seeds: 4,
        also: ['a', 'b'],
        ways: [
          { shape: ['x'], events: 5, seeds: ['7', '9'] },
          { shape: ['y'], seeds: ['8'] },
        ],
      },
    ]);
  });

  test('keep what broke the tools', () => {
    const broken = report({ ended: 'broken', broken: { seed: '3', type: 'error', reason: 'why' } });
    expect(mergeReports([report({}), broken])[0]).toMatchObject({ ended: 'broken', broken: { seed: '3' } });
  });

  test('refuse what is no report, with its place', () => {
    expect(() => parseReport('{"scenario":"x"}', 'file')).toThrow('file.story');
    expect(() => parseReport('{"campaigns":[{}]}', 'file')).toThrow('file.campaigns[0].scenario');
    expect(() => parseReport('nonsense', 'file')).toThrow('file: expected JSON');
  });
});

describe('a failing report', () => {
  const failing = [
    report({
      verdict: 'invalid',
      causes: [{ ...cause, names: ['agreement'], also: [], reproduce: 'npx faultline run one --seed 7' }],
      source: { file: 'a,b:c.ts', line: 12 },
    }),
    report({ scenario: 'two\u0000' }),
  ];

  test('is JUnit XML with one case a scenario, nothing unescaped', () => {
    const text = junitReport(failing);
    expect(text).toContain('<testsuite name="faultline" tests="2" failures="1" errors="0" time="0.010">');
    expect(text).toContain('<testcase name="one" classname="a,b:c.ts" time="0.005">');
    expect(text).toContain('<failure message="agreement (2 seeds, the smallest is 7)" type="agreement">');
    expect(text).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(text).toContain('name="two\ufffd"');
    expect(text.match(/<(?:testcase|failure|testsuites?)\b/g)).toHaveLength(
      text.match(/<\/(?:testcase|failure|testsuites?)>/g)!.length,
    );
  });

  test('is an annotation at the line of the scenario, on one line', () => {
    const lines = githubReport(failing).trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(
      /^::error file=a%2Cb%3Ac\.ts,line=12,title=one%3A agreement::agreement \(2 seeds.*%0Aa < b/,
    );
    expect(lines[1]).toContain('run it again: npx faultline run one --seed 7');
  });

  test('is SARIF with a rule and a result for the cause', () => {
    const log = JSON.parse(sarifReport(failing, '1.2.3')) as { version: string; runs: { results: object[] }[] };
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'Faultline', version: '1.2.3', rules: [{ id: 'agreement' }] } },
          results: [
            { ruleId: 'agreement', level: 'error', locations: [{ physicalLocation: { region: { startLine: 12 } } }] },
          ],
        },
      ],
    });
    expect(log.runs[0]!.results).toHaveLength(1);
  });
});
