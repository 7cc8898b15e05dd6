// Broken on purpose: trees that are not mended.
import type { PlumtreeRules } from '../../protocols/plumtree/types.ts';
import { defineScenario, type Scenario } from '../../sim/index.ts';
import { plumtreeParameters, plumtreeWorld } from '../plumtree.ts';

function broken(name: string, story: string, what: string, rules: Partial<PlumtreeRules>): Scenario {
  return defineScenario({
    name,
    story,
    protocol: 'plumtree',
    expect: { type: 'breaks', what: [what] },
    parameters: plumtreeParameters,
    world: (parameters) => plumtreeWorld(parameters, rules),
  });
}

export const plumtreeKnownBugs: readonly Scenario[] = [
  broken(
    'plumtree-no-graft',
    'What others announce is never asked for; behind a link that left the tree nobody hears anything any more.',
    'everybody hears',
    { grafts: false },
  ),
  broken(
    'plumtree-no-mixing',
    'Members keep the neighbours they have; a cut of the network leaves two overlays, each whole in itself, for ever.',
    'everybody hears',
    { mixes: false },
  ),
  broken(
    'plumtree-delivers-twice',
    'A broadcast is taken for new each time it comes, and goes round and round.',
    'delivered once',
    { isNew: (state, id) => (state.delivered.get(id) ?? -1) < 2 },
  ),
];
