// What every node holds at the moment: its clocks, its logs and its state, with what the last event changed marked. The
// simulator runs to that event and tells.
import type { Json } from '../../../sim/protocol.ts';
import type { Moment, NodeMoment } from '../../worker/messages.ts';
import { Cancelled, type Engine, type Question } from '../engine.ts';
import { shortJson } from '../marks.ts';
import { element } from '../overlay/element.ts';
import { instant } from '../words.ts';
import { isObject, listCells, type ListSetting } from './log.ts';

export interface StatePanel {
  readonly node: HTMLElement;
  /** Asks for the state right after an event; the latest wish wins. */
  show(run: number, event: number): void;
}

const deepest = 2;

export function createStatePanel(engine: Engine): StatePanel {
  const body = element('div', { class: 'state-nodes' });
  const status = element('p', { class: 'hint', attributes: { 'aria-live': 'polite' } });
  const node = element('section', { class: 'state', attributes: { 'aria-label': 'State of the nodes' } }, [
    status,
    body,
  ]);
  let question: Question<'moment'> | undefined;
  let shown: { run: number; event: number } | undefined;
  let before: Moment | undefined;
  const open = new Set<string>();
  const ask = async (run: number, event: number): Promise<void> => {
    question?.cancel();
    question = engine.ask('moment', { run, event });
    try {
      const moment = await question.answer;
      body.replaceChildren(...moment.nodes.map((each, place) => card(each, moment.now, before?.nodes[place], open)));
      const isAnyOpen = body.querySelector('.log-cell.is-open') !== null;
      const dashed = isAnyOpen ? ' Dashed entries are not committed, as far as their node knows.' : '';
      status.textContent = `Right after event ${moment.event}, at ${instant(moment.now)}. What changed is marked.${dashed}`;
      before = moment;
    } catch (error) {
      if (!(error instanceof Cancelled)) status.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  return {
    node,
    show(run, event) {
      if (shown?.run === run && shown.event === event) return;
      if (shown?.run !== run) before = undefined;
      shown = { run, event };
      void ask(run, event);
    },
  };
}

function card(node: NodeMoment, now: number, before: NodeMoment | undefined, open: Set<string>): HTMLElement {
  const off = node.wall - now;
  const clock = off === 0 ? 'clock true' : `clock ${off > 0 ? '+' : '−'}${instant(Math.abs(off))}`;
  const status = node.status === 'up' ? (node.busy ? 'busy' : '') : node.status;
  const head = element('summary', { class: 'state-head' }, [
    element('span', { class: 'state-name', text: node.id }),
    ...(status === '' ? [] : [element('span', { class: `state-status is-${node.status}`, text: status })]),
    element('span', { class: off === 0 ? 'state-clock' : 'state-clock is-off', text: clock }),
  ]);
  const old = before === undefined || before.state === null ? undefined : new Map(fieldsOf(before.state));
  const all = fieldsOf(node.state);
  const fields = new Map(all);
  const rows = all.map(([name, value]) => {
    const isNew = old !== undefined && JSON.stringify(old.get(name)) !== JSON.stringify(value);
    return element('div', { class: isNew ? 'state-field is-new' : 'state-field' }, [
      element('dt', { text: name.replaceAll('.', '.\u200b') }),
      element('dd', {}, [valueNode(value, name, fields)]),
    ]);
  });
  const made = element('details', { class: 'state-node' }, [head, element('dl', {}, rows)]);
  made.open = !open.has(node.id);
  made.addEventListener('toggle', () => (made.open ? open.delete(node.id) : open.add(node.id)));
  return made;
}

/** The fields of a state, those within it by their path: `log.entries`. */
function fieldsOf(state: Json, path = '', depth = 0): [name: string, value: Json][] {
  if (state === null && path === '') return [];
  if (!isObject(state) || depth > deepest || Object.keys(state).length === 0)
    return [[path === '' ? 'state' : path, state]];
  return Object.entries(state).flatMap(([name, value]) =>
    fieldsOf(value, path === '' || isWrapper(path) ? name : `${path}.${name}`, depth + 1),
  );
}

/** The one field that holds a whole protocol says nothing in a path. */
const isWrapper = (path: string): boolean => path === 'raft' || path === 'zab' || path === 'peer';

function valueNode(value: Json, name: string, fields: ReadonlyMap<string, Json>): Node {
  if (!Array.isArray(value) || value.length === 0) return element('code', { text: shortJson(value, 160) });
  return listCells(value as readonly Json[], listSetting(name, fields));
}

/** What Raft's and Zab's states say of their logs, under the names that these protocols have for it. */
function listSetting(name: string, fields: ReadonlyMap<string, Json>): ListSetting {
  const number = (field: string): number | undefined => {
    const value = fields.get(field);
    return typeof value === 'number' ? value : undefined;
  };
  if (name === 'log') return { committed: number('committed') };
  const base = name === 'log.entries' ? number('log.base') : undefined;
  return base === undefined ? {} : { first: base + 1, committed: number('commitIndex') };
}
