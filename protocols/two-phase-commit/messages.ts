// What coordinator and participants of two-phase commit say to each other, and to the clients.

/** A transaction's name: the coordinator's life in which it began, and its number in that life. */
export type TransactionId = string;

export type Decision = 'commit' | 'abort';

export type CommitMessage =
  | { readonly type: 'begin'; readonly request: number } // client → coordinator
  | { readonly type: 'outcome'; readonly request: number; readonly tx: TransactionId; readonly decision: Decision }
  | { readonly type: 'prepare'; readonly tx: TransactionId } // coordinator → participant
  | { readonly type: 'vote'; readonly tx: TransactionId; readonly yes: boolean }
  | { readonly type: 'decide'; readonly tx: TransactionId; readonly decision: Decision }
  | { readonly type: 'acknowledge'; readonly tx: TransactionId } // participant → coordinator
  | { readonly type: 'inquire'; readonly tx: TransactionId };
