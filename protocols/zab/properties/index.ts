// All that Zab promises, as one list of properties for a scenario.
import {
  eventually,
  sometimes,
  sometimesNoted,
  type Micros,
  type Property,
  type Protocol,
  type View,
} from '../../../sim/index.ts';
import type { ZabHost } from '../service.ts';
import type { ZabConfig } from '../types.ts';
import { allServe, connectionsAreNew } from './connections.ts';
import * as histories from './history.ts';
import { quorumsElect, votesImprove } from './elections.ts';
import { sameMachines, snapshotsAreSpaced, snapshotsFollowTheLog } from './machines.ts';
import { noteOf, zabOf } from './notes.ts';
import * as order from './order.ts';

export interface ZabPropertyOptions {
  readonly config: Partial<ZabConfig>;
  /** The first operation that is invoked after everything has healed succeeds within this time. */
  readonly progressWithin: Micros;
  /** Links are slower than time-outs only while there are faults, so that in the end all servers serve; default false. */
  readonly isFast?: boolean;
}

/** The properties of an ensemble whose servers run `server`. */
export function zabProperties<H extends ZabHost>(server: Protocol<H>, options: ZabPropertyOptions): Property[] {
  return [
    ...zabSafety(server, options.config),
    ...['DIFF', 'TRUNC+DIFF', 'SNAP'].map((by) => synchronizesBy(by)),
    sometimesNoted('snapshot', 'a server takes a snapshot'),
    progress(options.progressWithin),
    ...(options.isFast === true ? [allServe(server, options.progressWithin)] : []),
  ];
}

/** Those that must hold whatever is broken. */
export function zabSafety<H extends ZabHost>(server: Protocol<H>, config: Partial<ZabConfig>): Property[] {
  return [
    histories.primaryUniqueness(),
    order.integrity(),
    order.totalOrder(),
    order.deliveryMonotonicity(),
    order.primaryIntegrity(),
    histories.initialHistory(),
    histories.epochPromises(),
    histories.durableLog(),
    histories.quorumDurability(server, config.observers ?? []),
    histories.commitMonotonicity(),
    histories.commitsArePrompt(config),
    histories.nothingAppliedIsDropped(),
    sameMachines(),
    snapshotsFollowTheLog(),
    snapshotsAreSpaced(config),
    connectionsAreNew(),
    histories.nothingBad(),
    votesImprove(),
    quorumsElect(config),
    histories.roleChartIsKept(config),
  ];
}

function synchronizesBy(by: string): Property {
  return {
    ...sometimes(
      `a learner is synchronized by ${by}`,
      'the leader finds this way to its history',
      (_view, touch) => noteOf(touch, 'synchronizes')?.by === by,
    ),
    on: ['synchronizes'],
  };
}

/** After everything has healed an operation succeeds within the bound (section III: liveness with a quorum in contact). */
export function progress(within: Micros): Property {
  const about = 'an operation that was invoked after the world had healed succeeds';
  return eventually('progress', about, within, ({ history }, healedAt) => {
    const invoked = new Set<number>();
    for (let index = history.length - 1; index >= 0 && (history[index]?.time ?? 0) >= healedAt; index--) {
      const event = history[index];
      if (event?.type === 'invoke') invoked.add(event.operation);
    }
    for (let index = history.length - 1; index >= 0 && (history[index]?.time ?? 0) >= healedAt; index--) {
      const event = history[index];
      if (event?.type === 'ok' && invoked.has(event.operation)) return undefined;
    }
    return `none of ${invoked.size} operations succeeded`;
  });
}

/** Who leads the latest epoch, for faults aimed at `@leader`. */
export function currentLeader<H extends ZabHost>(server: Protocol<H>): (view: View) => string | undefined {
  return (view) => {
    const leaders = view.nodes.filter((node) => node.protocol === server && zabOf(node)?.leading != null);
    const epochOf = (node: (typeof leaders)[number]): number => zabOf(node)?.leading?.epoch ?? 0;
    return leaders.reduce<(typeof leaders)[number] | undefined>(
      (best, each) => (best === undefined || epochOf(each) > epochOf(best) ? each : best),
      undefined,
    )?.id;
  };
}
