// Consul's store a second time, as a beginner would write it from the documentation: tables are arrays that are copied for every
// write, nothing is shared with the real one but the shape of commands.
import type { ConsulCommand } from '../../../protocols/consul/state/machine.ts';
import type { KvWrite } from '../../../protocols/consul/state/kv.ts';
import type { TransactionOperation } from '../../../protocols/consul/state/transaction.ts';

export interface Row {
  readonly key: string;
  readonly value: string;
  readonly flags: number;
  readonly lockIndex: number;
  readonly session: string;
  readonly createIndex: number;
  readonly modifyIndex: number;
}

export interface Model {
  readonly rows: readonly Row[];
  /** Deleted keys and prefixes, with the index of the deletion. */
  readonly tombs: readonly (readonly [path: string, index: number])[];
  readonly sessions: readonly {
    readonly id: string;
    readonly node: string;
    readonly checks: readonly string[];
    readonly isDeleting: boolean;
  }[];
  readonly nodes: readonly string[];
  readonly checks: readonly { readonly node: string; readonly id: string; readonly status: string }[];
  /** The index of the last write to any key. */
  readonly last: number;
}

/** What became of a command, in words, and the model after it. */
export interface Step {
  readonly model: Model;
  readonly said: string;
}

export const emptyModel: Model = { rows: [], tombs: [], sessions: [], nodes: [], checks: [], last: 0 };

export function applyModel(model: Model, command: ConsulCommand, index: number): Step {
  switch (command.type) {
    case 'kv':
      return writeKey(model, command.write, index);
    case 'transaction':
      return transact(model, command.operations, index);
    case 'session-create': {
      const { id, node, checks = ['serfHealth'], behavior } = command.request;
      if (!model.nodes.includes(node)) return { model, said: 'error Missing node registration' };
      for (const name of checks) {
        const check = model.checks.find((each) => each.node === node && each.id === name);
        if (check === undefined) return { model, said: `error Missing check '${name}' registration` };
        if (check.status === 'critical') return { model, said: `error Check '${name}' is in critical state` };
      }
      const session = { id, node, checks, isDeleting: behavior === 'delete' };
      return { model: { ...model, sessions: [...model.sessions, session] }, said: `session ${id}` };
    }
    case 'session-destroy':
      return { model: endSessions(model, ({ id }) => id === command.session, index), said: 'done' };
    case 'register': {
      const { node, checks = [] } = command.registration;
      let after: Model = model.nodes.includes(node) ? model : { ...model, nodes: [...model.nodes, node] };
      for (const { id, status } of checks) {
        after = withCheck(after, { node, id, status });
        if (status === 'critical') {
          after = endSessions(after, (each) => each.node === node && each.checks.includes(id), index);
        }
      }
      return { model: after, said: 'done' };
    }
    case 'deregister': {
      const { node, checkId } = command.deregistration;
      const goes = (id: string): boolean => checkId === undefined || id === checkId;
      const known = new Set(model.checks.filter((each) => each.node === node && goes(each.id)).map(({ id }) => id));
      const after = {
        ...model,
        checks: model.checks.filter((each) => each.node !== node || !goes(each.id)),
        nodes: checkId === undefined ? model.nodes.filter((each) => each !== node) : model.nodes,
      };
      const ends = (each: Model['sessions'][number]): boolean =>
        each.node === node && (checkId === undefined || each.checks.some((id) => known.has(id)));
      return { model: endSessions(after, ends, index), said: 'done' };
    }
    case 'reap-tombstones':
      return { model: { ...model, tombs: model.tombs.filter(([, at]) => at > command.upTo) }, said: 'done' };
  }
}

/** The index that a blocking query on a key waits on. */
export function indexOfKey(model: Model, key: string): number {
  return model.rows.find((row) => row.key === key)?.modifyIndex ?? model.last;
}

export function indexOfPrefix(model: Model, prefix: string): number {
  if (prefix === '') return model.last;
  const living = model.rows.filter(({ key }) => key.startsWith(prefix)).map(({ modifyIndex }) => modifyIndex);
  const dead = model.tombs.filter(([path]) => path.startsWith(prefix)).map(([, at]) => at);
  const all = [...living, ...dead];
  return all.length === 0 ? model.last : Math.max(...all);
}

function writeKey(model: Model, write: KvWrite, index: number): Step {
  const { key } = write;
  const row = model.rows.find((each) => each.key === key);
  const done = (after: Model): Step => ({ model: after, said: 'done' });
  const no: Step = { model, said: 'not-done' };
  switch (write.verb) {
    case 'set':
      return done(store(model, { ...write, lockIndex: 0, session: row?.session ?? '' }, index));
    case 'cas':
      if ((row === undefined ? 0 : row.modifyIndex) !== write.index) return no;
      return done(store(model, { ...write, lockIndex: 0, session: row?.session ?? '' }, index));
    case 'lock': {
      if (write.session === '') return { model, said: 'error missing session' };
      if (!model.sessions.some(({ id }) => id === write.session)) {
        return { model, said: `error invalid session "${write.session}"` };
      }
      if (row !== undefined && row.session !== '' && row.session !== write.session) return no;
      const isAgain = row?.session === write.session;
      const count = row === undefined ? 1 : isAgain ? row.lockIndex : row.lockIndex + 1;
      return done(store(model, { ...write, lockIndex: count }, index));
    }
    case 'unlock':
      if (write.session === '') return { model, said: 'error missing session' };
      if (row === undefined || row.session !== write.session) return no;
      return done(store(model, { ...write, lockIndex: row.lockIndex, session: '' }, index));
    case 'delete':
      return done(erase(model, key, index));
    case 'delete-cas':
      if (row !== undefined && row.modifyIndex !== write.index) return no;
      return done(erase(model, key, index));
    case 'delete-tree': {
      const left = model.rows.filter((each) => !each.key.startsWith(key));
      if (left.length === model.rows.length) return done(model);
      return done({ ...model, rows: left, tombs: [...withoutTomb(model, key), [key, index]], last: index });
    }
  }
}

function store(
  model: Model,
  wanted: {
    readonly key: string;
    readonly value: string;
    readonly flags?: number;
    readonly lockIndex: number;
    readonly session: string;
  },
  index: number,
): Model {
  const { key, value, flags = 0, lockIndex, session } = wanted;
  const row = model.rows.find((each) => each.key === key);
  const before = row && [row.value, row.flags, row.lockIndex, row.session].join('\u0000');
  if (before === [value, flags, lockIndex, session].join('\u0000')) return model;
  const written: Row = {
    key,
    value,
    flags,
    lockIndex,
    session,
    createIndex: row?.createIndex ?? index,
    modifyIndex: index,
  };
  return { ...model, rows: [...model.rows.filter((each) => each.key !== key), written], last: index };
}

function erase(model: Model, key: string, index: number): Model {
  if (!model.rows.some((row) => row.key === key)) return model;
  const rows = model.rows.filter((row) => row.key !== key);
  return { ...model, rows, tombs: [...withoutTomb(model, key), [key, index]], last: index };
}

function withoutTomb({ tombs }: Model, path: string): Model['tombs'] {
  return tombs.filter(([each]) => each !== path);
}

function endSessions(model: Model, ends: (session: Model['sessions'][number]) => boolean, index: number): Model {
  let after = model;
  for (const session of model.sessions.filter(ends)) {
    after = withoutSession(after, session.id);
    for (const row of after.rows.filter((each) => each.session === session.id)) {
      after = session.isDeleting ? erase(after, row.key, index) : store(after, { ...row, session: '' }, index);
    }
  }
  return after;
}

function withoutSession(model: Model, session: string): Model {
  return { ...model, sessions: model.sessions.filter(({ id }) => id !== session) };
}

function withCheck(model: Model, check: Model['checks'][number]): Model {
  const others = model.checks.filter(({ node, id }) => node !== check.node || id !== check.id);
  return { ...model, checks: [...others, check] };
}

/** All or nothing; the numbers of the operations that fail. */
function transact(model: Model, operations: readonly TransactionOperation[], index: number): Step {
  let after = model;
  const failed: number[] = [];
  for (const [place, operation] of operations.entries()) {
    const row = after.rows.find(({ key }) => key === operation.key);
    switch (operation.verb) {
      case 'get':
        if (row === undefined) failed.push(place);
        break;
      case 'get-tree':
        break;
      case 'check-index':
        if (row?.modifyIndex !== operation.index) failed.push(place);
        break;
      case 'check-session':
        if (row?.session !== operation.session) failed.push(place);
        break;
      case 'check-not-exists':
        if (row !== undefined) failed.push(place);
        break;
      default: {
        const step = writeKey(after, operation, index);
        if (step.said !== 'done') failed.push(place);
        after = step.model;
      }
    }
  }
  if (failed.length > 0) return { model, said: `rolled-back ${failed.join(' ')}` };
  return { model: after, said: 'committed' };
}
