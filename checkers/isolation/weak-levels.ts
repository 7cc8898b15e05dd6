// Weak levels of registers, whatever the order of the versions: read committed, read atomic and causal consistency are decided
// in polynomial time by the commit order that each forces. Biswas & Enea, "On the Complexity of Checking Transactional
// Consistency" (OOPSLA 2019), section 3; the causal level as in AWDIT (Møldrup & Pavlogiannis, PLDI 2025).
import type { History } from '../../sim/history.ts';
import type { Verdict } from '../../sim/verdict.ts';
import { linkCausalPasts } from './causal-past.ts';
import { Findings } from './findings.ts';
import { findForcedCircle, type ForcedCycle } from './forced-cycle.ts';
import { linkDirectPasts, linkReads, linkSessionPasts, type WeakLevel } from './forced-order.ts';
import { EdgeList } from './graph.ts';
import { findInternalAnomalies } from './internal.ts';
import { addSessionEdges } from './precedence.ts';
import { findRegisterAnomalies } from './register-anomalies.ts';
import { findEffective } from './register-order.ts';
import { readTransactions, type Transactions } from './transactions.ts';
import { indexWriters, type Writers } from './writers.ts';

export type { WeakLevel };

export interface WeakResult {
  readonly verdict: Verdict;
  /** Why, in words; empty when valid. */
  readonly reason: string;
  /** Ids of the operations that prove an invalid verdict. */
  readonly operations: readonly number[];
}

/**
 * Judges a history of registers against a weak level in the sense of Biswas & Enea, where the commit order respects the order
 * of each session. Time grows with the reads of each transaction times the transactions that it read from, for the causal
 * level times the sessions.
 * @throws HistoryError on a history that pairs badly, on a malformed micro-operation, and on lists.
 */
export function checkWeakIsolation(history: History, level: WeakLevel): WeakResult {
  const transactions = readTransactions(history, 'rw-register');
  const writers = indexWriters(transactions);
  const findings = new Findings();
  findRegisterAnomalies(transactions, writers, findings);
  findInternalAnomalies(transactions, writers, findings, level === 'read-committed' ? 'own writes' : 'all');
  const idOf = (number: number) => transactions.operations[number]!.id;
  for (const { name, reason, transactions: numbers } of findings.byName.values()) {
    return { verdict: 'invalid', reason: `${name}: ${reason}`, operations: numbers.map(idOf) };
  }
  const found = findForcedCycle(transactions, writers, level, true);
  if (found === 'too large') {
    return {
      verdict: 'unknown',
      reason: 'too many sessions to keep the causal past of each transaction',
      operations: [],
    };
  }
  if (found !== undefined) {
    return { verdict: 'invalid', reason: found.reason, operations: found.transactions.map(idOf) };
  }
  if (writers.ambiguous.length > 0) {
    return {
      verdict: 'unknown',
      reason: 'a value was written twice to a key: who wrote it is not known',
      operations: [],
    };
  }
  return { verdict: 'valid', reason: '', operations: [] };
}

/** Adds the weakest of the three levels that no order of the versions can give to the registers. */
export function findWeakAnomaly(transactions: Transactions, writers: Writers, findings: Findings): void {
  const causal = findForcedCycle(transactions, writers, 'causal', true);
  if (causal === undefined) return; // it forces all that the weaker ones do
  const weaker = [
    ['read-committed', 'non-monotonic-read'],
    ['read-atomic', 'fractured-read'],
  ] as const;
  for (const [level, name] of weaker) {
    const found = findForcedCycle(transactions, writers, level, false);
    if (found === undefined || found === 'too large' || !found.isForced) continue;
    findings.add(name, found.transactions, () => found.reason);
    return;
  }
  if (causal === 'too large' || !causal.isForced) return;
  findings.add('causality-violation', causal.transactions, () => causal.reason);
}

/** The shortest circle in what is forced; with `sessions` the order of each session counts as well. */
function findForcedCycle(
  transactions: Transactions,
  writers: Writers,
  level: WeakLevel,
  sessions: boolean,
): ForcedCycle | 'too large' | undefined {
  const counts = findEffective(transactions, writers);
  const edges = new EdgeList();
  const reads = linkReads(transactions, writers, edges);
  if (sessions) addSessionEdges(transactions.operations, counts, edges);
  if (level === 'causal') {
    if (!linkCausalPasts(transactions, counts, reads, edges)) return 'too large';
  } else linkDirectPasts(transactions, reads, level, edges);
  if (sessions && level === 'read-atomic') linkSessionPasts(transactions, counts, reads, edges);
  return findForcedCircle(transactions, edges);
}
