// What can be pointed at, selected and jumped to. Every row of the trace belongs to one target.
import { kindOf, type Model } from './model.ts';

export type Target =
  | { readonly type: 'message'; readonly index: number }
  | { readonly type: 'operation'; readonly index: number }
  | { readonly type: 'role'; readonly index: number }
  | { readonly type: 'band'; readonly index: number }
  | { readonly type: 'fault'; readonly index: number }
  | { readonly type: 'finding'; readonly index: number }
  | { readonly type: 'timer'; readonly index: number }
  | { readonly type: 'disk'; readonly index: number }
  | { readonly type: 'row'; readonly row: number };

/** The target that a row tells of. */
export function targetOfRow(model: Model, row: number): Target {
  const { data, rows } = model;
  const message = model.messageOfRow[row] as number;
  if (message >= 0) return { type: 'message', index: message };
  switch (kindOf(rows, row)) {
    case 'note':
      return indexed(
        'role',
        data.roles.findIndex((span) => span.row === row),
        row,
      );
    case 'crash':
    case 'pause':
      return indexed(
        'band',
        data.bands.findIndex((band) => band.row === row),
        row,
      );
    case 'fault':
      return indexed(
        'fault',
        data.faults.findIndex((fault) => fault.row === row),
        row,
      );
    case 'violation':
      return indexed(
        'finding',
        data.findings.findIndex((finding) => finding.row === row),
        row,
      );
    case 'invoke':
    case 'ok':
    case 'fail':
    case 'info':
      return indexed('operation', model.operationPlaces.get(rows.ref[row] as number) ?? -1, row);
    default:
      return { type: 'row', row };
  }
}

/** The row that tells of a target first, or -1. */
export function rowOfTarget(model: Model, target: Target): number {
  const { data } = model;
  switch (target.type) {
    case 'message':
      return model.messages.sendRow[target.index] ?? -1;
    case 'row':
      return target.row;
    case 'role':
      return data.roles[target.index]?.row ?? -1;
    case 'band':
      return data.bands[target.index]?.row ?? -1;
    case 'fault':
      return data.faults[target.index]?.row ?? -1;
    case 'timer':
      return model.timers.spans[target.index]?.row ?? -1;
    case 'disk':
      return model.disks.spans[target.index]?.row ?? -1;
    case 'finding': {
      // What was found at the end has no event that brought it about, only one that happened to be the last.
      const finding = data.findings[target.index];
      return finding === undefined || finding.at >= data.simulatedUs ? -1 : finding.row;
    }
    case 'operation':
      return model.invokeRows.get(data.operations[target.index]?.id ?? -1) ?? -1;
  }
}

/** The time a target spans. */
export function timesOfTarget(model: Model, target: Target): { from: number; to: number } {
  const { data, messages, rows } = model;
  switch (target.type) {
    case 'message':
      return { from: messages.sent[target.index] ?? 0, to: messages.ended[target.index] ?? 0 };
    case 'row':
      return { from: rows.time[target.row] ?? 0, to: rows.time[target.row] ?? 0 };
    case 'operation': {
      const operation = data.operations[target.index];
      return { from: operation?.from ?? 0, to: operation?.to ?? data.end };
    }
    case 'finding': {
      const at = data.findings[target.index]?.at ?? 0;
      return { from: at, to: at };
    }
    case 'role':
      return spanOf(data.roles[target.index]);
    case 'band':
      return spanOf(data.bands[target.index]);
    case 'fault':
      return spanOf(data.faults[target.index]);
    case 'timer':
      return spanOf(model.timers.spans[target.index]);
    case 'disk':
      return spanOf(model.disks.spans[target.index]);
  }
}

/** Whether two targets are the same. */
export function sameTarget(one: Target | undefined, other: Target | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && JSON.stringify(one) === JSON.stringify(other));
}

/** The rows that led to a row, nearest first: what it happened because of. */
export function causesOf(model: Model, row: number, limit = 60): number[] {
  const causes: number[] = [];
  let cause = model.rows.cause[row] ?? -1;
  while (cause >= 0 && cause < model.rows.length && causes.length < limit) {
    causes.push(cause);
    const next = model.rows.cause[cause] as number;
    if (next === cause) break;
    cause = next;
  }
  return causes;
}

function indexed(type: 'role' | 'band' | 'fault' | 'finding' | 'operation', index: number, row: number): Target {
  return index < 0 ? { type: 'row', row } : { type, index };
}

function spanOf(span: { readonly from: number; readonly to: number } | undefined): { from: number; to: number } {
  return { from: span?.from ?? 0, to: span?.to ?? 0 };
}
