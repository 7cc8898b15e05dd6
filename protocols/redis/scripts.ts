// Server-side scripts. Redis runs Lua; here a script is a named function over the same commands, with the same promises: it
// runs alone, keys do not run out while it runs, and what it wrote before an error stays written.
import { error, integer, type Reply } from './reply.ts';

/** Runs one command within a script, and returns its reply; an error ends the script. */
export type Call = (...words: string[]) => Reply;

export type Script = (call: Call, keys: readonly string[], args: readonly string[]) => Reply;

/** Deletes the key if it holds the value: how a lock is released by its owner alone. */
export const compareAndDelete: Script = (call, [key = ''], [value = '']) =>
  holds(call, key, value) ? call('DEL', key) : integer(0);

/** Gives the key new milliseconds to live if it holds the value: how a lock is extended by its owner alone. */
export const compareAndExtend: Script = (call, [key = ''], [value = '', milliseconds = '']) =>
  holds(call, key, value) ? call('PEXPIRE', key, milliseconds) : integer(0);

function holds(call: Call, key: string, value: string): boolean {
  const found = call('GET', key);
  return found.type === 'bulk' && found.text === value;
}

/** The scripts that every server knows; SCRIPT LOAD makes one available to EVALSHA by its name. */
export const standardScripts: Readonly<Record<string, Script>> = {
  'compare-and-delete': compareAndDelete,
  'compare-and-extend': compareAndExtend,
};

/** What `call` throws when a command fails: the script ends with this error. */
export class ScriptAborted extends Error {
  override readonly name = 'ScriptAborted';
}

export const noScript = error('NOSCRIPT No matching script. Please use EVAL.');
