// The bank checker: money is moved, never made or destroyed, so that every read of all accounts shows the same total.
import type { History } from '../../sim/history.ts';
import type { Json } from '../../sim/protocol.ts';
import type { Check } from '../../sim/verdict.ts';
import { isArray } from '../canonical.ts';
import { HistoryError, pairOperations, type Operation } from '../operations.ts';
import { asCheck, EvidenceBook, show, type Judgement } from './evidence.ts';

export type BankAnomaly = 'wrong-total' | 'negative-balance' | 'unexpected-account' | 'missing-account' | 'nil-balance';

export interface BankOptions {
  /** What all accounts hold together; that of the first complete read by default. */
  readonly total?: number;
  /** The names of the accounts; those of the first read by default. */
  readonly accounts?: readonly string[];
  /** Whether balances may be below zero; not by default. */
  readonly mayBeNegative?: boolean;
}

export interface BankResult extends Judgement<BankAnomaly> {
  readonly reads: number;
  /** What all reads were compared with; undefined if nobody read. */
  readonly total: number | undefined;
}

/**
 * Judges `read`, which returns the balance of each account: `{ "0": 10, … }` or `[["0", 10], …]`. Transfers are not looked at:
 * what they did shows in the reads. Unknown if nobody read.
 * @throws HistoryError on a history that pairs badly and on a read that returned no balances.
 */
export function checkBank(history: History, options: BankOptions = {}): BankResult {
  const reads = pairOperations(history).filter(({ f, type }) => f === 'read' && type === 'ok');
  const book = new EvidenceBook<BankAnomaly>();
  const known = reads.map((read) => ({ read, balances: balancesOf(read) }));
  const complete = known.find(({ balances }) => balances.every(([, balance]) => balance !== null));
  const total = options.total ?? (complete === undefined ? undefined : sum(complete.balances));
  const source = options.total === undefined && complete !== undefined ? [complete.read.id] : [];
  const accounts = new Set(options.accounts?.map(String) ?? known[0]?.balances.map(([account]) => account));
  for (const { read, balances } of known) judgeRead(read, balances, { ...options, total, source, accounts }, book);
  return { ...book.judge(reads.length === 0 ? 'nobody read the balances' : ''), reads: reads.length, total };
}

/** The bank checker for scenarios. */
export function bankCheck(options: BankOptions = {}): Check {
  const about = 'Every read shows the same total over the same accounts.';
  return asCheck('bank', about, (history) => checkBank(history, options));
}

type Balances = readonly (readonly [account: string, balance: number | null])[];

interface Expected {
  readonly total: number | undefined;
  /** The read that the total was taken from. */
  readonly source: readonly number[];
  readonly accounts: ReadonlySet<string>;
  readonly mayBeNegative?: boolean;
}

function judgeRead(read: Operation, balances: Balances, expected: Expected, book: EvidenceBook<BankAnomaly>): void {
  const { total, source, accounts, mayBeNegative = false } = expected;
  const add = (type: BankAnomaly, value: Json, reason: () => string, operations = [read.id]) =>
    book.add(type, value, operations, () => `${read.client} read ${reason()}`);
  for (const [account, balance] of balances) {
    if (!accounts.has(account)) add('unexpected-account', account, () => `an account ${account} that nobody opened`);
    if (balance === null) add('nil-balance', account, () => `no balance of account ${account}`);
    if (balance !== null && balance < 0 && !mayBeNegative) {
      add('negative-balance', account, () => `a balance of ${balance} in account ${account}`);
    }
  }
  const there = new Set(balances.map(([account]) => account));
  for (const account of accounts) {
    if (!there.has(account)) add('missing-account', account, () => `balances without account ${account}`);
  }
  const held = sum(balances);
  if (total === undefined || held === total) return;
  const first = source.length > 0 ? ` that was read at first` : '';
  const ids = [...new Set([...source, read.id])];
  add('wrong-total', held, () => `a total of ${held} instead of the ${total}${first}`, ids);
}

function balancesOf(read: Operation): Balances {
  const { result } = read;
  const entries = isArray(result)
    ? result
    : result === null || typeof result !== 'object'
      ? undefined
      : Object.entries(result);
  if (entries?.every(isBalance) !== true) {
    throw new HistoryError(read.returned!.index, 'balances by account as the result of read', show(result));
  }
  return entries as Balances;
}

function isBalance(entry: unknown): boolean {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  return typeof entry[0] === 'string' && (entry[1] === null || typeof entry[1] === 'number');
}

function sum(balances: Balances): number {
  return balances.reduce((total, [, balance]) => total + (balance ?? 0), 0);
}
