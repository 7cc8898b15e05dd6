// What a client agent knows by itself: the services and checks that were registered with it. It is the truth about its node; the
// catalog on the servers is a copy that anti-entropy keeps right. (Consul's agent/local and agent/checks.)
import type { Json, Micros } from '../../../sim/index.ts';
import { serfHealth, type Registration } from '../state/catalog.ts';
import type { CheckOffer, ServiceOffer, WriteRequest } from '../requests.ts';
import type { CatalogService, CheckStatus, HealthCheck } from '../state/types.ts';

/** Something local, and how the catalog stands to it. */
interface Synced {
  /** Moves with each change, so that an answer to an earlier push proves nothing. */
  readonly version: number;
  readonly inSync: boolean;
  /** Deregistered here, but not there yet. */
  readonly isGone: boolean;
}

export type LocalService = Synced & { readonly offer: ServiceOffer };

export type LocalCheck = Synced & {
  readonly offer: CheckOffer;
  readonly status: CheckStatus;
  readonly output: string;
  /** When it turns critical if nobody updates it, on the own monotonic clock; null once it did, until it is updated. */
  readonly expiresAt: Micros | null;
};

export interface LocalState {
  readonly services: Map<string, LocalService>;
  readonly checks: Map<string, LocalCheck>;
  /** Checks of which nothing but the output has changed, and when the servers are told, on the own monotonic clock. */
  readonly deferred: Map<string, Micros>;
  version: number;
}

export function emptyLocal(): LocalState {
  return { services: new Map(), checks: new Map(), deferred: new Map(), version: 0 };
}

export function addService(local: LocalState, offer: ServiceOffer): void {
  local.services.set(offer.id, { offer, version: ++local.version, inSync: false, isGone: false });
}

/** The service and its checks go. False if there is none. */
export function dropService(local: LocalState, id: string): boolean {
  const known = local.services.get(id);
  if (known === undefined || known.isGone) return false;
  local.services.set(id, { ...known, version: ++local.version, inSync: false, isGone: true });
  for (const [check, { offer }] of local.checks) if (offer.serviceId === id) dropCheck(local, check);
  return true;
}

/** A check is what it says it is, critical by default, and stays so until it is updated. */
export function addCheck(local: LocalState, offer: CheckOffer, now: Micros): void {
  const { status = 'critical' } = offer;
  const known = local.checks.get(offer.id);
  const kept =
    known === undefined || known.isGone ? { status, output: '' } : { status: known.status, output: known.output };
  const synced = { version: ++local.version, inSync: false, isGone: false };
  local.checks.set(offer.id, { offer, ...kept, ...synced, expiresAt: now + offer.ttl });
}

export function dropCheck(local: LocalState, id: string): boolean {
  const known = local.checks.get(id);
  if (known === undefined || known.isGone) return false;
  local.checks.set(id, { ...known, version: ++local.version, inSync: false, isGone: true });
  return true;
}

/** A sign of life: the check has its time again. What only the output says is told at `outputAt`, or with what else is told before:
 * outputs that change all the time would wake all who wait for news of a service's health. False if there is no such check. */
export function updateCheck(
  local: LocalState,
  { id, status, output }: { readonly id: string; readonly status: CheckStatus; readonly output: string },
  now: Micros,
  outputAt = now,
): boolean {
  const known = local.checks.get(id);
  if (known === undefined || known.isGone) return false;
  const saysOther = known.output !== output;
  const isNews = known.status !== status || (saysOther && outputAt <= now);
  if (saysOther && !isNews && !local.deferred.has(id)) local.deferred.set(id, outputAt);
  const synced = isNews ? { version: ++local.version, inSync: false } : {};
  local.checks.set(id, { ...known, ...synced, status, output, expiresAt: now + known.offer.ttl });
  return true;
}

/** Outputs that have waited until now are to be told. */
export function releaseOutputs(local: LocalState, now: Micros): void {
  for (const [id, at] of local.deferred) {
    if (at > now) continue;
    local.deferred.delete(id);
    const known = local.checks.get(id);
    if (known !== undefined) local.checks.set(id, { ...known, version: ++local.version, inSync: false });
  }
}

/** When the next output has waited long enough. */
export function nextOutput({ deferred }: LocalState): Micros {
  return Math.min(...deferred.values());
}

/** Checks that nobody updated in time turn critical. Returns which. */
export function expireChecks(local: LocalState, now: Micros): readonly string[] {
  const expired: string[] = [];
  for (const [id, check] of local.checks) {
    if (check.isGone || check.expiresAt === null || check.expiresAt > now) continue;
    const last = check.output === '' ? '' : ` (last output before timeout follows): ${check.output}`;
    const synced = check.status === 'critical' ? {} : { version: ++local.version, inSync: false };
    local.checks.set(id, { ...check, ...synced, status: 'critical', output: `TTL expired${last}`, expiresAt: null });
    expired.push(id);
  }
  return expired;
}

/** When the next check turns critical unless it is updated. */
export function nextExpiry(local: LocalState): Micros {
  return Math.min(
    ...[...local.checks.values()].map(({ isGone, expiresAt }) => (isGone ? null : expiresAt) ?? Infinity),
  );
}

/** What has to be told the servers, and under which key and version its answer counts. */
export interface Push {
  readonly key: string;
  readonly version: number;
  readonly request: WriteRequest;
}

/** Services before their checks, as the catalog does not take the check of a service that it does not know. A check goes with its
 * output, which need not wait any longer then. */
export function duePushes(local: LocalState, node: string): readonly Push[] {
  const pushes: Push[] = [];
  const address = node;
  for (const [id, { offer: service, version, inSync, isGone }] of local.services) {
    if (inSync) continue;
    const request: WriteRequest = isGone
      ? { type: 'catalog-deregister', deregistration: { node, serviceId: id } }
      : { type: 'catalog-register', registration: { node, address, service } };
    pushes.push({ key: `service ${id}`, version, request });
  }
  for (const [id, check] of local.checks) {
    if (check.inSync) continue;
    local.deferred.delete(id);
    const request: WriteRequest = check.isGone
      ? { type: 'catalog-deregister', deregistration: { node, checkId: id } }
      : { type: 'catalog-register', registration: { node, address, checks: [remoteForm(check)] } };
    pushes.push({ key: `check ${id}`, version: check.version, request });
  }
  return pushes;
}

/** The servers have it now, unless it changed meanwhile. */
export function settlePush(local: LocalState, key: string, version: number): void {
  const [kind, ...rest] = key.split(' ');
  const table: Map<string, LocalService | LocalCheck> = kind === 'service' ? local.services : local.checks;
  const id = rest.join(' ');
  const known = table.get(id);
  if (known === undefined || known.version !== version) return;
  if (known.isGone) table.delete(id);
  else table.set(id, { ...known, inSync: true });
}

/** Compares with what the catalog says of the own services; returns what is there and should not be. */
export function compareServices(local: LocalState, remote: readonly CatalogService[]): readonly string[] {
  const found = new Map(remote.map((service) => [service.id, service]));
  for (const [id, known] of local.services) {
    const there = found.get(id);
    const { service, tags, port } = known.offer;
    const isRight = there?.service === service && there.port === port && there.tags.join('\n') === tags.join('\n');
    local.services.set(id, { ...known, inSync: !known.isGone && isRight });
    if (known.isGone && there === undefined) local.services.delete(id);
  }
  return [...found.keys()].filter((id) => id !== 'consul' && !local.services.has(id));
}

/** The same for checks, but for the one that the leader keeps. */
export function compareChecks(local: LocalState, remote: readonly HealthCheck[]): readonly string[] {
  const found = new Map(remote.map((check) => [check.id, check]));
  for (const [id, known] of local.checks) {
    const there = found.get(id);
    const isRight = there?.status === known.status && (there.output === known.output || local.deferred.has(id));
    local.checks.set(id, { ...known, inSync: !known.isGone && isRight });
    if (known.isGone && there === undefined) local.checks.delete(id);
  }
  return [...found.keys()].filter((id) => id !== serfHealth && !local.checks.has(id));
}

/** What the agent says of its own services. */
export function servicesBody({ services }: LocalState): Json {
  const all = [...services.values()].filter(({ isGone }) => !isGone);
  return Object.fromEntries(all.map(({ offer }) => [offer.id, { ...offer }]));
}

export function checksBody({ checks }: LocalState): Json {
  const all = [...checks.values()].filter(({ isGone }) => !isGone);
  return Object.fromEntries(all.map((check) => [check.offer.id, { ...remoteForm(check) }]));
}

function remoteForm({ offer, status, output }: LocalCheck): NonNullable<Registration['checks']>[number] {
  const { id, name, serviceId } = offer;
  return { id, name, status, output, serviceId };
}
