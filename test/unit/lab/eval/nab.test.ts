import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nab } from '#lab/eval/nab.ts';
import { noisy } from '../../../../packages/anomaly/test/series.ts';
import { aFolder } from '../../cli/run-command.ts';

const timeOf = (row: number): string =>
  new Date(Date.UTC(2026, 0, 1) + row * 300_000).toISOString().slice(0, 19).replace('T', ' ');

/** Two groups of one series of 800 rows each; both have a spike in a labelled window, the second is packed. */
function aBenchmark(labels?: Record<string, string[][]>): string {
  const folder = aFolder();
  for (const part of ['labels', 'data/first', 'data/second']) mkdirSync(join(folder, part), { recursive: true });
  const values = noisy(800, 1, (row) => (row === 600 ? 60 : 10));
  const text = `timestamp,value\n${values.map((value, row) => `${timeOf(row)},${value}\n`).join('')}`;
  writeFileSync(join(folder, 'data/first/a.csv'), text);
  writeFileSync(join(folder, 'data/second/b.csv.gz'), gzipSync(text));
  const window = [[`${timeOf(600)}.000000`, `${timeOf(639)}.000000`]];
  writeFileSync(
    join(folder, 'labels/combined_windows.json'),
    JSON.stringify(labels ?? { 'first/a.csv': window, 'second/b.csv': window }),
  );
  return folder;
}

const options = { progress: () => {}, now: () => 0 };

describe('the suite nab', () => {
  it('scores the detector and the baseline over all series and by group', async () => {
    const report = await nab.run(aBenchmark(), options);
    const figureOf = (name: string) => report.figures.find((figure) => figure.name === name)?.value ?? Number.NaN;
    expect(figureOf('standard profile')).toBeGreaterThan(60);
    expect(figureOf('windowed Gaussian')).toBeCloseTo(100, 0);
    expect(figureOf('points above windowed Gaussian')).toBeCloseTo(
      figureOf('standard profile') - figureOf('windowed Gaussian'),
      9,
    );
    const changed = report.figures
      .filter(({ name }) => name.startsWith('standard profile, '))
      .map(({ value }) => value);
    expect(changed).toHaveLength(9);
    expect(Math.min(...changed)).toBeGreaterThan(50);
    expect(figureOf('standard profile, negated')).toBeCloseTo(figureOf('standard profile'), 6);
    expect(report.byGroup?.map(({ group }) => group)).toEqual(['first', 'second']);
  });

  it('refuses a window that no row begins or ends', async () => {
    const folder = aBenchmark({ 'first/a.csv': [['2031-01-01 00:00:00', '2031-01-02 00:00:00']] });
    await expect(nab.run(folder, options)).rejects.toThrow(/begins or ends at 2031-01-01 00:00:00/);
  });
});
