// The store against a naive model of etcd on drawn sequences of requests: every answer is the same, and what a watch would
// be told from any revision on is what the model remembers.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventsFrom } from '../../../protocols/etcd/events.ts';
import { execute } from '../../../protocols/etcd/execute.ts';
import { compact } from '../../../protocols/etcd/compaction.ts';
import { emptyStore } from '../../../protocols/etcd/store.ts';
import { requestFault } from '../../../protocols/etcd/validate.ts';
import type { EtcdRequest } from '../../../protocols/etcd/api.ts';
import { request } from './arbitrary.ts';
import type { Json } from '../../../sim/index.ts';
import { play } from './cluster.ts';
import { NaiveEtcd } from './naive.ts';

const sequences = fc.array(request, { minLength: 1, maxLength: 40, size: 'max' });

test('answers as the model does, and tells watches what the model remembers', { timeout: 60_000 }, () => {
  const seen = { refused: 0, answered: 0 };
  fc.assert(
    fc.property(sequences, fc.integer({ min: 0, max: 40 }), (requests, from) => {
      const store = emptyStore();
      const naive = new NaiveEtcd();
      for (const drawn of requests) {
        if (requestFault(drawn) !== undefined) continue;
        const expected = naive.run(drawn);
        const { code: _code, ...answer } = execute(store, drawn) as { type: string; code?: number };
        expect(answer).toEqual(expected);
        seen[answer.type === 'error' ? 'refused' : 'answered'] += 1;
      }
      const start = Math.max(from, store.compacted, 0);
      const { events, next } = eventsFrom(store, { key: '\0', rangeEnd: '\0' }, start, Infinity);
      expect(events.map(({ type, kv }) => [type, kv.key, kv.value, kv.modRevision])).toEqual(
        naive.events
          .filter(({ revision }) => revision >= start)
          .filter((event) => isTold(naive, event))
          .map(({ key, value, revision }) => [value === undefined ? 'delete' : 'put', key, value ?? '', revision]),
      );
      expect(next).toBe(naive.revision + 1);
      expect(store.leases.map(({ id, ttl }) => [id, ttl])).toEqual(
        [...naive.leases].sort(([one], [other]) => one - other),
      );
    }),
    { numRuns: 2_000 },
  );
  expect(seen.refused).toBeGreaterThan(1_000);
  expect(seen.answered).toBeGreaterThan(20_000);
});

test('a cluster answers as the model does, whichever members are asked', { timeout: 60_000 }, () => {
  let answered = 0;
  fc.assert(
    fc.property(sequences, fc.integer({ min: 0, max: 1_000 }), (drawn, seed) => {
      const requests = drawn.filter((one) => requestFault(one) === undefined).map(linearizable);
      const doings = requests.map((one, place) => ({
        at: 4 + place * 0.04,
        member: `n${1 + ((place + seed) % 3)}`,
        request: one,
      }));
      const naive = new NaiveEtcd();
      const { results } = play({ doings, seconds: 7, seed });
      for (const [place, result] of results.entries()) {
        const expected = naive.run(requests[place] as (typeof requests)[number]);
        if (expected.type === 'error') expect(result).toMatchObject({ type: 'fail', error: expected.error });
        else expect(withoutMember(result.value)).toEqual({ ...withoutMember(expected as unknown as Json) });
        answered++;
      }
    }),
    { numRuns: 150 },
  );
  expect(answered).toBeGreaterThan(1_000);
});

test('is told apart from a store that forgets one version too many', () => {
  const broken = (): void => {
    fc.assert(
      fc.property(sequences, (requests) => {
        const store = emptyStore();
        const naive = new NaiveEtcd();
        for (const drawn of requests) {
          if (requestFault(drawn) !== undefined) continue;
          const answer = drawn.type === 'compact' ? compact(store, drawn, () => false) : execute(store, drawn);
          const { code: _code, ...rest } = answer as { type: string; code?: number };
          expect(rest).toEqual(naive.run(drawn));
        }
      }),
      { numRuns: 3_000 },
    );
  };
  expect(broken).toThrow();
});

test('what the model and the store would refuse alike is refused before either', () => {
  const put = { type: 'put', key: 'a' } as const;
  const faulty: EtcdRequest[] = [
    { type: 'put', key: '' },
    { type: 'txn', success: [put, put] },
  ];
  expect(faulty.map((request) => requestFault(request)?.code)).toEqual([3, 3]);
});

/** A member's own store may be behind; what must not be is asked for without leave to be. */
function linearizable<R>(asked: R): R {
  return JSON.parse(JSON.stringify(asked, (name, value: unknown) => (name === 'serializable' ? false : value))) as R;
}

/** A member's header has more than the model's. */
function withoutMember(response: Json): object {
  const { header, ...rest } = response as { readonly header: { readonly revision: number } };
  return { ...rest, revision: header.revision };
}

/** A put at the compacted revision that was overwritten in that very transaction is forgotten. */
function isTold({ events, compacted }: NaiveEtcd, event: NaiveEtcd['events'][number]): boolean {
  if (event.revision > compacted) return true;
  return events.findLast(({ key, revision }) => key === event.key && revision <= compacted) === event;
}
