import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { noisy } from '../../../packages/anomaly/test/series.ts';
import { aFile, runCommand } from './run-command.ts';

const timeOf = (row: number): string =>
  new Date(Date.UTC(2026, 0, 1) + row * 300_000).toISOString().slice(0, 19).replace('T', ' ');

function csv(values: readonly (number | string)[]): string {
  return `timestamp,value\n${values.map((value, row) => `${timeOf(row)},${value}\n`).join('')}`;
}

const answersOf = (stdout: Buffer): { timestamp: string; value: number | null; score: number; anomalous: boolean }[] =>
  stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('metric anomalies', () => {
  it('prints one JSON line per row, with an alarm at the spike', async () => {
    const values = noisy(700, 1, () => 40);
    values[600] = 90;
    const { code, stdout } = await runCommand(['metric', 'anomalies', aFile(csv(values), 'cpu.csv'), '--json']);
    const answers = answersOf(stdout);
    expect(code).toBe(0);
    expect(answers).toHaveLength(700);
    expect(Object.keys(answers[600]!)).toEqual(['timestamp', 'value', 'score', 'anomalous']);
    expect(answers[600]).toMatchObject({ timestamp: timeOf(600), value: 90, anomalous: true });
  });

  it('gives a row the same line whether the file goes on or not', async () => {
    const values = noisy(500, 2, (row) => row % 24);
    const whole = await runCommand(['metric', 'anomalies', aFile(csv([...values, 1e6, 5])), '--json']);
    const part = await runCommand(['metric', 'anomalies', aFile(csv(values)), '--json']);
    expect(whole.stdout.toString().startsWith(part.stdout.toString())).toBe(true);
  });

  it('reads gzip and standard input alike', async () => {
    const text = csv(noisy(300, 3, () => 1));
    const [packed, piped] = await Promise.all([
      runCommand(['metric', 'anomalies', aFile(gzipSync(text)), '--json']),
      runCommand(['metric', 'anomalies', '-', '--json'], text),
    ]);
    expect(packed.stdout.equals(piped.stdout)).toBe(true);
  });

  it('names bad rows by line and reason, keeps rows without a value, and goes on', async () => {
    const text = `${csv([1, 'NaN', 'many', 4])}nonsense\n`;
    const { code, stdout, stderr } = await runCommand(['metric', 'anomalies', '-', '--json'], text);
    expect(code).toBe(0);
    expect(answersOf(stdout).map(({ value }) => value)).toEqual([1, null, 4]);
    expect(answersOf(stdout)[1]).toMatchObject({ score: 0, anomalous: false });
    expect(stderr).toMatch(/line 4: "many" is no number/);
    expect(stderr).toMatch(/line 6: .*no two columns/);
  });

  it('exits with 2 when no line is a row of a metric', async () => {
    const { code, stderr } = await runCommand(['metric', 'anomalies', aFile('just\nsome\ntext\n')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no metric rows. Expected timestamp,value/);
  });

  it('prints the alarms alone, with their reason, as text', async () => {
    const values = noisy(700, 4, () => 40);
    values[600] = 90;
    const { stdout } = await runCommand(['metric', 'anomalies', aFile(csv(values))]);
    expect(stdout.toString()).toMatch(/^2026-01-03 02:00:00 {2}90 {2}[01]\.\d{3} {2}[a-z-]+$/m);
    expect(stdout.toString().split('\n').length).toBeLessThan(20);
  });

  it('says as text that a series has no anomaly, and leaves JSON as it is', async () => {
    const file = aFile(csv(noisy(700, 4, () => 40)));
    expect((await runCommand(['metric', 'anomalies', file])).stdout.toString()).toBe('no anomaly in 700 rows\n');
    expect(answersOf((await runCommand(['metric', 'anomalies', file, '--json'])).stdout)).toHaveLength(700);
  });
});
