// Lock histories recorded on real servers while clients were stopped, with the overlaps that were counted then. They are
// not part of the project: where their folder is absent these tests are skipped.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLocks, readHistory } from '../../../checkers/index.ts';
import type { Json } from '../../../sim/protocol.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', '..', 'shared', 'histories', 'real');
const present = existsSync(path.join(folder, 'redlock-sigstop.jsonl'));
if (!present) console.warn(`skipped the recorded locks: there is no ${folder}`);

interface Meta {
  readonly acquisitions?: number;
  readonly overlaps: number;
  readonly ttlMs: number;
}

describe.skipIf(!present)('recorded locks', () => {
  const names = ['redlock-nofault', 'redlock-restart', 'redlock-sigstop', 'zk-lock-sigstop'];

  /** The history, with what the file keeps beside the values put into them. */
  const read = async (name: string) => {
    const lines = readFileSync(path.join(folder, `${name}.jsonl`), 'utf8')
      .trim()
      .split('\n');
    const events = lines.map((line) => {
      const event = JSON.parse(line) as { readonly [field: string]: Json };
      const { type, f, token, fencedAccepted } = event;
      if (type === 'ok' && f === 'acquire') return { ...event, value: { token: token ?? null } };
      if (type === 'ok' && f === 'write') return { ...event, value: fencedAccepted ?? null };
      return event;
    });
    const meta = JSON.parse(readFileSync(path.join(folder, `${name}.meta.json`), 'utf8')) as Meta;
    const text = events.map((event) => JSON.stringify(event)).join('\n');
    return { meta, history: (await readHistory([text], { file: name })).history };
  };

  it.each(names)('%s: as many grants and overlaps as were counted', async (name) => {
    const { meta, history } = await read(name);
    const { verdict, grants, overlaps } = checkLocks(history);
    expect({ grants, overlaps: overlaps.length }).toEqual({
      grants: meta.acquisitions ?? grants,
      overlaps: meta.overlaps,
    });
    expect(verdict).toBe(meta.overlaps > 0 ? 'invalid' : 'valid');
  });

  it('were given to one at a time but for clients that slept through their leases', async () => {
    const { meta, history } = await read('redlock-sigstop');
    const { evidence } = checkLocks(history, { lease: meta.ttlMs * 1_000 });
    expect(evidence.map(({ type }) => type)).toEqual(['expired-holder-acts']);
  });
});
