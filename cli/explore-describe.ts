// What a search found, for people: the world, the figures, and each violation as a run that can be read line by line.
import {
  narrate,
  type Narrated,
  retrace,
  transcriptOf,
  type Exploration,
  type ExploredWorld,
  type Violation,
} from '../checkers/index.ts';
import { budgetsIn, exploredScenarios, type ExploredScenario } from '../scenarios/index.ts';
import type { Parameters } from '../sim/index.ts';
import type { SearchOrder, Searched } from './explore-search.ts';
import type { Io } from './io.ts';
import { count, fact, printable, thousands, wrap } from './layout.ts';

export interface SearchDescription {
  readonly scenario: ExploredScenario;
  readonly world: ExploredWorld;
  readonly order: SearchOrder;
  readonly searched: Searched;
  readonly interrupted: boolean;
  /** Further facts: names and texts. */
  readonly facts: readonly (readonly [name: string, text: string])[];
}

/** The whole description, ending with a line break. */
export function describeSearch(description: SearchDescription, io: Io): string {
  const { scenario, world, order, searched, facts } = description;
  const { paint, columns } = io;
  const { violations } = searched.result;
  const parameters = parametersInWords(order.parameters);
  const budgets = budgetsInWords(world);
  const lines = [
    paint.bold(scenario.name),
    ...wrap(scenario.story, columns, '  '),
    '',
    ...(parameters === '' ? [] : fact('parameters', parameters, io)),
    ...(budgets === '' ? [] : fact('budgets', budgets, io)),
    ...figures(description).flatMap(([name, text]) => fact(name, text, io)),
    '',
    ...violations.flatMap((violation) => describeViolation(violation, world, io)),
    ...(violations.length > 0 ? [] : [`  ${verdictInWords(searched, io)}`]),
    ...facts.flatMap(([name, text]) => fact(name, text, io)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

/** `clients 2, network unordered`. */
export function parametersInWords(parameters: Parameters): string {
  return Object.entries(parameters)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}

/** `crashes 1, timeouts unlimited`: what may go wrong. */
export function budgetsInWords(world: ExploredWorld): string {
  return Object.entries(budgetsIn(world))
    .map(([name, bound]) => `${name} ${bound}`)
    .join(', ');
}

function figures({ searched, order, interrupted }: SearchDescription): readonly (readonly [string, string])[] {
  const time = ['time', `${searched.seconds.toFixed(1)} s`] as const;
  if (searched.type === 'walk') {
    const { runs, steps } = searched.result;
    const all = `${thousands(steps)} actions in all`;
    return [['walks', `${count(runs, 'run')} of at most ${order.depth ?? 100} actions, ${all}`], time];
  }
  const { unique, generated, levels, unreached, statistics } = searched.result;
  const { memoHitRate, handlerRuns } = statistics;
  return [
    ['states', `${thousands(unique)} different ones, ${thousands(generated)} transitions, ${count(levels, 'level')}`],
    ['handlers', `${thousands(handlerRuns)} runs; the rest, ${(memoHitRate * 100).toFixed(2)} %, was remembered`],
    ['ended', endOf(searched.result, interrupted)],
    ...(unreached.length === 0 ? [] : [['never reached', unreached.join(', ')] as const]),
    time,
  ];
}

function endOf({ complete, endedBy, frontier }: Exploration, interrupted: boolean): string {
  if (complete) return 'every run was followed to its end';
  const bound = endedBy === 'violation' ? 'the first violation' : `the bound of ${endedBy ?? 'the search'}`;
  return `at ${interrupted ? 'your interrupt' : bound}, with ${count(frontier, 'state')} not followed any further`;
}

function verdictInWords({ type, result }: Searched, { paint }: Io): string {
  const isComplete = type === 'search' && result.complete;
  if (isComplete) return `${paint.bold(paint.green('VALID'))}  no run breaks anything`;
  return `${paint.bold(paint.yellow('UNKNOWN'))}  no run that was followed breaks anything`;
}

function describeViolation(violation: Violation, world: ExploredWorld, { paint, columns }: Io): string[] {
  const { property, verdict, reason, trace, cycle = [] } = violation;
  const word = verdict === 'unknown' ? paint.yellow('UNKNOWN') : paint.red('INVALID');
  const narrated = narrate(retrace(world, [...trace, ...cycle]));
  return [
    `  ${paint.bold(word)}  ${paint.bold(property)}, after ${count(trace.length, 'action')}`,
    ...wrap(reason, columns, '    '),
    '',
    ...describeRunLines(narrated.slice(0, trace.length), { paint, columns }),
    ...(cycle.length === 0 ? [] : ['    and then for ever again:']),
    ...describeRunLines(narrated.slice(trace.length), { paint, columns }),
    '',
  ];
}

/** The actions of a run, line by line, what came of each below it; long lines go on under themselves. */
export function describeRunLines(
  narrated: readonly Narrated[],
  { paint, columns }: Pick<Io, 'paint' | 'columns'>,
): string[] {
  const most = Math.max(60, Math.min(columns, 110));
  return transcriptOf(narrated).flatMap((line) => {
    const text = `    ${printable(line)}`;
    const isEffect = /^ *· /.test(text);
    const hang = ' '.repeat(isEffect ? text.indexOf('·') + 4 : text.search(/\S(?!.* {2})/));
    const broken = breakLine(text, most, hang);
    return isEffect ? broken.map((part) => paint.dim(part)) : broken;
  });
}

function breakLine(text: string, most: number, hang: string): string[] {
  if (text.length <= most) return [text];
  const space = text.lastIndexOf(' ', most);
  const at = space > hang.length ? space : most;
  return [text.slice(0, at), ...breakLine(hang + text.slice(at).trimStart(), most, hang)];
}

/** The worlds there are, with their knobs. */
export function describeWorlds({ paint, columns }: Io): string {
  const lines = exploredScenarios.flatMap(({ name, story, expect, parameters }) => {
    const must = expect.type === 'holds' ? paint.green('holds') : `${paint.red('breaks')} ${expect.what.join(', ')}`;
    const knobs = Object.entries(parameters).map(([key, spec]) => {
      const values = spec.oneOf?.join('|') ?? (spec.range === undefined ? '' : spec.range.join('–'));
      return `${key} ${spec.default}${values === '' ? '' : ` (${values})`}`;
    });
    return [
      `  ${paint.bold(name)}  ${must}`,
      ...wrap(story, columns, '      '),
      ...(knobs.length === 0 ? [] : wrap(knobs.join(', '), columns, '      ').map((line) => paint.dim(line))),
    ];
  });
  const first = exploredScenarios[0]?.name ?? 'NAME';
  return `${paint.dim('worlds to explore')}\n${lines.join('\n')}\n\nExplore one:  npx faultline explore ${first}\n`;
}
