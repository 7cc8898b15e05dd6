// How fast campaigns are, how far threads help, what shrinking costs, and how soon broken variants are found, blind and guided.
import { campaign, firstOf, shrink } from '../fuzz/index.ts';
import { campaignInThreads } from '../cli/fuzz-pool.ts';
import { findScenario, scenarios } from '../scenarios/index.ts';
import { simulate, type Scenario } from '../sim/index.ts';

/** Seeds in a second of one processor, for each scenario that must hold. */
export async function* benchSeeds(milliseconds = 1_000): AsyncGenerator<string> {
  for (const scenario of scenarios.filter(({ expect }) => expect.type === 'holds')) {
    const start = process.cpuUsage();
    const { seeds, events } = await campaign(scenario, { seeds: 1_000_000, timeMs: milliseconds });
    const { user, system } = process.cpuUsage(start);
    const took = (user + system) / 1_000_000;
    yield `${scenario.name}: ${(seeds / took).toFixed(1)} seeds/s, ${Math.round(events / took)} events/s on one processor`;
  }
}

/** The same seeds in one thread and in two; only the ratio is to be quoted. */
export async function benchWorkers(name = 'raft', seeds = 1_000): Promise<string> {
  const scenario = findScenario(name);
  const time = async (workers: number): Promise<number> => {
    const began = performance.now();
    await campaignInThreads({ scenario, reference: name }, { seeds, workers, watchdogMs: 600_000 });
    return performance.now() - began;
  };
  const [one, two] = [await time(1), await time(2)];
  return `${seeds} seeds of ${name}: ${(one / two).toFixed(2)} times as fast in two threads as in one`;
}

/** What shrinking the first failure of each broken variant takes, and what is left. */
export function* benchShrink(milliseconds = 8_000): Generator<string> {
  for (const scenario of scenarios.filter(({ expect }) => expect.type === 'breaks')) {
    for (let seed = 1; seed <= 300; seed++) {
      const run = simulate(scenario, { seed });
      const finding = firstOf(run.findings, 'invalid');
      if (finding === undefined) continue;
      const began = performance.now();
      const { before, after, runs } = shrink(scenario, run, finding, { milliseconds });
      const took = ((performance.now() - began) / 1_000).toFixed(1);
      yield `${scenario.name}: ${before.events} → ${after.events} events, ${before.faults} → ${after.faults} faults, ${runs} runs in ${took} s`;
      break;
    }
  }
}

/** Seeds until the first failure, the median over base seeds, blind and guided. */
export async function* benchFinding(names: readonly string[], bases = 20, most = 2_000): AsyncGenerator<string> {
  for (const scenario of names.map(findScenario)) {
    const blind = await seedsToFind(scenario, false, bases, most);
    const guided = await seedsToFind(scenario, true, bases, most);
    yield `${scenario.name}: ${inWords(blind, most)} blind, ${inWords(guided, most)} guided (median of ${bases} base seeds)`;
  }
}

async function seedsToFind(scenario: Scenario, guided: boolean, bases: number, most: number): Promise<number> {
  const needed: number[] = [];
  for (let base = 0; base < bases; base++) {
    const start = 1 + base * 1_000_000;
    const { verdict, seeds } = await campaign(scenario, { seeds: most, start, guided, untilFailure: true });
    needed.push(verdict === 'invalid' ? seeds : Infinity);
  }
  return needed.sort((one, other) => one - other)[Math.floor(bases / 2)] as number;
}

const inWords = (seeds: number, most: number): string => (seeds === Infinity ? `more than ${most}` : String(seeds));
