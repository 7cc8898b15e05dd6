// How many bytes a request takes on the wire (Jute), as the server refuses those that are longer than jute.maxbuffer: it
// closes the connection without an answer.
import { utf8Length } from './sha1.ts';
import type { ServiceRequest } from './messages.ts';
import type { Acl, WriteOperation } from './types.ts';

/** jute.maxbuffer by default: a byte less than 1 MiB. */
export const maxBuffer = 0xfffff;

/** Bytes of a request with its header (xid and type, 4 each). */
export function requestSize(request: ServiceRequest): number {
  return 8 + bodySize(request);
}

function bodySize(request: ServiceRequest): number {
  switch (request.type) {
    case 'ping':
    case 'closeSession':
    case 'whoAmI':
      return 0;
    case 'multi':
      return request.operations.reduce((sum, operation) => sum + multiHeader + operationSize(operation), multiHeader);
    case 'multiRead':
      return request.operations.reduce((sum, { path }) => sum + multiHeader + text(path) + 1, multiHeader);
    case 'setACL':
      return text(request.path) + aclSize(request.acl) + 4;
    case 'auth':
      return 4 + text(request.scheme) + text(request.auth);
    case 'setWatches':
      return [request.data, request.exists, request.child, request.persistent, request.recursive].reduce(
        (sum, paths) => sum + paths.reduce((size, path) => size + text(path), 4),
        8,
      );
    case 'create':
    case 'create2':
    case 'delete':
    case 'setData':
    case 'check':
      return operationSize(request);
    default:
      return text(request.path) + 1;
  }
}

/** Type, end mark and error of each part of a multi. */
const multiHeader = 9;

function operationSize(operation: WriteOperation): number {
  const path = text(operation.path);
  switch (operation.type) {
    case 'create':
    case 'create2':
      return path + text(operation.data ?? '') + aclSize(operation.acl ?? []) + 4;
    case 'setData':
      return path + text(operation.data ?? '') + 4;
    case 'delete':
    case 'check':
      return path + 4;
  }
}

function aclSize(acl: readonly Acl[]): number {
  return acl.reduce((sum, { scheme, id }) => sum + 4 + text(scheme) + text(id), 4);
}

function text(value: string): number {
  return 4 + utf8Length(value);
}
