// Runs command lines for tests: in this process with captured streams, or as a process of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { onTestFinished } from 'vitest';
import type { Io } from '../../cli/io.ts';
import { runCli } from '../../cli/program.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process. */
export async function faultline(...argv: string[]): Promise<Outcome> {
  let out = '';
  let err = '';
  const io = testIo(
    (text) => (out += text),
    (text) => (err += text),
  );
  const code = await runCli(argv, io);
  return { code, out, err };
}

/** Streams without a terminal, a hundred columns wide, that nobody interrupts. */
export function testIo(out: Io['out'] = () => {}, err: Io['err'] = () => {}): Io {
  return {
    ...{ out, err, paint: pc.createColors(false), columns: 100, terminal: undefined },
    interruptible: () => ({ signal: new AbortController().signal, release: () => {} }),
  };
}

/** The document that a `--json` command prints, and its exit code. */
export async function faultlineJson<T>(...argv: string[]): Promise<{ readonly code: number; readonly document: T }> {
  const { code, out } = await faultline(...argv, '--json');
  return { code, document: JSON.parse(out) as T };
}

/** Starts the command from its source in another process; `cwd` is where it runs. */
export function startFaultline(cwd: string, ...argv: string[]): ChildProcess {
  const root = join(import.meta.dirname, '../..');
  const loader = import.meta.resolve('tsx');
  return spawn(process.execPath, ['--import', loader, join(root, 'cli/main.ts'), ...argv], { cwd, stdio: 'pipe' });
}

/** Waits for the end of a process and what it wrote. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const read = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (read.out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (read.err += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code: code ?? -1, ...read };
}

/**
 * The command in another process, interrupted when it says how far it is in these words: a multiple of ten seconds from its beginning,
 * however long that takes to come.
 */
export function interruptedFaultline(cwd: string, words: string, ...argv: string[]): Promise<Outcome> {
  const child = startFaultline(cwd, ...argv);
  const listen = (text: string | Buffer): void => {
    if (!text.toString().includes(words)) return;
    child.stderr?.off('data', listen); // a second interrupt would end it at once
    child.kill('SIGINT');
  };
  child.stderr?.on('data', listen);
  return outcomeOf(child);
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
