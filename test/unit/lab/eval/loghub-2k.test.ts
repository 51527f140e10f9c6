import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { csvRows } from '#apps/workbench/input/csv-rows.ts';
import { loghub2k } from '#lab/eval/loghub-2k.ts';
import { HEADERS, withHeaders } from '#lab/eval/made-logs/headers.ts';
import { makeLog } from '#lab/eval/made-logs/make-log.ts';
import { perturbed } from '#lab/eval/made-logs/perturb.ts';
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
    expect(figure('grouping accuracy (GA), whole lines')).toBeUndefined();
    expect(figure('grouping accuracy (GA), other headers')).toBe(0.5);
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

describe('a made-up log', () => {
  const TEMPLATE = 'user {user} {!joined|left} {room|hall {n}} after {n} ms';

  it('is the same for a seed, and each line fits its template', () => {
    const log = makeLog('doors', TEMPLATE, 300, 7);
    expect(log).toEqual(makeLog('doors', TEMPLATE, 300, 7));
    expect(new Set(log.truths)).toEqual(
      new Set(['user <*> joined <*> after <*> ms', 'user <*> left <*> after <*> ms']),
    );
    for (const [at, message] of log.messages.entries())
      expect(message).toMatch(new RegExp(`^${log.truths[at]?.replaceAll('<*>', '.+')}$`));
  });

  it('refuses a slot that it does not know', () => {
    expect(() => makeLog('doors', 'user {nobody}', 1, 7)).toThrow('user {nobody} has an unknown slot nobody');
  });

  it('keeps its events when it is perturbed, but not its words', () => {
    const log = makeLog('doors', TEMPLATE, 300, 7);
    const other = perturbed(log, 3);
    expect(other.messages).not.toEqual(log.messages);
    const pairs = new Set(log.truths.map((truth, at) => `${truth} = ${other.truths[at]}`));
    expect(pairs.size).toBe(new Set(log.truths).size);
    expect(new Set(other.truths).size).toBe(pairs.size);
  });

  it.each(Object.keys(HEADERS))('has its messages behind headers: %s', (layout) => {
    const { messages, truths } = makeLog('doors', TEMPLATE, 40, 7);
    const lines = withHeaders(messages, truths, layout, 1);
    expect(lines).toHaveLength(40);
    for (const [at, line] of lines.entries()) expect(line.indexOf(messages[at] ?? '')).toBeGreaterThan(0);
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
