// The address of a place in a run: scenario, parameters, seed, faults, moment, window, and the version and hash that the
// run had. An address of another version is not followed silently: its run may be another one.
import { version } from '../version.ts';
import type { RunRequest } from '../request.ts';
import { bytesOf, inflate } from './inflate.ts';
import { parseForeign } from './json.ts';
import type { ShownRun } from './shown-run.ts';
import type { TimeWindow } from './view.ts';

/** What an address says. The request is not validated here: the simulator does that. */
export interface Address {
  readonly request: RunRequest;
  readonly version: string | undefined;
  readonly hash: string | undefined;
  readonly moment: number | undefined;
  readonly window: TimeWindow | undefined;
}

/** An address that cannot be read: says why. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

const longestPacked = 200_000;
const longestText = 4_000_000;

/** The whole address of a place, with the page's own as its beginning. */
export async function addressOf(place: {
  readonly shown: ShownRun;
  readonly moment: number;
  readonly window: TimeWindow;
}): Promise<string> {
  return `${location.href.replace(/#.*$/, '')}#${await fragmentOf(place)}`;
}

export async function fragmentOf({
  shown: { asked, model },
  moment,
  window,
}: {
  readonly shown: Pick<ShownRun, 'asked' | 'model'>;
  readonly moment: number;
  readonly window: TimeWindow;
}): Promise<string> {
  const { scenario, seed, hash } = model.data;
  const { parameters, until, faults, workload } = asked;
  const parts: [string, string][] = [
    ['v', version],
    ['s', scenario],
    ['seed', seed],
  ];
  if (parameters !== undefined && Object.keys(parameters).length > 0) parts.push(['p', JSON.stringify(parameters)]);
  if (until !== undefined) parts.push(['u', String(until)]);
  if (faults !== undefined) parts.push(['f', await pack(faults)]);
  if (workload !== undefined) parts.push(['w', await pack(workload)]);
  parts.push(
    ['h', hash],
    ['t', String(Math.round(moment))],
    ['z', `${Math.round(window.from)},${Math.round(window.to)}`],
  );
  return parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/**
 * Reads the part of an address after the `#`.
 * @throws AddressError when it is no address of a run.
 */
export async function readFragment(fragment: string): Promise<Address> {
  const parts = new URLSearchParams(fragment);
  const scenario = parts.get('s');
  if (scenario === null) throw new AddressError('this link names no scenario');
  const packed = async (name: string): Promise<unknown> => {
    const value = parts.get(name);
    return value === null ? undefined : unpack(value, name);
  };
  const [parameters, faults, workload] = [readJson(parts.get('p'), 'p'), await packed('f'), await packed('w')];
  const until = readNumber(parts.get('u'), 'u');
  const request = { scenario, seed: parts.get('seed') ?? '1', ...present({ parameters, until, faults, workload }) };
  return {
    request,
    version: parts.get('v') ?? undefined,
    hash: parts.get('h') ?? undefined,
    moment: readNumber(parts.get('t'), 't'),
    window: readWindow(parts.get('z')),
  };
}

/** JSON, deflated, in the letters that an address may hold. */
export async function pack(value: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * Undoes `pack`, up to a bound, so that a small link cannot fill the memory.
 * @throws AddressError
 */
export async function unpack(packed: string, name: string): Promise<unknown> {
  if (packed.length > longestPacked) throw new AddressError(`${name}: expected at most ${longestPacked} characters`);
  try {
    return parseForeign(await inflate(bytesOf(packed.replaceAll('-', '+').replaceAll('_', '/')), longestText));
  } catch (error) {
    if (error instanceof RangeError) throw new AddressError(`${name}: ${error.message}`);
    throw notJson(name, 'packed JSON', packed, error);
  }
}

function readJson(text: string | null, name: string): unknown {
  if (text === null) return undefined;
  try {
    return parseForeign(text);
  } catch (error) {
    throw notJson(name, 'JSON', text, error);
  }
}

function notJson(name: string, expected: string, text: string, error: unknown): AddressError {
  const why = error instanceof SyntaxError && error.message.includes('__proto__') ? ` (${error.message})` : '';
  return new AddressError(`${name}: expected ${expected}, found ${JSON.stringify(text.slice(0, 30))}${why}`);
}

function readNumber(text: string | null, name: string): number | undefined {
  if (text === null) return undefined;
  const value = Number(text);
  if (!isTime(value))
    throw new AddressError(`${name}: expected microseconds, found ${JSON.stringify(text.slice(0, 30))}`);
  return value;
}

function readWindow(text: string | null): TimeWindow | undefined {
  if (text === null) return undefined;
  const [from, to, ...rest] = text.split(',').map(Number);
  if (isTime(from) && isTime(to) && from < to && rest.length === 0) return { from, to };
  throw new AddressError(`z: expected two times with a comma between them, found ${JSON.stringify(text.slice(0, 30))}`);
}

const isTime = (value: number | undefined): value is number =>
  value !== undefined && Number.isFinite(value) && Math.abs(value) < 1e15;

function present(all: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
