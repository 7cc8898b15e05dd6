// Colours that carry meaning, for light and for dark: an Okabe-Ito-like palette that colour-blind people tell apart. Colour
// never stands alone: roles have labels, message types dashes, outcomes shapes.

export interface Theme {
  readonly dark: boolean;
  readonly ground: string;
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly down: string;
  readonly onDown: string;
  readonly alarm: string;
  readonly accent: string;
  readonly unknown: string;
  readonly outcome: Readonly<Record<'ok' | 'fail' | 'info' | 'open', string>>;
  readonly family: Readonly<Record<string, string>>;
}

const light: Theme = {
  dark: false,
  ground: '#ffffff',
  ink: '#14202b',
  muted: '#5a6b7b',
  rule: '#dfe6ec',
  down: '#2b3641',
  onDown: '#ffffff',
  alarm: '#c8102e',
  accent: '#0b62c4',
  unknown: '#a86400',
  outcome: { ok: '#00795a', fail: '#66727d', info: '#a86400', open: '#a86400' },
  family: { process: '#4a5a69', network: '#c24e00', clock: '#7a4fa3', disk: '#7a6400', other: '#5a6b7b' },
};

const dark: Theme = {
  dark: true,
  ground: '#131b23',
  ink: '#e8eef4',
  muted: '#93a4b4',
  rule: '#283541',
  down: '#05080b',
  onDown: '#c9d4de',
  alarm: '#ff6b7d',
  accent: '#6cb2ff',
  unknown: '#f0b44c',
  outcome: { ok: '#3fc79f', fail: '#93a4b4', info: '#f0b44c', open: '#f0b44c' },
  family: { process: '#9fb1c2', network: '#ff9b57', clock: '#c8a2ec', disk: '#d8c25a', other: '#93a4b4' },
};

/** The theme that the reader's system asks for. */
export function themeFor(isDark: boolean): Theme {
  return isDark ? dark : light;
}

/** A fill and the text colour that reads on it. */
export interface RoleColour {
  readonly fill: string;
  readonly text: string;
}

/** Maps and not objects, because a role may have any name, `constructor` too. */
const fixedRoles = new Map<string, { light: RoleColour; dark: RoleColour }>([
  ['leader', { light: pair('#0072b2', '#ffffff'), dark: pair('#2f97d8', '#04121c') }],
  ['candidate', { light: pair('#e69f00', '#241800'), dark: pair('#e69f00', '#241800') }],
  ['pre-candidate', { light: pair('#f0e442', '#2a2700'), dark: pair('#e3d83e', '#2a2700') }],
  ['follower', { light: pair('#c9d4dd', '#2c3a46'), dark: pair('#3a4a58', '#d5e0ea') }],
]);

/** The same meaning under another name. */
const roleAliases = new Map<string, string>([
  ['primary', 'leader'],
  ['leading', 'leader'],
  ['coordinator', 'leader'],
  ['looking', 'candidate'],
  ['electing', 'candidate'],
  ['backup', 'follower'],
  ['following', 'follower'],
  ['participant', 'follower'],
  ['replica', 'follower'],
  ['idle', 'follower'],
  ['acquiring', 'candidate'],
  ['waiting', 'pre-candidate'],
  ['holding', 'leader'],
  ['working', 'leader'],
  ['extending', 'leader'],
]);

const otherRoles: readonly RoleColour[] = [
  pair('#009e73', '#00150f'),
  pair('#cc79a7', '#2a0a1c'),
  pair('#56b4e9', '#04202f'),
  pair('#b3a100', '#1c1900'),
  pair('#8f7fd1', '#120a33'),
  pair('#d98a5b', '#2a1203'),
];

/** Whether a role is the one that nodes play when nothing is going on. */
export function isQuietRole(role: string): boolean {
  return meaningOf(role) === 'follower';
}

/** The well-known role that this one is another name of, in whatever case it is written, or itself. */
function meaningOf(role: string): string {
  const name = role.toLowerCase();
  return roleAliases.get(name) ?? name;
}

/** Colours for all roles of a run: fixed ones for the well-known, stable ones by name for the rest. */
export function roleColours(roles: readonly string[], theme: Theme): Map<string, RoleColour> {
  const colours = new Map<string, RoleColour>();
  const taken = new Set<number>();
  for (const role of [...new Set(roles)].sort()) {
    const fixed = fixedRoles.get(meaningOf(role));
    if (fixed !== undefined) {
      colours.set(role, theme.dark ? fixed.dark : fixed.light);
      continue;
    }
    let place = nameNumber(role) % otherRoles.length;
    while (taken.has(place) && taken.size < otherRoles.length) place = (place + 1) % otherRoles.length;
    taken.add(place);
    colours.set(role, otherRoles[place] as RoleColour);
  }
  return colours;
}

/** A stroke for a message type. */
export interface Stroke {
  readonly colour: string;
  readonly dash: readonly number[];
}

const lightHues = ['#0072b2', '#00805d', '#b4508a', '#b87400', '#5b4bb5', '#3b8fbf', '#7d7000', '#8a5a3c'];
const darkHues = ['#5ab2f0', '#35c79b', '#e695c4', '#e9b048', '#a99bf5', '#8fd3f5', '#d6ca55', '#d3a27f'];
const requestDash: readonly number[] = [];
const answerDash: readonly number[] = [6, 3];
const secondDashes: readonly (readonly number[])[] = [[], [2, 2.5], [9, 3, 2, 3], [14, 4]];

/**
 * Strokes for the message types, in their order. A question and its answer (`vote`, `vote-reply`) share a hue, the answer
 * is dashed; when the hues are used up they come back with another dash.
 */
export function messageStrokes(types: readonly string[], theme: Theme): Stroke[] {
  const hues = theme.dark ? darkHues : lightHues;
  const conversations = new Map<string, number>();
  return types.map((type) => {
    const topic = topicOf(type);
    if (!conversations.has(topic)) conversations.set(topic, conversations.size);
    const number = conversations.get(topic) as number;
    const round = Math.floor(number / hues.length) % secondDashes.length;
    const dash = round > 0 ? (secondDashes[round] ?? requestDash) : isReply(type) ? answerDash : requestDash;
    return { colour: hues[number % hues.length] as string, dash };
  });
}

const answerEnding =
  /[-_ .]?(reply|response|resp|ack|acknowledgement|result|ok|granted|denied|answer|nack|reject|rejected)$/i;
const questionEnding = /[-_ .]?(request|req|ask|call)$/i;

function topicOf(type: string): string {
  const topic = type.replace(answerEnding, '').replace(questionEnding, '').toLowerCase();
  return topic === '' ? type : topic;
}

function isReply(type: string): boolean {
  return answerEnding.test(type);
}

function pair(fill: string, text: string): RoleColour {
  return { fill, text };
}

function nameNumber(name: string): number {
  let number = 7;
  for (let index = 0; index < name.length; index++) number = (number * 31 + name.charCodeAt(index)) % 1_000_003;
  return number;
}
