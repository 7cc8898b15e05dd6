// The diagram in the documentation is drawn from the chart; UPDATE_TRANSCRIPTS=1 draws it anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { roleDiagram } from '../../../protocols/raft/index.ts';

const file = new URL('../../../docs/raft.md', import.meta.url);
const fence = /```mermaid\n[\s\S]*?```/;

test('docs/raft.md shows the role chart that every run is checked against', () => {
  const drawn = '```mermaid\n' + roleDiagram() + '\n```';
  const text = readFileSync(file, 'utf8');
  if (process.env['UPDATE_TRANSCRIPTS'] === '1') writeFileSync(file, text.replace(fence, drawn));
  expect(fence.exec(readFileSync(file, 'utf8'))?.[0]).toBe(drawn);
});
