// Faults as data. Every fault is a small JSON value with the true time at which it begins and, where it lasts, for how
// long; a schedule is a list of them: drawn by a seed, edited by hand, shrunk, shared.
import { z } from 'zod';
import type { NodeId } from './protocol.ts';
import { formatDuration, type Micros } from './time.ts';

const instant = z.int().nonnegative().describe('microseconds of true time since the start');
const duration = z.int().positive().describe('microseconds');
/** A node's name, or `@role` for the node that plays the role when the fault strikes, for example `@leader`. */
const node = z.string().min(1);
const nodes = z.array(node).min(1);
const lasting = { for: duration.optional() };
const perMillion = z.int().min(0).max(1_000_000);

/**
 * When a crash strikes after it was armed: at once; when the node next starts to sync, so that nothing of it is durable;
 * right after its next sync, before any later effect; or after its next `effects` effects (sends, syncs, responses).
 */
const aim = {
  when: z.enum(['now', 'before-sync', 'after-sync', 'after-effects']).optional(),
  effects: z.int().positive().optional(),
};

const link = { from: nodes, to: nodes };

export const faultSchema = z.discriminatedUnion('type', [
  // Processes. A crash loses the process's memory only; a power loss also decides the fate of unsynced writes.
  z.strictObject({ type: z.literal('crash'), node, ...aim, ...lasting }),
  z.strictObject({
    type: z.literal('power-loss'),
    node,
    unsynced: z.enum(['lost', 'kept', 'torn']),
    ...aim,
    ...lasting,
  }),
  z.strictObject({ type: z.literal('restart'), node }),
  z.strictObject({ type: z.literal('pause'), node, ...lasting }),
  z.strictObject({
    type: z.literal('slow-cpu'),
    node,
    perEvent: duration,
    factor: z.int().positive().optional(),
    ...lasting,
  }),
  // Links. Nodes that no group names keep all their links.
  z.strictObject({ type: z.literal('partition'), groups: z.array(nodes).min(2), ...lasting }),
  z.strictObject({ type: z.literal('isolate'), node, direction: z.enum(['both', 'in', 'out']).optional(), ...lasting }),
  z.strictObject({ type: z.literal('one-way'), ...link, ...lasting }),
  z.strictObject({ type: z.literal('bridge'), left: nodes, right: nodes, ...lasting }),
  z.strictObject({ type: z.literal('ring'), order: nodes.min(3), ...lasting }),
  z.strictObject({ type: z.literal('hold'), ...link, ...lasting }),
  z.strictObject({ type: z.literal('flap'), ...link, period: duration, ...lasting }),
  z.strictObject({ type: z.literal('slow-link'), ...link, add: duration, ...lasting }),
  z.strictObject({ type: z.literal('lossy-link'), ...link, loss: perMillion, ...lasting }),
  z.strictObject({ type: z.literal('duplicating-link'), ...link, duplicate: perMillion, ...lasting }),
  z.strictObject({ type: z.literal('reordering-link'), ...link, reorder: perMillion, ...lasting }),
  // Single messages of one link, by their numbers there, counted from 0 when the fault begins: what is left when the
  // smallest run that shows something is looked for.
  z.strictObject({
    type: z.literal('lose-messages'),
    from: nodes.length(1),
    to: nodes.length(1),
    places: z.array(z.int().nonnegative()).min(1).max(100_000),
    ...lasting,
  }),
  // The same messages later by so much, or, with `copy`, in time and once more so much later. All others travel as they
  // would have: a late one keeps nobody behind it waiting, and nothing is drawn.
  z.strictObject({
    type: z.literal('delay-messages'),
    from: nodes.length(1),
    to: nodes.length(1),
    places: z.array(z.int().nonnegative()).min(1).max(100_000),
    by: duration,
    copy: z.boolean().optional(),
    ...lasting,
  }),
  // Clocks. Jumps and strobes move the wall clock; drift and freeze move both.
  z.strictObject({ type: z.literal('clock-jump'), node, by: z.int() }),
  z.strictObject({ type: z.literal('clock-drift'), node, ppm: z.int().min(-900_000).max(9_000_000), ...lasting }),
  z.strictObject({ type: z.literal('clock-strobe'), node, by: z.int(), period: duration, ...lasting }),
  z.strictObject({ type: z.literal('clock-freeze'), node, ...lasting }),
  // Disks.
  z.strictObject({ type: z.literal('disk-stall'), node, ...lasting }),
  z.strictObject({ type: z.literal('disk-slow'), node, add: duration, ...lasting }),
  z.strictObject({ type: z.literal('disk-full'), node, ...lasting }),
  z.strictObject({ type: z.literal('disk-unreadable'), node, ...lasting }),
  z.strictObject({ type: z.literal('disk-lie'), node, ...lasting }),
  z.strictObject({ type: z.literal('bit-rot'), node }),
  z.strictObject({ type: z.literal('disk-wipe'), node }),
  // Ends every fault in force and restarts every node that is down.
  z.strictObject({ type: z.literal('heal') }),
]);

export type Fault = z.infer<typeof faultSchema>;

export const timedFaultSchema = z.strictObject({ at: instant, fault: faultSchema });

/** A fault and the true time at which it begins, in microseconds. */
export interface TimedFault {
  readonly at: Micros;
  readonly fault: Fault;
}

/** Bad input of a user: says where, what was expected and what came. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/**
 * Validates a fault schedule that came from outside.
 * @throws InputError that names the field, what was expected and what was found.
 */
export function parseFaults(
  input: unknown,
  known: { nodes: readonly NodeId[]; roles: readonly string[] },
): TimedFault[] {
  const faults = parseWith(z.array(timedFaultSchema), input, 'faults') as TimedFault[];
  const names = new Set([...known.nodes, ...known.roles.map((role) => `@${role}`)]);
  faults.forEach(({ fault }, index) => {
    for (const [field, name] of namesIn(fault)) {
      if (!names.has(name)) {
        throw new InputError(
          `faults[${index}].fault.${field}: expected one of ${[...names].join(', ')}, found ${JSON.stringify(name)}`,
        );
      }
    }
  });
  return faults;
}

/** Parses with a zod schema; the error names the first bad field under `root`. */
export function parseWith<T>(schema: z.ZodType<T>, input: unknown, root: string): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = (issue?.path ?? [])
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  const found = (issue?.path ?? []).reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown>)?.[part],
    input,
  );
  throw new InputError(`${root}${path}: ${issue?.message ?? 'invalid'}, found ${printFound(found)}`);
}

function printFound(found: unknown): string {
  const text = found === undefined ? 'nothing' : JSON.stringify(found);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Every node name in a fault, with the field it stands in. */
export function namesIn(fault: Fault): [field: string, name: string][] {
  const found: [string, string][] = [];
  for (const field of ['node', 'groups', 'from', 'to', 'left', 'right', 'order'] as const) {
    const value = (fault as Partial<Record<typeof field, NodeId | NodeId[] | NodeId[][]>>)[field];
    if (value !== undefined) for (const name of [value].flat(2)) found.push([field, name]);
  }
  return found;
}

/** A fault in a few words, for transcripts and stories. */
export function describeFault(fault: Fault): string {
  const { type, ...rest } = fault;
  const details = Object.entries(rest).map(([key, value]) => {
    if (key === 'node') return String(value);
    if (key === 'groups') return (value as string[][]).map((group) => group.join(' ')).join(' | ');
    if (key === 'for' || key === 'by' || key === 'add' || key === 'period' || key === 'perEvent')
      return `${key} ${Number(value) < 0 ? '-' : ''}${formatDuration(Math.abs(Number(value)))}`;
    if (key === 'loss' || key === 'duplicate' || key === 'reorder') return `${key} ${Number(value) / 10_000} %`;
    return `${key} ${Array.isArray(value) ? value.join(' ') : String(value)}`;
  });
  return [type, ...details].join(' ');
}
