// What a violation leaves behind: a file that runs it again, a timeline that shows it, a test that keeps it from coming back.
import {
  recordRun,
  retrace,
  runOf,
  type Action,
  type ExploredWorld,
  type RecordedRun,
  type Violation,
} from '../checkers/index.ts';
import type { ExploredScenario } from '../scenarios/index.ts';
import { InputError } from '../sim/index.ts';
import type { SearchOrder } from './explore-search.ts';
import { saveText, saveTimeline, timelineAssets } from './files.ts';
import { quote } from './reproduce.ts';

export interface SaveFlags {
  readonly save?: string;
  readonly html?: string;
  readonly saveTest?: string;
}

interface Found {
  readonly scenario: ExploredScenario;
  readonly world: ExploredWorld;
  readonly order: SearchOrder;
  readonly violation: Violation;
}

/** What a timeline needs is looked for before the search. Returns what was written, by what it is. */
export function violationSaver(flags: SaveFlags, version: string): (found: Found) => { what: string; path: string }[] {
  const assets = flags.html === undefined ? undefined : timelineAssets();
  return ({ scenario, world, order, violation }) => {
    const files: { what: string; path: string }[] = [];
    const { trace, cycle = [] } = violation;
    if (flags.save !== undefined) {
      saveText(flags.save, `${JSON.stringify(recordedRunOf({ scenario, world, order, violation }, version))}\n`);
      files.push({ what: 'replay', path: flags.save });
    }
    if (flags.html !== undefined && assets !== undefined) {
      const run = runOf(retrace(world, [...trace, ...cycle]), {
        scenario: scenario.name,
        parameters: order.parameters,
      });
      const reproduce = exploreCommand(order);
      saveTimeline(run, flags.html, { story: scenario.story, version, reproduce }, assets);
      files.push({ what: 'timeline', path: flags.html });
    }
    if (flags.saveTest !== undefined) {
      saveText(flags.saveTest, testOf({ scenario, world, order, violation }));
      files.push({ what: 'test', path: flags.saveTest });
    }
    return files;
  };
}

function recordedRunOf({ scenario, world, order, violation }: Found, version: string): RecordedRun {
  refuseCycles(violation, '--save');
  const about = { faultline: version, world: scenario.name, parameters: order.parameters, budgets: order.budgets };
  return recordRun(world, about, violation);
}

/** The command that searches the same world again. */
export function exploreCommand({
  world,
  parameters,
  budgets,
  strategy,
  constraints,
  por,
  symmetry,
  seed,
  depth,
  workers,
}: SearchOrder): string {
  const set = Object.entries(parameters).map(([key, value]) => `--set ${quote(`${key}=${value}`)}`);
  const bounds = Object.entries(budgets).map(([key, value]) => `${key}=${value}`);
  return [
    `npx faultline explore ${quote(world)}`,
    ...set,
    ...(bounds.length === 0 ? [] : [`--budget ${bounds.join(',')}`]),
    ...(strategy === 'bfs' ? [] : [`--strategy ${strategy}`]),
    ...(strategy === 'random' || strategy === 'pct' || strategy === 'pos' ? [`--seed ${quote(seed)}`] : []),
    ...(strategy === 'pct' ? [`--constraints ${constraints}`] : []),
    ...(por ? ['--por'] : []),
    ...(symmetry ? ['--symmetry'] : []),
    ...(depth === undefined ? [] : [`--depth ${depth}`]),
    ...(workers === 1 || strategy !== 'bfs' ? [] : [`--workers ${workers}`]), // another number may show another run
  ].join(' ');
}

/** A test file: broken on purpose, the run must go on to prove the violation; otherwise it must not come back. */
function testOf({ scenario, order, violation }: Found): string {
  refuseCycles(violation, '--save-test');
  const { property, reason, trace } = violation;
  const isMeant = scenario.expect.type === 'breaks';
  const actions = trace.map((action) => `  ${inCode(action)},`).join('\n');
  const world = `findExploredScenario(${inCode(scenario.name)}).world(${inCode(order.parameters)})`;
  const budgets = Object.keys(order.budgets).length === 0 ? world : `withBudgets(${world}, ${inCode(order.budgets)})`;
  const imports = ['findExploredScenario', ...(budgets === world ? [] : ['withBudgets'])].join(', ');
  return `// A run of ${scenario.name} that was found with
//   ${exploreCommand(order)}
// ${oneLine(`It violated "${property}": ${reason}`)}
import { provesViolation, type Action } from 'faultline/checkers';
import { ${imports} } from 'faultline/scenarios';
import { expect, test } from 'vitest';

const actions: readonly Action[] = [
${actions}
];

test(${inCode(`${scenario.name} ${isMeant ? 'still breaks' : 'does not break'} ${property} in ${trace.length} actions`)}, () => {
  const world = ${budgets};
  expect(provesViolation(world, actions, ${inCode(property)})).toBe(${isMeant});
});
`;
}

/** A value as TypeScript: JSON, but for bigints, which JSON lacks. */
function inCode(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(inCode).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : JSON.stringify(value);
  const fields = Object.entries(value as Record<string, unknown>).map(([key, part]) => {
    return `${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}: ${inCode(part)}`;
  });
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

function refuseCycles(
  { property, cycle }: { readonly property: string; readonly cycle?: readonly Action[] },
  option: string,
): void {
  if (cycle === undefined) return;
  throw new InputError(`${option}: ${property} is violated by a run that goes on for ever, which only --html can keep`);
}
