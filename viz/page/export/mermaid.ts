// The visible stretch as a Mermaid sequence diagram: messages in order of arrival, losses, roles, crashes and faults.
import { isFailed, visitMessages } from '../messages.ts';
import type { Model } from '../model.ts';
import type { TimeWindow } from '../view.ts';
import { instant, laneName, lossReason } from '../words.ts';

const mostLines = 400;

export function mermaidOf(model: Model, { from, to }: TimeWindow): string {
  const { data } = model;
  const lines: { time: number; text: string }[] = [];
  const isIn = (time: number): boolean => time >= from && time <= to;
  const note = (time: number, lane: number, text: string): void => {
    if (isIn(time) && lane >= 0) lines.push({ time, text: `Note over ${participant(lane)}: ${plain(text)}` });
  };
  visitMessages(model.messages, from, to, (index) => {
    const line = messageLine(model, index);
    if (line !== undefined && isIn(line.time)) lines.push(line);
    return true;
  });
  for (const { from: at, lane, role, detail } of data.roles)
    note(at, lane, detail === '' ? role : `${role}, ${detail}`);
  for (const { from: at, lane, type } of data.bands) note(at, lane, type);
  for (const fault of data.faults) note(fault.from, fault.sides[0]?.lanes[0] ?? 0, `fault: ${fault.label}`);
  for (const { at, lanes, name, verdict } of data.findings)
    note(at, lanes[0] ?? 0, `${verdict === 'invalid' ? 'violated' : 'unknown'}: ${name}`);
  lines.sort((one, other) => one.time - other.time);
  const rest = lines.length - mostLines;
  return [
    'sequenceDiagram',
    `  %% ${plain(data.scenario)}, seed ${plain(data.seed)}, hash ${data.hash}, ${instant(Math.max(0, Math.round(from)))} to ${instant(Math.round(to))}`,
    ...data.lanes.map(
      ({ id, type }, lane) => `  ${type === 'client' ? 'actor' : 'participant'} ${participant(lane)} as ${plain(id)}`,
    ),
    ...lines.slice(0, mostLines).map(({ text }) => `  ${text}`),
    ...(rest > 0 ? [`  %% ${rest} more are left out: choose a shorter stretch`] : []),
    '',
  ].join('\n');
}

function messageLine(model: Model, index: number): { time: number; text: string } | undefined {
  const { messages } = model;
  const [from, to] = [messages.from[index] as number, messages.to[index] as number];
  if (from < 0 || to < 0) return undefined;
  const name = plain(messages.types[messages.type[index] as number]?.name ?? 'message');
  const time = messages.ended[index] as number;
  if (isFailed(messages.fate[index] as number)) {
    return {
      time,
      text: `${participant(from)}--x${participant(to)}: ${name} (lost: ${plain(lossReason(model, index))})`,
    };
  }
  const ask = `${participant(from)}->>${participant(to)}: ${name}`;
  return { time, text: laneName(model, from) === laneName(model, to) ? `${ask} (to itself)` : ask };
}

const participant = (lane: number): string => `p${lane}`;

/** Nothing that Mermaid would take for more than words. */
function plain(text: string): string {
  return text
    .replaceAll(/[^\p{L}\p{N} .,:()_/=+-]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .slice(0, 80);
}
