// The world: the seam between protocol and world, virtual time, network, clocks, disks, faults, trace and history, and the
// drivers that run a scenario.
export { differentInputs, partingOf, type Parting } from './diff.ts';
export * from './fault.ts';
export type { ThinnedFingerprints } from './fingerprints.ts';
export * from './history.ts';
export * from './latency.ts';
export { logUniform, nemesis, standardFaults, type FaultClass, type NemesisOptions } from './nemesis.ts';
export { networkPresets, type LinkSpec, type NetworkSpec } from './network.ts';
export * from './property.ts';
export * from './protocol.ts';
export * from './random.ts';
export { parseReplay, replay, replayFileOf, type Divergence, type Replay, type Replayed } from './replay.ts';
export * from './run.ts';
export * from './scenario.ts';
export type { NearListener, NearMiss } from './judging.ts';
export { simulate, Simulation, type Noted, type SimulateOptions } from './simulate.ts';
export * from './time.ts';
export { traceKinds, traceRow, type Trace, type TraceKind, type TraceRow } from './trace.ts';
export { inWords, transcript, type TranscriptOptions } from './transcript.ts';
export * from './verdict.ts';
export { keyValueOperations, workload, type KeyValueMix, type WorkloadOptions } from './workload.ts';
export type { ClockSpec } from './clock.ts';
export type { DiskImage, UnsyncedFate } from './disk.ts';
