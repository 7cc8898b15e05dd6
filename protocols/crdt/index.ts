// Convergent data types, and a replica that keeps one of each.
export * from './lattices.ts';
export * from './replica.ts';
