import { describe, expect, it } from 'vitest';
import { noisy } from '../../../packages/anomaly/test/series.ts';
import { aFile, runCommand } from './run-command.ts';

const START = Date.UTC(2026, 10, 2);
const isoOf = (row: number): string => new Date(START + row * 300_000).toISOString();

const csv = (values: readonly (number | string)[], timeOf: (row: number) => string = isoOf): string =>
  values.map((value, row) => `${timeOf(row)},${value}\n`).join('');

const LEAK = noisy(200, 1, (row) => 40 + 0.1 * row);

describe('metric forecast', () => {
  it('[C80] prints one document with the times and exits with 1 when the limit comes within the hours', async () => {
    const { code, stdout } = await runCommand(['metric', 'forecast', aFile(csv(LEAK)), '--limit', '70', '--json']);
    const document = JSON.parse(stdout.toString());
    expect(code).toBe(1);
    expect(document).toMatchObject({ limit: 70, side: 'above', withinHours: 24, forecast: 'expected', within: true });
    expect(document.earliest <= document.likely && document.likely <= document.latest).toBe(true);
    expect(Math.abs(Date.parse(document.likely) - Date.parse(isoOf(300)))).toBeLessThan(2 * 3_600_000);
  });

  it('exits with 0 when it comes later than asked for, and still says when', async () => {
    const args = ['metric', 'forecast', aFile(csv(LEAK)), '--limit', '70', '--within', '2'];
    const { code, stdout } = await runCommand(args);
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(
      /the limit will likely be reached at 2026-11-0\S+ \(\S+ to \S+\): 1\.\d+ per hour/,
    );
  });

  it('says why nothing is expected', async () => {
    const quiet = csv(noisy(200, 2, () => 40));
    const { code, stdout } = await runCommand(['metric', 'forecast', '-', '--limit', '70'], quiet);
    expect(code).toBe(0);
    expect(stdout.toString()).toBe('-: no forecast: no significant trend towards the limit\n');
    const json = await runCommand(['metric', 'forecast', '-', '--limit', '70', '--json'], quiet);
    expect(JSON.parse(json.stdout.toString())).toMatchObject({ forecast: 'none', reason: 'no-trend', likely: null });
  });

  it('knows space that falls, and a limit that is reached', async () => {
    const free = csv(LEAK.map((value) => 100 - value));
    const falling = await runCommand(['metric', 'forecast', '-', '--limit', '30', '--below'], free);
    expect([falling.code, falling.stdout.toString()]).toEqual([1, expect.stringContaining('-1.')]);
    const reached = await runCommand(['metric', 'forecast', '-', '--limit', '45'], csv(LEAK));
    expect([reached.code, reached.stdout.toString()]).toEqual([1, expect.stringContaining('the limit is reached')]);
  });

  it.each<[string, (row: number) => string]>([
    ['Unix seconds', (row) => String((START + row * 300_000) / 1000)],
    ['Unix milliseconds', (row) => String(START + row * 300_000)],
    ['a clock without a zone', (row) => isoOf(row).slice(0, 19).replace('T', ' ')],
    ['a zone without a colon', (row) => isoOf(row + 24).replace('.000Z', '+0200')],
  ])('reads times in %s alike', async (_, timeOf) => {
    const args = ['metric', 'forecast', '-', '--limit', '70', '--json'];
    const [one, other] = await Promise.all([runCommand(args, csv(LEAK)), runCommand(args, csv(LEAK, timeOf))]);
    expect(other.stdout.toString()).toBe(one.stdout.toString());
  });

  it.each([
    [['--limit', 'much'], /--limit much: expected a number/],
    [[], /needs --limit N/],
    [['--limit', '70', '--within', '0'], /--within 0: expected a whole number/],
  ])('exits with 2 on %j', async (options, reason) => {
    const { code, stderr } = await runCommand(['metric', 'forecast', '-', ...options], csv(LEAK));
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
  });

  it('exits with 2 when no line is a row', async () => {
    const { code, stderr } = await runCommand(['metric', 'forecast', '-', '--limit', '7'], 'just text\n');
    expect(code).toBe(2);
    expect(stderr).toMatch(/no metric rows/);
  });
});
