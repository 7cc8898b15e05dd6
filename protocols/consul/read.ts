// Answers reads from a server's own copy of the state, with the index that a blocking query waits on.
import type { Json } from '../../sim/index.ts';
import type { ConsulResponse, ReadRequest } from './requests.ts';
import { serviceHealth, serviceIndex } from './state/catalog.ts';
import { getKey, listKeys, listNames } from './state/kv.ts';
import { readTransaction } from './state/transaction.ts';
import type { CatalogService, ConsulState } from './state/types.ts';
import { transactionFault, transactionResponse } from './write.ts';

/** The answer without the headers that depend on the server. An index is never 0, which would not block. */
export function readState(state: ConsulState, request: ReadRequest): Pick<ConsulResponse, 'status' | 'body' | 'index'> {
  if (request.type === 'transaction-read') {
    const { operations } = request;
    return transactionFault(operations) ?? transactionResponse(readTransaction(state, operations));
  }
  const { found, index } = look(state, request);
  const isMissing =
    found === undefined || (Array.isArray(found) && found.length === 0 && request.type.startsWith('kv-'));
  const body = isMissing ? null : found;
  return {
    status: isMissing && request.type.startsWith('kv-') ? 404 : 200,
    body: body as Json,
    index: Math.max(1, index),
  };
}

function look(
  state: ConsulState,
  request: Exclude<ReadRequest, { type: 'transaction-read' }>,
): { readonly found: unknown; readonly index: number } {
  const { tables } = state;
  switch (request.type) {
    case 'kv-get': {
      const { found, index } = getKey(state, request.key);
      return { found: found === undefined ? undefined : [found], index };
    }
    case 'kv-list':
      return listKeys(state, request.prefix);
    case 'kv-keys':
      return listNames(state, request.prefix, request.separator ?? '');
    case 'session-info': {
      const session = state.sessions.get(request.session);
      return { found: session === undefined ? [] : [session], index: tables.sessions };
    }
    case 'session-list': {
      const all = [...state.sessions.values()];
      return {
        found: all.filter(({ node }) => request.node === undefined || node === request.node),
        index: tables.sessions,
      };
    }
    case 'catalog-nodes':
      return { found: [...state.nodes.values()], index: tables.nodes };
    case 'catalog-node': {
      const node = state.nodes.get(request.node);
      const services = [...state.services.values()].filter((service) => service.node === request.node);
      const index = Math.max(tables.nodes, tables.services);
      return { found: node === undefined ? undefined : { node, services }, index };
    }
    case 'catalog-services': {
      const names = new Map<string, Set<string>>();
      for (const { service, tags } of state.services.values()) {
        names.set(service, new Set([...(names.get(service) ?? []), ...tags]));
      }
      const found = Object.fromEntries([...names].map(([service, tags]) => [service, [...tags]]));
      return { found, index: tables.services };
    }
    case 'catalog-service': {
      const instances = [...state.services.values()].filter(
        (each) => each.service === request.service && hasTags(each, request.tags),
      );
      return { found: instances, index: serviceIndex(state, request.service, 'nodes', 'services') };
    }
    case 'health-service': {
      const index = serviceIndex(state, request.service, 'nodes', 'services', 'checks');
      const instances = serviceHealth(state, request.service, request.passing ?? false);
      return { found: instances.filter(({ service }) => hasTags(service, request.tags)), index };
    }
    case 'health-node':
      return { found: [...state.checks.values()].filter(({ node }) => node === request.node), index: tables.checks };
    case 'health-state': {
      const wanted = request.state;
      const checks = [...state.checks.values()].filter(({ status }) => wanted === 'any' || status === wanted);
      return { found: checks, index: tables.checks };
    }
  }
}

/** Tags are compared without regard to case (serviceTagFilter). */
function hasTags({ tags }: CatalogService, wanted: readonly string[] = []): boolean {
  const has = new Set(tags.map((tag) => tag.toLowerCase()));
  return wanted.every((tag) => has.has(tag.toLowerCase()));
}
