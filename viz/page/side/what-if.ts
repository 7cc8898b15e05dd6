// The panel where a reader changes the seed, a knob or the fault schedule. Every change is run at once, and the run before
// it stays beside it.
import { describeFault, type Fault, type TimedFault } from '../../../sim/fault.ts';
import type { ParameterValue } from '../../../sim/scenario.ts';
import type { CatalogueEntry, Knob } from '../../catalogue.ts';
import { addableFaults, moveFault, type Change } from '../change.ts';
import { button, element } from '../overlay/element.ts';
import { cannotRun, type ShownRun } from '../shown-run.ts';

export interface WhatIfSetting {
  readonly shown: ShownRun;
  /** Absent when the simulator in the page does not have the scenario: then there is nothing to run. */
  readonly entry: CatalogueEntry | undefined;
  readonly moment: () => number;
  readonly change: (change: Change) => void;
}

const mostFaultsShown = 200;

export function createWhatIf(setting: WhatIfSetting): HTMLElement {
  const panel = element('section', { class: 'what-if', attributes: { 'aria-label': 'What if' } });
  const { entry, shown } = setting;
  if (entry === undefined) {
    const { scenario, recordedOnly } = shown.model.data;
    const text =
      recordedOnly === undefined
        ? `The scenario ${scenario} is not built into this page, so the page shows this run and cannot run it again. The command line can: change the faults in a replay file of it, then npx faultline timeline FILE --scenario YOUR-SCENARIO.ts`
        : cannotRun(recordedOnly);
    panel.append(element('p', { class: 'hint', text }));
    return panel;
  }
  panel.append(
    element('p', { class: 'hint', text: 'Change one thing. The run starts at once, with all the rest unchanged.' }),
    seedField(setting),
    faultList(setting),
    adder(setting),
    byHand(setting),
    knobs(setting, entry.knobs),
  );
  return panel;
}

function seedField({ shown, change }: WhatIfSetting): HTMLElement {
  const { seed } = shown.model.data;
  const input = element('input', {
    class: 'input',
    attributes: { value: seed, maxlength: '100', 'aria-label': 'Seed' },
  });
  const keep = element('input', { attributes: { type: 'checkbox', checked: '' } });
  const run = (to: string): void => {
    if (to !== '' && to !== seed) change({ type: 'seed', seed: to, keep: keep.checked });
  };
  input.addEventListener('change', () => run(input.value.trim()));
  const next = /^\d+$/.test(seed) ? String(Number(seed) + 1) : `${seed}+`;
  return element('fieldset', { class: 'field' }, [
    element('legend', { text: 'Seed' }),
    element('div', { class: 'field-row' }, [input, button(`Try ${next}`, 'button', () => run(next))]),
    element('label', { class: 'check' }, [keep, 'keep knobs and faults']),
  ]);
}

function faultList(setting: WhatIfSetting): HTMLElement {
  const { request } = setting.shown.model.data;
  const faults = request.faults ?? [];
  const rows = faults.slice(0, mostFaultsShown).map((fault, place) => faultRow(setting, faults, fault, place));
  if (faults.length > mostFaultsShown)
    rows.push(
      element('li', { class: 'hint', text: `and ${faults.length - mostFaultsShown} more: change them as JSON below` }),
    );
  if (rows.length === 0) rows.push(element('li', { class: 'hint', text: 'Nothing goes wrong in this run.' }));
  return element('fieldset', { class: 'field' }, [
    element('legend', { text: `Faults (${faults.length}), times in ms` }),
    element('ol', { class: 'fault-list' }, rows),
    ...(faults.length > 0
      ? [button('Remove them all', 'button button-small', () => setting.change({ type: 'faults', faults: [] }))]
      : []),
  ]);
}

function faultRow(
  { shown, change }: WhatIfSetting,
  faults: readonly TimedFault[],
  { at, fault }: TimedFault,
  place: number,
): HTMLElement {
  const words = describeFault(fault).replace(/ for .*$/, '');
  const { healAt } = shown.model.data;
  const begin = milliseconds(at, `Begin of ${words}, in milliseconds`, (to) =>
    change({ type: 'faults', faults: moveFault(faults, place, to, healAt) }),
  );
  const lasts = 'for' in fault ? fault.for : undefined;
  const length =
    lasts === undefined
      ? []
      : [
          milliseconds(lasts, `Length of ${words}, in milliseconds`, (to) => {
            const changed = { ...fault, for: Math.max(1, to) } as Fault;
            change({ type: 'faults', faults: faults.with(place, { at, fault: changed }) });
          }),
        ];
  return element('li', { class: 'fault-row' }, [
    element('span', { class: 'fault-words', text: words, attributes: { title: describeFault(fault) } }),
    element('label', { class: 'small-field' }, ['at', begin]),
    ...(length.length > 0 ? [element('label', { class: 'small-field' }, ['for', ...length])] : []),
    button(
      '✕',
      'button button-quiet',
      () => change({ type: 'faults', faults: faults.toSpliced(place, 1) }),
      `Remove ${words}`,
    ),
  ]);
}

function adder({ shown, change, moment }: WhatIfSetting): HTMLElement {
  const { data } = shown.model;
  const types = element(
    'select',
    { class: 'select', attributes: { 'aria-label': 'Fault to add' } },
    addableFaults.map(({ type }) => element('option', { text: type })),
  );
  const nodes = element(
    'select',
    { class: 'select', attributes: { 'aria-label': 'Node that it strikes' } },
    data.lanes.map(({ id }) => element('option', { text: id })),
  );
  const lasts = element('input', {
    class: 'input input-number',
    attributes: { type: 'number', min: '1', value: '1000', 'aria-label': 'Milliseconds' },
  });
  const add = (): void => {
    const fault = addableFaults[types.selectedIndex]?.make(
      nodes.value,
      Math.max(1, Math.round(Number(lasts.value) * 1_000)),
    );
    const at = Math.max(0, Math.min(data.healAt - 1, Math.round(moment())));
    if (fault !== undefined) change({ type: 'faults', faults: [...(data.request.faults ?? []), { at, fault }] });
  };
  return element('fieldset', { class: 'field adder' }, [
    element('legend', { text: 'Add a fault at the moment' }),
    element('div', { class: 'field-row' }, [
      types,
      nodes,
      lasts,
      element('span', { text: 'ms' }),
      button('Add', 'button', add),
    ]),
  ]);
}

/** The whole schedule as text: for faults of every kind. */
function byHand({ shown, change }: WhatIfSetting): HTMLElement {
  const text = JSON.stringify(shown.model.data.request.faults ?? [], null, 1);
  const area = element('textarea', {
    class: 'input json',
    attributes: { rows: '8', spellcheck: 'false', 'aria-label': 'Fault schedule as JSON' },
  });
  area.value = text;
  const problem = element('p', { class: 'problem', attributes: { role: 'alert' } });
  const run = (): void => {
    try {
      const faults = JSON.parse(area.value) as TimedFault[];
      if (!Array.isArray(faults)) throw new SyntaxError('expected a list of faults');
      problem.textContent = '';
      change({ type: 'faults', faults });
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  return element('details', { class: 'field' }, [
    element('summary', { text: 'The schedule as JSON' }),
    area,
    problem,
    button('Run it', 'button', run),
  ]);
}

function knobs(setting: WhatIfSetting, all: readonly Knob[]): HTMLElement {
  const { parameters } = setting.shown.model.data;
  const rows = all.map((knob) =>
    element('label', { class: 'knob', attributes: { title: knob.about } }, [
      element('span', { class: 'knob-name', text: knob.name }),
      knobControl(knob, parameters[knob.name] ?? knob.default, (value) =>
        setting.change({ type: 'knob', name: knob.name, value }),
      ),
      element('span', { class: 'knob-about', text: knob.about }),
    ]),
  );
  return element('fieldset', { class: 'field' }, [element('legend', { text: 'Knobs' }), ...rows]);
}

function knobControl(knob: Knob, value: ParameterValue, change: (value: ParameterValue) => void): HTMLElement {
  if (typeof knob.default === 'boolean') {
    const made = element('input', { attributes: { type: 'checkbox' } });
    made.checked = value === true;
    made.addEventListener('change', () => change(made.checked));
    return made;
  }
  if (knob.oneOf !== undefined) {
    const options = knob.oneOf;
    const made = element(
      'select',
      { class: 'select' },
      options.map((each) => element('option', { text: String(each) })),
    );
    made.selectedIndex = options.indexOf(value);
    made.addEventListener('change', () => change(options[made.selectedIndex] ?? knob.default));
    return made;
  }
  const isNumber = typeof knob.default === 'number';
  const [low, high] = knob.range ?? [];
  const limits = low === undefined ? {} : { min: String(low), max: String(high) };
  const made = element('input', {
    class: 'input input-number',
    attributes: {
      type: isNumber ? 'number' : 'text',
      value: String(value),
      step: Number.isInteger(knob.default) ? '1' : 'any',
      ...limits,
    },
  });
  made.addEventListener('change', () => {
    if (made.checkValidity()) change(isNumber ? Number(made.value) : made.value);
    else made.reportValidity();
  });
  return made;
}

function milliseconds(us: number, label: string, change: (us: number) => void): HTMLInputElement {
  const made = element('input', {
    class: 'input input-number',
    attributes: { type: 'number', min: '0', step: 'any', value: String(us / 1_000), 'aria-label': label },
  });
  made.addEventListener('change', () => {
    if (made.value !== '' && made.checkValidity()) change(Math.round(Number(made.value) * 1_000));
  });
  return made;
}
