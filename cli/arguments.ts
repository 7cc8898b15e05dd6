// Reads what people write behind the options. Every error names the option, what was expected and what was found.
import {
  InputError,
  parseDuration,
  parseParameter,
  resolveParameters,
  type Micros,
  type Parameterized,
  type Parameters,
} from '../sim/index.ts';

const longestSeed = 100;
const day = 86_400_000_000;

export function readSeed(text: string): string {
  if (text.length >= 1 && text.length <= longestSeed) return text;
  throw new InputError(`--seed: expected a text of 1 to ${longestSeed} characters, found ${text.length} characters`);
}

/** A length of virtual time. */
export function readUntil(text: string): Micros {
  try {
    const until = parseDuration(text);
    if (until > 0 && until <= day) return until;
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`--until: ${error.message}`);
    throw error;
  }
  throw new InputError(`--until: expected more than 0 and at most 24h, found ${JSON.stringify(text)}`);
}

/** A reader of whole numbers from `least` to `most`. */
export function readCount(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (count >= least && count <= most) return count;
    throw new InputError(`${option}: expected a whole number from ${least} to ${most}, found ${JSON.stringify(text)}`);
  };
}

/** A reader of lengths of real time, such as 30s, 10m or 8h, in milliseconds. */
export function readRealTime(option: string): (text: string) => number {
  return (text) => {
    try {
      const length = parseDuration(text.replace(/^(\d+)h$/, (_, hours) => `${Number(hours) * 60}m`)) / 1_000;
      if (length >= 1) return length;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new InputError(`${option}: ${error.message}`);
    }
    throw new InputError(`${option}: expected more than 0, found ${JSON.stringify(text)}`);
  };
}

/** The same, where a bare number counts seconds. */
export function readSeconds(option: string): (text: string) => number {
  return (text) => readRealTime(option)(/^\d{1,9}$/.test(text) ? `${text}s` : text);
}

/** Collects repeated `--set key=value`. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/**
 * The parameters that `--set` gives, checked against the scenario.
 * @throws InputError that names the key, what it expects and what was found.
 */
export function readParameters(scenario: Parameterized, settings: readonly string[] = []): Parameters {
  const set = Object.fromEntries(
    settings.map((text) => {
      const equals = text.indexOf('=');
      if (equals < 1) throw new InputError(`--set: expected key=value, found ${JSON.stringify(text)}`);
      const [key, value] = [text.slice(0, equals), text.slice(equals + 1)];
      const parsed = parseParameter(scenario, key, value);
      // What is no number is shown as it was written.
      return [key, typeof parsed === 'number' && !Number.isFinite(parsed) ? value : parsed];
    }),
  );
  try {
    resolveParameters(scenario, set, '');
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`--set: ${error.message}`);
    throw error;
  }
  return set;
}
