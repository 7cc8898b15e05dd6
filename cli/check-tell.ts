// Judges a file and puts into text, document and pictures what is to be told of it: plain data that can leave a thread.
import pc from 'picocolors';
import { drawCycle } from '../checkers/index.ts';
import { InputError, type Verdict } from '../sim/index.ts';
import { briefly, describeCheck, type WrittenFile } from './check-describe.ts';
import { checkDocument, refusedDocument } from './check-document.ts';
import { judgeFile, type CheckRequest, type Judged, type Watch } from './check-judge.ts';
import { runOf } from './check-run.ts';
import { savePicture, saveTimeline, timelineAssets } from './files.ts';
import type { Document } from './json.ts';
import { quote } from './reproduce.ts';

/** What is asked of a file and how it is to be told. */
export interface Order {
  readonly path: string;
  readonly request: CheckRequest;
  readonly explain: boolean;
  readonly html: string | undefined;
  readonly svg: string | undefined;
  readonly version: string;
  readonly colour: boolean;
  readonly columns: number;
}

export interface Told {
  readonly path: string;
  /** Undefined if the file could not be read or judged. */
  readonly verdict: Verdict | undefined;
  readonly operations: number;
  readonly ms: number;
  /** The first reason, in one line; why it was refused. */
  readonly brief: string;
  readonly text: string;
  readonly document: Document;
}

/** @throws OutputError if a picture cannot be drawn */
export async function tellFile(order: Order, watch: Watch): Promise<Told> {
  const assets = order.html === undefined ? undefined : timelineAssets();
  let judged: Judged;
  try {
    judged = await judgeFile(order.path, order.request, watch);
  } catch (error) {
    if (error instanceof InputError) return refuse(order.path, error.message);
    throw error;
  }
  return tell(judged, order, savePictures(judged, order, assets));
}

export function tell(judged: Judged, { explain, colour, columns }: Order, files: readonly WrittenFile[]): Told {
  const { path, verdict, operations, ms } = judged;
  const text = describeCheck(judged, { explain, files }, { paint: pc.createColors(colour), columns });
  return { path, verdict, operations, ms, brief: briefly(judged), text, document: checkDocument(judged, files) };
}

/** What is told of a file that nobody could judge. */
export function refuse(path: string, message: string): Told {
  const document = refusedDocument({ path, message });
  return { path, verdict: undefined, operations: 0, ms: 0, brief: message, text: '', document };
}

/** Writes what `--html` and `--svg` ask for. */
function savePictures(
  judged: Judged,
  { html, svg, version }: Order,
  assets: ReturnType<typeof timelineAssets> | undefined,
): WrittenFile[] {
  const files: WrittenFile[] = [];
  if (html !== undefined && assets !== undefined) {
    const reproduce = `npx faultline check ${quote(judged.path)}`;
    const story = `A recorded history of ${judged.operations} operations, judged by ${judged.checker}.`;
    saveTimeline(runOf(judged), html, { story, version, reproduce }, assets);
    files.push({ what: 'page', path: html });
  }
  if (svg === undefined) return files;
  const cycle = [...judged.anomalies, ...judged.tolerated].find((anomaly) => anomaly.cycle !== undefined)?.cycle;
  if (cycle === undefined) return [...files, { what: 'picture', path: 'none: no cycle of transactions was found' }];
  savePicture(drawCycle(cycle), svg);
  return [...files, { what: 'picture', path: svg }];
}
