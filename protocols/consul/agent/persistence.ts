// What a client agent finds again after a restart: what was registered with it, and the states of TTL checks whose time is not
// over. (Consul's agent.go: persistService, persistCheckState, loadChecks.)
import type { Context, Micros } from '../../../sim/index.ts';
import type { CheckOffer, ServiceOffer } from '../requests.ts';
import type { CheckStatus } from '../state/types.ts';
import { addCheck, addService, emptyLocal, updateCheck, type LocalState } from './local.ts';
import type { ConsulAgent } from './types.ts';

type Ctx = Context<ConsulAgent>;

interface Saved {
  readonly services: readonly ServiceOffer[];
  readonly checks: readonly CheckOffer[];
}

/** The state of a TTL check, until when it is true on the wall clock. */
interface SavedState {
  readonly id: string;
  readonly status: CheckStatus;
  readonly output: string;
  readonly until: Micros;
}

/** Registrations are on disk before anybody is told that they took place. */
export function saveRegistrations(local: LocalState, ctx: Ctx): void {
  const services = [...local.services.values()].filter(({ isGone }) => !isGone).map(({ offer }) => offer);
  const checks = [...local.checks.values()].filter(({ isGone }) => !isGone).map(({ offer }) => offer);
  ctx.disk.set('registrations', { services, checks } as never);
  ctx.disk.sync();
}

/** States are written as well, but nobody waits for that: an agent that loses them takes its checks for critical. */
export function saveState(local: LocalState, id: string, ctx: Ctx): void {
  const check = local.checks.get(id);
  if (check === undefined) return;
  const { status, output, offer } = check;
  ctx.disk.set(`check ${id}`, { id, status, output, until: ctx.now() + offer.ttl });
}

export function loadLocal(ctx: Ctx): LocalState {
  const local = emptyLocal();
  const saved = ctx.disk.get('registrations') as Saved | undefined;
  for (const service of saved?.services ?? []) addService(local, service);
  for (const check of saved?.checks ?? []) {
    addCheck(local, check, ctx.monotonic());
    const state = ctx.disk.get(`check ${check.id}`) as SavedState | undefined;
    if (state !== undefined && state.until > ctx.now()) {
      updateCheck(local, state, ctx.monotonic());
    }
  }
  return local;
}
