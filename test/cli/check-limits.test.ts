// What `faultline check` does when time is up or somebody interrupts it: it says so, and keeps what it knows.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultline, faultlineJson, interruptedFaultline, temporaryFolder } from './command.ts';

/** Pushes that overlap in every order, and a pop of what nobody pushed: a plain search tries all orders. */
function hardStack(folder: string): string {
  const path = join(folder, 'hard.jsonl');
  const clients = Array.from({ length: 24 }, (_, client) => client);
  const event = (process: number, type: string, f: string, value: number | null): string =>
    JSON.stringify({ process, type, f, value });
  const lines = [
    ...clients.map((client) => event(client, 'invoke', 'push', client)),
    ...clients.map((client) => event(client, 'ok', 'push', client)),
    ...clients.map((client) => event(client, 'invoke', 'pop', null)),
    ...clients.map((client) => event(client, 'ok', 'pop', client === 0 ? 99 : client)),
  ];
  writeFileSync(path, lines.join('\n'));
  return path;
}

function easyRegister(folder: string): string {
  const path = join(folder, 'easy.jsonl');
  writeFileSync(
    path,
    '{"process":0,"type":"invoke","f":"write","value":1}\n{"process":0,"type":"ok","f":"write","value":1}',
  );
  return path;
}

describe('check', () => {
  test('does not know when the time is up, and says how far it came', async () => {
    const path = hardStack(temporaryFolder());
    const argv = ['check', path, '--engine', 'wgl', '--timeout', '300ms'];
    const { code, out } = await faultline(...argv);
    expect(code).toBe(3);
    expect(out).toMatch(/UNKNOWN {2}the search stopped at its deadline/);
    expect(out).toMatch(/covered +\d+ of 48 completions explained/);
    const { document } = await faultlineJson<{ valid: string; ms: number; partitions: object[] }>(...argv);
    expect(document).toMatchObject({ valid: 'unknown', partitions: [{ covered: expect.any(Number), returned: 48 }] });
    expect(document.ms).toBeLessThan(3_000);
  });

  test('keeps what it judged when it is interrupted', async () => {
    const folder = temporaryFolder();
    const [easy, hard] = [easyRegister(folder), hardStack(folder)];
    const argv = ['check', easy, hard, easy, '--engine', 'wgl', '--workers', '1'];
    const { code, out, err } = await interruptedFaultline(folder, 'hard.jsonl: ', ...argv);
    expect({ code, err }).toEqual({ code: 130, err: expect.stringMatching(/\ninterrupted\n$/) });
    expect(out).toMatch(
      /\neasy\.jsonl +VALID [^\n]*\nhard\.jsonl +UNKNOWN [^\n]*\neasy\.jsonl +NOT JUDGED +interrupted/,
    );
  });
});
