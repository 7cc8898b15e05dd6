// The lattice of isolation models and which anomalies each forbids: what an anomaly rules out, and what is left standing.
// Adya 1999, "Weak Consistency"; Bailis et al. 2013, "Highly Available Transactions"; Cerone, Bernardi & Gotsman 2015.
import type { AnomalyName } from './anomalies.ts';
import { impliedAnomalies } from './anomalies.ts';

/** Each model with the weaker ones that it implies directly, the weakest first. `strong-` models respect real time. */
const weaker = {
  'read-uncommitted': [], // Adya's PL-1
  'read-committed': ['read-uncommitted'], // PL-2
  'monotonic-view': ['read-committed'], // PL-2L
  'monotonic-snapshot-read': ['read-committed'], // PL-MSR
  'monotonic-atomic-view': ['read-committed'], // Bailis
  'cursor-stability': ['read-committed'], // PL-CS
  'read-atomic': ['monotonic-atomic-view'], // Cerone
  'update-atomic': ['read-atomic'], // ROLA: Liu et al. 2018
  'causal-cerone': ['read-atomic'],
  prefix: ['causal-cerone'],
  'parallel-snapshot-isolation': ['causal-cerone', 'update-atomic'],
  'consistent-view': ['cursor-stability', 'monotonic-view'], // PL-2+
  'forward-consistent-view': ['consistent-view'], // PL-FCV
  'update-serializable': ['forward-consistent-view'], // PL-3U
  'repeatable-read': ['cursor-stability', 'monotonic-atomic-view'], // PL-2.99
  'snapshot-isolation': [
    'forward-consistent-view',
    'monotonic-atomic-view',
    'monotonic-snapshot-read',
    'parallel-snapshot-isolation',
    'prefix',
  ],
  serializable: ['repeatable-read', 'update-serializable', 'snapshot-isolation'], // PL-3
  'strong-session-read-uncommitted': ['read-uncommitted'],
  'strong-session-read-committed': ['read-committed', 'strong-session-read-uncommitted'],
  'strong-session-snapshot-isolation': ['snapshot-isolation', 'strong-session-read-committed'], // Daudjee & Salem 2006
  'strong-session-serializable': ['serializable', 'strong-session-snapshot-isolation'], // Daudjee & Salem 2004
  'strong-read-uncommitted': ['strong-session-read-uncommitted'],
  'strong-read-committed': ['strong-session-read-committed', 'strong-read-uncommitted'],
  'strong-snapshot-isolation': ['strong-session-snapshot-isolation', 'strong-read-committed'],
  'strict-serializable': ['strong-session-serializable', 'strong-snapshot-isolation'], // PL-SS
} as const;

/** Names as in Elle and at jepsen.io/consistency. */
export type IsolationModel = keyof typeof weaker;

/** All models, weaker ones before the stronger ones that imply them. */
export const isolationModels = Object.keys(weaker) as readonly IsolationModel[];

/** What a model forbids beyond what the weaker ones do that it implies. */
const forbids: Partial<Record<IsolationModel, readonly AnomalyName[]>> = {
  // No history of Adya's holds a version that nobody wrote, two orders of the versions, or one version twice.
  'read-uncommitted': ['G0', 'duplicate-elements', 'cyclic-versions', 'garbage-read'],
  'read-committed': ['G1a', 'G1b', 'G1c'],
  'monotonic-view': ['non-monotonic-read'],
  'monotonic-atomic-view': ['non-monotonic-read'],
  'cursor-stability': ['lost-update'],
  'read-atomic': ['internal', 'future-read', 'fractured-read'],
  'update-atomic': ['lost-update'],
  'consistent-view': ['G-single-item'],
  'repeatable-read': ['G2-item', 'lost-update'],
  'snapshot-isolation': ['G-nonadjacent-item'],
  'strong-session-read-uncommitted': ['G0-process'],
  'strong-session-read-committed': ['G1c-process'],
  'strong-session-snapshot-isolation': ['G-nonadjacent-item-process'],
  'strong-session-serializable': ['G2-item-process'],
  'strong-read-uncommitted': ['G0-realtime'],
  'strong-read-committed': ['G1c-realtime'],
  'strong-snapshot-isolation': ['G-nonadjacent-item-realtime'],
  'strict-serializable': ['G2-item-realtime'],
};

/** The model itself and all weaker ones that it implies. */
export function impliedModels(model: IsolationModel): ReadonlySet<IsolationModel> {
  const implied = new Set<IsolationModel>([model]);
  for (const one of implied) for (const other of weaker[one]) implied.add(other);
  return implied;
}

/** Whether a history with this anomaly cannot satisfy the model. */
export function isForbidden(anomaly: AnomalyName, model: IsolationModel): boolean {
  const consequences = impliedAnomalies(anomaly);
  for (const implied of impliedModels(model)) {
    if (forbids[implied]?.some((name) => consequences.has(name))) return true;
  }
  return false;
}

/** Whether the model promises anything of real time. */
export function needsRealTime(model: IsolationModel): boolean {
  return impliedModels(model).has('strong-read-uncommitted');
}

/** Where anomalies leave a history in the lattice. */
export interface ModelBoundary {
  /** The weakest models that are ruled out. */
  readonly not: readonly IsolationModel[];
  /** The stronger ones, which are ruled out with them. */
  readonly alsoNot: readonly IsolationModel[];
  /** The strongest models that are not ruled out; all weaker ones stand with them. */
  readonly strongest: readonly IsolationModel[];
}

/** Divides the models into those that the anomalies rule out and those that still stand. */
export function drawBoundary(anomalies: readonly AnomalyName[]): ModelBoundary {
  const impossible = isolationModels.filter((model) => anomalies.some((anomaly) => isForbidden(anomaly, model)));
  const possible = isolationModels.filter((model) => !impossible.includes(model));
  const isAlone = (model: IsolationModel, among: readonly IsolationModel[]) =>
    !among.some((other) => other !== model && impliedModels(model).has(other));
  const not = impossible.filter((model) => isAlone(model, impossible));
  return {
    not,
    alsoNot: impossible.filter((model) => !not.includes(model)),
    strongest: possible.filter(
      (model) => !possible.some((other) => other !== model && impliedModels(other).has(model)),
    ),
  };
}

/** What the model means, in half a sentence. */
export function describeModel(model: IsolationModel): string {
  if (model === 'strict-serializable') return 'strict serializability';
  return model.replaceAll('-', ' ');
}
