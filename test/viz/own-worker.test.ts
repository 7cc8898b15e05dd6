// What is put into a timeline of a reader's own scenario: a simulator's thread that begins without anything of Node, one for
// each file, whatever way the file exports its scenarios; and a word where there cannot be one.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findScenario } from '../../scenarios/index.ts';
import { simulate, type Protocol, type Scenario } from '../../sim/index.ts';
import { withOwnScenario } from '../../viz/own-scenario.ts';
import { parseRequest } from '../../viz/request.ts';
import { createServices } from '../../viz/worker/services.ts';
import { temporaryFolder } from '../cli/command.ts';

const root = join(import.meta.dirname, '../..');
const assets = { script: '', style: '', worker: 'ours' };
const mine = `{ ...findScenario('ping-pong'), name: 'mine' }`;

/** A project with one file, and where the file lies. */
function fileWith(name: string, text: string, type = 'module'): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/faultline'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Why the scenario `mine` of the file is not put into a timeline; undefined where it is. */
async function refusalOf(file: string): Promise<string | undefined> {
  const { worker, recordedOnly } = await withOwnScenario(assets, { name: 'mine', file });
  expect(worker === 'ours').toBe(recordedOnly !== undefined);
  return recordedOnly;
}

describe('held are', () => {
  test.each([
    ['TypeScript', 'a.ts', 'module', `export const mine: object = ${mine};`],
    ['JavaScript', 'a.mjs', 'commonjs', `export const mine = ${mine};`],
    ['TypeScript of CommonJS', 'a.ts', 'commonjs', `export const mine = ${mine};`],
  ])(
    'scenarios of a file in %s',
    async (_, name, type, text) => {
      const file = fileWith(name, `import { findScenario } from 'faultline/scenarios';\n${text}\n`, type);
      expect(await refusalOf(file)).toBeUndefined();
      expect((await withOwnScenario(assets, { name: 'mine+core', file })).recordedOnly).toBeUndefined();
    },
    30_000,
  );

  test('scenarios that a module exports by assignment, with what it imports beside it', async () => {
    const file = fileWith(
      'a.cjs',
      `const { findScenario } = require('faultline/scenarios');\nmodule.exports = { mine: { ...${mine}, ...require('./more.json') } };\n`,
    );
    writeFileSync(join(file, '../more.json'), '{ "story": "mine" }');
    expect(await refusalOf(file)).toBeUndefined();
  }, 30_000);

  test('scenarios that a test file tests, in suites or not, and none of its tests is run', async () => {
    const file = fileWith(
      'a.test.ts',
      `import { describe, expect, test } from 'vitest';
import { simTest } from 'faultline/vitest';
import { findScenario } from 'faultline/scenarios';
describe.skipIf(false)('suite', () => {
  test.each([1])('other', () => { throw new Error('run'); });
  simTest('is tested', ${mine}, { seeds: 1 });
});
`,
    );
    expect(await refusalOf(file)).toBeUndefined();
  }, 30_000);

  test('one thread for all timelines of a file: it is bundled once', async () => {
    const file = fileWith(
      'a.ts',
      `import { findScenario } from 'faultline/scenarios';\nexport const mine = ${mine};\n`,
    );
    const first = await withOwnScenario(assets, { name: 'mine', file });
    rmSync(file);
    expect(await withOwnScenario(assets, { name: 'mine', file })).toEqual(first);
  }, 30_000);
});

describe('not held are', () => {
  test.each([
    ['that need Node', `import 'node:fs/promises';`, /it imports node:fs\/promises, which is Node’s .*a\.ts:1\)$/],
    ['that need what no browser has', `export const home = process.env;`, /^a\.ts: process is not defined$/],
    ['that need a package that is not there', `import 'not-there';`, /Could not resolve "not-there" \(.*a\.ts:1\)$/],
    ['that are no program', `export const = 1;`, /^a\.ts: Expected identifier .*a\.ts:1\)$/],
    ['that wait for something', `await 1;`, /^a\.ts: Top-level await .*a\.ts:1\)$/],
    ['without the scenario', `export const other = 1;`, /^a\.ts was looked through for it, and it is not there$/],
  ])(
    'files %s',
    async (_, text, why) => {
      expect(await refusalOf(fileWith('a.ts', `${text}\n`))).toMatch(why);
    },
    30_000,
  );

  test('files that are gone', async () => {
    expect(await refusalOf(join(temporaryFolder(), 'gone.ts'))).toBe('gone.ts: the file is not there any more');
  });
});

/** All that a service tells, to its answer. */
function answerOf<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

describe('the simulator with a scenario of its reader', () => {
  test('knows it before a built-in one of the same name, and the variant that is asked for', () => {
    const own: Scenario = { ...findScenario('ping-pong'), name: 'raft', story: 'mine' };
    const services = createServices('1.0.0', { scenarios: [own], path: './a.ts' });
    const [first, ...rest] = answerOf(services.catalogue(undefined));
    expect(first).toMatchObject({ name: 'raft', story: 'mine' });
    expect(rest.map(({ name }) => name)).not.toContain('raft');
    expect(answerOf(services.catalogue('raft+core')).at(-1)).toMatchObject({ name: 'raft+core' });
    const { timeline } = answerOf(services.run({ request: parseRequest({ scenario: 'raft', seed: '2' }) }));
    expect(timeline.hash).toBe(simulate(own, { seed: '2' }).hash);
    expect(timeline.reproduce).toBe("npx faultline run './a.ts#raft' --seed=2");
    const core = answerOf(services.run({ request: parseRequest({ scenario: 'raft+core', seed: '2', faults: [] }) }));
    expect(core.timeline.reproduce).toBe("npx faultline replay raft-core-2.replay.json --scenario './a.ts#raft+core'");
  });

  test.each(['lock', 'redlock', 'etcd', 'consul', 'zookeeper'])(
    'runs one whose protocol is called %s and has states of any shape',
    (protocol) => {
      const odd = { app: null, session: null, stream: 1, step: 1, redis: { role: 'primary' }, raft: null };
      const strange: Protocol<never> = { start: () => ({ ...odd }) as never, onMessage: () => {} };
      const base = findScenario('ping-pong');
      const own: Scenario = {
        ...base,
        protocol,
        name: 'mine',
        world: (parameters) => {
          const world = base.world(parameters);
          return { ...world, nodes: world.nodes.map(({ id }) => ({ id, protocol: strange })) };
        },
      };
      const services = createServices('1.0.0', { scenarios: [own] });
      const { timeline } = answerOf(services.run({ request: { scenario: 'mine', seed: '1' } }));
      expect(timeline.hash).toBe(simulate(own, { seed: '1' }).hash);
    },
  );

  test('runs one whose model has the name of one of ours and other operations', () => {
    const base = findScenario('ping-pong');
    const own: Scenario = {
      ...base,
      name: 'mine',
      world: (parameters) => {
        const world = base.world(parameters);
        const [client = ''] = (world.clients ?? []).map(({ id }) => id);
        const judge = (): [] => [];
        return {
          ...world,
          workload: [{ id: 0, client, at: 0, f: 'cas', value: null }],
          checks: [{ name: 'linearizable cas-register', about: 'nothing', judge }],
        };
      },
    };
    const { orders } = answerOf(
      createServices('1.0.0', { scenarios: [own] }).run({ request: { scenario: 'mine', seed: '1' } }),
    );
    expect(orders).toEqual([]);
  });
});
