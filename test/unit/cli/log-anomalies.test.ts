import { describe, expect, it } from 'vitest';
import { aFile, runCommand } from './run-command.ts';

interface Row {
  readonly line: number;
  readonly score: number;
  readonly anomalous: boolean;
  readonly reason: string;
}

const WORDS = ['opened', 'closed', 'paid', 'packed', 'sent'];
const ordinary = (lines: number): string[] =>
  Array.from({ length: lines }, (_, at) => `order ${at} was ${WORDS[(at * 7) % 5]} after ${at % 90} ms`);

async function rowsOf(lines: readonly string[]): Promise<Row[]> {
  const { code, stdout, stderr } = await runCommand(['log', 'anomalies', aFile(`${lines.join('\n')}\n`), '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('log anomalies', () => {
  it('prints one row for each line, and names a line of a kind never seen before', async () => {
    const lines = ordinary(2000);
    lines[1500] = 'FATAL cannot reach the warehouse';
    const rows = await rowsOf(lines);
    expect(rows.map(({ line }) => line)).toEqual(lines.map((_, at) => at + 1));
    expect(Object.keys(rows[0] ?? {})).toEqual(['line', 'score', 'anomalous', 'reason']);
    const found = rows.filter(({ anomalous }) => anomalous);
    expect(found.map(({ line, reason }) => [line, reason])).toEqual([[1501, 'new-template']]);
  });

  it('names where the rate of an ordinary line jumps', async () => {
    const lines = ordinary(4000).map((line, at) =>
      at >= 3000 && at < 3050 ? `order ${at} was packed after 1 ms` : line,
    );
    const found = (await rowsOf(lines)).filter(({ anomalous }) => anomalous);
    expect(found.map(({ reason }) => reason)).toContain('rate-jump');
    for (const { line } of found) expect(line).toBeGreaterThan(3000);
  });

  it('is quiet on an ordinary log, and shows text without --json', async () => {
    expect((await rowsOf(ordinary(3000))).filter(({ anomalous }) => anomalous)).toEqual([]);
    const lines = ordinary(2000);
    lines[1500] = 'FATAL cannot reach the warehouse';
    const { stdout } = await runCommand(['log', 'anomalies', aFile(lines.join('\n'))]);
    expect(stdout.toString()).toMatch(/^1501 {2}0\.\d{3} {2}new-template {2}FATAL cannot reach the warehouse\n$/);
  });

  it('reads one endless line, and standard input', async () => {
    const { stdout } = await runCommand(['log', 'anomalies', '-', '--json'], 'ab '.repeat(1_000_000));
    expect(stdout.toString()).toBe('{"line":1,"score":0.000999,"anomalous":false,"reason":"none"}\n');
  });
});
