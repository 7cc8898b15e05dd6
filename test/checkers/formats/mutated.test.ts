// Files of every format with bytes drawn, changed, cut out and doubled: each is read, or refused at a place in it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyFormats, readHistories, type HistoryFormat } from '../../../checkers/formats/index.ts';
import { textOf } from '../../../cli/history-file.ts';
import { InputError } from '../../../sim/fault.ts';

const samples: Readonly<Record<HistoryFormat, string>> = {
  'jepsen-edn':
    '{:type :invoke, :f :txn, :value [[:r 1 nil] [:append 2 #{3}]], :process 0, :time 12, :index 0}\n' +
    '{:type :ok, :f :txn, :value [[:r 1 [4 5]] [:append 2 3N]], :process 0, :time 13, :index 1, :error "no\\u00e9"}\n',
  'jepsen-json':
    '[{"type":"invoke","f":"read","value":null,"process":0},\n {"type":"ok","f":"read","value":{"a":1e3},"process":0}]',
  'jepsen-json-lines':
    '{"id":"one","opts":{},"history":[{"type":"ok","f":"a","process":0,"value":[1]}],"result":{"valid?":true}}\n' +
    '{"id":"two","history":[{"type":"invoke","f":"acquire","process":1,"token":3},{"type":"ok","f":"acquire","process":1}]}\n',
  'jepsen-log': 'INFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.util - 0\t:ok\t:read\t[1 2]\n',
  'porcupine-kv':
    '{:process 0, :type :invoke, :f :get, :key "0", :value nil}\n{:process 0, :type :ok, :f :get, :key "0", :value "x"}\n',
  awdit: 'w 0 1\nr 1 2\n-----\nr 0 1\n=====\nw 1 2\n',
  polysi: 'w(1,2,0,1)\nr(1,2,1,2)\n',
  fastlin: '# queue\nenq 1 0 5\ndeq 1 3 9\n',
};

const pieces = fc.oneof(
  fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      '__proto__',
      '"__proto__":{"x":1},',
      ':__proto__ {:x 1}',
      '\u0000',
      '[',
      '}',
      '"',
      '\\u',
      '#',
      '\n',
      '99999999999999999999',
      'constructor',
    ) // prettier-ignore
    .map((text) => Buffer.from(text)),
);

/** A sample with some places replaced by pieces. */
const mutated = fc
  .record({
    format: fc.constantFrom(...historyFormats),
    edits: fc.array(fc.tuple(fc.nat(400), fc.nat(30), pieces), { minLength: 1, maxLength: 4 }),
  })
  .map(({ format, edits }) => {
    let bytes: Buffer = Buffer.from(samples[format]);
    for (const [at, length, piece] of edits) {
      const from = at % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(from + length)]);
    }
    return { format, bytes };
  });

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** Reads it; what is wrong must be an error with a place. */
async function readOrRefuse(bytes: Uint8Array, format: HistoryFormat | undefined, lenient: boolean): Promise<boolean> {
  try {
    const options = { file: 'file', lenient, ...(format && { format }) };
    await readHistories(textOf(inChunks(bytes, 7), 'file'), options);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(/^(?:file:\d+:\d+: expected |file: expected |cannot read file: )/);
    return false;
  }
}

function expectCleanPrototypes(): void {
  for (const prototype of [Object.prototype, Array.prototype]) expect(Object.keys(prototype)).toEqual([]);
}

describe('a file of history', () => {
  it.each(historyFormats)('of format %s is read as it is', async (format) => {
    expect(await readOrRefuse(Buffer.from(samples[format]), undefined, false)).toBe(true);
  });

  it('that was damaged is read, or refused at a place', { timeout: 60_000 }, async () => {
    const outcomes = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(mutated, fc.boolean(), fc.boolean(), async ({ format, bytes }, isTold, lenient) => {
        const isRead = await readOrRefuse(bytes, isTold ? format : undefined, lenient);
        outcomes[isRead ? 'read' : 'refused'] += 1;
      }),
      { seed: 3, numRuns: 2_000 },
    );
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(200);
    expectCleanPrototypes();
  });

  it('of any bytes is read, or refused at a place', { timeout: 60_000 }, async () => {
    const format = fc.option(fc.constantFrom(...historyFormats), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), format, fc.boolean(), async (bytes, told, lenient) => {
        await readOrRefuse(bytes, told, lenient);
      }),
      { seed: 4, numRuns: 1_000 },
    );
    expectCleanPrototypes();
  });
});
