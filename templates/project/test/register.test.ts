// Two hundred runs of the scenario as one test. A failure names the seed, tells the smallest run that shows it, and says how to
// run it again.
import { simTest } from 'faultline/vitest';
import { scenario } from '../scenario.ts';

simTest('the register is linearizable under every fault', scenario, { seeds: 200 });
