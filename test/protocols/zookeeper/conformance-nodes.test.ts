// What a real three-node ensemble was seen to do with nodes, versions, sequence numbers and transactions, asked of the
// simulated one.
import { describe, expect, test } from 'vitest';
import type { Answer, ServiceRequest } from '../../../protocols/zookeeper/index.ts';
import { epochOf } from '../../../protocols/zab/index.ts';
import { answersTo, ask, converse, create, errors, get, remove, set, stat } from './ensemble.ts';

const sequential = (path: string): ServiceRequest => create(path, { mode: 'persistent-sequential' });
const paths = (answers: readonly Answer[]): (string | undefined)[] => answers.map(({ result }) => result.path);

describe('nodes and versions', () => {
  test('Z01 a created node has versions 0, all zxids of its transaction, and no owner', () => {
    const [made] = answersTo(create('/a'));
    const { zxid } = made!;
    expect(stat(made)).toMatchObject({ czxid: zxid, mzxid: zxid, pzxid: zxid, version: 0, cversion: 0, aversion: 0 });
    expect(stat(made)).toMatchObject({ ephemeralOwner: 0, dataLength: 1, numChildren: 0 });
    expect(stat(made).ctime).toBe(stat(made).mtime);
  });

  test('Z02 Z03 creating an existing path is NodeExists, below a missing one NoNode', () => {
    expect(errors(answersTo(create('/a'), create('/a'), create('/b/c')))).toEqual(['OK', 'NodeExists', 'NoNode']);
  });

  test('Z04 Z06 the same bytes again are a new version with the zxid and time of the write, and the old czxid', () => {
    const said = converse([ask('c1', create('/a')), ask('c1', set('/a'))]);
    const before = stat(said.answer(0));
    const after = said.answer(1);
    expect(stat(after)).toMatchObject({ version: 1, czxid: before.czxid, mzxid: after.zxid, ctime: before.ctime });
    expect(stat(after).mtime).toBeGreaterThan(before.mtime);
    expect(stat(after).pzxid).toBe(before.pzxid);
  });

  test('Z05 a wrong version is BadVersion, and the refused write has a zxid of its own', () => {
    const answers = answersTo(create('/a'), set('/a', 5), set('/a'));
    expect(errors(answers)).toEqual(['OK', 'BadVersion', 'OK']);
    expect(answers[1]!.zxid).toBe(answers[0]!.zxid + 1);
    expect(answers[2]!.zxid).toBe(answers[0]!.zxid + 2);
  });

  test('Z07 Z08 the right version succeeds, and -1 is any', () => {
    const answers = answersTo(create('/a'), set('/a', 0), set('/a', 1), set('/a', -1));
    expect(answers.slice(1).map(({ result }) => result.stat?.version)).toEqual([1, 2, 3]);
  });

  test('Z09 Z10 deletes go by versions, too, and a node with children stays', () => {
    const answers = answersTo(
      create('/a'),
      remove('/a', 3),
      create('/a/b'),
      remove('/a'),
      remove('/a/b'),
      remove('/a', 0),
    );
    expect(errors(answers)).toEqual(['OK', 'BadVersion', 'OK', 'NotEmpty', 'OK', 'OK']);
  });

  test('Z11 a node that is created again begins anew', () => {
    const answers = answersTo(create('/a'), set('/a'), remove('/a'), create('/a'));
    expect(stat(answers[3])).toMatchObject({ version: 0, czxid: answers[3]!.zxid, mzxid: answers[3]!.zxid });
  });

  test('Z12 children count in cversion when they come and when they go, and move pzxid, but not when they change', () => {
    const answers = answersTo(create('/a'), create('/a/b'), set('/a/b'), remove('/a/b'), get('/a'));
    expect(stat(answers[4])).toMatchObject({ cversion: 2, version: 0, numChildren: 0, pzxid: answers[3]!.zxid });
    expect(stat(answers[4]).mzxid).toBe(answers[0]!.zxid);
  });

  test('the root has cversion -1 before anything was created', () => {
    const answers = answersTo({ type: 'exists', path: '/' }, create('/a'), { type: 'exists', path: '/' });
    expect(stat(answers[0])).toMatchObject({ cversion: -1, numChildren: 1, czxid: 0 });
    expect(stat(answers[2])).toMatchObject({ cversion: 0, numChildren: 2, pzxid: answers[1]!.zxid });
  });

  test('Z47 the zxid is the epoch above 32 bits, and a counter', () => {
    const answers = answersTo(create('/a'), set('/a'));
    expect(answers.map(({ zxid }) => epochOf(zxid))).toEqual([1, 1]);
    expect(answers[1]!.zxid - answers[0]!.zxid).toBe(1);
  });

  test('Z48 reads carry the zxid of the state that they saw, and use none', () => {
    const answers = answersTo(create('/a'), get('/a'), get('/nope'), create('/b'));
    expect(answers.map(({ zxid }) => zxid - answers[0]!.zxid)).toEqual([0, 0, 0, 1]);
  });

  test('data may be absent, which is no length', () => {
    const answers = answersTo(
      create('/a', { data: null }),
      get('/a'),
      { type: 'setData', path: '/a', data: 'häß' },
      get('/a'),
    );
    expect(answers.map(({ result }) => [result.data, result.stat?.dataLength])).toEqual([
      [undefined, 0],
      [null, 0],
      [undefined, 5],
      ['häß', 5],
    ]);
  });
});

describe('sequence numbers', () => {
  test('Z13 are ten digits, for each parent from 0', () => {
    const answers = answersTo(
      create('/q'),
      sequential('/q/s-'),
      sequential('/q/s-'),
      sequential('/q/t-'),
      create('/r'),
      sequential('/r/s-'),
    );
    expect(paths(answers)).toEqual([
      '/q',
      '/q/s-0000000000',
      '/q/s-0000000001',
      '/q/t-0000000002',
      '/r',
      '/r/s-0000000000',
    ]);
  });

  test('Z14 Z17 never come twice: a delete neither frees nor skips one', () => {
    const answers = answersTo(create('/q'), sequential('/q/s-'), remove('/q/s-0000000000'), sequential('/q/s-'));
    expect(answers[3]!.result.path).toBe('/q/s-0000000001');
  });

  test('Z15 count every create below the parent, sequential or not', () => {
    const answers = answersTo(create('/q'), create('/q/plain'), sequential('/q/s-'));
    expect(answers[2]!.result.path).toBe('/q/s-0000000001');
  });

  test('Z16 are not used up by a create that fails', () => {
    const answers = answersTo(create('/q'), create('/q/a'), create('/q/a'), sequential('/q/t-'));
    expect(paths(answers)[3]).toBe('/q/t-0000000001');
  });

  test('Z18 begin at 0 below a parent that was created again', () => {
    const answers = answersTo(
      create('/q'),
      sequential('/q/s-'),
      remove('/q/s-0000000000'),
      remove('/q'),
      create('/q'),
      sequential('/q/s-'),
    );
    expect(answers[5]!.result.path).toBe('/q/s-0000000000');
  });

  test('Z19 of one multi follow each other', () => {
    const one = { type: 'create', path: '/q/m-', mode: 'persistent-sequential' } as const;
    const [, multi] = answersTo(create('/q'), { type: 'multi', operations: [one, one] });
    expect(multi!.result.results!.map(({ path }) => path)).toEqual(['/q/m-0000000000', '/q/m-0000000001']);
  });

  test('may make a name of themselves', () => {
    expect(paths(answersTo(create('/q'), sequential('/q/')))[1]).toBe('/q/0000000000');
  });
});

describe('transactions', () => {
  test('Z40 all parts have one zxid, and later ones see earlier ones', () => {
    const operations = [
      { type: 'create', path: '/a' },
      { type: 'create2', path: '/a/b' },
      { type: 'setData', path: '/a/b', data: 'y' },
    ] as const;
    const [multi, read] = answersTo({ type: 'multi', operations }, get('/a/b'));
    expect(multi!.result.results!.map(({ error }) => error)).toEqual(['OK', 'OK', 'OK']);
    expect(stat(read)).toMatchObject({ czxid: multi!.zxid, mzxid: multi!.zxid, version: 1 });
  });

  test('Z41 one failure undoes all: OK before it, the error, RuntimeInconsistency after it', () => {
    const operations = [
      { type: 'create', path: '/b' },
      { type: 'setData', path: '/a', data: '', version: 9 },
      { type: 'delete', path: '/a' },
    ] as const;
    const answers = answersTo(create('/a'), { type: 'multi', operations }, get('/b'), get('/a'), create('/c'));
    expect(answers[1]!.result).toEqual({
      error: 'OK',
      results: [{ error: 'OK' }, { error: 'BadVersion' }, { error: 'RuntimeInconsistency' }],
    });
    expect(errors(answers.slice(2))).toEqual(['NoNode', 'OK', 'OK']);
    // It used up one zxid.
    expect(answers[4]!.zxid).toBe(answers[1]!.zxid + 1);
  });

  test('Z42 a check guards the others and changes nothing', () => {
    const guarded = (version: number): ServiceRequest => ({
      type: 'multi',
      operations: [
        { type: 'check', path: '/a', version },
        { type: 'create', path: `/b${version}` },
      ],
    });
    const answers = answersTo(create('/a'), guarded(0), guarded(1), get('/a'));
    expect(answers.slice(1, 3).map(({ result }) => result.results!.map(({ error }) => error))).toEqual([
      ['OK', 'OK'],
      ['BadVersion', 'RuntimeInconsistency'],
    ]);
    expect(stat(answers[3]).version).toBe(0);
  });

  test('Z43 reads in one request are independent', () => {
    const operations = [
      { type: 'getData', path: '/a' },
      { type: 'getData', path: '/nope' },
      { type: 'getChildren', path: '/a' },
    ] as const;
    const [, , read] = answersTo(create('/a'), create('/a/b'), { type: 'multiRead', operations });
    expect(read!.result.results).toMatchObject([
      { error: 'OK', data: 'x' },
      { error: 'NoNode' },
      { error: 'OK', children: ['b'] },
    ]);
  });

  test('a request for anything but data and children in one cannot be read', () => {
    const operations = [
      { type: 'getData', path: '/a' },
      { type: 'exists', path: '/a' },
    ] as const;
    expect(answersTo(create('/a'), { type: 'multiRead', operations })[1]!.result).toEqual({
      error: 'MarshallingError',
    });
  });

  test('an empty transaction is one', () => {
    const [empty, made] = answersTo({ type: 'multi', operations: [] }, create('/a'));
    expect(empty!.result).toEqual({ error: 'OK', results: [] });
    expect(made!.zxid).toBe(empty!.zxid + 1);
  });
});
