// A retraced run as lines that people read: who did what, and below it what came of it: messages, notes, answers, and the
// parts of the state that changed.
import { formatDuration } from '../../sim/time.ts';
import type { Json, NodeId } from '../../sim/protocol.ts';
import { inWords } from '../../sim/transcript.ts';
import type { Action } from './action.ts';
import { survivalInWords } from './crashes.ts';
import { encode } from './encoding.ts';
import { describePartition } from './partitions.ts';
import type { PlainTransition } from './plain.ts';
import type { Retraced } from './retrace.ts';
import type { Draw } from './turn.ts';

/** One action of a run in words. */
export interface Narrated {
  /** `n1 → n2`, `n1`, or `world`. */
  readonly who: string;
  readonly what: string;
  /** What came of it, each in a few words; empty where nothing did. */
  readonly effects: readonly string[];
}

/** The actions of a run, in order. */
export function narrate({ transitions, path, prepared }: Retraced): readonly Narrated[] {
  const nameOf = (process: number): NodeId => prepared.processes[process]?.id ?? '';
  return transitions.map((transition, index) => {
    const { who, what } = act(transition.action);
    const { outcome, thrown } = transition;
    if (thrown !== undefined) return { who, what, effects: [thrown] };
    const process = outcome?.component.process ?? -1;
    const before = path[index]?.components[process];
    const changes =
      before === undefined || outcome === undefined || outcome.notes.length > 0
        ? []
        : changesBetween(before.state, outcome.component.state);
    return { who, what, effects: [...consequences(transition, nameOf), ...changes] };
  });
}

/** The run as aligned lines, numbered, those of the consequences indented. */
export function transcriptOf(narrated: readonly Narrated[]): readonly string[] {
  const places = String(narrated.length).length;
  const whoWidth = narrated.reduce((width, { who }) => Math.max(width, who.length), 0);
  const indent = ' '.repeat(places + whoWidth + 4);
  return narrated.flatMap(({ who, what, effects }, index) => [
    `${String(index + 1).padStart(places)}  ${who.padEnd(whoWidth)}  ${what}`,
    ...effects.map((consequence) => `${indent}  · ${consequence}`),
  ]);
}

function act(action: Action): { readonly who: string; readonly what: string } {
  const draws = drawsInWords(action.draws);
  switch (action.type) {
    case 'deliver':
      return { who: `${action.from} → ${action.to}`, what: message(action.message) + draws };
    case 'drop':
      return { who: `${action.from} → ${action.to}`, what: `${message(action.message)} is lost` };
    case 'duplicate':
      return { who: `${action.from} → ${action.to}`, what: `${message(action.message)} is doubled` };
    case 'timer':
      return { who: action.node, what: `timer ${action.timer}${draws}` };
    case 'begin':
      return { who: action.node, what: `begins its next operation${draws}` };
    case 'crash':
      return { who: action.node, what: `crashes${survivalInWords(action.survival)}` };
    case 'crash inside': {
      const { who, what } = act(action.during);
      const count = `${action.after} ${action.after === 1 ? 'effect' : 'effects'}`;
      return { who, what: `${what}${draws}: crashes after ${count}${survivalInWords(action.survival)}` };
    }
    case 'client crash':
      return { who: action.node, what: `crashes and starts afresh${draws}` };
    case 'restart':
      return { who: action.node, what: `restarts${draws}` };
    case 'partition':
      return { who: 'world', what: `partition ${describePartition(action.partition)}` };
    case 'heal':
      return { who: 'world', what: 'the partition heals' };
  }
}

function consequences({ outcome }: PlainTransition, nameOf: (process: number) => NodeId): readonly string[] {
  if (outcome === undefined) return [];
  const { sends, notes, clientEvents } = outcome;
  const sent = new Map<string, string[]>();
  for (const { to, message: body } of sends) {
    const text = message(body);
    sent.set(text, [...(sent.get(text) ?? []), nameOf(to)]);
  }
  return [
    ...notes.map(({ kind, data }) => [kind, ...inWords(data).split(' ').filter(Boolean)].join(' ')),
    ...clientEvents.map(({ type, f, value, error }) => operationInWords(type, f, value, error)),
    ...[...sent].map(([text, to]) => `sends ${text} to ${to.join(', ')}`),
  ];
}

function operationInWords(type: string, f: string, value: Json, error: string | undefined): string {
  const what = value === null ? f : `${f} ${typeof value === 'string' ? value : inWords(value)}`;
  const why = error === undefined ? '' : ` (${error})`;
  return `${type === 'info' ? 'unknown' : type} ${what}${why}`;
}

const mostChanges = 4;
const longestValue = 28;

/** The top-level parts of a state that changed: `term 0 → 1`. */
function changesBetween(before: object | null, after: object | null): readonly string[] {
  if (before === null || after === null) return [];
  const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => encode(old[key], 'a state') !== encode(now[key], 'a state'),
  );
  const words = changed.slice(0, mostChanges).map((key) => {
    const [from, to] = [valueInWords(old[key]), valueInWords(now[key])];
    if (to.length > longestValue) return `${key} changes`;
    return from.length > longestValue || isContainer(now[key]) ? `${key} is ${to}` : `${key} ${from} → ${to}`;
  });
  if (words.length === 0) return [];
  return [words.join(', ') + (changed.length > mostChanges ? ', …' : '')];
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function valueInWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || typeof value !== 'object') return inWords(value as Json);
  if (value instanceof Map || value instanceof Set) return `${value.size} of them`;
  const text = inWords(value as Json);
  return Array.isArray(value) ? text : `{${text}}`;
}

function message(body: object): string {
  return inWords(body as Json);
}

function drawsInWords(draws: readonly Draw[] = []): string {
  if (draws.length === 0) return '';
  const words = draws.map((draw) =>
    typeof draw === 'number' ? `draws ${draw}` : `its clock shows ${formatDuration(draw.clock)}`,
  );
  return ` (${words.join(', ')})`;
}
