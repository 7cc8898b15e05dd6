// The visible stretch as a picture file: lane names at the left, times on top, and what the canvas shows.
import { tickText } from '../overlay/axis.ts';
import { fontFamily } from '../draw/frame.ts';
import type { Pane } from '../pane.ts';
import { instant } from '../words.ts';
import { escape, recordSvg } from './svg-context.ts';

const left = 96;
const top = 58;

/** The picture as SVG text. */
export function svgOf(pane: Pane): string {
  const { picture, model } = pane;
  const { layout, look } = picture;
  const measure = document.createElement('canvas').getContext('2d');
  if (measure === null) throw new Error('this browser has no canvas');
  const recorder = recordSvg(measure);
  picture.drawOn(recorder.context);
  const [width, height] = [layout.width + left + 8, layout.height + top];
  const names = model.data.lanes.map(({ id }, lane) => {
    const y = top + (layout.lanes[lane]?.centre ?? 0) + 4;
    return `<text x="${left - 12}" y="${y}" text-anchor="end" font-weight="600" fill="${look.theme.ink}">${escape(id)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escape(fontFamily)}" font-size="12">`,
    `<title>${escape(titleOf(pane))}</title>`,
    `<rect width="100%" height="100%" fill="${look.theme.ground}"/>`,
    `<text x="12" y="22" font-size="14" font-weight="600" fill="${look.theme.ink}">${escape(titleOf(pane))}</text>`,
    ...ticks(pane),
    ...names,
    `<clipPath id="frame"><rect width="${layout.width}" height="${layout.height}"/></clipPath>`,
    `<g transform="translate(${left},${top})" clip-path="url(#frame)">`,
    recorder.elements(),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** The picture as PNG, as sharp as the screen. */
export async function pngOf(pane: Pane): Promise<Blob> {
  const { stage, picture, model } = pane;
  const { layout, look } = picture;
  const ratio = stage.canvas.width / layout.width;
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil((layout.width + left + 8) * ratio);
  canvas.height = Math.ceil((layout.height + top) * ratio);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser has no canvas');
  context.scale(ratio, ratio);
  context.fillStyle = look.theme.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = look.theme.ink;
  context.font = `600 14px ${fontFamily}`;
  context.fillText(titleOf(pane), 12, 22);
  context.font = `600 12px ${fontFamily}`;
  context.textAlign = 'right';
  model.data.lanes.forEach(({ id }, lane) =>
    context.fillText(id, left - 12, top + (layout.lanes[lane]?.centre ?? 0) + 4),
  );
  context.textAlign = 'center';
  context.fillStyle = look.theme.muted;
  for (const { x, text } of ticksOf(pane)) context.fillText(text, left + x, 46);
  context.drawImage(stage.canvas, left, top, layout.width, layout.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('the picture is too large')) : resolve(blob)),
      'image/png',
    );
  });
}

function titleOf({ model }: Pane): string {
  const { scenario, seed, verdict, hash, simulatedUs } = model.data;
  return `${scenario}, seed ${seed}: ${verdict} (hash ${hash}, ${instant(simulatedUs)})`;
}

function ticksOf({ view, picture }: Pane): { x: number; text: string }[] {
  const scale = view.scale();
  const times = scale.ticks(Math.max(2, Math.floor(picture.layout.width / 140)));
  const step = (times[1] ?? 1) - (times[0] ?? 0);
  return times.map((time) => ({ x: scale(time), text: tickText(time, step) }));
}

function ticks(pane: Pane): string[] {
  const { theme } = pane.picture.look;
  return ticksOf(pane).map(
    ({ x, text }) =>
      `<text x="${Math.round(left + x)}" y="46" text-anchor="middle" fill="${theme.muted}">${escape(text)}</text>`,
  );
}
