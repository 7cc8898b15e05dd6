// Writes what the commands leave behind: replay files, timelines and traces. A file appears whole or not at all.
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { writeEdn, writeJsonLines } from '../checkers/index.ts';
import { InputError, parseReplay, replayFileOf, traceRow, type History, type Replay, type Run } from '../sim/index.ts';
import { loadTimelineAssets } from '../viz/assets.ts';
import { timelineOf, type About } from '../viz/data.ts';
import { renderTimelineHtml, type TimelineAssets } from '../viz/html.ts';
import { withOwnScenario } from '../viz/own-scenario.ts';
import { pathFor, type SourcedScenario } from './scenario-source.ts';

/** A file could not be written: says which and why. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

/** @throws OutputError */
export function saveReplay(run: Run, path: string, version: string): void {
  writeWhole(path, [`${JSON.stringify(replayFileOf(run, version))}\n`]);
}

/** @throws OutputError */
export function saveText(path: string, text: string): void {
  writeWhole(path, [text]);
}

/** One JSON object a line, a line for each row of the trace. @throws OutputError */
export function saveTrace(run: Run, path: string): void {
  const { trace } = run;
  if (trace === undefined) throw new Error('the run has no trace');
  function* lines(): Generator<string> {
    for (let row = 0; row < trace!.length; row++) yield `${JSON.stringify(traceRow(trace!, row))}\n`;
  }
  writeWhole(path, lines());
}

/** The history in Jepsen's EDN, or as JSON lines: the end of the path says which. @throws OutputError */
export function saveHistory(history: History, path: string): void {
  writeWhole(path, path.endsWith('.edn') ? writeEdn(history) : writeJsonLines(history));
}

/** Whether `saveHistory` can tell the format: asked before the run. @throws InputError */
export function checkHistoryPath(path: string | undefined): void {
  if (path === undefined || /\.(?:edn|jsonl|json)$/.test(path)) return;
  throw new InputError(`--history: expected a name that ends in .edn, .jsonl or .json, found ${JSON.stringify(path)}`);
}

/** @throws OutputError */
export function saveTimeline(run: Run, path: string, about: About, assets: TimelineAssets): void {
  writeWhole(path, [renderTimelineHtml(timelineOf(run, about), assets)]);
}

/** @throws OutputError */
export function savePicture(svg: string, path: string): void {
  writeWhole(path, [svg]);
}

/** The page's script and style. @throws OutputError that says how to build them when they are missing. */
export function timelineAssets(): TimelineAssets {
  try {
    return loadTimelineAssets();
  } catch (error) {
    throw new OutputError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * The same, with the code of a scenario from a file in it, so that the page can run it; or with a word on why not.
 * @throws OutputError
 */
export async function timelineAssetsFor({ scenario, file }: SourcedScenario): Promise<TimelineAssets> {
  const assets = timelineAssets();
  if (file === undefined) return assets;
  return withOwnScenario(assets, { name: scenario.name, file, path: pathFor(file) });
}

/** What is said of timelines that hold no code of their scenario; nothing of others. */
export function describeRecordedOnly({ recordedOnly }: TimelineAssets): string | undefined {
  return recordedOnly === undefined
    ? undefined
    : `note: the timeline shows what was recorded and cannot be changed in the page: ${recordedOnly}\n`;
}

/** @throws InputError when the file cannot be read. */
export function readReplayText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > largestReplay) throw new InputError(`${path}: expected at most ${largestReplay} bytes, found ${size}`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

/** @throws InputError when the file cannot be read or is no replay file. */
export function readReplay(path: string, text: string = readReplayText(path)): Replay {
  try {
    return parseReplay(text);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${path}: ${error.message}`) : error;
  }
}

const largestReplay = 256 * 1024 * 1024;

/** Takes a file away, if there is one: a folder, a pipe or a device stays. @throws OutputError */
export function removeFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return;
  try {
    rmSync(path);
  } catch (error) {
    throw new OutputError(`cannot remove ${path}: ${reasonOf(error)}`);
  }
}

/** Makes the folder and its parents. @throws OutputError */
export function makeFolder(path: string): void {
  try {
    makeWithParents(path);
  } catch (error) {
    throw new OutputError(`cannot create the folder ${path}: ${reasonOf(error)}`);
  }
}

/** By hand, as Node's own recursive mkdir never ends below folders such as /proc that refuse to have new ones. */
function makeWithParents(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeWithParents(parent);
  mkdirSync(path);
}

/** Writes beside the file and moves the whole into its place, so that nobody ever sees half of it. */
function writeWhole(path: string, chunks: Iterable<string>): void {
  saveBytes(path, inBlocks(chunks));
}

/** @throws OutputError */
export function saveBytes(path: string, blocks: Iterable<Buffer>): void {
  makeFolder(dirname(path));
  const target = placeOf(path);
  const temporary = target.special ? target.path : `${target.path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, target.special ? 'w' : 'wx');
    try {
      for (const block of blocks) writeAll(file, block);
      if (!target.special) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (!target.special) renameSync(temporary, target.path);
  } catch (error) {
    if (!target.special) rmSync(temporary, { force: true });
    throw new OutputError(`cannot write ${path}: ${reasonOf(error)}; nothing of it was kept`);
  }
}

/** Where a link leads; and whether it is a pipe or a device, which cannot be replaced. */
function placeOf(path: string): { readonly path: string; readonly special: boolean } {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return { path, special: false };
  if (status.isDirectory()) throw new OutputError(`cannot write ${path}: it is a folder`);
  return status.isFile() ? { path: realpathSync(path), special: false } : { path, special: true };
}

function writeAll(file: number, block: Buffer): void {
  for (let written = 0; written < block.length;) written += writeSync(file, block, written);
}

function* inBlocks(chunks: Iterable<string>): Generator<Buffer> {
  let parts: string[] = [];
  let size = 0;
  for (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size < 1 << 20) continue;
    yield Buffer.from(parts.join(''));
    parts = [];
    size = 0;
  }
  yield Buffer.from(parts.join(''));
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : reasons.get(code)) ?? message;
}

const reasons = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['EEXIST', 'a file of that name is in the way'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['EISDIR', 'it is a folder'],
  ['ENOSPC', 'there is no space left on the device'],
  ['EDQUOT', 'the disk quota is used up'],
]);
