// The package's main entry: what is needed to write a protocol and its scenario, to run and fuzz it, and to judge its
// histories. Protocols and scenarios have entries of their own: `faultline/protocols`, `faultline/scenarios`.
export * from './sim/index.ts';
export * from './checkers/index.ts';
export * from './fuzz/index.ts';
// The checkers' own types of these names are in `faultline/checkers`.
export type { Fault, Operation, Statistics } from './sim/index.ts';
