// Reads XML strictly, as far as reports need it, and holds it against what the schemas of test reports have in common.

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

/** The root element. Throws where the text is not well-formed (XML 1.0): comments, sections and processing are not known. */
export function parseXml(source: string): Element {
  // Char, production 2: tabs, line breaks, and all from the space on but for surrogates and two at the end of the plane.
  const odd = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(source);
  if (odd !== null) throw new Error(`no character of XML: U+${odd[0].codePointAt(0)?.toString(16)}`);
  const body = source.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const open: { name: string; attributes: Record<string, string>; children: Element[]; text: string }[] = [];
  let root: Element | undefined;
  for (const [token] of body.matchAll(/<[^>]*>|[^<]+/g)) {
    const [, slash, name = '', rest = ''] = /^<(\/?)([a-z][a-z-]*)([^]*)>$/.exec(token) ?? [];
    const top = open.at(-1);
    if (name === '') {
      if (token.startsWith('<') || token.includes(']]>')) throw new Error(`what is ${JSON.stringify(token)}?`);
      if (top === undefined && token.trim() !== '') throw new Error('text outside of the root');
      if (top !== undefined) top.text += unescape(token);
    } else if (slash === '/') {
      if (top?.name !== name) throw new Error(`</${name}> closes ${top?.name ?? 'nothing'}`);
      open.pop();
      const parent = open.at(-1);
      if (parent !== undefined) parent.children.push(top);
      else if (root === undefined) root = top;
      else throw new Error('a second root');
    } else open.push({ name, attributes: attributesOf(rest), children: [], text: '' });
  }
  if (root === undefined || open.length > 0) throw new Error('the root is not closed');
  return root;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const left = text.replaceAll(/\s+([a-z]+)="([^"<]*)"/g, (_, name: string, value: string) => {
    if (Object.hasOwn(found, name)) throw new Error(`two attributes ${name}`);
    found[name] = unescape(value);
    return '';
  });
  if (left.trim() !== '') throw new Error(`no attributes: ${text}`);
  return found;
}

function unescape(text: string): string {
  const known: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) throw new Error(`an ampersand that begins nothing: ${text}`);
  return text.replaceAll(/&([a-z]+);/g, (_, name: string) => known[name] ?? '');
}

interface Rule {
  readonly required: readonly string[];
  readonly allowed?: readonly string[];
  /** In this order, each at most so often. */
  readonly children: readonly (readonly [name: string, most: number])[];
  readonly hasText?: true;
}

const counts = ['name', 'tests', 'failures', 'errors'];
const outcome: Rule = { required: ['message', 'type'], children: [], hasText: true };

/**
 * What is allowed by both, the schema of Jenkins' xUnit plugin (junit-10.xsd) and Maven Surefire's (surefire-test-report-3.0.xsd,
 * whose root is a suite): of elements the order and number that either asks for, of attributes those that both know.
 */
const rules: Readonly<Record<string, Rule>> = {
  testsuites: { required: [], allowed: [...counts, 'time'], children: [['testsuite', Infinity]] },
  testsuite: { required: [...counts, 'skipped'], allowed: ['time', 'group'], children: [['testcase', Infinity]] },
  testcase: {
    required: ['name', 'time'],
    allowed: ['classname', 'group'],
    children: [
      ['failure', 1],
      ['error', 1],
      ['system-out', 1],
    ],
  },
  failure: outcome,
  error: outcome,
  'system-out': { required: [], children: [], hasText: true },
};

/** What is wrong with the element and those below it. */
export function faultsOf({ name, attributes, children, text }: Element): string[] {
  const rule = rules[name];
  if (rule === undefined) return [`<${name}> is unknown`];
  const names = Object.keys(attributes);
  const order = rule.children.map(([child]) => child);
  const places = children.map((child) => order.indexOf(child.name));
  return [
    ...rule.required.filter((each) => !names.includes(each)).map((each) => `<${name}> has no ${each}`),
    ...names
      .filter((each) => !rule.required.includes(each) && rule.allowed?.includes(each) !== true)
      .map((each) => `<${name}> has ${each}`),
    ...(places.some((place, index) => place < (places[index - 1] ?? 0))
      ? [`<${name}> has its children in disorder`]
      : []),
    ...rule.children
      .filter(([child, most]) => children.filter((each) => each.name === child).length > most)
      .map(([child]) => `<${name}> has too many of ${child}`),
    ...(rule.hasText === true || text.trim() === '' ? [] : [`<${name}> has text`]),
    ...(/^\d*(\.\d{0,3})?$/.test(attributes['time'] ?? '') ? [] : [`<${name}> has a time that is none`]),
    ...children.flatMap(faultsOf),
  ];
}
