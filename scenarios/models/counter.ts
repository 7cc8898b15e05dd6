// The counter with a write-ahead log, explored: its power fails between any two effects, and any prefix of what was not synced
// survives, the record behind it perhaps by half.
import { reachableByOne, type ExploredWorld } from '../../checkers/explore/index.ts';
import { counterClient, counterServer, type CounterOptions } from '../../protocols/counter/counter.ts';
import { countsWhatItAcknowledged } from '../counter.ts';

export interface CounterWorldOptions extends CounterOptions {
  readonly clients: number;
  /** Increments of each client; each then reads. */
  readonly increments: number;
  readonly crashes: number;
  /** Requests that are repeated in a run. */
  readonly timeouts: number;
}

export function counterExplored({
  clients,
  increments,
  crashes,
  timeouts,
  ...options
}: CounterWorldOptions): ExploredWorld {
  return {
    nodes: [{ id: 'server', protocol: counterServer(options) }],
    clients: Array.from({ length: clients }, (_, client) => ({
      id: `c${client + 1}`,
      protocol: counterClient('server'),
      operations: [
        ...Array.from({ length: increments }, (_increment, id) => ({ f: 'increment', value: client * 100 + id })),
        { f: 'read', value: client * 100 + increments },
      ],
    })),
    network: 'unordered',
    faults: { crashes, timeouts },
    restartKeeps: 'a torn prefix',
    crashPoints: 'between effects',
    properties: [
      reachableByOne('counts over a crash', 'Some run crashes with a record on disk.', ({ up, disk }) => {
        return !up && (disk.logs['log']?.records.length ?? 0) > 0;
      }),
    ],
    checks: [countsWhatItAcknowledged],
  };
}
