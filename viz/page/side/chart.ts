// The protocol's own chart, live: its states with those who are in them, the moves that it allows, those that were made so
// far, and the last one with what makes it happen.
import type { Look } from '../picture.ts';
import { chartAt, type ChartedRun, type ChartEdge, type RoleChart } from '../role-charts.ts';
import { element } from '../overlay/element.ts';
import { instant } from '../words.ts';

export interface ChartView {
  readonly node: HTMLElement;
  show(time: number, look: Look): void;
}

const namespace = 'http://www.w3.org/2000/svg';
const width = 380;
const boxHeight = 34;

interface Point {
  readonly x: number;
  readonly y: number;
}

export function createChart(charted: ChartedRun): ChartView {
  const { chart } = charted;
  const { places, height, boxWidth, columns } = placesOf(chart);
  const svg = make('svg', { viewBox: `0 0 ${width} ${height}`, class: 'chart', role: 'img' });
  svg.append(arrowHead());
  const edges = chart.edges.map((edge) => {
    const drawn = drawEdge(edge, places, boxWidth);
    svg.append(drawn.group);
    return { edge, ...drawn };
  });
  const boxes = chart.states.map((state) => {
    const drawn = drawState(state, places.get(state) as Point, boxWidth, columns.length > 0);
    svg.append(drawn.group);
    return { state, ...drawn };
  });
  for (const { name, x, y } of columns) {
    const head = make('text', { x: String(x), y: String(y), class: 'chart-column' });
    head.textContent = name.toLowerCase();
    svg.append(head);
  }
  const last = element('p', { class: 'chart-last', attributes: { 'aria-live': 'off' } });
  return {
    node: element('section', { class: 'chart-section', attributes: { 'aria-label': chart.about } }, [
      element('h3', { text: chart.about }),
      svg,
      last,
    ]),
    show(time, { roles, theme }) {
      const moment = chartAt(charted, time);
      for (const { state, box, name, who } of boxes) {
        const members = moment.inState.get(state) ?? [];
        const colour = members.length === 0 ? undefined : roles.get(state.split(' ')[0] ?? '');
        box.setAttribute('fill', colour?.fill ?? (members.length === 0 ? theme.ground : theme.rule));
        box.setAttribute('class', members.length === 0 ? 'chart-box' : 'chart-box is-taken');
        for (const text of [name, who]) text.setAttribute('fill', colour?.text ?? theme.ink);
        who.textContent = namesOf(members);
      }
      for (const { edge, path, label } of edges) {
        const count = moment.taken.get(`${edge.from}>${edge.to}`) ?? 0;
        const isLast = moment.last?.from === edge.from && moment.last.to === edge.to;
        path.setAttribute('class', `chart-edge${count > 0 ? ' is-taken' : ''}${isLast ? ' is-last' : ''}`);
        label.textContent = count === 0 ? '' : `${count}×`;
      }
      last.textContent = lastMove(chart, moment.last);
      svg.setAttribute('aria-label', inWords(moment.inState));
    },
  };
}

function lastMove({ edges }: RoleChart, move: ReturnType<typeof chartAt>['last']): string {
  if (move === undefined) return 'Nobody has moved yet.';
  const edge = edges.find(({ from, to }) => from === move.from && to === move.to);
  const why = edge === undefined ? 'the chart does not allow it' : edge.events.join(', or ');
  return `Last, at ${instant(move.time)}: ${move.who}, ${move.from} → ${move.to} (${why})`;
}

function inWords(inState: ReadonlyMap<string, readonly string[]>): string {
  return [...inState].map(([state, members]) => `${state}: ${namesOf(members)}`).join('; ');
}

function namesOf(members: readonly string[]): string {
  return members.length > 4 ? `${members.length} of them` : members.join(' ');
}

interface Places {
  readonly places: ReadonlyMap<string, Point>;
  readonly height: number;
  readonly boxWidth: number;
  /** The outer states of nested ones, each above a column of its own. */
  readonly columns: readonly (Point & { readonly name: string })[];
}

/** Nested states stand in columns below each other, plain ones in a ring that begins at the top. */
function placesOf({ states }: RoleChart): Places {
  const columns = [...new Set(states.filter((state) => state.includes(' ')).map((state) => state.split(' ')[0]))];
  const isNested = columns.length > 1 && states.some((state) => !state.includes(' '));
  if (!isNested) {
    const boxWidth = states.length > 6 ? 78 : 92;
    const [middleX, middleY, reachX, reachY] = [width / 2, 150, width / 2 - boxWidth / 2 - 4, 118];
    const places = states.map((state, index): [string, Point] => {
      const angle = (2 * Math.PI * index) / states.length - Math.PI / 2;
      return [state, { x: middleX + reachX * Math.cos(angle), y: middleY + reachY * Math.sin(angle) }];
    });
    return { places: new Map(places), height: 300, boxWidth, columns: [] };
  }
  const rows = new Map<string, number>();
  const places = states.map((state): [string, Point] => {
    const [column = ''] = state.split(' ');
    if (!state.includes(' ')) return [state, { x: width / 2, y: 24 }];
    const row = rows.get(column) ?? 0;
    rows.set(column, row + 1);
    return [state, { x: (width * (columns.indexOf(column) + 0.5)) / columns.length, y: 110 + row * 64 }];
  });
  return {
    places: new Map(places),
    height: 132 + 64 * (Math.max(...rows.values()) - 1),
    boxWidth: 104,
    columns: columns.map((name = '', index) => ({ name, x: (width * (index + 0.5)) / columns.length, y: 84 })),
  };
}

function drawState(state: string, { x, y }: Point, boxWidth: number, isNested: boolean) {
  const group = make('g', { transform: `translate(${x},${y})` });
  const box = make('rect', {
    x: String(-boxWidth / 2),
    y: String(-boxHeight / 2),
    width: String(boxWidth),
    height: String(boxHeight),
    rx: '8',
  });
  const name = make('text', { y: '-3', class: 'chart-name' });
  name.textContent = isNested ? (state.split(' ').at(-1) ?? '').toLowerCase() : state;
  const who = make('text', { y: '11', class: 'chart-who' });
  group.append(box, name, who);
  return { group, box, name, who };
}

function drawEdge({ from, to, events }: ChartEdge, places: ReadonlyMap<string, Point>, boxWidth: number) {
  const [start, end] = [places.get(from) as Point, places.get(to) as Point];
  const group = make('g', {});
  const title = make('title', {});
  title.textContent = `${from} → ${to}: ${events.join(', or ')}`;
  const { curve, middle } = from === to ? loop(start, boxWidth) : bend(start, end, boxWidth);
  const path = make('path', { d: curve, class: 'chart-edge', 'marker-end': 'url(#chart-head)' });
  const label = make('text', { x: String(middle.x), y: String(middle.y), class: 'chart-count' });
  group.append(title, path, label);
  return { group, path, label };
}

function loop({ x, y }: Point, boxWidth: number): { curve: string; middle: Point } {
  const right = x + boxWidth / 2 - 14;
  const top = y - boxHeight / 2;
  return {
    curve: `M${right - 10},${top} C${right - 12},${top - 20} ${right + 14},${top - 20} ${right + 6},${top - 1}`,
    middle: { x: right + 2, y: top - 16 },
  };
}

/** A curve to the right of its way, so that there and back stand apart. */
function bend(start: Point, end: Point, boxWidth: number): { curve: string; middle: Point } {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy) || 1;
  const aside = Math.min(26, length * 0.16);
  const control = {
    x: (start.x + end.x) / 2 - (dy / length) * aside,
    y: (start.y + end.y) / 2 + (dx / length) * aside,
  };
  const from = edgeOfBox(start, control, boxWidth);
  const to = edgeOfBox(end, control, boxWidth);
  const middle = { x: (from.x + 2 * control.x + to.x) / 4, y: (from.y + 2 * control.y + to.y) / 4 };
  return { curve: `M${from.x},${from.y} Q${control.x},${control.y} ${to.x},${to.y}`, middle };
}

/** Where the way from a box's middle towards a point leaves the box. */
function edgeOfBox({ x, y }: Point, towards: Point, boxWidth: number): Point {
  const [dx, dy] = [towards.x - x, towards.y - y];
  const share = Math.min(
    1,
    (boxWidth / 2 + 2) / Math.max(1e-6, Math.abs(dx)),
    (boxHeight / 2 + 2) / Math.max(1e-6, Math.abs(dy)),
  );
  return { x: x + dx * share, y: y + dy * share };
}

function arrowHead(): SVGElement {
  const defs = make('defs', {});
  const marker = make('marker', {
    id: 'chart-head',
    viewBox: '0 0 8 8',
    refX: '7',
    refY: '4',
    markerWidth: '8',
    markerHeight: '8',
    markerUnits: 'userSpaceOnUse',
    orient: 'auto-start-reverse',
  });
  marker.append(make('path', { d: 'M0,0.8 8,4 0,7.2Z', class: 'chart-head' }));
  defs.append(marker);
  return defs;
}

function make<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
