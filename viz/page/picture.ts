// The picture on the stage and what it is drawn from: layout, colours, switched-off message types, hover and selection.
import type { Frame } from './draw/frame.ts';
import { targetAt } from './hit.ts';
import { isWrong, layersOf, quietLayersOf, type Layer } from './layers.ts';
import { layoutOf, type Layout, type Rooms } from './layout.ts';
import type { Model } from './model.ts';
import type { ShownRun } from './shown-run.ts';
import { drawPicture, drawPointed, fitCanvas, type Drawn } from './renderer.ts';
import type { Stage } from './stage.ts';
import type { Target } from './target.ts';
import { messageStrokes, roleColours, themeFor, type RoleColour, type Stroke, type Theme } from './theme.ts';
import type { View } from './view.ts';

/** The colours of this run under one theme. */
export interface Look {
  readonly theme: Theme;
  readonly strokes: readonly Stroke[];
  readonly roles: ReadonlyMap<string, RoleColour>;
}

export interface Picture {
  readonly layout: Layout;
  readonly look: Look;
  readonly drawn: Drawn;
  readonly hidden: Set<number>;
  /** What is shown besides messages, roles and operations; `fit` makes room for what changed. */
  readonly layers: Set<Layer>;
  /** For each message, 1 if the reader's filter lets it through; undefined without a filter. */
  filter: Uint8Array | undefined;
  /** The same of operations. */
  operationFilter: Uint8Array | undefined;
  hover: Target | undefined;
  selection: Target | undefined;
  setDark(isDark: boolean): void;
  fit(width: number, height: number): void;
  draw(): void;
  /** Draws hover and selection alone. */
  drawPointed(): void;
  /** Draws it somewhere else: into a file. */
  drawOn(context: CanvasRenderingContext2D): void;
  targetAt(x: number, y: number): Target | undefined;
}

/** The picture of a model on a stage. */
export function createPicture(shown: ShownRun, stage: Stage, view: View, isDark: boolean): Picture {
  const { model } = shown;
  const quiet = quietLayersOf(shown);
  const layers = new Set([...layersOf(shown)].filter((layer) => !quiet.has(layer)));
  let layout = layoutOf(model.data, 800, 400, roomsOf(shown, layers));
  let look = lookOf(model, isDark);
  let drawn: Drawn = { arrows: [], crowded: false };
  const hidden = new Set<number>();
  const frameWith = (context: CanvasRenderingContext2D): Frame => ({
    context,
    model,
    clocks: shown.clocks,
    locks: shown.locks,
    layers,
    explained: shown.explained,
    layout,
    ...look,
    window: view.window(),
    hidden,
    filter: picture.filter,
    operationFilter: picture.operationFilter,
  });
  const frameOn = (canvas: HTMLCanvasElement): Frame => frameWith(fitCanvas(canvas, layout.width, layout.height));
  const picture: Picture = {
    get layout() {
      return layout;
    },
    get look() {
      return look;
    },
    get drawn() {
      return drawn;
    },
    hidden,
    layers,
    filter: undefined,
    operationFilter: undefined,
    hover: undefined,
    selection: undefined,
    setDark(dark) {
      look = lookOf(model, dark);
    },
    fit(width, height) {
      layout = layoutOf(model.data, width, height, roomsOf(shown, layers));
    },
    draw() {
      drawn = drawPicture(frameOn(stage.canvas));
      this.drawPointed();
    },
    drawPointed() {
      drawPointed(frameOn(stage.pointer), this.hover, this.selection);
    },
    drawOn: (context) => void drawPicture(frameWith(context)),
    targetAt: (x, y) => targetAt(frameOn(stage.pointer), drawn, x, y),
  };
  return picture;
}

function lookOf(model: Model, isDark: boolean): Look {
  const theme = themeFor(isDark);
  return {
    theme,
    strokes: messageStrokes(
      model.messages.types.map((type) => type.name),
      theme,
    ),
    roles: roleColours(
      model.data.roles.map((span) => span.role),
      theme,
    ),
  };
}

/** The lanes that need room for more than their bar. */
function roomsOf({ model, clocks, locks }: ShownRun, layers: ReadonlySet<Layer>): Rooms {
  const lanes = new Map(model.data.lanes.map(({ id }, lane) => [id, lane]));
  const rulers = clocks.filter(({ off }) => off.some(isWrong)).map(({ node }) => lanes.get(node) ?? -1);
  const holders = [...locks.beliefs, ...locks.grants].map(({ lane }) => lane);
  return {
    rulers: new Set(layers.has('clocks') ? rulers : []),
    locks: new Set(layers.has('locks') ? holders : []),
  };
}
