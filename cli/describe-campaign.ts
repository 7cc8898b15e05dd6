// A campaign for people: how much ran, the failures by cause with the commands that show them, and what was never reached.
import { causeOfFailure, firstOf, type Campaign, type Cause } from '../fuzz/index.ts';
import { formatDuration, type Micros, type Parameters, type Scenario } from '../sim/index.ts';
import type { Evidence } from './evidence.ts';
import type { Io, Paint } from './io.ts';
import { count, fact, printable, thousands, wrap } from './layout.ts';
import { describeSmallest } from './shrink.ts';
import type { ShrunkCauses, Way } from './shrink-causes.ts';

export interface CampaignDescription {
  readonly scenario: Scenario;
  readonly parameters: Parameters;
  readonly until: Micros | undefined;
  readonly evidence: Evidence;
  /** How the scenario is asked for on the command line. */
  readonly reference: string;
  readonly shrunk: ShrunkCauses;
}

const mostCauses = 10;
const mostSeeds = 12;
/** Of one cause. */
const mostWays = 3;

/** The whole description, ending with a line break. */
export function describeCampaign(campaign: Campaign, description: CampaignDescription, io: Io): string {
  const { scenario, evidence } = description;
  const { paint } = io;
  const { causes, broken } = campaign;
  const more = causes.length - mostCauses;
  const lines = [
    paint.bold(scenario.name),
    ...wrap(scenario.story, io.columns, '  '),
    '',
    ...campaignFacts(campaign, io),
    '',
    `  ${verdictOf(campaign, paint)}`,
    ...(broken === undefined ? [] : describeBroken(broken)),
    '',
    ...causes.slice(0, mostCauses).flatMap((cause) => describeCause(cause, campaign, description, io).concat('')),
    ...(more > 0 ? [`  … and ${count(more, 'more cause')}; --json lists them all`, ''] : []),
    ...(evidence.omitted > 0
      ? [`  ${count(evidence.omitted, 'more failing seed')} without a replay file: at most 100 get one`, '']
      : []),
    ...expectationNote(campaign, scenario),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function campaignFacts(campaign: Campaign, io: Io): string[] {
  const { seeds, start, stride, events, simulatedUs, elapsedMs, verified, sometimes, hash, coverage, lost } = campaign;
  const realSeconds = Math.max(0.001, elapsedMs / 1_000);
  const range =
    seeds === 0 ? '' : `, ${start} to ${start + (seeds - 1) * stride}${stride === 1 ? '' : ` in steps of ${stride}`}`;
  const rate = `${thousands(seeds / realSeconds)} seeds/s, ${thousands(events / realSeconds)} events/s`;
  const reached = sometimes.map((each) => `${each.name}: ${count(each.seeds, 'seed')}`);
  const never = seeds === 0 ? [] : sometimes.filter((each) => each.seeds === 0);
  return [
    ...fact('seeds', `${count(seeds, 'seed')}${range}`, io),
    ...fact('time', `${formatDuration(simulatedUs)} of virtual time in ${realSeconds.toFixed(1)} s (${rate})`, io),
    ...fact('same twice', `${count(verified, 'seed')} ran twice and gave the same hash`, io),
    ...fact('coverage', `${thousands(coverage)} different things happened`, io),
    ...(lost === 0 ? [] : fact('lost', `${count(lost, 'seed')} took a thread down or never ended`, io)),
    ...(reached.length === 0 ? [] : fact('reached', reached.join(', '), io)),
    ...never.flatMap(({ name }) => {
      const warning = `warning: no seed reached “${name}”, so what follows from it was not tested`;
      return fact('', warning, io).map((line) => io.paint.yellow(line));
    }),
    ...fact('hash', hash, io),
  ];
}

function verdictOf({ verdict, causes, seeds, planned, ended, broken }: Campaign, paint: Paint): string {
  const cut =
    ended === 'interrupted'
      ? `  ${paint.yellow(`interrupted after ${thousands(seeds)} of ${count(planned, 'seed')}`)}`
      : ended === 'out of time'
        ? `  ${paint.dim('(time is up)')}`
        : '';
  if (broken !== undefined)
    return `${paint.bold(paint.red('BROKEN'))}  a defect of the scenario or of the tools, no finding about the protocol${cut}`;
  const failing = (wanted: string): number =>
    causes.filter((cause) => cause.verdict === wanted).reduce((sum, cause) => sum + cause.seeds, 0);
  switch (verdict) {
    case 'valid':
      return `${paint.bold(paint.green('VALID'))}  every property and every check held under every seed${cut}`;
    case 'invalid':
      return `${paint.bold(paint.red('INVALID'))}  ${thousands(failing('invalid'))} of ${count(seeds, 'seed')} violated something${cut}`;
    case 'unknown': {
      const open = `${thousands(failing('unknown'))} of ${count(seeds, 'seed')} could not be judged`;
      return `${paint.bold(paint.yellow('UNKNOWN'))}  ${seeds === 0 ? 'no seed was run' : open}${cut}`;
    }
  }
}

function describeCause(cause: Cause, { failures }: Campaign, description: CampaignDescription, io: Io): string[] {
  const { paint } = io;
  const { parameters, until, evidence, reference, shrunk } = description;
  const { names, also, smallest, seeds, verdict } = cause;
  const key = causeOfFailure(smallest);
  const same = failures.filter((failure) => failure.verdict === verdict && causeOfFailure(failure) === key);
  const listed = same.slice(0, mostSeeds).map(({ seed }) => seed);
  const colour = verdict === 'invalid' ? paint.red : paint.yellow;
  const reason = firstOf(smallest.findings, verdict)?.reason ?? '';
  const replay = evidence.replays.get(smallest.seed);
  const timeline = evidence.timelines.get(smallest.seed);
  const line = (name: string, text: string): string => `    ${paint.dim(name.padEnd(12))}  ${text}`;
  return [
    `  ${colour(names.map(printable).join(' + '))}  ${count(seeds, 'seed')}: ${listed.join(' ')}${seeds > listed.length ? ' …' : ''}`,
    ...wrap(reason.split('\n')[0] ?? '', io.columns, '    '),
    ...(also.length === 0 ? [] : wrap(`and later, in some of them: ${also.join(', ')}`, io.columns, '    ')),
    line('smallest', `seed ${smallest.seed}, ${count(smallest.events, 'event')}`),
    ...(replay === undefined ? [] : [line('replay file', replay)]),
    ...(timeline === undefined ? [] : [line('timeline', timeline)]),
    line('run it again', paint.cyan(evidence.commandFor(smallest, reference, parameters, until))),
    ...describeWays(shrunk.get(smallest.seed) ?? [], reference, io),
  ];
}

/** Each way in which the cause came about, with its story. */
function describeWays(ways: readonly Way[], reference: string, io: Io): string[] {
  const all = ways.reduce((sum, { seeds }) => sum + seeds.length, 0);
  return ways
    .slice(0, mostWays)
    .flatMap(({ seeds, smallest, files }, place) => [
      '',
      ...(ways.length === 1
        ? []
        : [
            `    ${place === 0 ? 'in one way' : 'in another way'}, ${seeds.length} of ${all} that were shrunk: ${seeds.join(' ')}`,
          ]),
      ...describeSmallest(smallest, files, reference, io).map((text) => `  ${text}`),
    ])
    .concat(
      ways.length > mostWays
        ? ['', `    … and in ${count(ways.length - mostWays, 'more way')}; --json tells them`]
        : [],
    );
}

function describeBroken({ seed, type, reason }: NonNullable<Campaign['broken']>): string[] {
  const what = type === 'error' ? 'broke with an error' : 'is not deterministic';
  const lines = `seed ${seed} ${what}: ${reason}`.split('\n');
  return ['', ...lines.map((line) => `    ${printable(line)}`)];
}

/** A scenario that is broken on purpose and was not caught is worth a word. */
function expectationNote({ verdict, seeds }: Campaign, { expect }: Scenario): string[] {
  if (expect.type !== 'breaks' || verdict !== 'valid') return [];
  return [
    `  This scenario is broken on purpose (${expect.what.join(', ')}), but ${count(seeds, 'seed')} did not show it: run more.`,
  ];
}
