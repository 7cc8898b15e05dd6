// How the linearizability check fares on the hard histories that others recorded, where they are present: they are not part
// of the project. Porcupine takes 487 ms for the 103 etcd logs there are in all, and 177 ms for c50-ok, on two quiet cores.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { casRegister, checkLinearizable, keyValue, readHistory, type Engine } from '../checkers/index.ts';
import { readHistoryFile } from '../cli/history-file.ts';
import type { History } from '../sim/index.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', 'shared', 'histories', 'porcupine');

/** One line for all etcd logs and one for each key-value log, by each engine; or a notice that they are absent. */
export async function* benchRecorded(): AsyncGenerator<string> {
  if (!existsSync(folder)) {
    yield `skipped the recorded histories: there is no ${folder}`;
    return;
  }
  for (const [name, files, model] of [
    ['etcd logs', filesIn('jepsen'), casRegister()],
    ...filesIn('kv').map((file) => [path.basename(file), [file], keyValue()] as const),
  ] as const) {
    const histories: History[] = [];
    for (const file of files) {
      histories.push((await readHistory(readHistoryFile(file), { file, failedCas: 'observed' })).history);
    }
    const times = (['wgl', 'fast', 'auto'] satisfies Engine[]).map((engine) => {
      const start = process.cpuUsage();
      for (const history of histories) checkLinearizable(history, model, { engine });
      const { user, system } = process.cpuUsage(start);
      return `${engine} ${Math.round((user + system) / 1_000)} ms`;
    });
    yield `recorded ${name}${files.length > 1 ? `, ${files.length} files` : ''}: ${times.join(', ')}`;
  }
}

function filesIn(name: string): readonly string[] {
  const at = path.join(folder, name);
  return readdirSync(at)
    .toSorted()
    .map((file) => path.join(at, file));
}
