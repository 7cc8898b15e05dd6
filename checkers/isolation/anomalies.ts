// The anomalies by name, which of them imply which others, and how bad they are: the order in which they are reported.
// Adya 1999, sections 3 to 4; Kingsbury & Alvaro, "Elle" (VLDB 2020), section 5; Cerone & Gotsman 2016 for G-nonadjacent.

/** Cycles by the edges that they need: write dependencies alone, with reads, with one anti-dependency, with more. */
export const cycleFamilies = ['G0', 'G1c', 'G-single-item', 'G-nonadjacent-item', 'G2-item'] as const;
export type CycleFamily = (typeof cycleFamilies)[number];

/** Which order besides that of the data closes the cycle: none, the order of a session, real time. */
export const cycleLayers = ['', '-process', '-realtime'] as const;
export type CycleLayer = (typeof cycleLayers)[number];
export type CycleName = `${CycleFamily}${CycleLayer}`;

/** Anomalies that are seen without a cycle. */
export type DirectName =
  | 'duplicate-elements'
  | 'cyclic-versions'
  | 'garbage-read'
  | 'incompatible-order'
  | 'dirty-update'
  | 'G1a'
  | 'G1b'
  | 'future-read'
  | 'internal'
  | 'lost-update'
  | 'non-monotonic-read'
  | 'fractured-read'
  | 'causality-violation';

export type AnomalyName = CycleName | DirectName;

/** All names, in the order in which they are reported: the worst first. */
export const anomalyNames: readonly AnomalyName[] = [
  'garbage-read',
  'duplicate-elements',
  'cyclic-versions',
  'incompatible-order',
  'dirty-update',
  'internal',
  'future-read',
  'G0',
  'G1a',
  'G1b',
  'G1c',
  'lost-update',
  'non-monotonic-read',
  'fractured-read',
  'G-single-item',
  'G-nonadjacent-item',
  'G2-item',
  'causality-violation',
  ...cycleFamilies.map((family) => `${family}-process` as const),
  ...cycleFamilies.map((family) => `${family}-realtime` as const),
];

/** What an anomaly is, as a sentence for people. */
export const anomalyMeanings: Readonly<Record<CycleFamily | DirectName, string>> = {
  G0: 'dirty write: writes of committed transactions interleave in opposite orders',
  G1a: 'aborted read: a transaction read what a failed transaction wrote',
  G1b: 'intermediate read: a transaction read a version that its writer overwrote itself',
  G1c: 'circular information flow: transactions read and overwrite each other in a circle',
  'G-single-item': 'read skew: a transaction missed a write that it depends on',
  'G-nonadjacent-item': 'transactions missed writes in a circle, each with a dependency in between (long fork)',
  'G2-item': 'transactions missed writes of each other in a circle',
  'duplicate-elements': 'a list held an element more than once that was appended once',
  'cyclic-versions': 'the versions of a key were observed in contradictory orders',
  'garbage-read': 'a transaction read a value that nobody wrote',
  'incompatible-order': 'two reads of a list saw its elements in contradictory orders',
  'dirty-update': 'a committed transaction updated a version that a failed transaction wrote',
  'future-read': 'a transaction read what it wrote only later',
  internal: 'a transaction contradicted its own earlier reads and writes',
  'non-monotonic-read':
    'a transaction read a version older than what it had read before shows, whatever the order of versions',
  'fractured-read': 'a transaction saw others only in part, whatever the order of versions',
  'causality-violation':
    'a transaction missed what came before what it saw, given the order of sessions, whatever the order of versions',
  'lost-update': 'transactions read the same version of a key and all overwrote it',
};

/** Direct implications; each family implies its own variants with more orders. */
const implications: Readonly<Partial<Record<AnomalyName, readonly AnomalyName[]>>> = {
  'incompatible-order': ['G1a'],
  'dirty-update': ['G1a'],
  'future-read': ['G1c'],
  'lost-update': ['G2-item'],
  'non-monotonic-read': ['fractured-read'],
  // Each order of the versions shows one or the other: it agrees with all that was forced, which is a circle of dependencies
  // (G1c), or not, and then the read that forced a pair of writes precedes a write that it depends on (G-single). What forbids
  // the latter forbids the former.
  'fractured-read': ['causality-violation', 'G-single-item'],
  'causality-violation': ['G-single-item-process'],
  ...Object.fromEntries(
    cycleLayers.flatMap((layer, index) => {
      const next = cycleLayers[index + 1];
      const follows: readonly (readonly [CycleFamily, readonly CycleFamily[]])[] = [
        ['G0', ['G1c']],
        ['G1c', []],
        ['G-single-item', ['G-nonadjacent-item']],
        ['G-nonadjacent-item', ['G2-item']],
        ['G2-item', []],
      ];
      return follows.map(([family, others]) => [
        `${family}${layer}`,
        [...others.map((other) => `${other}${layer}`), ...(next === undefined ? [] : [`${family}${next}`])],
      ]);
    }),
  ),
};

/** The anomaly and all that it implies. */
export function impliedAnomalies(anomaly: AnomalyName): ReadonlySet<AnomalyName> {
  const implied = new Set<AnomalyName>([anomaly]);
  for (const one of implied) for (const other of implications[one] ?? []) implied.add(other);
  return implied;
}
