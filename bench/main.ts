// Runs the benchmarks and prints their figures. `npm run bench -- sim` runs one of them.
import { benchLinearizability } from './linearizability.ts';
import { benchGossip } from './gossip.ts';
import { benchExplore, benchReductions, benchWalks, exploreInWords } from './explore.ts';
import { benchFinding, benchSeeds, benchShrink, benchWorkers } from './fuzz.ts';
import { benchIsolation } from './isolation.ts';
import { benchRecorded } from './recorded.ts';
import { benchMemory, benchSim } from './sim.ts';
import { benchViz, vizInWords } from './viz.ts';

const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

if (isWanted('sim')) {
  for (const judge of [false, true]) {
    const { eventsPerSecond, bareEventsPerSecond, ratio, speedup } = benchSim(judge);
    console.log(
      `sim, five-node Raft, five clients, faults and hash on, tracing off, properties and checks ${judge ? 'on' : 'off'}`,
    );
    console.log(`  ${rate(eventsPerSecond)} events/s, ${Math.round(speedup)} simulated seconds a second`);
    console.log(
      `  ${rate(bareEventsPerSecond)} events/s in a bare loop over the same queue; ratio ${ratio.toFixed(3)}`,
    );
  }
}

// It needs a browser, so it runs only when it is asked for.
if (wanted.includes('viz')) {
  console.log('viz, the offline file in headless Chromium, 1440 by 900 pixels');
  for await (const figures of benchViz()) for (const line of vizInWords(figures)) console.log(`  ${line}`);
}

if (isWanted('memory')) {
  console.log('memory, heap in use after so much simulated time (history and logs grow with the operations)');
  for (const { at, heap, operations } of benchMemory()) {
    console.log(`  ${at / 60_000_000} min: ${(heap / 1_048_576).toFixed(1)} MB, ${Math.round(operations)} operations`);
  }
}

if (isWanted('linearizability')) {
  console.log('linearizability: verdict, CPU time of the check, memory, growth from the size before');
  for (const { name, operations, engine, verdict, milliseconds, memory, exponent } of benchLinearizability()) {
    const growth = exponent === undefined ? '' : `, exponent ${exponent.toFixed(2)}`;
    const cost = `${Math.round(milliseconds)} ms, ${Math.round(memory / 1_048_576)} MB${growth}`;
    console.log(`  ${name}, ${rate(operations)} operations, ${engine}: ${verdict}, ${cost}`);
  }
  for await (const line of benchRecorded()) console.log(`  ${line}`);
}

if (isWanted('explore')) {
  console.log('explore, every run of small worlds, interned states and memoised handlers');
  for (const figures of benchExplore()) console.log(exploreInWords(figures).replaceAll(/^/gm, '  '));
  for (const line of [...benchReductions(), ...benchWalks()]) console.log(`  ${line}`);
}

if (isWanted('fuzz')) {
  // Those that take blind search more than a few seeds.
  const rare = [
    ...['two-phase-commit-forgotten-decision', 'two-phase-commit-forgotten-vote', 'crdt-forgotten-count'],
    ...['raft-lease-from-answer', 'raft-read-before-noop', 'raft-lease-outlives-transfer'],
    ...['raft-commits-tail', 'raft-counts-before-sync', 'raft-boastful-follower'],
  ];
  console.log('fuzz, campaigns in this thread, in threads, shrinking, and how soon broken variants are found');
  for await (const line of benchSeeds()) console.log(`  ${line}`);
  console.log(`  ${await benchWorkers()}`);
  for (const line of benchShrink()) console.log(`  ${line}`);
  for await (const line of benchFinding(rare)) console.log(`  ${line}`);
}

if (isWanted('isolation')) {
  console.log('isolation, list-append: time of the check, resident memory, growth from the size before');
  for (const { microOperations, transactions, milliseconds, memory, exponent } of benchIsolation()) {
    const growth = exponent === undefined ? '' : `, exponent ${exponent.toFixed(2)}`;
    const cost = `${Math.round(milliseconds)} ms, ${Math.round(memory / 1_048_576)} MB${growth}`;
    console.log(`  ${rate(microOperations)} micro-operations in ${rate(transactions)} transactions: ${cost}`);
  }
}

if (isWanted('gossip')) {
  console.log(
    'gossip, SWIM on a LAN, everybody known from the start, one crash; for one member and one simulated second',
  );
  const figures = benchGossip();
  for (const { members, events, cpu, cpuWithoutExchange, heap, detected } of figures) {
    const end = detected ? 'the crash is known to all' : 'the crash is not known to all yet';
    const exchange = Math.max(0, cpu - cpuWithoutExchange).toFixed(0);
    const cost = `${events.toFixed(1)} events, ${cpu.toFixed(0)} µs of CPU, of which full exchanges of the list take ${exchange}`;
    console.log(`  ${rate(members)} members: ${cost}; ${(heap / 1_024).toFixed(0)} kB of heap a member; ${end}`);
  }
  const [first, last] = [figures[0], figures.at(-1)];
  if (first !== undefined && last !== undefined) {
    const all = (last.cpu / first.cpu).toFixed(2);
    const own = (last.cpuWithoutExchange / first.cpuWithoutExchange).toFixed(2);
    const sizes = `from ${rate(first.members)} to ${rate(last.members)} members`;
    console.log(`  growth ${sizes}: ${all} times; without full exchanges ${own} times`);
  }
}

function rate(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en');
}
