// `faultline check`: judges recorded histories, as other tools and real systems leave them.
import { Option, type Command } from 'commander';
import {
  drawCycle,
  historyFormats,
  isolationModels,
  parseEdn,
  parseFormat,
  type HistoryFormat,
} from '../checkers/index.ts';
import { InputError, parseDuration, type Json } from '../sim/index.ts';
import { describeCheck, describeChecks, type WrittenFile } from './check-describe.ts';
import { checkDocument, refusedDocument, validOf, type Refused } from './check-document.ts';
import { judgeFile, type CheckRequest, type Judged } from './check-judge.ts';
import { judgeNames, type Consistency } from './check-judges.ts';
import { modelNames } from './check-models.ts';
import { runOf } from './check-run.ts';
import { exitCode, exitCodeOf, exitCodesHelp } from './exit.ts';
import { savePicture, saveTimeline, timelineAssets } from './files.ts';
import { printDocument, type Document } from './json.ts';
import type { Session } from './program.ts';
import { showStatus } from './progress.ts';
import { quote } from './reproduce.ts';

interface CheckOptions {
  readonly model?: string;
  readonly checker?: string;
  readonly format?: HistoryFormat;
  readonly engine: CheckRequest['engine'];
  readonly timeout: number;
  readonly consistency?: Consistency;
  readonly initial?: Json;
  readonly nilReads?: 'absent' | 'unknown';
  readonly failedCas?: 'dropped' | 'observed';
  readonly part?: string;
  readonly lenient?: true;
  readonly explain?: true;
  readonly html?: string;
  readonly svg?: string;
  readonly json?: true;
}

export function addCheck(program: Command, session: Session): void {
  program
    .command('check')
    .summary('judge recorded histories')
    .description(
      'Judges histories that Jepsen, Maelstrom, Porcupine, Elle and others recorded. What to check is told from the file.',
    )
    .argument('<files...>', 'history files, gzipped or not; - is standard input')
    .option('--model <name>', `what the operations act on: ${modelNames.join(', ')}`)
    .option('--checker <name>', `who judges: ${judgeNames.join(', ')}`)
    .option(
      '--consistency <model>',
      'for transactions: what was promised (default: strict-serializable)',
      readConsistency,
    )
    .option(
      '--initial <value>',
      'what was there before the first operation, as JSON or EDN (default: nothing)',
      readValue,
    )
    .option('--timeout <duration>', 'real time for each file, such as 500ms, 60s or 5m', readTimeout, 60_000)
    .option('--explain', 'show the whole proof')
    .option('--html <file>', 'write a page that shows the history with its proof, one file for any browser')
    .option('--svg <file>', 'write a picture of the first cycle of transactions')
    .option('--json', 'print one JSON document instead of text')
    .option('--lenient', 'skip what cannot be read, and count it, instead of refusing the file')
    .option('--format <name>', `how the file is written, if it is not told: ${historyFormats.join(', ')}`, parseFormat)
    .addOption(
      new Option('--engine <name>', 'how to search for an order').choices(['auto', 'wgl', 'fast']).default('auto'),
    )
    .addOption(
      new Option('--nil-reads <meaning>', 'whether a read of nil saw nothing, or its result is not known').choices([
        'absent',
        'unknown',
      ]),
    )
    .addOption(
      new Option(
        '--failed-cas <meaning>',
        'whether a failed compare-and-set says nothing, or that it saw another value',
      ).choices(['dropped', 'observed']),
    )
    .option('--part <name>', 'which history to take of a file that holds several')
    .addHelpText(
      'after',
      `\nExamples:\n  npx faultline check history.edn --explain\n  npx faultline check *.jsonl --model cas-register --initial 0\n${exitCodesHelp}`,
    )
    .action(async (paths: readonly string[], options: CheckOptions) => {
      session.code = await checkFiles(paths, options, session);
    });
}

async function checkFiles(paths: readonly string[], options: CheckOptions, session: Session): Promise<number> {
  const { io } = session;
  const save = fileSaver(paths, options, session.version);
  const progress = showStatus(io);
  const request = { ...requestOf(options), onProgress: progress.update };
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) {
    const judged = await judgeFile(only, request).finally(progress.stop);
    const files = save(judged);
    if (options.json === true) printDocument(io.out, checkDocument(judged, files));
    else io.out(describeCheck(judged, { explain: options.explain === true, files }, io));
    return exitCodeOf(judged.verdict);
  }
  const results: (Judged | Refused)[] = [];
  for (const path of paths) {
    const own = { ...request, onProgress: (how: string) => progress.update(`${path}: ${how}`) };
    results.push(await judgeOrRefuse(path, own).finally(progress.stop));
  }
  if (options.json === true) printDocument(io.out, filesDocument(results));
  else {
    if (options.explain === true) {
      for (const result of results) {
        if ('verdict' in result) io.out(`${describeCheck(result, { explain: true, files: [] }, io)}\n`);
      }
    }
    io.out(describeChecks(results, io));
  }
  return worstCode(results);
}

async function judgeOrRefuse(path: string, request: CheckRequest): Promise<Judged | Refused> {
  try {
    return await judgeFile(path, request);
  } catch (error) {
    if (error instanceof InputError) return { path, message: error.message };
    throw error;
  }
}

function filesDocument(results: readonly (Judged | Refused)[]): Document {
  const files = results.map((result) => ('verdict' in result ? checkDocument(result, []) : refusedDocument(result)));
  const verdicts = new Set(results.map((result) => ('verdict' in result ? validOf(result.verdict) : 'unknown')));
  return { valid: verdicts.has(false) ? false : verdicts.has('unknown') ? 'unknown' : true, files };
}

/** A file that nobody could judge comes first, then a violation, then a doubt. */
function worstCode(results: readonly (Judged | Refused)[]): number {
  const codes = new Set(results.map((result) => ('verdict' in result ? exitCodeOf(result.verdict) : exitCode.usage)));
  return [exitCode.usage, exitCode.violation, exitCode.unknown].find((code) => codes.has(code)) ?? exitCode.fine;
}

/** Writes what `--html` and `--svg` ask for. What they need is looked for before anything is judged. */
function fileSaver(
  paths: readonly string[],
  { html, svg }: CheckOptions,
  version: string,
): (judged: Judged) => WrittenFile[] {
  if (paths.length > 1 && (html ?? svg) !== undefined) {
    throw new InputError(`--${html === undefined ? 'svg' : 'html'}: expected one history, found ${paths.length} files`);
  }
  const assets = html === undefined ? undefined : timelineAssets();
  return (judged) => {
    const files: WrittenFile[] = [];
    if (html !== undefined && assets !== undefined) {
      const reproduce = `npx faultline check ${quote(judged.path)}`;
      const story = `A recorded history of ${judged.operations} operations, judged by ${judged.checker}.`;
      saveTimeline(runOf(judged), html, { story, version, reproduce }, assets);
      files.push({ what: 'page', path: html });
    }
    if (svg !== undefined) {
      const cycle = [...judged.anomalies, ...judged.tolerated].find((anomaly) => anomaly.cycle !== undefined)?.cycle;
      if (cycle !== undefined) {
        savePicture(drawCycle(cycle), svg);
        files.push({ what: 'picture', path: svg });
      } else files.push({ what: 'picture', path: 'none: no cycle of transactions was found' });
    }
    return files;
  };
}

function requestOf(options: CheckOptions): CheckRequest {
  const { lenient, explain: _, html: _html, svg: _svg, json: _json, ...rest } = options;
  return { ...rest, lenient: lenient === true };
}

function readConsistency(text: string): Consistency {
  const known: readonly Consistency[] = [...isolationModels, 'causal'];
  const model = known.find((name) => name === text);
  if (model !== undefined) return model;
  throw new InputError(`--consistency: expected one of ${known.join(', ')}, found ${JSON.stringify(text)}`);
}

function readTimeout(text: string): number {
  try {
    const micros = parseDuration(text);
    if (micros > 0) return micros / 1_000;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new InputError(`--timeout: expected a duration such as 500ms, 60s or 5m, found ${JSON.stringify(text)}`);
}

function readValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    try {
      return parseEdn(text);
    } catch {
      throw new InputError(`--initial: expected a value in JSON or EDN, found ${JSON.stringify(text)}`);
    }
  }
}
