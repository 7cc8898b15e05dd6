// The catalog: which nodes and services there are, and the health checks on them. Consul's leader registers what gossip
// tells of nodes (the check `serfHealth`), agents register their services.
import { invalidate, type Invalidation } from './sessions.ts';
import type { CatalogNode, CatalogService, CheckStatus, ConsulState, HealthCheck, Table } from './types.ts';

/** The check of a node that says what gossip knows of it. */
export const serfHealth = 'serfHealth';

export interface Registration {
  readonly node: string;
  readonly address: string;
  readonly service?: Pick<CatalogService, 'id' | 'service' | 'tags' | 'port'>;
  readonly checks?: readonly Pick<HealthCheck, 'id' | 'name' | 'status' | 'output' | 'serviceId'>[];
}

/** Without a service and a check, the whole node goes. */
export interface Deregistration {
  readonly node: string;
  readonly serviceId?: string;
  readonly checkId?: string;
}

export type Registered =
  | { readonly type: 'registered'; readonly invalidated: readonly Invalidation[] }
  | { readonly type: 'error'; readonly error: string };

/** Adds or changes what differs; what is the same already keeps its index. Checks that turn critical end sessions. A check of a
 * service that is not there is an error, and nothing is registered. */
export function register(state: ConsulState, request: Registration, index: number): Registered {
  const { node, address, service, checks = [] } = request;
  const isOrphan = checks.some(
    ({ serviceId }) => serviceId !== '' && serviceId !== service?.id && !state.services.has(placeOf(node, serviceId)),
  );
  if (isOrphan) return { type: 'error', error: 'Missing service registration' };
  const known = state.nodes.get(node);
  if (known === undefined || known.address !== address) {
    const registered: CatalogNode = {
      name: node,
      address,
      createIndex: known?.createIndex ?? index,
      modifyIndex: index,
    };
    state.nodes.set(node, registered);
    state.tables.nodes = index;
    touchServicesOf(state, node, index);
  }
  if (service !== undefined) registerService(state, node, service, index);
  return { type: 'registered', invalidated: checks.flatMap((check) => registerCheck(state, node, check, index)) };
}

function registerService(
  state: ConsulState,
  node: string,
  service: Pick<CatalogService, 'id' | 'service' | 'tags' | 'port'>,
  index: number,
): void {
  const place = placeOf(node, service.id);
  const known = state.services.get(place);
  const isSame =
    known !== undefined &&
    known.service === service.service &&
    known.port === service.port &&
    known.tags.join('\n') === service.tags.join('\n');
  if (isSame) return;
  state.services.set(place, { node, ...service, createIndex: known?.createIndex ?? index, modifyIndex: index });
  state.tables.services = index;
  state.serviceIndices.set(service.service, index);
  if (known !== undefined && known.service !== service.service) lostInstance(state, known.service, index);
}

function registerCheck(
  state: ConsulState,
  node: string,
  check: Pick<HealthCheck, 'id' | 'name' | 'status' | 'output' | 'serviceId'>,
  index: number,
): readonly Invalidation[] {
  const place = placeOf(node, check.id);
  const known = state.checks.get(place);
  const isSame =
    known !== undefined &&
    known.status === check.status &&
    known.output === check.output &&
    known.name === check.name &&
    known.serviceId === check.serviceId;
  if (isSame) return [];
  state.checks.set(place, { node, ...check, createIndex: known?.createIndex ?? index, modifyIndex: index });
  state.tables.checks = index;
  touchChecked(state, node, check.serviceId, index);
  return check.status === 'critical' ? endSessionsOf(state, node, check.id, index) : [];
}

/** Removes a check, a service with its checks, or a node with all that it has. */
export function deregister(
  state: ConsulState,
  { node, serviceId, checkId }: Deregistration,
  index: number,
): readonly Invalidation[] {
  if (checkId !== undefined) return removeCheck(state, node, checkId, index);
  const checks = [...state.checks.values()].filter(
    (check) => check.node === node && (serviceId === undefined || check.serviceId === serviceId),
  );
  const ended = checks.flatMap(({ id }) => removeCheck(state, node, id, index));
  const services = [...state.services.values()].filter(
    (service) => service.node === node && (serviceId === undefined || service.id === serviceId),
  );
  for (const { id, service } of services) {
    state.services.delete(placeOf(node, id));
    state.tables.services = index;
    lostInstance(state, service, index);
  }
  if (serviceId !== undefined || !state.nodes.delete(node)) return ended;
  state.tables.nodes = index;
  const orphans = [...state.sessions.values()].filter((session) => session.node === node);
  return [...ended, ...orphans.flatMap(({ id }) => invalidate(state, id, index))];
}

function removeCheck(state: ConsulState, node: string, id: string, index: number): readonly Invalidation[] {
  const known = state.checks.get(placeOf(node, id));
  if (known === undefined) return [];
  state.checks.delete(placeOf(node, id));
  state.tables.checks = index;
  touchChecked(state, node, known.serviceId, index);
  return endSessionsOf(state, node, id, index);
}

function endSessionsOf(state: ConsulState, node: string, check: string, index: number): readonly Invalidation[] {
  const bound = [...state.sessions.values()].filter(
    (session) => session.node === node && session.checks.includes(check),
  );
  return bound.flatMap(({ id }) => invalidate(state, id, index));
}

/** The index that a blocking query on a service waits on: that of the service itself, so that others wake nobody. One without
 * instances has the index of the latest extinction, and before the first that of all `tables` that it may come from. */
export function serviceIndex(state: ConsulState, service: string, ...tables: readonly Table[]): number {
  const known = state.serviceIndices.get(service);
  if (known !== undefined) return known;
  return state.tables.extinctions || Math.max(...tables.map((table) => state.tables[table]));
}

/** A check of a service is part of it, a check of a node is part of all services there. */
function touchChecked(state: ConsulState, node: string, serviceId: string, index: number): void {
  if (serviceId === '') return touchServicesOf(state, node, index);
  const service = state.services.get(placeOf(node, serviceId));
  if (service !== undefined) state.serviceIndices.set(service.service, index);
}

function touchServicesOf(state: ConsulState, node: string, index: number): void {
  for (const service of state.services.values()) {
    if (service.node === node) state.serviceIndices.set(service.service, index);
  }
}

function lostInstance(state: ConsulState, service: string, index: number): void {
  if ([...state.services.values()].some((each) => each.service === service)) {
    state.serviceIndices.set(service, index);
    return;
  }
  state.serviceIndices.delete(service);
  state.tables.extinctions = index;
}

/** One instance of a service with the checks on it and on its node. */
export interface ServiceHealth {
  readonly service: CatalogService;
  readonly checks: readonly HealthCheck[];
  /** The worst of its checks. */
  readonly status: CheckStatus;
}

/** The instances of a service; with `passing` only those of which every check passes. */
export function serviceHealth(state: ConsulState, name: string, passing: boolean): readonly ServiceHealth[] {
  return [...state.services.values()]
    .filter(({ service }) => service === name)
    .map((service) => {
      const checks = [...state.checks.values()].filter(
        ({ node, serviceId }) => node === service.node && (serviceId === '' || serviceId === service.id),
      );
      return { service, checks, status: worst(checks.map(({ status }) => status)) };
    })
    .filter(({ status }) => !passing || status === 'passing');
}

function worst(statuses: readonly CheckStatus[]): CheckStatus {
  if (statuses.includes('critical')) return 'critical';
  return statuses.includes('warning') ? 'warning' : 'passing';
}

function placeOf(node: string, id: string): string {
  return `${node}/${id}`;
}
