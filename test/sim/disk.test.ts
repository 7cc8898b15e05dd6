// A disk on its own: what is seen, what is durable, and what each kind of accident leaves of it.
import { test as propertyTest, fc } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { SimulatedDisk } from '../../sim/disk.ts';
import { DiskError, randomStream, type UnsyncedFate } from '../../sim/index.ts';

const random = randomStream('disk', 'test');
const append = (disk: SimulatedDisk, record: number, at = 0): number =>
  disk.write({ type: 'append', log: 'log', record }, at);
const set = (disk: SimulatedDisk, value: number, at = 0): number => disk.write({ type: 'set', cell: 'x', value }, at);
const records = (disk: SimulatedDisk): readonly unknown[] => disk.read('log').records;

/** A disk with two records and a cell on the platter, and two more records and a newer cell that are not synced. */
function written(): SimulatedDisk {
  const disk = new SimulatedDisk();
  for (const record of [1, 2]) append(disk, record);
  set(disk, 10);
  disk.makeDurable(3);
  for (const record of [3, 4]) append(disk, record);
  set(disk, 20);
  return disk;
}

function afterwards(fate: UnsyncedFate): SimulatedDisk {
  const disk = written();
  disk.losePower(0, fate, random);
  return disk;
}

test('writes are seen at once and durable only after a sync', () => {
  const disk = written();
  expect(records(disk)).toEqual([1, 2, 3, 4]);
  expect(disk.durable.logs.get('log')?.records).toEqual([1, 2]);
  expect(disk.durable.cells.get('x')).toBe(10);
});

describe('when power fails, unsynced writes are', () => {
  test('lost', () => {
    const disk = afterwards('lost');
    expect(records(disk)).toEqual([1, 2]);
    expect(disk.get('x')).toBe(10);
  });

  test('kept', () => {
    const disk = afterwards('kept');
    expect(records(disk)).toEqual([1, 2, 3, 4]);
    expect(disk.durable.cells.get('x')).toBe(20);
  });

  test('torn: a prefix of them survives, and half of the record behind it', () => {
    for (let time = 0; time < 50; time++) {
      const disk = afterwards('torn');
      const { records: kept, damage } = disk.read('log');
      expect([
        [1, 2],
        [1, 2, 3],
        [1, 2, 3, 4],
      ]).toContainEqual(kept);
      if (kept.length < 4) expect(damage).toEqual({ index: kept.length, type: 'torn' });
      else expect(damage).toBeUndefined();
      if (disk.get('x') === 20) expect(kept).toHaveLength(4);
      disk.write({ type: 'truncate', log: 'log', from: kept.length }, 0);
      append(disk, 9);
      expect(disk.read('log')).toEqual({ first: 0, records: [...kept, 9] });
    }
  });
});

test('what is appended behind a torn record cannot be read back', () => {
  for (let time = 0; time < 50; time++) {
    const disk = afterwards('torn');
    const { records: kept, damage } = disk.read('log');
    if (damage === undefined) continue;
    append(disk, 9);
    expect(disk.read('log')).toEqual({ first: 0, records: kept, damage: { index: kept.length, type: 'corrupt' } });
  }
});

test('what a handler would have written after the instant of the crash never happened', () => {
  const disk = new SimulatedDisk();
  append(disk, 1, 100);
  append(disk, 2, 200);
  expect(disk.losePower(150, 'kept', random)).toBe(0);
  expect(records(disk)).toEqual([1]);
});

test('a crash of the process keeps what is in the page cache, and a later power failure still takes it', () => {
  const disk = written();
  disk.crashProcess(0);
  expect(records(disk)).toEqual([1, 2, 3, 4]);
  expect(disk.unsyncedWrites).toBe(3);
  disk.losePower(0, 'lost', random);
  expect(records(disk)).toEqual([1, 2]);
});

test('a truncated tail and a trimmed head are gone, and indices stay what they were', () => {
  const disk = written();
  disk.write({ type: 'truncate', log: 'log', from: 3 }, 0);
  disk.write({ type: 'trim', log: 'log', before: 1 }, 0);
  expect(disk.read('log')).toEqual({ first: 1, records: [2, 3] });
  expect(append(disk, 5)).toBe(3);
  disk.write({ type: 'trim', log: 'log', before: 9 }, 0);
  expect(disk.read('log')).toEqual({ first: 9, records: [] });
});

test('a full disk takes no new data, but can be truncated, until the last such fault is over', () => {
  const disk = written();
  disk.full = 2;
  expect(() => append(disk, 5)).toThrow(DiskError);
  expect(() => set(disk, 5)).toThrow('no space left for cell x');
  disk.write({ type: 'truncate', log: 'log', from: 0 }, 0);
  disk.full = 1;
  expect(() => append(disk, 5)).toThrow(DiskError);
  disk.full = 0;
  expect(append(disk, 5)).toBe(0);
});

test('an unreadable disk throws on every read', () => {
  const disk = written();
  disk.unreadable = 1;
  expect(() => disk.get('x')).toThrow('cell x cannot be read');
  expect(() => disk.read('log')).toThrow('log log cannot be read');
});

test('a lying disk says that it synced and loses everything; an honest sync later makes up for it', () => {
  const disk = written();
  disk.lying = 1;
  disk.makeDurable(3);
  expect(disk.durable.cells.get('x')).toBe(10);
  disk.lying = 0;
  disk.makeDurable(disk.unsyncedWrites);
  expect(disk.durable.cells.get('x')).toBe(20);
});

describe('rot', () => {
  test('cuts a log off at the corrupt record and makes a cell unreadable, until they are written anew', () => {
    for (let time = 0; time < 30; time++) {
      const disk = written();
      const place = disk.rot(random);
      if (place === 'cell/x/0') {
        expect(() => disk.get('x')).toThrow('the checksum of cell x is wrong');
        set(disk, 5);
        expect(disk.get('x')).toBe(5);
        continue;
      }
      const index = Number(place?.slice('log/log/'.length));
      expect(disk.read('log')).toEqual({
        first: 0,
        records: [1, 2, 3, 4].slice(0, index),
        damage: { index, type: 'corrupt' },
      });
      disk.write({ type: 'truncate', log: 'log', from: index }, 0);
      expect(disk.read('log').damage).toBeUndefined();
    }
  });

  test('goes with the record that it hit, when power fails before that was synced', () => {
    const disk = new SimulatedDisk();
    append(disk, 1);
    disk.rot(random);
    disk.losePower(0, 'lost', random);
    append(disk, 2);
    expect(disk.read('log')).toEqual({ first: 0, records: [2] });
  });

  test('finds nothing on an empty disk', () => {
    expect(new SimulatedDisk().rot(random)).toBeUndefined();
  });
});

test('a wiped disk is empty, now and after a power failure', () => {
  const disk = written();
  disk.wipe();
  disk.losePower(0, 'kept', random);
  expect([records(disk), disk.get('x')]).toEqual([[], undefined]);
});

propertyTest.prop([fc.array(fc.nat(9), { maxLength: 30 }), fc.nat(30), fc.nat(1_000)])(
  'what survives is always a prefix of what was written, in order, and holds everything synced',
  (values, synced, seed) => {
    const disk = new SimulatedDisk();
    for (const value of values) append(disk, value);
    const count = Math.min(synced, values.length);
    disk.makeDurable(count);
    disk.losePower(0, 'torn', randomStream(String(seed), 'fate'));
    const survived = records(disk);
    expect(survived.length).toBeGreaterThanOrEqual(count);
    expect(survived).toEqual(values.slice(0, survived.length));
  },
);
