// What a smaller run may not go beyond, so that it fails for the same reason as the one it was made of: it names nobody who is not
// there, breaks no more at once than the run that it came from, and nothing that was whole there. A protocol that trusts its links
// or its disks would else be shown to fail where nothing was promised.
import {
  InputError,
  namesIn,
  type Fault,
  type Micros,
  type NodeId,
  type Operation,
  type Scenario,
  type World,
} from '../../sim/index.ts';
import type { Case } from '../case.ts';
import { mostImpaired } from '../impairment.ts';

export interface Limits {
  /** Kinds of faults that the run had. */
  readonly kinds: ReadonlySet<Fault['type']>;
  /** The share of the messages that could get lost, in a million: all of them where something cut links or killed nodes. */
  readonly loss: number;
  /** How many nodes it impaired at once, and of how many. */
  readonly impaired: number;
  readonly nodes: number;
  /**
   * Whose each operation is, where it must stay so: clients ask for one thing at a time, and fewer of them with all the work may
   * wait for each other where the many would have got their answers.
   */
  readonly clientOf?: ReadonlyMap<number, NodeId>;
}

export function limitsOf(
  scenario: Scenario,
  { parameters, faults, until, workload }: Case,
  needsWork: boolean,
): Limits {
  const world = scenario.world(parameters);
  const kinds = new Set(faults.map(({ fault }) => fault.type));
  const { network } = world;
  const links = [network, ...(network.links ?? [])];
  return {
    kinds,
    loss: [...kinds].some((kind) => losing.has(kind)) ? 1_000_000 : Math.max(...links.map(({ loss = 0 }) => loss)),
    impaired: mostImpaired(faults, healAtOf(world, until)),
    nodes: world.nodes.length,
    ...(needsWork ? { clientOf: new Map(workload.map(({ id, client }) => [id, client])) } : {}),
  };
}

/** The case with nobody in it but who is there; undefined where the scenario refuses it, or it breaks too much at once. */
export function fitToWorld(scenario: Scenario, changed: Case, limits: Limits): Case | undefined {
  const world = worldOf(scenario, changed);
  if (world === undefined) return undefined;
  const clients = new Set(world.clients.map(({ id }) => id));
  const { clientOf } = limits;
  const isMoved = ({ id, client }: Operation): boolean => !clients.has(client) || clientOf?.get(id) !== client;
  if (clientOf !== undefined && changed.workload.some(isMoved)) return undefined;
  const roles = Object.keys(world.roles ?? {}).map((role) => `@${role}`);
  const everyone = new Set([...world.nodes.map(({ id }) => id), ...clients, ...roles]);
  const faults = changed.faults.filter(({ fault }) => namesIn(fault).every(([, name]) => everyone.has(name)));
  if (mostImpaired(faults, healAtOf(world, changed.until)) > mostAllowed(limits, world.nodes.length)) return undefined;
  return { ...changed, faults, workload: changed.workload.filter(({ client }) => clients.has(client)) };
}

/** Where a minority was impaired, a minority may be; where more was, as much. */
function mostAllowed({ impaired, nodes }: Limits, now: number): number {
  const minority = (count: number): number => Math.floor((count - 1) / 2);
  return impaired <= minority(nodes) ? Math.min(impaired, minority(now)) : impaired;
}

function worldOf(scenario: Scenario, { parameters }: Case): World | undefined {
  try {
    return scenario.world(parameters);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * How many of so many messages may be lost: as many as the network may well lose by chance, which is three standard deviations
 * more than its share. A failure detector is allowed to be wrong where all are lost.
 */
export function mostLost({ loss }: Limits, messages: number): number {
  const share = loss / 1_000_000;
  const mean = messages * share;
  return Math.floor(mean + 3 * Math.sqrt(mean * (1 - share)));
}

/** When nothing is broken any more. */
export const healAtOf = ({ tail }: Pick<World, 'tail'>, until: Micros): Micros => Math.max(0, until - tail);

/** Faults with which messages get lost: a cut loses what is on its way, and nobody hears for one who is dead. */
const losing: ReadonlySet<Fault['type']> = new Set([
  ...(['lossy-link', 'flap', 'partition', 'isolate', 'one-way', 'bridge', 'ring'] as const),
  ...(['crash', 'power-loss', 'lose-messages'] as const),
]);
