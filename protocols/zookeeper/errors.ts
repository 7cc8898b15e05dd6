// The error codes of ZooKeeper by name (KeeperException.Code in the Java client). A reply always carries one; OK is one of them.

/** Every code that this service gives, with its number on the wire. */
export const errorCodes = {
  OK: 0,
  RuntimeInconsistency: -2,
  ConnectionLoss: -4,
  MarshallingError: -5,
  Unimplemented: -6,
  OperationTimeout: -7,
  BadArguments: -8,
  NoNode: -101,
  NoAuth: -102,
  BadVersion: -103,
  NoChildrenForEphemerals: -108,
  NodeExists: -110,
  NotEmpty: -111,
  SessionExpired: -112,
  InvalidACL: -114,
  AuthFailed: -115,
  SessionMoved: -118,
  NoWatcher: -121,
} as const;

export type ErrorName = keyof typeof errorCodes;

/** Refuses a request while it is prepared or read; becomes the error of its reply, never leaves the service. */
export class KeeperError extends Error {
  override readonly name = 'KeeperError';
  readonly code: ErrorName;

  constructor(code: ErrorName, path = '') {
    super(path === '' ? code : `${code} for ${path}`);
    this.code = code;
  }
}
