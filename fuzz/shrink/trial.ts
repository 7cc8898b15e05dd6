// One try of shrinking: runs a changed case until it shows the cause that is looked for, and says how many events that took.
import { InputError, simulate, Simulation, type Finding, type Scenario } from '../../sim/index.ts';
import { optionsOf, type Case } from '../case.ts';
import { causeOf } from '../cause.ts';

/** A case that shows the cause. */
export interface Trial {
  readonly case: Case;
  readonly finding: Finding;
  /** Events until the cause showed. */
  readonly events: number;
}

/** The name of the cause, and how it is found. */
export interface Wanted {
  readonly cause: string;
  /** The finding's name. */
  readonly name: string;
  /** Found by a check when the run is over, instead of by a property on the way. */
  readonly atEnd: boolean;
  /**
   * That something did not happen although everything had healed, which is missing as well where nothing is asked for and nothing
   * fails: who asks for nothing gets nothing, so work must stay.
   */
  readonly needsWork: boolean;
}

/** How the cause of a finding is found in this scenario. */
export function wantedOf(scenario: Scenario, base: Case, finding: Finding): Wanted {
  const { checks, properties } = scenario.world(base.parameters);
  const atEnd = checks.some(({ name }) => name === finding.name);
  const isLiveness = properties.some(({ name, type }) => name === finding.name && type === 'eventually');
  const wanted = { cause: causeOf(finding), name: finding.name, atEnd, needsWork: false };
  const idle = { ...base, workload: [], faults: [] };
  return { ...wanted, needsWork: isLiveness && tryCase(scenario, idle, wanted, Number.MAX_SAFE_INTEGER) !== undefined };
}

/**
 * Runs the case for at most so many events. Undefined when it does not show the cause by then, or is no world at all: shrinking
 * asks for worlds that a scenario may refuse.
 */
export function tryCase(scenario: Scenario, changed: Case, wanted: Wanted, limit: number): Trial | undefined {
  try {
    return wanted.atEnd ? tryToEnd(scenario, changed, wanted, limit) : tryOnTheWay(scenario, changed, wanted, limit);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The case with the end right after the cause showed, if it shows there as well. */
export function cutAtCause(scenario: Scenario, trial: Trial, wanted: Wanted): Trial {
  const { case: found, events } = trial;
  const finding = findingWithin(scenario, found, wanted, events);
  return finding === undefined ? trial : { case: { ...found, maxEvents: events }, finding, events };
}

function tryOnTheWay(scenario: Scenario, changed: Case, { cause }: Wanted, limit: number): Trial | undefined {
  const simulation = new Simulation(scenario, { ...optionsOf(changed), maxEvents: limit });
  let seen = 0;
  const look = (findings: readonly Finding[]): Finding | undefined => {
    for (; seen < findings.length; seen++) {
      const finding = findings[seen] as Finding;
      if (causeOf(finding) === cause) return finding;
    }
    return undefined;
  };
  for (;;) {
    const goesOn = simulation.step();
    const finding = look(goesOn ? simulation.findings : simulation.finish().findings);
    if (finding !== undefined) return { case: changed, finding, events: finding.event + 1 };
    if (!goesOn) return undefined;
  }
}

/**
 * The event that a check blames may need later ones as its witnesses: a holder of a lock who still believes in it when it next
 * does something. Then the run counts up to the last of these.
 */
function tryToEnd(scenario: Scenario, changed: Case, wanted: Wanted, limit: number): Trial | undefined {
  const { findings, events: most } = simulate(scenario, optionsOf({ ...changed, maxEvents: limit }));
  let finding = findings.find((found) => causeOf(found) === wanted.cause);
  if (finding === undefined) return undefined;
  let [low, high] = [Math.min(finding.event + 1, most), most];
  for (let middle = low; low < high; middle = Math.floor((low + high) / 2)) {
    const found = findingWithin(scenario, changed, wanted, middle);
    if (found === undefined) low = middle + 1;
    else [finding, high] = [found, middle];
  }
  return { case: changed, finding, events: high };
}

/** What is found for the cause when the run ends after so many events. */
function findingWithin(scenario: Scenario, found: Case, { cause }: Wanted, maxEvents: number): Finding | undefined {
  const { findings } = simulate(scenario, optionsOf({ ...found, maxEvents }));
  return findings.find((each) => causeOf(each) === cause);
}
