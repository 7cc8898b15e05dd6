// `faultline check`: judges recorded histories, as other tools and real systems leave them.
import { availableParallelism } from 'node:os';
import { Option, type Command } from 'commander';
import { historyFormats, parseEdn, parseFormat, type HistoryFormat } from '../checkers/index.ts';
import { InputError, parseDuration, type Json } from '../sim/index.ts';
import { describeChecks } from './check-table.ts';
import { validOf } from './check-document.ts';
import { collect, readCount } from './arguments.ts';
import { checkNames, type CheckRequest } from './check-judge.ts';
import { judgeNames, readConsistency, type Consistency } from './check-judges.ts';
import { modelNames } from './check-models.ts';
import { judgeAll } from './check-runner.ts';
import type { Order, Told } from './check-tell.ts';
import { exitCode, exitCodeOf, exitCodesHelp } from './exit.ts';
import type { Io } from './io.ts';
import { printDocument, type Document } from './json.ts';
import type { Session } from './program.ts';
import { showStatus } from './progress.ts';

interface CheckOptions {
  readonly model?: string;
  readonly checker?: string;
  readonly format?: HistoryFormat;
  readonly engine: CheckRequest['engine'];
  readonly timeout: number;
  readonly workers: number;
  readonly consistency?: readonly Consistency[];
  readonly initial?: Json;
  readonly nilReads?: 'absent' | 'unknown';
  readonly failedCas?: 'dropped' | 'observed';
  readonly part?: string;
  readonly set?: readonly string[];
  readonly lenient?: true;
  readonly explain?: true;
  readonly witness?: true;
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
      '--consistency <models>',
      'for transactions: what was promised, one model or several with commas (default: strict-serializable)',
      readConsistency,
    )
    .option(
      '--initial <value>',
      'what was there before the first operation, as JSON or EDN (default: nothing)',
      readValue,
    )
    .addOption(
      program
        .createOption('--timeout <duration>', 'real time for each history, such as 500ms, 60s or 5m')
        .argParser(readTimeout)
        .default(60_000, '60s'),
    )
    .option(
      '--workers <n>',
      'threads for several files, or for the keys of one (default: one for each core, at most 8)',
      readCount('--workers', 1, 64),
      Math.min(8, availableParallelism()),
    )
    .option('--explain', 'show the whole proof')
    .option('--witness', 'show an order that explains a valid history; --json has all of it')
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
    .option('--set <name=value>', 'an option of the checker, such as mayBeNegative=true; may be repeated', collect)
    .option('--part <name>', 'which history to judge of a file that holds several (default: all of them)')
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
  const { html, svg } = options;
  if (paths.length > 1 && (html ?? svg) !== undefined) {
    throw new InputError(`--${html === undefined ? 'svg' : 'html'}: expected one history, found ${paths.length} files`);
  }
  checkNames(orderOf('', options, session, 1).request);
  const interruptible = io.interruptible();
  const { signal } = interruptible;
  const progress = showStatus(io);
  const orders = paths.map((path) => orderOf(path, options, session, paths.length));
  let results: readonly Told[];
  try {
    results = await judgeAll(orders, { io, signal, workers: options.workers }, ({ path }, how) => {
      progress.update(paths.length > 1 ? `${path}: ${how}` : how);
    });
  } finally {
    progress.stop();
    interruptible.release();
  }
  const [only] = results;
  const interrupted = signal.aborted;
  if (results.length === 1 && only?.verdict === undefined && !interrupted) throw new InputError(only?.brief);
  if (options.json === true) printDocument(io.out, documentOf(results));
  else io.out(textOf(results, options, io));
  if (!interrupted) return worstCode(results);
  io.err('interrupted\n');
  return exitCode.interrupted;
}

function textOf(results: readonly Told[], { explain }: CheckOptions, io: Io): string {
  const [only] = results;
  if (results.length === 1 && only?.verdict !== undefined) return only.text;
  const texts = explain === true ? results.flatMap(({ text }) => (text === '' ? [] : [`${text}\n`])) : [];
  return texts.join('') + describeChecks(results, io);
}

function documentOf(results: readonly Told[]): Document {
  const files = results.map(({ document }) => document);
  if (results.length === 1) return files[0] ?? {};
  const verdicts = new Set(results.map(({ verdict = 'unknown' }) => validOf(verdict)));
  return { valid: verdicts.has(false) ? false : verdicts.has('unknown') ? 'unknown' : true, files };
}

/** A file that nobody could judge comes first, then a violation, then a doubt. */
function worstCode(results: readonly Told[]): number {
  const codes = new Set(results.map(({ verdict }) => (verdict === undefined ? exitCode.usage : exitCodeOf(verdict))));
  return [exitCode.usage, exitCode.violation, exitCode.unknown].find((code) => codes.has(code)) ?? exitCode.fine;
}

/** Of several files each gets its share of the threads. */
function orderOf(path: string, options: CheckOptions, { io, version }: Session, files: number): Order {
  const { lenient, set = [], explain, html, svg, json: _, ...rest } = options;
  const settings = Object.fromEntries(set.map(readSetting));
  const share = Math.max(1, Math.floor(options.workers / files));
  return {
    path,
    request: { ...rest, lenient: lenient === true, settings, workers: io.threads === true ? share : 1 },
    explain: explain === true,
    html,
    svg,
    version,
    colour: io.paint.isColorSupported,
    columns: io.columns,
  };
}

/** A checker's option: its value is JSON, or a text. */
function readSetting(text: string): readonly [string, Json] {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InputError(`--set: expected name=value, found ${JSON.stringify(text)}`);
  const value = text.slice(equals + 1);
  try {
    return [text.slice(0, equals), JSON.parse(value) as Json];
  } catch {
    return [text.slice(0, equals), value];
  }
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
