// The options of `faultline explore` that choose how a world is searched, and where a search goes on.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultline, faultlineJson, temporaryFolder } from './command.ts';

interface Document {
  readonly unique: number;
  readonly generated: number;
  readonly violations: readonly { readonly property: string; readonly trace: readonly string[] }[];
}

describe('explore', () => {
  test('reduces orders and names, and deepens level by level', async () => {
    const world = ['two-phase-commit', '--set', 'rms=4'];
    const { document: reduced } = await faultlineJson<Document>('explore', ...world, '--por');
    expect(reduced).toMatchObject({ unique: 1_568, complete: true });
    expect(reduced.generated).toBeLessThan(8_258);
    const { document: orbits } = await faultlineJson<Document>('explore', ...world, '--symmetry');
    expect(orbits).toMatchObject({ unique: 166, complete: true });
    const { document: deep } = await faultlineJson<Document>('explore', ...world, '--strategy', 'iddfs');
    expect(deep).toMatchObject({ unique: 1_568, generated: 8_258, levels: 14, complete: true });
    const { code, err } = await faultline('explore', 'paxos', '--symmetry');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('declares no symmetric processes') });
  });

  test.each(['pct', 'pos'])('draws runs by %s', async (strategy) => {
    const { document } = await faultlineJson('explore', 'paxos', '--strategy', strategy, '--runs', '20');
    expect(document).toMatchObject({ runs: 20, violations: [], complete: false });
  });

  test('goes on from a checkpoint to the counts of one search', async () => {
    const file = `${temporaryFolder()}/half.checkpoint`;
    const world = ['two-phase-commit', '--set', 'rms=4'];
    const { code, document } = await faultlineJson('explore', ...world, '--states', '500', '--checkpoint', file);
    expect(code).toBe(3);
    expect(document).toMatchObject({ endedBy: 'states', files: { checkpoint: file } });
    const { document: rest } = await faultlineJson('explore', ...world, '--resume', file);
    expect(rest).toMatchObject({ unique: 1_568, generated: 8_258, levels: 14, complete: true });

    const other = await faultline('explore', 'two-phase-commit', '--set', 'rms=5', '--resume', file);
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('one of another world') });
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    const cut = await faultline('explore', ...world, '--resume', file);
    expect(cut).toMatchObject({ code: 2, err: expect.stringContaining('expected a checkpoint of') });
    writeFileSync(file, 'something else\n');
    const alien = await faultline('explore', ...world, '--resume', file);
    expect(alien).toMatchObject({ code: 2, err: expect.stringContaining('expected a checkpoint that explore wrote') });
  });
});
