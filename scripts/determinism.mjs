// Prints the hashes of a fixed list of runs from the built package, a line each. Every version of Node must print the same:
//   node scripts/determinism.mjs > a; npx -p node@24 node scripts/determinism.mjs > b; diff a b
import { simulate } from '../dist/sim/index.js';
import { scenarios } from '../dist/scenarios/index.js';

const seedsOfEach = 3;

for (const scenario of scenarios) {
  for (let seed = 1; seed <= seedsOfEach; seed++) {
    const { hash, events, verdict } = simulate(scenario, { seed });
    process.stdout.write(`${scenario.name} ${seed} ${hash} ${events} ${verdict}\n`);
  }
}
