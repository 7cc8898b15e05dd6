// The double barrier: nobody begins before all have come, and nobody goes before all are done. Also a group whose members are
// ephemeral nodes, which is all there is to group membership.
import type { Request } from '../../../sim/index.ts';
import type { Api, App } from '../client/app.ts';
import type { Reply } from '../client/types.ts';
import type { ServiceRequest } from '../messages.ts';

export interface BarrierState {
  step: 'idle' | 'parent' | 'joining' | 'counting' | 'waiting' | 'leaving' | 'emptying' | 'reading';
  path: string;
  size: number;
}

/**
 * Its operations: `enter` with `[barrier, size]` ends once so many are there; `leave` with the same ends once all have left;
 * `join` with `[group]` ends at once and `members` tells who is there. A connection that breaks ends an operation as unknown.
 */
export function barrierApp(): App<BarrierState> {
  return {
    start: () => ({ step: 'idle', path: '', size: 0 }),
    request: (app, request, api) => begin(app, request, api),
    reply: (app, tag, reply, api) => {
      if (tag !== app.step) return;
      const { error } = reply.result;
      if (error === 'ConnectionLoss' || error === 'SessionExpired') return end(app, () => api.unknown(error));
      proceed(app, reply, api);
    },
    event: (app, { type, path }, _zxid, api) => {
      if (app.step === 'waiting' && type === 'NodeCreated' && path === readyOf(app)) end(app, () => api.ok(null));
      if (app.step === 'emptying') look(app, api);
    },
    news: (_app, news, api) => {
      if (news === 'Expired') api.renew();
    },
  };
}

function begin(app: BarrierState, { f, value }: Request, api: Api): void {
  const [name, size = 0] = value as [string, number?];
  Object.assign(app, { path: `/${name}`, size });
  if (f === 'enter' || f === 'join') ask(app, 'joining', joinOf(app, api), api);
  else if (f === 'members') ask(app, 'reading', { type: 'getChildren', path: app.path }, api);
  else ask(app, 'leaving', { type: 'delete', path: `${app.path}/${api.id}` }, api);
}

function proceed(app: BarrierState, { result }: Reply, api: Api): void {
  const { error } = result;
  const children = (result.children ?? []).filter((name) => name !== 'ready');
  switch (app.step) {
    case 'joining':
      if (error === 'NoNode') return ask(app, 'parent', { type: 'create', path: app.path }, api);
      if (app.size === 0) return end(app, () => api.ok(null));
      // The watch is set before the others are counted, so that the last one's signal cannot be missed.
      api.ask({ type: 'exists', path: readyOf(app), watch: true }, 'ready');
      return ask(app, 'counting', { type: 'getChildren', path: app.path }, api);
    case 'parent':
      return ask(app, 'joining', joinOf(app, api), api);
    case 'counting':
      app.step = 'waiting';
      if (children.length < app.size) return void api.ask({ type: 'exists', path: readyOf(app) }, 'waiting');
      return void api.ask({ type: 'create', path: readyOf(app) }, 'waiting');
    case 'waiting':
      if (error === 'OK' || error === 'NodeExists') end(app, () => api.ok(null));
      return;
    case 'leaving':
      return look(app, api);
    case 'emptying':
      if (children.length > 0) return;
      api.ask({ type: 'delete', path: readyOf(app) }, 'swept');
      return end(app, () => api.ok(null));
    case 'reading':
      return end(app, () => api.ok(children.toSorted()));
    case 'idle':
  }
}

function look(app: BarrierState, api: Api): void {
  ask(app, 'emptying', { type: 'getChildren', path: app.path, watch: true }, api);
}

function joinOf({ path }: BarrierState, api: Api): ServiceRequest {
  return { type: 'create', path: `${path}/${api.id}`, mode: 'ephemeral' };
}

function readyOf({ path }: BarrierState): string {
  return `${path}/ready`;
}

function ask(app: BarrierState, step: BarrierState['step'], request: ServiceRequest, api: Api): void {
  app.step = step;
  if (!api.ask(request, step)) end(app, () => api.fail('no session'));
}

function end(app: BarrierState, tell: () => void): void {
  if (app.step === 'idle') return;
  app.step = 'idle';
  tell();
}
