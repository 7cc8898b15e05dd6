// Three servers and an agent as they come, for facts that were seen on a real cluster.
import { consulAgent } from '../../../protocols/consul/agent/agent.ts';
import type { ConsulRequest, ConsulResponse } from '../../../protocols/consul/requests.ts';
import { consulServer } from '../../../protocols/consul/server.ts';
import { seconds } from '../../../sim/index.ts';
import { converse, inTurn, type Exchange, type Step } from './conversation.ts';

export const servers = ['s1', 's2', 's3'];
const gossip = { contacts: servers };
const server = consulServer({ gossip, raft: { voters: servers } });
export const nodes = { s1: server, s2: server, s3: server, a1: consulAgent({ gossip }) };
/** When the first leader has long been elected and has registered all nodes. */
export const settled = seconds(8);

export function ask(steps: readonly Step[], until = seconds(60)): readonly Exchange[] {
  return converse({ nodes, steps, until }).exchanges;
}

/** What a client of one server was answered to its requests, one after the other. */
export function answers(...requests: readonly ConsulRequest[]): readonly ConsulResponse[] {
  return ask(inTurn('s1', settled, requests)).map(({ response }) => response);
}

export const remove = (key: string, more: object = {}): ConsulRequest => ({ type: 'kv-delete', key, ...more });
