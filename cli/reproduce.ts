// The command that makes a run again, ready to be copied.
import { quote } from '../fuzz/index.ts';
import type { Micros, Parameters } from '../sim/index.ts';

export { quote };

/** The `faultline run` of a seed, with what was set on the way to it. */
export function runCommand(scenario: string, seed: string, set: Parameters = {}, until?: Micros): string {
  return [
    `npx faultline run ${quote(scenario)} --seed${seed.startsWith('-') ? '=' : ' '}${quote(seed)}`,
    ...Object.entries(set).map(([key, value]) => `--set ${quote(`${key}=${value}`)}`),
    ...(until === undefined ? [] : [`--until ${durationOption(until)}`]),
  ].join(' ');
}

/** The `faultline replay` of a file; with the scenario's file where the scenario is somebody's own. */
export function replayCommand(path: string, reference?: string): string {
  const isOwn = reference?.includes('#') === true;
  return `npx faultline replay ${quote(path)}${isOwn ? ` --scenario ${quote(reference)}` : ''}`;
}

/** The `faultline corpus replay` of a folder; with the scenario's file where the scenario is somebody's own. */
export function corpusCommand(folder: string, reference: string): string {
  const [file, name] = reference.split('#');
  const isOwn = name !== undefined && file !== undefined;
  return `npx faultline corpus replay ${quote(folder)}${isOwn ? ` --scenarios ${quote(file)}` : ''}`;
}

/** A duration as `--until` reads it. */
function durationOption(until: Micros): string {
  if (until % 1_000_000 === 0) return `${until / 1_000_000}s`;
  return until % 1_000 === 0 ? `${until / 1_000}ms` : `${until}us`;
}
