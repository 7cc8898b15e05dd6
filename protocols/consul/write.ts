// From a request that writes to the command that goes into the log, or to the refusal that it gets without one; and from what
// became of the command to the response.
import type { Json } from '../../sim/index.ts';
import { failure, type ConsulResponse, type WriteRequest } from './requests.ts';
import type { KvWrite } from './state/kv.ts';
import type { ConsulAnswer, ConsulCommand } from './state/machine.ts';
import { sessionFault } from './state/sessions.ts';
import { maxTransactionOperations, type TransactionOperation, type TransactionOutcome } from './state/transaction.ts';

/** Bytes of a value at most (`kv_max_value_size`), and of a whole transaction (`txn_max_req_len`). */
export const maxValueBytes = 524_288;

/** @param newId draws the ID of a session */
export function commandFor(
  request: Exclude<WriteRequest, { type: 'session-renew' }>,
  newId: () => string,
): ConsulCommand | ConsulResponse {
  switch (request.type) {
    case 'kv-put':
      return putCommand(request);
    case 'kv-delete': {
      const { key, recurse = false, cas } = request;
      if (recurse && cas !== undefined) return failure(400, 'Conflicting flags: ?recurse and ?cas=');
      if (key === '' && !recurse) return failure(400, 'Missing key name');
      if (recurse) return { type: 'kv', write: { verb: 'delete-tree', key } };
      if (cas !== undefined) return { type: 'kv', write: { verb: 'delete-cas', key, index: cas } };
      return { type: 'kv', write: { verb: 'delete', key } };
    }
    case 'transaction':
      return transactionFault(request.operations) ?? { type: 'transaction', operations: request.operations };
    case 'session-create': {
      const session = { node: '', ...request.session, id: newId() };
      const fault = sessionFault(session);
      return fault === undefined ? { type: 'session-create', request: session } : failure(500, fault);
    }
    case 'session-destroy':
      return { type: 'session-destroy', session: request.session };
    case 'catalog-register':
      return { type: 'register', registration: request.registration };
    case 'catalog-deregister':
      return { type: 'deregister', deregistration: request.deregistration };
  }
}

function putCommand(request: WriteRequest & { type: 'kv-put' }): ConsulCommand | ConsulResponse {
  const { key, value, flags = 0, cas, acquire, release } = request;
  if (key === '') return failure(400, 'Missing key name');
  const conflicts = [cas, acquire, release].filter((given) => given !== undefined).length;
  if (conflicts > 1) return failure(400, 'Conflicting flags: ?cas=, ?acquire= and ?release=');
  const bytes = byteLength(value);
  if (bytes > maxValueBytes) {
    const hint = 'See https://www.consul.io/docs/agent/options.html#kv_max_value_size.';
    return failure(413, `Request body(${bytes} bytes) too large, max size: ${maxValueBytes} bytes. ${hint}`);
  }
  const write = ((): KvWrite => {
    if (cas !== undefined) return { verb: 'cas', key, value, flags, index: cas };
    if (acquire !== undefined) return { verb: 'lock', key, value, flags, session: acquire };
    if (release !== undefined) return { verb: 'unlock', key, value, flags, session: release };
    return { verb: 'set', key, value, flags };
  })();
  return { type: 'kv', write };
}

/** What is wrong with a transaction before it is looked at in any state; undefined if nothing is. */
export function transactionFault(operations: readonly TransactionOperation[]): ConsulResponse | undefined {
  const body = bodyBytes(operations);
  if (body > maxValueBytes) {
    const hint = 'See https://www.consul.io/docs/agent/options.html#txn_max_req_len.';
    return failure(413, `Request body(${body} bytes) too large, max size: ${maxValueBytes} bytes. ${hint}`);
  }
  const count = operations.length;
  if (count > maxTransactionOperations) {
    return failure(413, `Transaction contains too many operations (${count} > ${maxTransactionOperations})`);
  }
  return undefined;
}

/** As JSON, with values in base64: a single value of the greatest size is too large for a transaction. */
function bodyBytes(operations: readonly TransactionOperation[]): number {
  const values = operations.map((operation) => ('value' in operation ? byteLength(operation.value) : 0));
  const encoded = values.reduce((sum, bytes) => sum + 4 * Math.ceil(bytes / 3), 0);
  return encoded + byteLength(JSON.stringify(operations, (name, field: unknown) => (name === 'value' ? '' : field)));
}

/** What a command is answered that acquires keys under a lock-delay; undefined if it acquires none. */
export function refusalOfDelayed(
  command: ConsulCommand,
  isDelayed: (key: string) => boolean,
): ConsulResponse | undefined {
  if (command.type === 'kv') {
    const { verb, key } = command.write;
    return verb === 'lock' && isDelayed(key) ? responseFor({ type: 'not-done' }) : undefined;
  }
  if (command.type !== 'transaction') return undefined;
  const errors = command.operations.flatMap(({ verb, key }, opIndex) => {
    const what = `failed to lock key ${JSON.stringify(key)} due to lock delay`;
    return verb === 'lock' && isDelayed(key) ? [{ opIndex, what }] : [];
  });
  return errors.length === 0 ? undefined : responseFor({ type: 'rolled-back', errors });
}

/** The command with the index up to which lock-delays were known when `refusalOfDelayed` let it through. */
export function withDelaysKnown(command: ConsulCommand, upTo: number): ConsulCommand {
  const known = <T extends TransactionOperation>(operation: T): T =>
    operation.verb === 'lock' ? { ...operation, delaysKnownUpTo: upTo } : operation;
  if (command.type === 'kv') return { type: 'kv', write: known(command.write) };
  if (command.type !== 'transaction') return command;
  return { type: 'transaction', operations: command.operations.map(known) };
}

export function responseFor(answer: ConsulAnswer): ConsulResponse {
  switch (answer.type) {
    case 'done':
      return { status: 200, body: true };
    case 'not-done':
      return { status: 200, body: false };
    case 'error':
      return failure(500, answer.error);
    case 'session':
      return { status: 200, body: { ID: answer.id } };
    case 'committed':
    case 'rolled-back':
      return transactionResponse(answer);
  }
}

/** Of a transaction, whether it wrote or not; it comes without an index. */
export function transactionResponse(outcome: TransactionOutcome): Required<Pick<ConsulResponse, 'status' | 'body'>> {
  return outcome.type === 'committed'
    ? { status: 200, body: { results: outcome.results as unknown as Json, errors: null } }
    : { status: 409, body: { results: null, errors: outcome.errors as unknown as Json } };
}

/** In UTF-8. */
function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
