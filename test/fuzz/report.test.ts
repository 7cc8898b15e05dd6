// Reports: what shards add up to, and the forms that other programs read.
import { describe, expect, test } from 'vitest';
import {
  githubReport,
  githubSummary,
  junitReport,
  keptFailuresOf,
  mergeReports,
  parseReport,
  sarifReport,
  verdictOf,
  type CampaignReport,
} from '../../fuzz/index.ts';
import type { CauseReport } from '../../fuzz/report/report.ts';
import { faultsOf, parseXml } from './xml.ts';

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

describe('shards', () => {
  const shard = (seed: string, changes: Partial<CampaignReport>): CampaignReport =>
    report({ seed, stride: 3, planned: 4, ...changes });
  const failing = (smallest: string, events: number, names: string[]): CauseReport => ({
    ...{ ...cause, names, also: [], smallest, events, seeds: 1 },
  });
  const shards = [
    shard('1', {
      verdict: 'invalid',
      failures: [{ seed: '4' }],
      causes: [failing('4', 50, ['rare'])],
      timelines: { 4: 'a.html' },
      corpus: { entries: [{ path: 'c.json', outcome: 'fails', found: 'agreement' }], added: ['x.json'] },
    }),
    shard('2', { failures: [{ seed: '20' }, { seed: '3' }], causes: [failing('3', 50, ['often'])], hash: 'b' }),
    shard('3', {
      causes: [
        { ...failing('2', 50, ['rare']), verdict: 'unknown' },
        { ...failing('2', 50, ['often']), seeds: 3 },
      ],
      ended: 'interrupted',
      shrunk: { 2: {} },
      corpus: { entries: [{ path: 'c.json', outcome: 'passes' }], added: ['y.json', 'x.json'] },
    }),
  ];

  test('are one campaign in whatever order they come: seeds in order, violations first, files of all', () => {
    const [merged] = mergeReports(shards);
    expect(merged).toMatchObject({
      ...{ seed: '1', seeds: 30, planned: 12, ended: 'interrupted' },
      failures: [{ seed: '3' }, { seed: '4' }, { seed: '20' }],
      causes: [
        { names: ['often'], seeds: 4, smallest: '2' }, // as short as 3, and before it
        { names: ['rare'], verdict: 'invalid' },
        { names: ['rare'], verdict: 'unknown' },
      ],
      timelines: { 4: 'a.html' },
      shrunk: { 2: {} },
      corpus: { entries: [{ path: 'c.json', outcome: 'fails' }], added: ['x.json', 'y.json'] },
    });
    expect(merged).not.toHaveProperty('stride');
    const [one, two, three] = shards as [CampaignReport, CampaignReport, CampaignReport];
    for (const order of [
      [three, two, one],
      [two, one, three],
      [three, one, two],
    ])
      expect(mergeReports(order)).toEqual([merged]);
  });

  test('are missed where one has left no report', () => {
    const [one, two, three] = shards as [CampaignReport, CampaignReport, CampaignReport];
    const nightLater = shards.map((each) => ({ ...each, seed: String(Number(each.seed) + 1_000) }));
    const missing = (...reports: readonly CampaignReport[]): readonly (string | undefined)[] =>
      mergeReports(reports).map((merged) => merged.missing);
    expect(missing(...shards)).toEqual([undefined]);
    expect(missing(...shards, ...nightLater, report({}))).toEqual([undefined]);
    // Divided in two ways: nobody can say which is which.
    expect(missing(one, { ...two, stride: 2 })).toEqual([undefined]);
    expect(missing(three, one)).toEqual(['the reports of 1 of 3 shards are missing']);
    expect(missing(two, { ...two, scenario: 'other' })).toEqual([
      'the reports of 2 of 3 shards are missing',
      'the reports of 2 of 3 shards are missing',
    ]);
    // What was missing stays so when it is merged once more.
    const twice = mergeReports([...mergeReports([three, one]), report({})]);
    expect(twice).toMatchObject([{ missing: 'the reports of 1 of 3 shards are missing' }]);
  });
});

/** What breaks formats: ends of sections, entities, escapes, commands, control characters, halves of pairs, Markdown. */
const evil =
  ']]> & <b> "q" \'a\' %0A ::error:: a|b `c` \u0000\u0007\u001b[31m \ud800 \uffff \u{1f525} \r\n two,three: </pre></details> @me';

describe('a failing report', () => {
  const reproduce = 'npx faultline run one --seed 7';
  const failing = [
    report({
      verdict: 'invalid',
      causes: [
        { ...cause, names: ['agreement'], also: [], reproduce },
        { ...cause, verdict: 'unknown', names: ['progress'], also: [] },
      ],
      source: { file: 'a,b:c d.ts', line: 12 },
    }),
    report({ scenario: evil, verdict: 'invalid', causes: [{ ...cause, names: [evil], also: [], reason: evil }] }),
    report({ scenario: 'three', verdict: 'unknown', seeds: 0, ended: 'interrupted' }),
    report({ scenario: 'four', ended: 'broken', broken: { seed: '3', type: 'nondeterminism', reason: evil } }),
    report({ scenario: 'five' }),
  ];
  // As a file it is UTF-8, in which halves of pairs do not exist.
  const asFile = (text: string): string => Buffer.from(text).toString();

  test('is JUnit XML by the schemas of Jenkins and Surefire, one case a scenario, whatever is in it', () => {
    const root = parseXml(junitReport(failing));
    expect(faultsOf(root)).toEqual([]);
    const suite = root.children[0]!;
    expect(suite.attributes).toMatchObject({ tests: '5', failures: '2', errors: '2', skipped: '0', time: '0.025' });
    const told = suite.children.map(({ attributes, children }) => [
      attributes['name'],
      ...children.map(({ name }) => name),
    ]);
    expect(told).toEqual([
      ['one', 'failure', 'system-out'],
      [expect.stringContaining(']]> & <b> "q"'), 'failure', 'system-out'],
      ['three', 'error', 'system-out'],
      ['four', 'error', 'system-out'],
      ['five', 'system-out'],
    ]);
    const [first, second, third] = suite.children.map(({ children }) => children[0]!);
    expect(first!.attributes).toEqual({
      message: 'agreement (2 seeds, the smallest is 7) and 1 more',
      type: 'agreement',
    });
    expect(first!.text).toContain(`a < b & "c",\nsee d\n\nrun it again: ${reproduce}\n\nprogress (2 seeds`);
    expect(second!.text).toContain('\u{1f525}');
    expect(third!.attributes).toEqual({ message: 'interrupted', type: 'interrupted' });
    expect(suite.children[2]!.children[1]!.text).toBe('0 seeds from 1: unknown, interrupted before 10');
    expect(faultsOf(parseXml(junitReport([])))).toEqual([]);
  });

  test('is annotations at the line of the scenario, each one command on one line', () => {
    const lines = asFile(githubReport(failing))
      .trimEnd()
      .split(/\r\n|[\r\n]/);
    expect(lines).toHaveLength(10);
    for (const line of lines)
      expect(line).toMatch(/^::(?:notice|error|warning) (?:file=[^:,\n]*,line=\d+,)?title=[^:,\n]*::/);
    expect(lines[1]).toMatch(
      /^::error file=a%2Cb%3Ac d\.ts,line=12,title=one%3A agreement::agreement \(2 seeds.*%0Aa < b/,
    );
    expect(lines[1]).toContain('run it again: npx faultline run one --seed 7');
    expect(lines[2]).toMatch(/^::warning .*progress/);
    // What GitHub makes of it is what was there.
    const [, title = ''] = /title=([^:,]*)::/.exec(lines[4]!) ?? [];
    const read = title.replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%0A', '\n').replaceAll('%0D', '\r');
    expect(read.replaceAll('%25', '%')).toBe(asFile(`${evil}: ${evil}`));
    expect(lines[6]).toBe('::warning title=three%3A interrupted::0 of 10 seeds were run');
    expect(lines[8]).toMatch(/^::error title=four%3A seed 3 broke the tools%3A nondeterminism::/);
    expect(githubReport([report({ lost: 2 })])).toBe('::notice title=one::10 seeds from 1: valid, 2 lost\n');
  });

  test('is a summary in Markdown: a row for each scenario, a fold for each cause', () => {
    const text = githubSummary(failing);
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(2 + failing.length);
    for (const row of rows) expect(row.match(/\|/g)).toHaveLength(4);
    expect(rows[2]).toBe(
      '| one | ❌ 10 seeds from 1: invalid | agreement &#40;2 seeds, the smallest is 7&#41;<br>progress &#40;2 seeds, the smallest is 7&#41; |',
    );
    expect(text.match(/<details>/g)).toHaveLength(5);
    expect(text.match(/<\/details>/g)).toHaveLength(5);
    expect(text).toContain('<pre>agreement (2 seeds, the smallest is 7)&#10;a &lt; b &amp; "c",&#10;see d&#10;');
    expect(text).not.toContain('<b>');
    expect(text).not.toContain('\u0000');
    const seen = rows[3]!
      .split('|')[1]!
      .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    expect(seen.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')).toBe(
      ` ${evil.replaceAll(/\p{Cc}(?<!\s)/gu, '\ufffd').replaceAll(/\s+/g, ' ')} `,
    );
    const many = report({
      verdict: 'invalid',
      causes: Array.from({ length: 900 }, () => ({ ...cause, names: ['x'], also: [], reason: 'y'.repeat(1_000) })),
    });
    const long = githubSummary([many]);
    expect(long.length).toBeLessThan(300_000);
    expect(long).toMatch(/… and \d{3} more: see the report\n$/);
  });

  test('is SARIF with a rule and a result for each cause, and says that the tools broke', () => {
    const log = JSON.parse(asFile(sarifReport(failing, '1.2.3'))) as {
      runs: { tool: { driver: { rules: object[] } }; results: { locations: object[] }[]; invocations: object[] }[];
    };
    const [run] = log.runs;
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'Faultline', version: '1.2.3' } } }],
    });
    expect(run!.tool.driver.rules).toHaveLength(3);
    expect(run!.results).toMatchObject([
      { ruleId: 'agreement', level: 'error' },
      { ruleId: 'progress', level: 'warning' },
      { level: 'error' },
    ]);
    const artifactLocation = { uri: 'a%2Cb%3Ac%20d.ts' };
    expect(run!.results[0]!.locations).toEqual([{ physicalLocation: { artifactLocation, region: { startLine: 12 } } }]);
    expect(run!.invocations).toMatchObject([
      { executionSuccessful: false, toolExecutionNotifications: [{ level: 'warning' }, { level: 'error' }] },
    ]);
    expect(sarifReport([report({})], '1')).toContain('"executionSuccessful": true');
    const twice = JSON.parse(sarifReport([failing[0]!, failing[0]!], '1')) as typeof log;
    expect(twice.runs[0]!.tool.driver.rules).toHaveLength(2); // each once
    expect(twice.runs[0]!.results).toHaveLength(4);
  });
});

describe('a report whose seeds are fine, but not the schedules of the corpus', () => {
  const entries: NonNullable<CampaignReport['corpus']>['entries'] = [
    { path: 'c/1.json', outcome: 'lost', reason: 'no end after 120 s of real time' },
    { path: 'c/2.json', outcome: 'fails', found: 'agreement', reason: evil },
    { path: 'c/3.json', outcome: 'passes' },
    { path: 'c/4.json', outcome: 'fails otherwise', found: 'agreement', reason: 'another' },
  ];
  const kept = report({ corpus: { entries, added: [], reproduce: 'npx faultline corpus replay c' } });
  const ending = '10 seeds from 1: valid, 2 schedules of the corpus fail, 1 schedule of the corpus could not be judged';

  test('is as bad as they are, and tells each kind once, violations first', () => {
    expect(verdictOf(kept)).toBe('invalid');
    expect(keptFailuresOf(kept)).toEqual([
      { verdict: 'invalid', name: 'agreement', paths: ['c/2.json', 'c/4.json'], reason: evil },
      { verdict: 'unknown', name: 'lost', paths: ['c/1.json'], reason: 'no end after 120 s of real time' },
    ]);
    const only = (...wanted: number[]): CampaignReport =>
      report({ corpus: { entries: wanted.map((index) => entries[index]!), added: [] } });
    expect([only(0), only(2), only(), report({})].map(verdictOf)).toEqual(['unknown', 'valid', 'valid', 'valid']);
  });

  test('says so in every form', () => {
    expect(githubReport([kept]).trimEnd().split('\n')).toEqual([
      `::notice title=one::${ending}`,
      expect.stringMatching(
        /^::error title=one%3A agreement \(2 schedules of the corpus\)::.*%0Aschedule: c\/2\.json%0Aschedule: c\/4\.json%0A%0Arun it again: npx faultline corpus replay c$/,
      ),
      expect.stringMatching(/^::warning title=one%3A lost \(1 schedule of the corpus\)::.*no end after 120 s/),
    ]);
    const summary = githubSummary([kept]);
    expect(summary).toContain(`| one | ❌ ${ending} | agreement &#40;2 schedules`);
    expect(summary.match(/<details>/g)).toHaveLength(2);

    const root = parseXml(junitReport([kept]));
    expect(faultsOf(root)).toEqual([]);
    const [failure] = root.children[0]!.children[0]!.children;
    expect(failure).toMatchObject({
      name: 'failure',
      attributes: { type: 'agreement', message: 'agreement (2 schedules of the corpus) and 1 more' },
    });
    expect(failure!.text).toContain('schedule: c/4.json');

    const resultsOf = (each: CampaignReport): object[] =>
      (JSON.parse(sarifReport([each], '1')) as { runs: { results: object[] }[] }).runs[0]!.results;
    expect(resultsOf(kept)).toMatchObject([
      { ruleId: 'agreement', level: 'error' },
      { ruleId: 'lost', level: 'warning' },
    ]);
    // What seeds came to as well is one alert.
    expect(
      resultsOf({ ...kept, verdict: 'invalid', causes: [{ ...cause, names: ['agreement'], also: [] }] }),
    ).toMatchObject([
      { ruleId: 'agreement', level: 'error', message: { text: expect.stringContaining('2 seeds') } },
      { ruleId: 'lost', level: 'warning' },
    ]);
  });
});
