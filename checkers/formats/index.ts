// History files: reading them in many formats, making histories of them, and writing histories for others to read.
export { MalformedInput, type Place } from './malformed.ts';
export type { RawOperation } from './operation.ts';
export { readHistories, type PartHistory } from './read-parts.ts';
export { parseFormat, readHistory, readOperations, type Chunks, type ReadOptions, type ReadSummary } from './read.ts';
export { historyFormats, recogniseFormat, type HistoryFormat } from './recognise.ts';
export type { Skipped } from './tally.ts';
export { toHistory, type RecordedHistory, type ToHistoryOptions } from './to-history.ts';
export { writeEdn, writeEdnValue } from './write-edn.ts';
export { writeJsonLines } from './write-json.ts';
export { parseEdn } from './edn.ts';
export { parseJson } from './json.ts';
