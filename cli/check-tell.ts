// Judges the histories of a file and puts into text, document and pictures what is to be told of it: plain data that can leave a thread.
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
  /** The name of the history in a file that holds several. */
  readonly part: string | undefined;
  /** The verdict that the file states, if it states one. */
  readonly stated: Verdict | undefined;
  /** Undefined if the file could not be read or judged. */
  readonly verdict: Verdict | undefined;
  readonly operations: number;
  readonly ms: number;
  /** The first reason, in one line; why it was refused. */
  readonly brief: string;
  readonly text: string;
  readonly document: Document;
}

/** Tells the histories of a file as soon as each is judged. @throws OutputError if a picture cannot be drawn */
export async function* tellFile(order: Order, watch: Watch): AsyncGenerator<Told> {
  const assets = order.html === undefined ? undefined : timelineAssets();
  try {
    for await (const judged of judgeFile(order.path, order.request, watch)) {
      checkOne(order, judged.part);
      if ('error' in judged) yield refuse(order.path, judged.error.message, judged.part);
      else yield tell(judged, order, savePictures(judged, order, assets));
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    yield refuse(order.path, error.message);
  }
}

/** A picture shows one history. @throws InputError */
function checkOne({ path, html, svg, request }: Order, part: string | undefined): void {
  const option = html === undefined ? (svg === undefined ? undefined : '--svg') : '--html';
  if (option === undefined || part === undefined || request.part !== undefined) return;
  throw new InputError(`${option}: expected one history, and ${path} holds several; choose with --part ${quote(part)}`);
}

export function tell(judged: Judged, { explain, colour, columns }: Order, files: readonly WrittenFile[]): Told {
  const { path, part, stated, verdict, operations, ms } = judged;
  const text = describeCheck(judged, { explain, files }, { paint: pc.createColors(colour), columns });
  const brief = briefly(judged);
  return { path, part, stated, verdict, operations, ms, brief, text, document: checkDocument(judged, files) };
}

/** What is told of a file, or of one history in it, that nobody could judge. */
export function refuse(path: string, message: string, part?: string): Told {
  const document = refusedDocument({ path, part, message });
  return {
    path,
    part,
    stated: undefined,
    verdict: undefined,
    operations: 0,
    ms: 0,
    brief: message,
    text: '',
    document,
  };
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
