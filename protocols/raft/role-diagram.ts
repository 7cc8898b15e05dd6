// The role chart as a Mermaid state diagram, so that what the documentation shows is what every run is checked against.
import { roleChart } from './chart.ts';

/** One line a move: `follower --> candidate: times out`. */
export function roleDiagram(): string {
  const moves = Object.entries(roleChart.states).flatMap(([from, node]) =>
    Object.entries(node.on).flatMap(([event, transitions]) =>
      transitions.flatMap(({ target }) => (target ?? []).map((to) => line(from, to.key, event))),
    ),
  );
  return ['stateDiagram-v2', ...moves].join('\n');
}

function line(from: string, to: string, event: string): string {
  const name = (state: string): string => (state === 'start' ? '[*]' : state.replaceAll('-', '_'));
  return `  ${name(from)} --> ${name(to)}: ${event}`;
}
