// Builds a history event by event: see `to-history.ts`.
import type { HistoryEventType } from '../../sim/history.ts';
import type { Micros } from '../../sim/time.ts';
import { foundValue, MalformedInput } from './malformed.ts';
import type { RawOperation } from './operation.ts';
import { Clients, isResultOf, mostAnonymous, type Client, type Draft } from './pending.ts';
import { errorText, historyValue, isNilRead, lockValue } from './settle.ts';
import { SharedValues } from './shared-values.ts';
import { makeTally } from './tally.ts';
import type { RecordedHistory, ToHistoryOptions } from './to-history.ts';

/** An invocation that the file does not have, and the position behind which it belongs; -1: at the front. */
interface Adopted {
  readonly draft: Draft;
  readonly line: number;
  readonly after: number;
}

const mostNotes = 10_000;

export class HistoryBuilder {
  readonly #options: ToHistoryOptions;
  readonly #maxEvents: number;
  readonly #tally = makeTally();
  readonly #clients = new Clients();
  readonly #values = new SharedValues();
  readonly #drafts: Draft[] = [];
  readonly #lines: number[] = [];
  readonly #adopted: Adopted[] = [];
  readonly #notes: RawOperation[] = [];
  #noteCount = 0;
  #part: string | undefined;
  #index = -1;
  #operations = 0;
  /** Ids that the file gives; undefined if it gives none. */
  #ids: Set<number> | undefined;
  #invocations = 0;
  /** The complaint about the first completion without invocation, as long as there is no invocation at all. */
  #orphan: MalformedInput | undefined;
  #timed = false;
  #latest: Micros = 0;
  #backward = 0;
  #backwardLine = 0;
  /** Invocations by processes that were busy, which were given processes of their own. */
  #split = 0;

  constructor(options: ToHistoryOptions) {
    this.#options = options;
    this.#maxEvents = options.maxEvents ?? 20_000_000;
  }

  /** @throws MalformedInput */
  add(raw: RawOperation): void {
    if (!this.#isChosen(raw)) return;
    this.#checkIndex(raw);
    if (this.#takeNote(raw)) return;
    if (this.#drafts.length >= this.#maxEvents) {
      throw this.#error(raw, `at most ${this.#maxEvents} events`, 'more');
    }
    if (raw.type === 'invoke') this.#invoke(raw);
    else this.#complete(raw, raw.type);
  }

  /** The history of all that was added. @throws MalformedInput if the part that was asked for is not there */
  finish(): RecordedHistory {
    const { file = 'history', part } = this.#options;
    if (part !== undefined && this.#part === undefined) {
      throw new MalformedInput({ file, line: 1, column: 1 }, `a history named ${part}`, 'none of that name');
    }
    this.#insertAdopted();
    this.#drafts.forEach((draft, index) => {
      draft.index = index;
      draft.process = this.#clients.settle(draft.process);
      if (draft.client === '') draft.client = `c${draft.process}`;
      if (!this.#timed) draft.time = index * 1_000;
    });
    return {
      history: this.#drafts,
      lines: this.#lines,
      notes: this.#notes,
      noteCount: this.#noteCount,
      realtime: this.#adopted.length === 0,
      skipped: this.#tally.list(),
      remarks: this.#remarks(),
    };
  }

  #isChosen(raw: RawOperation): boolean {
    const { part } = this.#options;
    if (part !== undefined && raw.part !== part) return false;
    if (this.#part !== undefined && raw.part !== this.#part) {
      throw this.#error(raw, 'one history, or the name of one', `${this.#part} and ${raw.part}`);
    }
    this.#part = raw.part;
    return true;
  }

  #checkIndex(raw: RawOperation): void {
    if (raw.index === undefined) return;
    if (raw.index <= this.#index) this.#complain(raw, `an index above ${this.#index}`, `${raw.index}`);
    this.#index = Math.max(this.#index, raw.index);
  }

  /** Takes the event of no client out: the nemesis's, and what an idle process has to tell. */
  #takeNote(raw: RawOperation): boolean {
    const { process: id } = raw;
    if (id === undefined) return false;
    const idle = raw.type === 'info' && (typeof id === 'string' || raw.value === null);
    if (id !== 'nemesis' && !(idle && this.#clients.of(id).open === undefined)) return false;
    if (this.#noteCount++ < mostNotes) this.#notes.push(raw);
    return true;
  }

  #invoke(raw: RawOperation): void {
    const client = this.#invoking(raw);
    if (this.#invocations++ === 0 && this.#orphan !== undefined) this.#report(this.#orphan);
    const { open } = client;
    if (open !== undefined) {
      this.#complain(raw, `a completion of ${open.f} by process ${raw.process} first`, `an invocation of ${raw.f}`);
      this.#push(raw, client, { ...open, type: 'info', value: null, error: 'never completed' });
    }
    const draft = this.#draft(raw, client, 'invoke', this.#idOf(raw));
    client.open = draft;
    this.#push(raw, client, draft);
    if (client.name === '' && !this.#clients.open(client)) {
      throw this.#error(raw, 'the process of each operation', `${mostAnonymous} operations pending without`);
    }
  }

  #complete(raw: RawOperation, type: HistoryEventType): void {
    const client = this.#completing(raw);
    const { open } = client;
    if (open !== undefined && open.f !== raw.f) {
      this.#complain(raw, `a completion of ${open.f} by process ${raw.process}`, `one of ${raw.f}`);
      return;
    }
    const operation = open === undefined ? this.#adopt(raw, client) : open.operation;
    client.open = undefined;
    const { nilReads, failedCas } = this.#options;
    const observed = failedCas === 'observed' && type === 'fail' && raw.f === 'cas' && raw.error === undefined;
    const unknown = nilReads === 'unknown' && type === 'ok' && isNilRead(raw);
    const draft = this.#draft(raw, client, observed ? 'ok' : unknown ? 'info' : type, operation);
    if (observed) draft.value = false;
    this.#push(raw, client, draft);
  }

  #completing(raw: RawOperation): Client {
    if (raw.process === undefined) return this.#clients.fitting(raw.f, raw.value) ?? this.#clients.anonymous();
    const client = this.#clients.of(raw.process);
    if (this.#split === 0 || (client.open !== undefined && isResultOf(client.open, raw))) return client;
    return this.#clients.fitting(raw.f, raw.value) ?? client;
  }

  /** The client of an invocation: an anonymous one if the process is not known, or busy although it may not be. */
  #invoking(raw: RawOperation): Client {
    if (raw.process === undefined) return this.#clients.anonymous();
    const client = this.#clients.of(raw.process);
    if (client.open === undefined || this.#options.mayOverlap !== true) return client;
    this.#split += 1;
    return this.#clients.anonymous();
  }

  /** Invents the invocation of a completion that has none. */
  #adopt(raw: RawOperation, client: Client): number {
    const who = raw.process === undefined ? 'that it fits' : `by process ${raw.process}`;
    const error = this.#error(raw, `an invocation of ${raw.f} ${who} first`, `its completion (${raw.type})`);
    if (this.#invocations > 0 && this.#options.mayOverlap !== true) this.#report(error);
    else this.#orphan ??= error;
    const operation = this.#idOf(raw);
    const draft = this.#draft(raw, client, 'invoke', operation);
    if (client.at >= 0) draft.time = client.time;
    this.#adopted.push({ draft, line: raw.line, after: client.at });
    return operation;
  }

  #draft(raw: RawOperation, client: Client, type: HistoryEventType, operation: number): Draft {
    const own = raw.extra?.['client'];
    const draft: Draft = {
      index: 0,
      time: this.#timeOf(raw, client),
      process: client.number,
      type,
      f: raw.f,
      value: this.#values.share(historyValue(lockValue(raw))),
      client: typeof own === 'string' && own !== '' ? own : client.name,
      operation,
    };
    if (raw.error !== undefined) draft.error = errorText(raw.error);
    return draft;
  }

  #push(raw: RawOperation, client: Client, draft: Draft): void {
    client.at = this.#drafts.push(draft) - 1;
    client.time = draft.time;
    this.#lines.push(raw.line);
  }

  #timeOf(raw: RawOperation, client: Client): Micros {
    const { time } = raw;
    if (time === undefined) return this.#latest;
    this.#timed = true;
    const now = typeof time === 'number' ? (time - (time % 1_000)) / 1_000 : Number(time / 1_000n);
    if (now < client.time) {
      this.#complain(raw, `a time not before the last one of process ${raw.process}`, `${time}`);
      return client.time;
    }
    if (now >= this.#latest) this.#latest = now;
    else if (this.#backward++ === 0) this.#backwardLine = raw.line;
    return now;
  }

  #idOf(raw: RawOperation): number {
    const id = raw.extra?.['operation'];
    const given = typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 ? id : undefined;
    if (this.#operations++ === 0 && given !== undefined) this.#ids = new Set();
    if (this.#ids === undefined) return this.#operations - 1;
    if (given === undefined || this.#ids.has(given)) {
      throw this.#error(raw, 'an operation id of its own', foundValue(id));
    }
    this.#ids.add(given);
    return given;
  }

  #insertAdopted(): void {
    if (this.#adopted.length === 0) return;
    const drafts = this.#drafts.splice(0);
    const lines = this.#lines.splice(0);
    const adopted = this.#adopted.toSorted((one, other) => one.after - other.after);
    let next = 0;
    for (let position = -1; position < drafts.length; position++) {
      if (position >= 0) {
        this.#drafts.push(drafts[position]!);
        this.#lines.push(lines[position]!);
      }
      for (; adopted[next]?.after === position; next++) {
        const { draft, line } = adopted[next]!;
        draft.time = Math.min(draft.time, drafts[Math.max(0, position)]!.time);
        this.#drafts.push(draft);
        this.#lines.push(line);
      }
    }
  }

  #remarks(): string[] {
    const remarks: string[] = [];
    if (this.#backward > 0) {
      remarks.push(`times go back between processes ${this.#backward} times, first in line ${this.#backwardLine}`);
    }
    if (this.#split > 0) {
      const often = this.#split === 1 ? 'once' : `${this.#split} times`;
      remarks.push(`a process began an operation before its last had ended, ${often}: each got a process of its own`);
    }
    if (this.#orphan !== undefined && this.#invocations === 0) {
      remarks.push('there are completions only: real-time order between operations is unknown');
    }
    return remarks;
  }

  #complain(raw: RawOperation, expected: string, found: string): void {
    this.#report(this.#error(raw, expected, found));
  }

  #report(error: MalformedInput): void {
    if (this.#options.lenient !== true) throw error;
    this.#tally.add(error);
  }

  #error(raw: RawOperation, expected: string, found: string): MalformedInput {
    const { file = 'history' } = this.#options;
    return new MalformedInput({ file, line: raw.line, column: raw.column }, expected, found);
  }
}
