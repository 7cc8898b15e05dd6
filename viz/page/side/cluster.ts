// The cluster at the moment: the members in a ring with the messages that fly between them, and below it the protocol's chart
// with everybody's place on it; of protocols without one, who plays which role and the moves that this run has seen.
import { select } from 'd3';
import { visitMessages } from '../messages.ts';
import type { Model } from '../model.ts';
import type { Look } from '../picture.ts';
import { element } from '../overlay/element.ts';
import { chartedRun } from '../role-charts.ts';
import { laneName } from '../words.ts';
import { createChart } from './chart.ts';

export interface Cluster {
  readonly node: HTMLElement;
  show(time: number, look: Look, hidden: ReadonlySet<number>): void;
}

const size = 340;
const mostFlying = 400;
const namespace = 'http://www.w3.org/2000/svg';

/** What a member is at a moment. */
interface Member {
  readonly lane: number;
  readonly x: number;
  readonly y: number;
  readonly role: string;
  readonly detail: string;
  readonly band: 'down' | 'paused' | 'unborn' | undefined;
}

export function createCluster(model: Model): Cluster {
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('class', 'cluster-ring');
  svg.setAttribute('role', 'img');
  const board = element('div', { class: 'role-board' });
  const faults = element('ul', { class: 'in-force', attributes: { 'aria-label': 'Faults in force' } });
  const charted = chartedRun(model);
  const chart = charted === undefined ? undefined : createChart(charted);
  const moves = movesOf(model);
  const below = chart === undefined ? board : chart.node;
  const node = element('section', { class: 'cluster', attributes: { 'aria-label': 'Cluster' } }, [svg, faults, below]);
  return {
    node,
    show(time, look, hidden) {
      const members = model.data.lanes.map((_, lane) => memberAt(model, lane, time));
      svg.setAttribute('aria-label', members.map((member) => words(model, member)).join('; '));
      drawLinks(svg, members);
      drawMembers(svg, model, members, look);
      drawFlying(svg, model, members, look, hidden, time);
      faults.replaceChildren(
        ...model.data.faults
          .filter(({ from, to }) => from <= time && time < to)
          .map(({ label, family }) => element('li', { class: `is-${family}`, text: label })),
      );
      if (chart === undefined) board.replaceChildren(...roleBoard(model, members, look, moves, time));
      else chart.show(time, look);
    },
  };
}

function memberAt(model: Model, lane: number, time: number): Member {
  const { data } = model;
  const count = data.lanes.length;
  const angle = (2 * Math.PI * lane) / count - Math.PI / 2;
  const reach = size / 2 - 42;
  const role = model.rolesByLane[lane]?.findLast(({ from, to }) => from <= time && time < to);
  const band = data.bands.find((each) => each.lane === lane && each.from <= time && time < each.to);
  return {
    lane,
    x: size / 2 + reach * Math.cos(angle),
    y: size / 2 + reach * Math.sin(angle),
    role: role?.role ?? '',
    detail: role?.detail ?? '',
    band: band?.type,
  };
}

function words(model: Model, { lane, role, band }: Member): string {
  const what = [role, band].filter((word) => word !== undefined && word !== '').join(', ');
  return `${laneName(model, lane)}${what === '' ? '' : ` ${what}`}`;
}

function drawLinks(svg: SVGSVGElement, members: readonly Member[]): void {
  if (members.length > 12) return;
  const pairs = members.flatMap((one, index) => members.slice(index + 1).map((other) => [one, other] as const));
  select(svg)
    .selectAll<SVGLineElement, (typeof pairs)[number]>('.ring-link')
    .data(pairs)
    .join('line')
    .attr('class', 'ring-link')
    .attr('x1', ([one]) => one.x)
    .attr('y1', ([one]) => one.y)
    .attr('x2', ([, other]) => other.x)
    .attr('y2', ([, other]) => other.y);
}

function drawMembers(svg: SVGSVGElement, model: Model, members: readonly Member[], { roles, theme }: Look): void {
  const radius = members.length > 24 ? 7 : members.length > 12 ? 14 : 21;
  const colour = (member: Member): string =>
    member.band === 'down' ? theme.down : (roles.get(member.role)?.fill ?? theme.rule);
  const text = (member: Member): string =>
    member.band === 'down' ? theme.onDown : (roles.get(member.role)?.text ?? theme.ink);
  const groups = select(svg)
    .selectAll<SVGGElement, Member>('.ring-member')
    .data(members)
    .join((enter) => {
      const made = enter.append('g').attr('class', 'ring-member');
      made.append('rect');
      made.append('text').attr('class', 'ring-name');
      made.append('text').attr('class', 'ring-role');
      return made;
    })
    .attr('transform', ({ x, y }) => `translate(${x},${y})`);
  groups
    .select('rect')
    .attr('x', -radius)
    .attr('y', -radius)
    .attr('width', radius * 2)
    .attr('height', radius * 2)
    .attr('rx', ({ lane }) => (model.data.lanes[lane]?.type === 'client' ? 5 : radius))
    .attr('fill', colour)
    .attr('stroke', theme.muted)
    .attr('stroke-dasharray', ({ band }) => (band === 'paused' ? '4 3' : band === 'unborn' ? '1 3' : null));
  groups
    .select('.ring-name')
    .attr('y', 4)
    .attr('fill', text)
    .text(({ lane, band }) => (radius < 10 ? '' : band === 'down' ? '✕' : laneName(model, lane)));
  groups
    .select('.ring-role')
    .attr('y', radius + 13)
    .attr('fill', theme.muted)
    .text(({ role, band, detail }) =>
      radius < 20
        ? ''
        : band === undefined
          ? [role.toLowerCase(), shortDetail(detail)].filter((part) => part !== '').join(' ')
          : band,
    );
}

/** The number in a role's detail, `term 3`: what tells leaders apart. */
function shortDetail(detail: string): string {
  const number = detail.split(', ').find((part) => /\d$/.test(part));
  return number === undefined ? '' : `· ${number}`;
}

function drawFlying(
  svg: SVGSVGElement,
  model: Model,
  members: readonly Member[],
  { strokes, theme }: Look,
  hidden: ReadonlySet<number>,
  time: number,
): void {
  const { messages } = model;
  const flying: { x: number; y: number; colour: string; isLost: boolean; name: string }[] = [];
  visitMessages(messages, time, time, (index) => {
    const type = messages.type[index] as number;
    const from = members[messages.from[index] as number];
    const to = members[messages.to[index] as number];
    if (from === undefined || to === undefined || hidden.has(type)) return true;
    const sent = messages.sent[index] as number;
    const took = Math.max(1, (messages.ended[index] as number) - sent);
    const share = Math.min(1, (time - sent) / took);
    flying.push({
      x: from.x + (to.x - from.x) * share,
      y: from.y + (to.y - from.y) * share,
      colour: strokes[type]?.colour ?? theme.muted,
      isLost: (messages.fate[index] as number) >= 2,
      name: messages.types[type]?.name ?? '',
    });
    return flying.length < mostFlying;
  });
  const dots = select(svg)
    .selectAll<SVGGElement, (typeof flying)[number]>('.ring-message')
    .data(flying)
    .join((enter) => {
      const made = enter.append('g').attr('class', 'ring-message');
      made.append('circle').attr('r', 5);
      made.append('text').attr('x', 8).attr('y', 4);
      return made;
    })
    .attr('transform', ({ x, y }) => `translate(${x},${y})`);
  dots
    .select('circle')
    .attr('fill', ({ colour, isLost }) => (isLost ? 'none' : colour))
    .attr('stroke', ({ colour, isLost }) => (isLost ? theme.alarm : colour))
    .attr('stroke-dasharray', ({ isLost }) => (isLost ? '2 2' : null));
  dots
    .select('text')
    .attr('fill', theme.muted)
    .text(({ name }) => (flying.length <= 8 ? name : ''));
}

interface Move {
  readonly from: string;
  readonly to: string;
  readonly lane: number;
  readonly time: number;
}

/** Every change from one role to another, in order of time. */
function movesOf(model: Model): Move[] {
  return model.rolesByLane
    .flatMap((spans, lane) =>
      spans.flatMap((span, index) => {
        const before = spans[index - 1];
        return before === undefined || before.role === span.role
          ? []
          : [{ from: before.role, to: span.role, lane, time: span.from }];
      }),
    )
    .sort((one, other) => one.time - other.time);
}

function roleBoard(
  model: Model,
  members: readonly Member[],
  { roles }: Look,
  moves: readonly Move[],
  time: number,
): HTMLElement[] {
  const boxes = [...roles].map(([role, { fill, text }]) => {
    const head = element('span', { class: 'role-head', text: role });
    head.style.background = fill;
    head.style.color = text;
    const players = members.filter((member) => member.role === role && member.band === undefined);
    const names = players
      .slice(0, 40)
      .map(({ lane }) => element('span', { class: 'role-player', text: laneName(model, lane) }));
    return element('div', { class: 'role-box' }, [head, ...names]);
  });
  const last = moves.findLast((move) => move.time <= time);
  const edges = new Map<string, number>();
  for (const { from, to, time: at } of moves)
    if (at <= time) edges.set(`${from} → ${to}`, (edges.get(`${from} → ${to}`) ?? 0) + 1);
  const chart = [...edges].map(([edge, count]) =>
    element('li', {
      class: last !== undefined && edge === `${last.from} → ${last.to}` ? 'is-last' : '',
      text: `${edge}  ${count}×`,
    }),
  );
  const title = element('h3', { text: 'Role changes so far' });
  return [
    element('div', { class: 'role-boxes' }, boxes),
    ...(chart.length > 0 ? [title, element('ul', { class: 'role-moves' }, chart)] : []),
  ];
}
