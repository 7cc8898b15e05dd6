// `faultline explore --workers`: the same findings from several threads, and no silence when one of them dies.
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { SearchOrder } from '../../cli/explore-search.ts';
import { searchInWorkers } from '../../cli/explore-workers.ts';
import { startThread } from '../../cli/threads.ts';
import {
  faultline,
  faultlineJson,
  interruptedFaultline,
  outcomeOf,
  startFaultline,
  temporaryFolder,
} from './command.ts';

interface Document {
  readonly unique: number;
  readonly violations: readonly { readonly property: string; readonly actions: readonly object[] }[];
}

const order: SearchOrder = {
  world: 'paxos',
  parameters: { clients: 2, network: 'unordered' },
  budgets: {},
  strategy: 'bfs',
  constraints: 3,
  por: false,
  symmetry: false,
  checkpoint: false,
  timeout: 60_000,
  seed: '1',
  runs: 600,
  all: false,
  auditEvery: 0,
  workers: 2,
};
const watch = { isStopped: () => false, onProgress: () => undefined };

describe('a search in threads', () => {
  test('visits the states of one thread', async () => {
    const { result } = await searchInWorkers(order, watch);
    expect(result).toMatchObject({ unique: 16_668, generated: 32_971, levels: 21, complete: true, violations: [] });
  }, 60_000);

  test('walks the runs of one thread, and finds the same violation first', async () => {
    const argv = ['explore', 'raft-forgetful', '--strategy', 'random', '--runs', '600', '--depth', '60', '--seed', '2'];
    const { document: alone } = await faultlineJson<Document>(...argv);
    const child = startFaultline(temporaryFolder(), ...argv, '--json', '--workers', '2');
    const { code, out } = await outcomeOf(child);
    expect(code).toBe(1);
    const { seconds: _, ...together } = JSON.parse(out) as Document & { readonly seconds: number };
    expect({ ...together, seconds: 0 }).toEqual({ ...alone, seconds: 0 });
  }, 60_000);

  test('fails when a thread ends by itself, instead of waiting for it', async () => {
    let started = 0;
    const mortal = (data: object): Worker =>
      ++started === 2
        ? new Worker('setTimeout(() => process.exit(7), 50)', { eval: true })
        : startThread('explore-part-thread', data);
    await expect(searchInWorkers(order, watch, mortal)).rejects.toThrow('a thread of the search ended without a word');
  }, 60_000);

  test('says what cannot be explored', async () => {
    const unknown = { ...order, world: 'gossip-eventually', parameters: {} };
    await expect(searchInWorkers(unknown, watch)).rejects.toThrow('there is no world');
  }, 60_000);

  test('is interrupted without losing what it found until then', async () => {
    const argv = ['explore', 'raft-bounded', '--set', 'timeouts=8', '--json', '--workers', '2'];
    const { code, out } = await interruptedFaultline(temporaryFolder(), 'states', ...argv);
    expect(code).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ endedBy: 'interrupt', complete: false, violations: [] });
  }, 60_000);
});

test('workers share plain searches only', async () => {
  for (const other of [['--por'], ['--symmetry'], ['--strategy', 'iddfs'], ['--checkpoint', 'file']]) {
    const { code, err } = await faultline('explore', 'paxos', '--workers', '2', ...other);
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining(`found ${other.join(' ')}`.slice(0, 12)),
    });
  }
});
