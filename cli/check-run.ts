// A judged history in the shape of a run, so that what shows runs, as excerpts and timelines, shows it, too.
import type { Finding, Run } from '../sim/index.ts';
import type { Judged } from './check-judge.ts';

/** No node and no seed: clients, their operations, and what speaks against them. */
export function runOf(judged: Judged): Run {
  const { path, verdict, recorded, checker, model } = judged;
  const { history } = recorded;
  const end = history.reduce((latest, { time }) => Math.max(latest, time), 0);
  return {
    scenario: path === '-' ? 'standard input' : path,
    seed: 'recorded',
    parameters: { checker, ...(model === undefined ? {} : { model }) },
    nodes: [],
    clients: [...new Set(history.map(({ client }) => client))],
    faults: [],
    workload: [],
    until: end,
    healAt: 0,
    hash: '',
    events: history.length,
    simulatedUs: end,
    verdict,
    findings: findingsOf(judged),
    sometimes: [],
    history,
    statistics: { sent: 0, delivered: 0, lost: 0, duplicated: 0, timersFired: 0, syncs: 0, crashes: 0 },
  };
}

/** What speaks against the history, each at the end of its last operation. */
function findingsOf({ anomalies, verdict, doubt, recorded, checker }: Judged): Finding[] {
  const ends = new Map<number, { readonly time: number; readonly client: string }>();
  for (const { operation, time, client } of recorded.history) ends.set(operation, { time, client });
  if (verdict === 'unknown') {
    return [{ name: checker, verdict, reason: doubt, at: 0, event: 0, operations: [], nodes: [] }];
  }
  return anomalies.map(({ type, reason, operations }) => {
    const proof = operations.flatMap((id) => ends.get(id) ?? []);
    return {
      name: type,
      verdict: 'invalid',
      reason,
      at: proof.reduce((latest, { time }) => Math.max(latest, time), 0),
      event: 0,
      operations,
      nodes: [...new Set(proof.map(({ client }) => client))],
    };
  });
}
