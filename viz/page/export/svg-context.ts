// A canvas context that writes SVG: it knows what the drawing functions of this page use, so the file shows the same picture.

interface Style {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  textBaseline: string;
  textAlign: string;
  lineJoin: string;
  lineCap: string;
}

/** Draw on `context`, then take the elements. */
export interface SvgRecorder {
  readonly context: CanvasRenderingContext2D;
  elements(): string;
}

/** What was drawn so far, and with what it is drawn now. */
interface Sheet {
  readonly parts: string[];
  readonly style: Style;
  readonly saved: { readonly style: Style; readonly dash: readonly number[]; readonly groups: number }[];
  dash: readonly number[];
  path: string;
  clips: number;
  groups: number;
}

/** `measure` is a real context: only the browser knows how wide a text is. */
export function recordSvg(measure: CanvasRenderingContext2D): SvgRecorder {
  const sheet: Sheet = { parts: [], style: { ...initialStyle }, saved: [], dash: [], path: '', clips: 0, groups: 0 };
  const { style } = sheet;
  const measureText = (words: string): TextMetrics => {
    measure.font = style.font;
    return measure.measureText(words);
  };
  const calls = { ...pathCalls(sheet), ...paintCalls(sheet), ...stateCalls(sheet), measureText };
  // What the drawing functions set lands in `style`, what they call in `calls`; anything else is a defect that shows at once.
  const context = new Proxy(style, {
    get: (target, name: string) => {
      if (name in calls) return calls[name as keyof typeof calls];
      if (name in target) return target[name as keyof Style];
      throw new Error(`the SVG of a picture knows no ${name}`);
    },
  });
  return { context: context as unknown as CanvasRenderingContext2D, elements: () => sheet.parts.join('\n') };
}

const initialStyle: Style = {
  fillStyle: '#000',
  strokeStyle: '#000',
  lineWidth: 1,
  globalAlpha: 1,
  font: '10px sans-serif',
  textBaseline: 'alphabetic',
  textAlign: 'start',
  lineJoin: 'miter',
  lineCap: 'butt',
};

function pathCalls(sheet: Sheet): Readonly<Record<string, (...numbers: number[]) => void>> {
  const add = (part: string): void => void (sheet.path += part);
  return {
    beginPath: () => void (sheet.path = ''),
    closePath: () => add('Z'),
    moveTo: (x = 0, y = 0) => add(`M${round(x)} ${round(y)}`),
    lineTo: (x = 0, y = 0) => add(`L${round(x)} ${round(y)}`),
    rect: (x = 0, y = 0, width = 0, height = 0) => add(box(x, y, width, height)),
    roundRect: (x = 0, y = 0, width = 0, height = 0, radius = 0) => add(roundedBox(x, y, width, height, radius)),
    arc: (x = 0, y = 0, radius = 0) => add(circle(x, y, radius)),
  };
}

function paintCalls(sheet: Sheet): Readonly<Record<string, (...parts: never[]) => void>> {
  const { parts, style } = sheet;
  const alpha = (): string => (style.globalAlpha === 1 ? '' : ` opacity="${round(style.globalAlpha)}"`);
  const filled = (): string => `fill="${escape(style.fillStyle)}"${alpha()}`;
  const stroked = (): string => {
    const dashes = sheet.dash.length === 0 ? '' : ` stroke-dasharray="${sheet.dash.map(round).join(' ')}"`;
    const { strokeStyle, lineWidth, lineJoin } = style;
    const line = `stroke="${escape(strokeStyle)}" stroke-width="${round(lineWidth)}" stroke-linejoin="${lineJoin}"`;
    return `fill="none" ${line}${dashes}${alpha()}`;
  };
  const text = (words: string, x: number, y: number, paint: string): void => {
    const place = `x="${round(x)}" y="${round(y)}"${baselines[style.textBaseline] ?? ''}${anchors[style.textAlign] ?? ''}`;
    parts.push(`<text ${place} style="font:${escape(style.font)}" ${paint}>${escape(words)}</text>`);
  };
  return {
    fill: () => void parts.push(`<path d="${sheet.path}" ${filled()}/>`),
    stroke: () => void parts.push(`<path d="${sheet.path}" ${stroked()}/>`),
    fillRect: (x: number, y: number, width: number, height: number) =>
      void parts.push(`<path d="${box(x, y, width, height)}" ${filled()}/>`),
    clearRect: () => {},
    fillText: (words: string, x: number, y: number) => text(words, x, y, filled()),
    strokeText: (words: string, x: number, y: number) => text(words, x, y, stroked()),
  };
}

const baselines: Readonly<Record<string, string>> = {
  middle: ' dominant-baseline="central"',
  top: ' dominant-baseline="hanging"',
};

const anchors: Readonly<Record<string, string>> = {
  center: ' text-anchor="middle"',
  right: ' text-anchor="end"',
  end: ' text-anchor="end"',
};

function stateCalls(sheet: Sheet): Readonly<Record<string, (...parts: never[]) => unknown>> {
  const { parts, style, saved } = sheet;
  return {
    setLineDash: (segments: readonly number[]) => void (sheet.dash = [...segments]),
    getLineDash: () => sheet.dash,
    setTransform: () => {},
    save: () => void saved.push({ style: { ...style }, dash: sheet.dash, groups: sheet.groups }),
    restore: () => {
      const last = saved.pop();
      if (last === undefined) return;
      Object.assign(style, last.style);
      sheet.dash = last.dash;
      for (; sheet.groups > last.groups; sheet.groups--) parts.push('</g>');
    },
    clip: () => {
      const id = `clip${++sheet.clips}`;
      sheet.groups++;
      parts.push(`<clipPath id="${id}"><path d="${sheet.path}"/></clipPath><g clip-path="url(#${id})">`);
    },
  };
}

/** Text for an element or a quoted attribute. */
export function escape(text: string): string {
  return text.replaceAll(/[<>&"']|\p{Cc}/gu, (letter) => `&#${Math.max(32, letter.charCodeAt(0))};`);
}

const round = (value: number): string => String(Math.round(value * 100) / 100);

function circle(x: number, y: number, radius: number): string {
  const half = `a${round(radius)} ${round(radius)} 0 1 0`;
  return `M${round(x - radius)} ${round(y)}${half} ${round(radius * 2)} 0${half} ${round(-radius * 2)} 0`;
}

function box(x: number, y: number, width: number, height: number): string {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`;
}

function roundedBox(x: number, y: number, width: number, height: number, radius: number): string {
  const r = Math.max(0, Math.min(radius, width / 2, height / 2));
  const corner = (dx: number, dy: number): string => `a${round(r)} ${round(r)} 0 0 1 ${round(dx)} ${round(dy)}`;
  return [
    `M${round(x + r)} ${round(y)}h${round(width - 2 * r)}`,
    corner(r, r),
    `v${round(height - 2 * r)}`,
    corner(-r, r),
    `h${round(2 * r - width)}`,
    corner(-r, -r),
    `v${round(2 * r - height)}`,
    `${corner(r, -r)}Z`,
  ].join('');
}
