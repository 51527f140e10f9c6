import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { csvRows } from '#apps/cli/input/csv-rows.ts';
import { loghub2k } from '#lab/eval/loghub-2k.ts';
import { aFolder } from '../../cli/run-command.ts';

function writeSystem(folder: string, name: string, rows: readonly [content: string, template: string][]): void {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const table = rows.map(([content, template], at) => `${at + 1},${quoted(content)},${quoted(template)}`);
  mkdirSync(join(folder, 'loghub_2k_corrected', name), { recursive: true });
  writeFileSync(
    join(folder, 'loghub_2k_corrected', name, `${name}_2k.log_structured_corrected.csv.gz`),
    gzipSync(['LineId,Content,EventTemplate', ...table, ''].join('\n')),
  );
}

describe('the suite of log templates', () => {
  it('measures each system by itself and the mean of them', async () => {
    const folder = aFolder();
    writeSystem(folder, 'Good', [
      ['took 3 ms, "fast"', 'took <*> ms, "fast"'],
      ['took 4 ms, "fast"', 'took <*> ms, "fast"'],
    ]);
    writeSystem(folder, 'Bad', [
      ['first thing', '<*> thing'],
      ['other thing', '<*> thing'],
    ]);
    let clock = 0;
    const report = await loghub2k.run(folder, { progress: () => {}, now: () => (clock += 500) });
    const figure = (name: string): number | undefined => report.figures.find((item) => item.name === name)?.value;
    expect(figure('grouping accuracy (GA)')).toBe(0.5);
    expect(figure('parsing accuracy (PA)')).toBe(0.5);
    expect(figure('GA on whole lines')).toBeUndefined();
    expect(figure('lines per second')).toBe(40);
    expect(report.byGroup?.map(({ group, figures }) => [group, figures[0]?.value])).toEqual([
      ['Bad', 0],
      ['Good', 1],
    ]);
  });

  it('names the folder that is missing', async () => {
    await expect(loghub2k.run('/nowhere', { progress: () => {}, now: () => 0 })).rejects.toThrow(
      /\/nowhere\/loghub_2k_corrected: the suite needs this folder/,
    );
  });
});

describe('rows of comma separated text', () => {
  it('keeps commas, quotes and line ends of quoted fields', () => {
    expect(csvRows('a,b\r\n"1,""x""\ny",\n,2')).toEqual([
      ['a', 'b'],
      ['1,"x"\ny', ''],
      ['', '2'],
    ]);
  });
});
