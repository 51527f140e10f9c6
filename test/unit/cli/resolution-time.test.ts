import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aFile, aFolder, runCommand } from './run-command.ts';

const TITLES = 'timestamp,title,description,service,severity,resolution_time,solution,tags,success';
/** As written, and the seconds that it means. */
const TIMES = [
  ['30', 30],
  ['5400', 5_400],
  ['90.5', 90.5],
  ['0', 0],
  ['1h 30m', 5_400],
  ['45 min', 2_700],
  ['2d', 172_800],
  ['86399.999', 86_399.999],
] as const;

interface Exported {
  readonly title: string;
  readonly resolution_time: number | null;
}

const row = (time: string, at: number) =>
  `2026-10-${String(at + 1).padStart(2, '0')}T10:00:00Z,Disk ${at} full,write /var/lib/${at}: no space left on device,build-${at},high,${time},Clean old images ${at},disk,true`;
const cleaned = async (file: string): Promise<{ text: string; records: Exported[] }> => {
  const { code, stdout } = await runCommand(['knowledge', 'check', file, '--clean']);
  expect(code).toBe(0);
  const text = stdout.toString();
  const lines = text.split('\n').filter((line) => line !== '');
  return { text, records: lines.map((line) => JSON.parse(line) as Exported) };
};
const minutesLearned = async (file: string): Promise<(number | null)[]> => {
  const patterns = join(aFolder(), 'patterns.json');
  expect(await runCommand(['knowledge', 'learn', file, '--patterns', patterns])).toMatchObject({ code: 0 });
  const { stdout } = await runCommand(['knowledge', 'patterns', '--patterns', patterns, '--json']);
  const lines = stdout.toString().split('\n');
  const learned = lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { outcomes: { minutes: number | null }[] });
  return learned
    .flatMap(({ outcomes }) => outcomes.map(({ minutes }) => minutes))
    .sort((a, b) => Number(a) - Number(b));
};

describe('the resolution time of a table of past incidents', () => {
  it('is exported in seconds and means the same when it is imported again', async () => {
    const table = aFile([TITLES, ...TIMES.map(([time], at) => row(time, at))].join('\n'), 'incidents.csv');
    const once = await cleaned(table);
    expect(once.records.map(({ resolution_time }) => resolution_time)).toEqual(TIMES.map(([, seconds]) => seconds));
    const again = await cleaned(aFile(once.text, 'clean.jsonl'));
    expect(again.text).toBe(once.text);
  });

  it('survives the way over a table that a spreadsheet saved', async () => {
    const table = aFile([TITLES, ...TIMES.map(([time], at) => row(time, at))].join('\n'), 'incidents.csv');
    const { records } = await cleaned(table);
    const saved = records.map(({ resolution_time }, at) => row(String(resolution_time), at));
    const back = await cleaned(aFile(`\uFEFF${[TITLES, ...saved].join('\r\n')}`, 'saved.csv'));
    expect(back.records).toEqual(records);
  });

  it('is learned as the same minutes from both', async () => {
    const rows = TIMES.slice(0, 2).map(([time], at) => row(time, at));
    const table = aFile([TITLES, ...rows].join('\n'), 'incidents.csv');
    const { text } = await cleaned(table);
    const direct = await minutesLearned(table);
    expect(direct).toEqual([0.5, 90]);
    expect(await minutesLearned(aFile(text, 'clean.jsonl'))).toEqual(direct);
  });

  it('stays unknown where nobody wrote it', async () => {
    const table = aFile([TITLES, row('', 0)].join('\n'), 'incidents.csv');
    const { text, records } = await cleaned(table);
    expect(records).toMatchObject([{ resolution_time: null }]);
    expect((await cleaned(aFile(text, 'clean.jsonl'))).records).toEqual(records);
  });
});
