// Runs what a client sends: a command at once, or queued in a transaction, or a script of several. It answers, and the turn
// says what else has to happen.
import { commands, type Command } from './commands.ts';
import { hasRunOut } from './keyspace.ts';
import { readInteger } from './numbers.ts';
import { array, bulk, error, integer, nil, notAnInteger, ok, queued, type Reply } from './reply.ts';
import { noScript, ScriptAborted, type Script } from './scripts.ts';
import { connectionOf, isSubscribed, type Connection, type Turn } from './state.ts';

/** Scripts by digest: what a script's text stands for is its name here. */
export type Scripts = Readonly<Record<string, Script>>;

/** Runs one command of a client. */
export function execute(turn: Turn, words: readonly string[], scripts: Scripts): Reply {
  const connection = connectionOf(turn.state, turn.client);
  const name = words[0]?.toUpperCase() ?? '';
  if (isSubscribed(connection) && !whileSubscribed.has(name) && isKnown(name)) return refuse(connection, listens(name));
  const control = controls[name];
  if (control !== undefined) {
    const refusal = arityRefusal(name, words.length, control.arity);
    if (refusal !== undefined) return refuse(connection, refusal);
    if (connection.queue === null || control.runsInTransaction) return control.run(turn, connection, words, scripts);
  }
  const refusal = control === undefined ? refusalOf(turn, words) : undefined;
  if (refusal !== undefined) return refuse(connection, refusal);
  if (connection.queue !== null) {
    connection.queue.push(words);
    return queued;
  }
  return call(turn, words);
}

const whileSubscribed = new Set(['SUBSCRIBE', 'UNSUBSCRIBE', 'PSUBSCRIBE', 'PUNSUBSCRIBE', 'PING', 'RESET']);

function isKnown(name: string): boolean {
  return commands.has(name) || controls[name] !== undefined;
}

function listens(name: string): Reply {
  const allowed = '(P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET';
  return error(`ERR Can't execute '${name.toLowerCase()}': only ${allowed} are allowed in this context`);
}

/** A command that cannot be queued makes EXEC abort. */
function refuse(connection: Connection, refusal: Reply): Reply {
  if (connection.queue !== null) connection.refused = true;
  return refusal;
}

function call(turn: Turn, words: readonly string[]): Reply {
  const command = commands.get(words[0]?.toUpperCase() ?? '');
  return refusalOf(turn, words) ?? (command as Command).run(turn, words.slice(1));
}

function refusalOf(turn: Turn, words: readonly string[]): Reply | undefined {
  const [name = '', ...args] = words;
  const command = commands.get(name.toUpperCase());
  if (command === undefined) return unknownCommand(name, args);
  if (command.writes && turn.state.role === 'replica') {
    return error("READONLY You can't write against a read only replica.");
  }
  return arityRefusal(name, words.length, command.arity);
}

/** At most 128 characters of the name and of what came with it are shown. */
function unknownCommand(name: string, args: readonly string[]): Reply {
  let shown = '';
  for (const argument of args) if (shown.length < 128) shown += `'${argument.slice(0, 128 - shown.length)}' `;
  return error(`ERR unknown command '${name.slice(0, 128)}', with args beginning with: ${shown}`);
}

/** Why so many words are not a call of the command, if they are not. */
export function arityRefusal(name: string, words: number, arity: number): Reply | undefined {
  const fits = arity < 0 ? words >= -arity : words === arity;
  return fits ? undefined : error(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}

/** Commands about the connection rather than the keyspace. */
interface Control {
  readonly arity: number;
  /** Whether it takes effect at once within a transaction, instead of being queued. */
  readonly runsInTransaction: boolean;
  run(turn: Turn, connection: Connection, words: readonly string[], scripts: Scripts): Reply;
}

const controls: Readonly<Record<string, Control | undefined>> = {
  MULTI: { arity: 1, runsInTransaction: true, run: multi },
  EXEC: { arity: 1, runsInTransaction: true, run: exec },
  DISCARD: { arity: 1, runsInTransaction: true, run: discard },
  WATCH: { arity: -2, runsInTransaction: true, run: watch },
  UNWATCH: { arity: 1, runsInTransaction: false, run: (_turn, connection) => unwatch(connection) },
  EVAL: { arity: -3, runsInTransaction: false, run: (turn, _c, words, scripts) => evaluate(turn, words, scripts) },
  EVALSHA: { arity: -3, runsInTransaction: false, run: evalSha },
  SCRIPT: { arity: -2, runsInTransaction: false, run: script },
  RESET: { arity: 1, runsInTransaction: true, run: reset },
  SUBSCRIBE: { arity: -2, runsInTransaction: false, run: subscribeTo('channels', 'subscribe') },
  UNSUBSCRIBE: { arity: -1, runsInTransaction: false, run: unsubscribeFrom('channels', 'unsubscribe') },
  PSUBSCRIBE: { arity: -2, runsInTransaction: false, run: subscribeTo('patterns', 'psubscribe') },
  PUNSUBSCRIBE: { arity: -1, runsInTransaction: false, run: unsubscribeFrom('patterns', 'punsubscribe') },
};

function multi(_turn: Turn, connection: Connection): Reply {
  if (connection.queue !== null) return error('ERR MULTI calls can not be nested');
  connection.queue = [];
  connection.refused = false;
  return ok;
}

/** Nothing is rolled back: a command that fails leaves the effects of the others as they are. */
function exec(turn: Turn, connection: Connection, _words: readonly string[], scripts: Scripts): Reply {
  const { queue, refused } = connection;
  if (queue === null) return error('ERR EXEC without MULTI');
  const isDirty = connection.dirty || watchedKeyRanOut(turn, connection);
  endTransaction(connection);
  if (refused) return error('EXECABORT Transaction discarded because of previous errors.');
  if (isDirty) return nil;
  return array(queue.map((words) => execute(turn, words, scripts)));
}

/** A key that ran out since it was watched refuses the transaction; one that had run out before does not. */
function watchedKeyRanOut(turn: Turn, { watched }: Connection): boolean {
  return [...watched].some(([key, hadRunOut]) => {
    const entry = turn.state.entries.get(key);
    return !hadRunOut && entry !== undefined && hasRunOut(turn, entry);
  });
}

function discard(_turn: Turn, connection: Connection): Reply {
  if (connection.queue === null) return error('ERR DISCARD without MULTI');
  endTransaction(connection);
  return ok;
}

function endTransaction(connection: Connection): void {
  connection.queue = null;
  connection.refused = false;
  unwatch(connection);
}

function watch(turn: Turn, connection: Connection, [, ...keys]: readonly string[]): Reply {
  if (connection.queue !== null) return error('ERR WATCH inside MULTI is not allowed');
  for (const key of keys) {
    const entry = turn.state.entries.get(key);
    if (!connection.watched.has(key)) connection.watched.set(key, entry !== undefined && hasRunOut(turn, entry));
  }
  return ok;
}

function unwatch(connection: Connection): Reply {
  connection.watched.clear();
  connection.dirty = false;
  return ok;
}

/** The connection is as if it were new. */
function reset({ state, client }: Turn): Reply {
  state.connections.delete(client);
  return { type: 'status', text: 'RESET' };
}

/** EVAL script numkeys key ... argument ...: a script's text is its name. */
function evaluate(turn: Turn, [, name = '', count = '', ...rest]: readonly string[], scripts: Scripts): Reply {
  const keyCount = readInteger(count);
  if (keyCount === undefined) return notAnInteger;
  if (keyCount > BigInt(rest.length)) return error("ERR Number of keys can't be greater than number of args");
  if (keyCount < 0n) return error("ERR Number of keys can't be negative");
  const found = scripts[name];
  if (found === undefined) return error(`ERR Error compiling script: there is no script ${JSON.stringify(name)}`);
  turn.state.scripts.add(name);
  const keys = rest.slice(0, Number(keyCount));
  try {
    return found((...words) => callInScript(turn, words), keys, rest.slice(Number(keyCount)));
  } catch (thrown) {
    if (thrown instanceof ScriptAborted) return error(`${thrown.message} script: ${name}, on @user_script:1.`);
    throw thrown;
  }
}

function callInScript(turn: Turn, words: readonly string[]): Reply {
  const name = words[0]?.toUpperCase() ?? '';
  const command = commands.get(name);
  if (controls[name] !== undefined || name === 'WAIT') {
    throw new ScriptAborted('ERR This Redis command is not allowed from script');
  }
  if (command === undefined) throw new ScriptAborted('ERR Unknown Redis command called from script');
  if (arityRefusal(name, words.length, command.arity) !== undefined) {
    throw new ScriptAborted('ERR Wrong number of args calling Redis command from script');
  }
  const reply = call(turn, words);
  if (reply.type === 'error') throw new ScriptAborted(reply.text);
  return reply;
}

function evalSha(turn: Turn, _connection: Connection, words: readonly string[], scripts: Scripts): Reply {
  return turn.state.scripts.has(words[1] ?? '') ? evaluate(turn, words, scripts) : noScript;
}

function script(turn: Turn, _connection: Connection, words: readonly string[], scripts: Scripts): Reply {
  const [, subcommand = '', ...names] = words;
  switch (subcommand.toUpperCase()) {
    case 'LOAD': {
      const name = names[0] ?? '';
      if (scripts[name] === undefined)
        return error(`ERR Error compiling script: there is no script ${JSON.stringify(name)}`);
      turn.state.scripts.add(name);
      return bulk(name);
    }
    case 'EXISTS':
      return array(names.map((name) => integer(turn.state.scripts.has(name) ? 1 : 0)));
    case 'FLUSH':
      turn.state.scripts.clear();
      return ok;
    default:
      return error(`ERR unknown subcommand '${subcommand}'. Try SCRIPT HELP.`);
  }
}

type Subscriptions = 'channels' | 'patterns';

/** Each channel is confirmed by an answer of its own: `subscribe`, its name, and how many the client listens to now. */
function subscribeTo(kind: Subscriptions, word: string): Control['run'] {
  return (_turn, connection, [, ...names]) => {
    const confirmations = names.map((name) => {
      connection[kind].add(name);
      return confirmation(word, bulk(name), connection);
    });
    return together(confirmations);
  };
}

function unsubscribeFrom(kind: Subscriptions, word: string): Control['run'] {
  return (_turn, connection, [, ...names]) => {
    const gone = names.length === 0 ? [...connection[kind]] : names;
    if (gone.length === 0) return confirmation(word, nil, connection);
    const confirmations = gone.map((name) => {
      connection[kind].delete(name);
      return confirmation(word, bulk(name), connection);
    });
    return together(confirmations);
  };
}

function confirmation(word: string, name: Reply, { channels, patterns }: Connection): Reply {
  return array([bulk(word), name, integer(channels.size + patterns.size)]);
}

/** Several answers to one command are put into one. */
function together(replies: readonly Reply[]): Reply {
  return replies.length === 1 ? (replies[0] as Reply) : array(replies);
}
