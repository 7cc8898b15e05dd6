// A property of snapshots: taking, sending and restoring them changes nothing (section 7; thesis, chapter 5).
import { alwaysOn, type NodeView, type Property } from '../../../sim/index.ts';
import type { Configuration } from '../configuration.ts';
import { machineText } from '../snapshot.ts';
import type { Service } from '../server.ts';
import type { Entry } from '../types.ts';
import { ledgerOf, type CommitNote, type Ledger } from './ledger.ts';
import { dataOf, raftOf } from './view.ts';

/**
 * A snapshot equals the state that comes of applying the committed log up to it, once each, in order; so does the state
 * that was restored from it; both carry the configuration of that index; and a restart goes on behind it.
 * @param service the unbroken machine; without it snapshots of one index are only compared with each other.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any machine will do
export function snapshotEquality(service?: Service<any, any, any>): Property {
  const about = 'a snapshot is the state that the committed log leads to';
  const kinds = ['append', 'commit', 'configuration', 'role', 'snapshot', 'restore'];
  return alwaysOn(kinds, 'snapshot equality', about, () => {
    let reference: Reference | undefined;
    const starts = new Map<string, number>();
    return (view, { node, note }) => {
      const ledger = ledgerOf(view);
      reference ??= new Reference(ledger, service);
      switch (note?.kind) {
        case 'append':
          ledger.append(node, note);
          return undefined;
        case 'commit': {
          const commit = dataOf<CommitNote>(note);
          if (commit.role === 'leader') ledger.commit(commit);
          return undefined;
        }
        case 'configuration':
          reference.learnFirst(dataOf<Configuration & { index: number }>(note));
          return undefined;
        case 'role': {
          const isStart = starts.get(node.id) !== node.incarnation;
          starts.set(node.id, node.incarnation);
          return isStart ? restartsBehindSnapshot(node) : undefined;
        }
        default:
          return reference.objectionTo(node, dataOf<{ index: number }>(note).index);
      }
    };
  });
}

function restartsBehindSnapshot(node: NodeView): string | undefined {
  const raft = raftOf(node);
  const index = raft?.snapshot?.index ?? 0;
  return raft === undefined || raft.lastApplied === index
    ? undefined
    : `${node.id} restarts with a snapshot of index ${index}, and goes on applying behind ${raft.lastApplied}`;
}

/** The machine that the committed log leads to, advanced as far as it was asked for. */
class Reference {
  readonly #ledger: Ledger;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any machine will do
  readonly #service: Service<any, any, any> | undefined;
  readonly #texts = new Map<number, string>();
  #machine: unknown;
  #index = 0;
  #first: Configuration | undefined;

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any machine will do
  constructor(ledger: Ledger, service: Service<any, any, any> | undefined) {
    this.#ledger = ledger;
    this.#service = service;
    this.#machine = service?.initial();
  }

  learnFirst(configuration: Configuration & { readonly index: number }): void {
    if (configuration.index === 0) this.#first ??= configuration;
  }

  objectionTo(node: NodeView, index: number): string | undefined {
    const snapshot = raftOf(node)?.snapshot;
    if (snapshot?.index !== index) return undefined;
    const expected = this.#textAt(index) ?? snapshot.data;
    if (snapshot.data !== expected)
      return `${node.id} has a snapshot of index ${index} with ${snapshot.data}, but the log leads to ${expected}`;
    const configuration = this.#configurationAt(index);
    if (configuration !== undefined && describe(configuration) !== describe(snapshot.configuration))
      return `the snapshot of index ${index} on ${node.id} has the configuration ${describe(snapshot.configuration)}, the log has ${describe(configuration)}`;
    this.#texts.set(index, expected);
    return undefined;
  }

  /** What the log leads to at `index`; undefined where not all entries are known. */
  #textAt(index: number): string | undefined {
    if (this.#texts.has(index)) return this.#texts.get(index);
    const service = this.#service;
    if (service === undefined || index < this.#index) return undefined;
    while (this.#index < index) {
      const entry = this.#ledger.entry(this.#index + 1);
      if (entry === undefined) return undefined;
      this.#index++;
      this.#apply(service, entry);
    }
    return machineText({ server: { service } as never }, this.#machine);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any machine will do
  #apply(service: Service<any, any, any>, entry: Entry<unknown>): void {
    if (entry.type !== 'command') return;
    service.apply(this.#machine, entry.command, { index: this.#index, term: entry.term });
  }

  #configurationAt(index: number): Configuration | undefined {
    for (let place = index; place > 0; place--) {
      const entry = this.#ledger.entry(place);
      if (entry === undefined) return undefined;
      if (entry.type === 'configuration') return entry.configuration;
    }
    return this.#first;
  }
}

function describe({ voters, outgoing, learners }: Configuration): string {
  const parts = [voters.join(' '), outgoing.length > 0 ? `outgoing ${outgoing.join(' ')}` : ''];
  return [...parts, learners.length > 0 ? `learners ${learners.join(' ')}` : '']
    .filter((part) => part !== '')
    .join(', ');
}
