// What a fleet decides without a server: which servers will do, which files count, how long it waits and what it says meanwhile.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { judgeServer } from '../../cli/fleet-connection.ts';
import { codeDigest, scenarioDigest } from '../../cli/fleet-digest.ts';
import { misfitOf } from '../../cli/fleet-registry.ts';
import { Vigil } from '../../cli/fleet-vigil.ts';
import { packageVersion } from '../../cli/version.ts';
import { temporaryFolder } from './command.ts';

describe('a server', () => {
  const judge = (...lines: string[]): string[] => {
    const warnings: string[] = [];
    judgeServer(['# Server', ...lines, ''].join('\r\n'), 'redis://there', (text) => void warnings.push(text));
    return warnings;
  };

  test.each([
    [['redis_version:6.0.16'], 'redis://there is Redis 6.0.16: a fleet needs 6.2 or later'],
    [['redis_version:4.0.9'], 'is Redis 4.0.9'],
    [['redis_version:7.2.4', 'redis_mode:cluster'], 'is a Redis Cluster: a fleet needs a single server'],
    [['redis_version:7.2.4', 'redis_mode:standalone', 'role:slave'], 'is a read-only replica'],
    [['memcached:1'], 'answers, but not as a Redis does'],
  ])('that says %j is refused', (lines, sentence) => {
    expect(() => judge(...lines)).toThrow(sentence);
  });

  test('that throws data away when it is full is used with a warning', () => {
    expect(judge('redis_version:6.2.0', 'maxmemory:0', 'maxmemory_policy:allkeys-lru', 'role:master')).toEqual([]);
    expect(judge('redis_version:10.1.0', 'maxmemory:1000', 'maxmemory_policy:allkeys-lru')).toEqual([
      expect.stringContaining('throws data away when its memory is full (allkeys-lru)'),
    ]);
  });
});

describe('a scenario file', () => {
  test('counts with all that it imports by relative paths, and with nothing else', () => {
    const folder = temporaryFolder();
    const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    const digest = (): string | undefined => scenarioDigest(join(folder, 'main.ts'));
    expect(digest()).toBeUndefined();
    write('main.ts', "import { a } from './a.js';\nexport * from './b';\nimport zod from 'zod';\n");
    write('a.ts', "const lazy = () => import('./c.ts');");
    write('b.ts', "import './b.ts';");
    write('c.ts', '1');
    write('d.ts', '1');
    const before = digest();
    expect(before).toMatch(/^[0-9a-f]{12}$/);
    write('d.ts', '2');
    expect(digest()).toBe(before);
    const seen = new Set([before]);
    for (const name of ['a.ts', 'b.ts', 'c.ts', 'main.ts']) {
      write(
        name,
        `${name === 'c.ts' ? '2' : "export * from './a'; export * from './b'; import('./c.ts');"} // changed`,
      );
      seen.add(digest());
    }
    expect(seen.size).toBe(5);
  });

  test('of a campaign must be here, and the same, and so must the code', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'mine.ts');
    writeFileSync(path, 'export const mine = 1;\n');
    const fitting = {
      ...{ id: '1', scenario: 'mine', host: 'there', reference: `${path}#mine+core`, watchdogMs: 1 },
      ...{ version: packageVersion(), code: codeDigest(), file: scenarioDigest(path) ?? null },
      plan: { start: 1, stride: 1, parameters: {} },
    };
    expect(misfitOf(fitting)).toBeUndefined();
    expect(misfitOf({ ...fitting, version: '99.0.0' })).toContain('it was begun by faultline 99.0.0');
    expect(misfitOf({ ...fitting, code: '0123456789ab' })).toContain('but their code differs (0123456789ab there');
    expect(misfitOf({ ...fitting, file: '0123456789ab' })).toContain('or what it imports, differs (0123456789ab there');
    expect(misfitOf({ ...fitting, reference: `${folder}/gone.ts` })).toContain('there is no file');
    expect(misfitOf({ ...fitting, reference: 'raft', file: null })).toBeUndefined();
  });
});

describe('a campaign that waits', () => {
  let said: string[] = [];
  let lostMs = 0;
  let vigil: Vigil;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
    [said, lostMs] = [[], 0];
    vigil = new Vigil({ address: 'redis://there', lostMs: () => lostMs }, (line) => void said.push(line));
  });
  afterEach(() => void vi.useRealTimers());

  test('for a lost server says so once, gives up after a minute, and goes on when it is there again', () => {
    lostMs = 900;
    expect([vigil.checkServer(), said]).toEqual([undefined, []]);
    lostMs = 59_000;
    for (const _ of [1, 2]) expect(vigil.checkServer()).toBeUndefined();
    expect(said).toEqual(['redis://there: the connection is lost; trying for a minute']);
    lostMs = 61_000;
    expect(vigil.checkServer()).toBe('redis://there: the connection is lost, and a minute of trying did not help');
    lostMs = 0;
    vigil.hear();
    expect(vigil.checkServer()).toBeUndefined();
    expect(said.at(-1)).toBe('redis://there: there again');
  });

  test('for a server that only refuses, or never answers, gives up as well', () => {
    vigil.hear(new Error('OOM command not allowed'));
    vi.advanceTimersByTime(30_000);
    vigil.hear(new Error('OOM command not allowed'));
    expect(vigil.checkServer()).toBeUndefined();
    expect(said).toEqual(['redis://there: OOM command not allowed; trying for a minute']);
    vi.advanceTimersByTime(31_000);
    expect(vigil.checkServer()).toContain('OOM command not allowed');
    vigil.hear();
    expect(vigil.checkServer()).toBeUndefined();
    vi.advanceTimersByTime(61_000);
    expect(vigil.checkServer()).toContain('it does not answer');
  });

  test('for workers waits without end, but for twenty seconds only once somebody has refused and nobody works', () => {
    vi.advanceTimersByTime(10_001);
    expect(vigil.checkWorkers()).toBeUndefined();
    expect(said).toEqual([expect.stringContaining('npx faultline worker --fleet redis://there')]);
    vi.advanceTimersByTime(3_600_000);
    expect(vigil.checkWorkers()).toBeUndefined();
    vigil.refused('w', 'no such file');
    vi.advanceTimersByTime(19_000);
    vigil.stir();
    vi.advanceTimersByTime(19_000);
    expect(vigil.checkWorkers()).toBeUndefined();
    vi.advanceTimersByTime(2_000);
    expect(vigil.checkWorkers()).toBe('no worker runs these seeds, and 1 worker refused: no such file');
    expect(said.filter((line) => line.includes('refuses'))).toEqual(['warning: worker w refuses: no such file']);
  });
});
