// A Redis server as a student would write it down: one list of keys, those that ran out taken away before every command, and a
// count of changes for each key. It shares no code with the server that it is compared with, and knows fewer commands.

interface Held {
  text: string;
  until: number | undefined;
}

const ok = 'OK';
const none = '(nil)';
const whole = (count: number | bigint): string => `(integer) ${count}`;
const text = (value: string): string => JSON.stringify(value);
const wrongSyntax = '(error) ERR syntax error';
const noNumber = '(error) ERR value is not an integer or out of range';

/** A server and the commands of its clients; `now` is in milliseconds. */
export class Model {
  now = 1_700_000_000_000;
  readonly #held = new Map<string, Held>();
  readonly #changes = new Map<string, number>();
  readonly #watching = new Map<string, Map<string, number>>();
  readonly #queues = new Map<string, { lines: string[][]; broken: boolean }>();

  run(client: string, line: string): string {
    this.#forgetOld();
    const words = line.split(' ');
    const [name = ''] = words;
    const queue = this.#queues.get(client);
    switch (name) {
      case 'MULTI':
        if (queue !== undefined) return '(error) ERR MULTI calls can not be nested';
        this.#queues.set(client, { lines: [], broken: false });
        return ok;
      case 'EXEC':
        return this.#exec(client);
      case 'DISCARD':
        if (queue === undefined) return '(error) ERR DISCARD without MULTI';
        this.#queues.delete(client);
        this.#watching.delete(client);
        return ok;
      case 'WATCH':
        if (queue !== undefined) return '(error) ERR WATCH inside MULTI is not allowed';
        for (const key of words.slice(1)) this.#watch(client, key);
        return ok;
    }
    if (queue === undefined) return this.#one(client, words);
    if (name === 'GET' && words.length !== 2) {
      queue.broken = true;
      return "(error) ERR wrong number of arguments for 'get' command";
    }
    queue.lines.push(words);
    return 'QUEUED';
  }

  #exec(client: string): string {
    const queue = this.#queues.get(client);
    if (queue === undefined) return '(error) ERR EXEC without MULTI';
    const watched = [...(this.#watching.get(client) ?? [])];
    this.#queues.delete(client);
    this.#watching.delete(client);
    if (queue.broken) return '(error) EXECABORT Transaction discarded because of previous errors.';
    if (watched.some(([key, changes]) => this.#changesOf(key) !== changes)) return none;
    return `[${queue.lines.map((words) => this.#one(client, words)).join(', ')}]`;
  }

  #watch(client: string, key: string): void {
    const watched = this.#watching.get(client) ?? new Map<string, number>();
    if (!watched.has(key)) watched.set(key, this.#changesOf(key));
    this.#watching.set(client, watched);
  }

  #one(client: string, [name = '', key = '', ...rest]: readonly string[]): string {
    const found = this.#held.get(key);
    switch (name) {
      case 'GET':
        return key === '' ? "(error) ERR wrong number of arguments for 'get' command" : textOrNone(found);
      case 'SET':
        return this.#set(key, rest[0] ?? '', rest.slice(1));
      case 'GETSET':
        this.#put(key, rest[0] ?? '', undefined);
        return textOrNone(found);
      case 'GETDEL':
        this.#drop(key);
        return textOrNone(found);
      case 'GETEX':
        return this.#getEx(key, rest);
      case 'DEL':
        return whole([key, ...rest].filter((each) => this.#drop(each)).length);
      case 'EXISTS':
        return whole([key, ...rest].filter((each) => this.#held.has(each)).length);
      case 'INCRBY':
        return this.#count(key, rest[0] ?? '');
      case 'APPEND':
        this.#put(key, (found?.text ?? '') + (rest[0] ?? ''), found?.until);
        return whole(this.#held.get(key)?.text.length ?? 0);
      case 'STRLEN':
        return whole(found?.text.length ?? 0);
      case 'TYPE':
        return found === undefined ? 'none' : 'string';
      case 'PTTL':
        return whole(found === undefined ? -2 : found.until === undefined ? -1 : found.until - this.now);
      case 'PEXPIRETIME':
        return whole(found === undefined ? -2 : (found.until ?? -1));
      case 'PEXPIRE':
        return this.#expire(key, this.now + Number(rest[0]), rest[1]);
      case 'PEXPIREAT':
        return this.#expire(key, Number(rest[0]), rest[1]);
      case 'PERSIST':
        if (found?.until === undefined) return whole(0);
        this.#put(key, found.text, undefined);
        return whole(1);
      case 'RENAME':
        return this.#rename(key, rest[0] ?? '');
      case 'FLUSHALL':
        for (const each of this.#held.keys()) this.#drop(each);
        return ok;
      case 'UNWATCH':
        this.#watching.delete(client);
        return ok;
      default:
        throw new Error(`the model does not know ${name}`);
    }
  }

  #set(key: string, value: string, options: readonly string[]): string {
    const said = new Set(options.filter((word) => /^[A-Z]+$/.test(word)));
    const lives = ['EX', 'PX', 'PXAT', 'KEEPTTL'].filter((word) => said.has(word));
    if (lives.length > 1 || (said.has('NX') && said.has('XX'))) return wrongSyntax;
    const found = this.#held.get(key);
    let until = said.has('KEEPTTL') ? found?.until : undefined;
    if (lives[0] !== undefined && lives[0] !== 'KEEPTTL') {
      const amount = Number(options[options.lastIndexOf(lives[0]) + 1]);
      if (amount <= 0) return "(error) ERR invalid expire time in 'set' command";
      until = lives[0] === 'PXAT' ? amount : this.now + amount * (lives[0] === 'EX' ? 1_000 : 1);
    }
    const isAllowed = found === undefined ? !said.has('XX') : !said.has('NX');
    if (isAllowed) this.#put(key, value, until);
    return said.has('GET') ? textOrNone(found) : isAllowed ? ok : none;
  }

  #getEx(key: string, [option, amount]: readonly string[]): string {
    const found = this.#held.get(key);
    if (found === undefined) return none;
    const shown = text(found.text);
    if (option === 'PERSIST' && found.until !== undefined) this.#put(key, found.text, undefined);
    if (option === 'PX') {
      if (Number(amount) <= 0) return "(error) ERR invalid expire time in 'getex' command";
      this.#put(key, found.text, this.now + Number(amount));
    }
    return shown;
  }

  #count(key: string, by: string): string {
    const found = this.#held.get(key);
    const sum = /^-?\d+$/.test(found?.text ?? '0') ? BigInt(found?.text ?? 0) + BigInt(by) : undefined;
    if (sum === undefined || String(BigInt(found?.text ?? 0)) !== (found?.text ?? '0')) return noNumber;
    if (sum !== BigInt.asIntN(64, sum)) return '(error) ERR increment or decrement would overflow';
    this.#put(key, String(sum), found?.until);
    return whole(sum);
  }

  #expire(key: string, at: number, flag: string | undefined): string {
    const found = this.#held.get(key);
    if (found === undefined) return whole(0);
    const { until } = found;
    if (flag === 'NX' && until !== undefined) return whole(0);
    if (flag === 'XX' && until === undefined) return whole(0);
    if (flag === 'GT' && at <= (until ?? Infinity)) return whole(0);
    if (flag === 'LT' && at >= (until ?? Infinity)) return whole(0);
    if (at <= this.now) this.#drop(key);
    else this.#put(key, found.text, at);
    return whole(1);
  }

  #rename(from: string, to: string): string {
    const found = this.#held.get(from);
    if (found === undefined) return '(error) ERR no such key';
    if (from === to) return ok;
    this.#drop(from);
    this.#put(to, found.text, found.until);
    return ok;
  }

  #put(key: string, value: string, until: number | undefined): void {
    this.#held.set(key, { text: value, until });
    this.#changes.set(key, this.#changesOf(key) + 1);
  }

  #drop(key: string): boolean {
    if (this.#held.delete(key)) this.#changes.set(key, this.#changesOf(key) + 1);
    else return false;
    return true;
  }

  #changesOf(key: string): number {
    return this.#changes.get(key) ?? 0;
  }

  #forgetOld(): void {
    for (const [key, { until }] of this.#held) if (until !== undefined && this.now > until) this.#drop(key);
  }
}

function textOrNone(found: Held | undefined): string {
  return found === undefined ? none : text(found.text);
}
