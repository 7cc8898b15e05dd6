// The allowed moves of a Zab server between roles and phases, as an xstate chart: the specification that every noted move is
// checked against (section IV of the paper; ZooKeeper's server states). It stays off the message path.
import { createMachine } from 'xstate';

/** A server that gives up, or is restarted, looks for a leader again, from wherever it is. */
export const zabChart = createMachine({
  id: 'zab-role',
  initial: 'LOOKING',
  states: {
    LOOKING: {
      on: {
        'elects itself': 'LEADING',
        'elects another': 'FOLLOWING',
        'as an observer': 'OBSERVING',
        rests: 'LOOKING',
      },
    },
    LEADING: {
      initial: 'DISCOVERY',
      on: { 'gives up': 'LOOKING' },
      states: {
        DISCOVERY: { on: { 'a quorum accepts the epoch': 'SYNCHRONIZATION' } },
        SYNCHRONIZATION: { on: { 'a quorum has the history': 'BROADCAST' } },
        BROADCAST: {},
      },
    },
    FOLLOWING: {
      initial: 'DISCOVERY',
      on: { 'gives up': 'LOOKING' },
      states: {
        DISCOVERY: { on: { 'accepts the epoch': 'SYNCHRONIZATION' } },
        SYNCHRONIZATION: { on: { 'is up to date': 'BROADCAST' } },
        BROADCAST: {},
      },
    },
    OBSERVING: {
      initial: 'DISCOVERY',
      on: { 'gives up': 'LOOKING' },
      states: {
        DISCOVERY: { on: { 'hears the epoch': 'SYNCHRONIZATION' } },
        SYNCHRONIZATION: { on: { 'is up to date': 'BROADCAST' } },
        BROADCAST: {},
      },
    },
  },
});

type ChartNode = (typeof zabChart)['root'];

/** The moves that the chart allows, as `LOOKING ELECTION>LEADING DISCOVERY`. */
export const zabMoves: ReadonlySet<string> = new Set(movesOf(zabChart.root));

function movesOf(root: ChartNode): string[] {
  const moves: string[] = [];
  for (const role of Object.values<ChartNode>(root.states)) {
    const phases = Object.values<ChartNode>(role.states);
    const leaving = targetsOf(role).map((target) => (target.initial.target[0] as ChartNode | undefined) ?? target);
    for (const from of phases.length === 0 ? [role] : phases) {
      for (const to of [...leaving, ...(from === role ? [] : targetsOf(from))])
        moves.push(`${nameOf(from)}>${nameOf(to)}`);
    }
  }
  return moves;
}

function targetsOf(node: ChartNode): ChartNode[] {
  return Object.values(node.on).flatMap((transitions) =>
    transitions.flatMap(({ target }) => (target ?? []) as ChartNode[]),
  );
}

function nameOf({ path }: ChartNode): string {
  return path.length === 1 ? `${path[0]} ELECTION` : path.join(' ');
}
