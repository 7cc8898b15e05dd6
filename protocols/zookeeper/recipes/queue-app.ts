// A queue of persistent sequential nodes: the lowest is taken first. Whoever deletes a node has its element; a delete that finds
// nothing lost the race, and takes the next one.
import type { Json } from '../../../sim/index.ts';
import type { Api, App } from '../client/app.ts';
import type { Reply } from '../client/types.ts';
import { inSequence } from './sequence.ts';

export interface QueueState {
  task: 'enqueue' | 'dequeue' | null;
  element: Json;
  /** Nodes that it has seen and not tried yet, the lowest first. */
  candidates: string[];
  /** A delete is under way: the element may be gone. */
  inDoubt: boolean;
}

/** Its operations: `enqueue` with an element; `dequeue`, which ends with one, or fails with `empty`. */
export function queueApp(queue = '/queue'): App<QueueState> {
  return {
    start: () => ({ task: null, element: null, candidates: [], inDoubt: false }),
    request: (app, { f, value }, api) => {
      Object.assign(app, { task: f, element: value, candidates: [], inDoubt: f === 'enqueue' });
      if (f === 'enqueue') add(app, queue, api);
      else if (!api.ask({ type: 'getChildren', path: queue }, 'list')) giveUp(app, 'no session', api);
    },
    reply: (app, tag, reply, api) => {
      const { error } = reply.result;
      if (app.task === null) return;
      if (error === 'ConnectionLoss' || error === 'SessionExpired') return giveUp(app, error, api);
      if (app.task === 'enqueue') added(app, tag, reply, queue, api);
      else taken(app, tag, reply, queue, api);
    },
    news: (_app, news, api) => {
      if (news === 'Expired') api.renew();
    },
  };
}

function add(app: QueueState, queue: string, api: Api): void {
  const data = JSON.stringify(app.element);
  const request = { type: 'create', path: `${queue}/q-`, data, mode: 'persistent-sequential' } as const;
  if (!api.ask(request, 'add')) giveUp(app, 'no session', api);
}

function added(app: QueueState, tag: string, { result }: Reply, queue: string, api: Api): void {
  if (tag === 'parent') return add(app, queue, api);
  if (result.error === 'NoNode') return void api.ask({ type: 'create', path: queue }, 'parent');
  const { element } = app;
  app.task = null;
  api.ok(element);
}

function taken(app: QueueState, tag: string, { result }: Reply, queue: string, api: Api): void {
  if (tag === 'list') app.candidates = inSequence(result.children ?? []);
  const [first] = app.candidates;
  if (tag === 'read' && result.error === 'OK') {
    app.element = JSON.parse(result.data ?? 'null') as Json;
    app.inDoubt = true;
    return void api.ask({ type: 'delete', path: `${queue}/${first}` }, 'take');
  }
  if (tag === 'take' && result.error === 'OK') {
    app.task = null;
    return api.ok(app.element);
  }
  if (tag !== 'list') app.candidates.shift();
  app.inDoubt = false;
  const [next] = app.candidates;
  if (next !== undefined) return void api.ask({ type: 'getData', path: `${queue}/${next}` }, 'read');
  app.task = null;
  api.fail('empty');
}

function giveUp(app: QueueState, error: string, api: Api): void {
  app.task = null;
  if (app.inDoubt) api.unknown(error);
  else api.fail(error);
}
