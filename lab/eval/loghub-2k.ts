import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { figuresByGroup, proportion } from '@selfheal/cli-kit/figures/figures.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { instantOfLine } from '@selfheal/log-reading/logs/instant.ts';
import { type Severity, severityOf } from '@selfheal/log-reading/logs/severity.ts';
import { makeTemplateMiner } from '@selfheal/log-reading/templates/template-miner.ts';
import { csvRows } from '#apps/workbench/input/csv-rows.ts';
import { linesOf, readCaseText } from '../labels/read-labels.ts';
import { anomalyFigures } from './log-anomaly-figures.ts';
import type { LabelledLog } from './made-logs/make-log.ts';
import { perturbed } from './made-logs/perturb.ts';
import type { Suite } from './suite.ts';
import { minedAccuracy, onePassFigures, onHeaders, onMessages, templateFigures } from './template-figures.ts';

const CORRECTED = 'loghub_2k_corrected';
const ORIGINAL = 'loghub_2k';

interface System extends LabelledLog {
  /** Whole lines; empty if the data lacks them. */
  readonly lines: readonly string[];
  /** The level of each line, from a column of the data; empty without such a column. */
  readonly levels: readonly string[];
}

async function fileNames(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    throw new InvalidInput(`${folder}: the suite needs this folder. Pass its parent with --data.`, {
      cause: error,
    });
  });
}

async function readSystem(dataDir: string, name: string): Promise<System | undefined> {
  const names = await fileNames(join(dataDir, CORRECTED, name));
  const structured = names.find((file) => file.includes('structured_corrected.csv'));
  if (structured === undefined) return undefined;
  const rows = csvRows(await readCaseText(dataDir, join(CORRECTED, name, structured)));
  const column = (title: string): string[] => {
    const at = rows[0]?.indexOf(title) ?? -1;
    if (at < 0) throw new InvalidInput(`${name}/${structured}: no column ${title}.`);
    return rows.slice(1).map((row) => row[at] ?? '');
  };
  const log = (await readdir(join(dataDir, ORIGINAL, name)).catch(() => [])).find((file) =>
    /\.log(?:\.gz)?$/.test(file),
  );
  const text = log === undefined ? '' : await readCaseText(dataDir, join(ORIGINAL, name, log));
  const lines = linesOf(text).filter((line) => line.trim() !== '');
  const levels = rows[0]?.includes('Level') === true ? column('Level') : [];
  return { name, messages: column('Content'), truths: column('EventTemplate'), lines, levels };
}

/** Figures of messages as in the benchmark, of whole lines, and of versions that no parser was tuned to. */
function figuresOf(systems: readonly System[]): Figure[] {
  const messages = onMessages(systems);
  const wholeLines = systems
    .filter(({ lines, messages: own }) => lines.length === own.length)
    .map(({ name, lines, truths }) => ({ group: name, accuracies: [minedAccuracy(lines, truths)] }));
  const others = onMessages(systems.map((system, index) => perturbed(system, index)));
  return [
    ...templateFigures(messages, '', { ga: 0.97, fga: 0.9 }),
    ...templateFigures(wholeLines, ', whole lines'),
    ...templateFigures(onHeaders(systems), ', other headers'),
    ...templateFigures(others, ', perturbed'),
    ...onePassFigures(messages),
  ];
}

/** Severities of the names in the level columns. */
const LEVELS: Readonly<Record<string, Severity>> = {
  fatal: 'critical',
  error: 'error',
  warn: 'warning',
  warning: 'warning',
  notice: 'info',
  info: 'info',
  debug: 'debug',
};

/** Shares of lines whose severity and time were recognised. Columns with other content than levels do not count. */
function lineFigures(systems: readonly System[]): Figure[] {
  const levelled = systems.flatMap(({ lines, levels }) =>
    lines.length !== levels.length
      ? []
      : lines.flatMap((line, at) => {
          const truth = LEVELS[(levels[at] ?? '').toLowerCase()];
          return truth === undefined ? [] : [severityOf(line) === truth];
        }),
  );
  const timed = systems.flatMap(({ lines }) => lines.map((line) => instantOfLine(line) !== null));
  return [
    ...proportion('severity as the level column has it', levelled.filter(Boolean).length, levelled.length),
    ...proportion('lines whose time is read', timed.filter(Boolean).length, timed.length),
  ];
}

/** Lines per second of template mining over the lines of all systems. */
function speedOf(systems: readonly System[], now: () => number): Figure[] {
  const lines = systems.flatMap((system) => (system.lines.length > 0 ? system.lines : system.messages));
  const rounds = 5;
  const miner = makeTemplateMiner();
  const start = now();
  for (let round = 0; round < rounds; round += 1) for (const line of lines) miner.add(line);
  const seconds = (now() - start) / 1_000;
  const cases = lines.length * rounds;
  return cases === 0 || seconds === 0 ? [] : [{ name: 'lines per second', value: cases / seconds, cases }];
}

export const loghub2k: Suite = {
  name: 'loghub-2k',
  summary: 'log templates: 2,000 lines a system with corrected templates',
  async run(dataDir, { progress, now }) {
    const systems: System[] = [];
    for (const name of (await fileNames(join(dataDir, CORRECTED))).sort()) {
      const system = await readSystem(dataDir, name);
      if (system === undefined) continue;
      progress(system.name);
      systems.push(system);
    }
    return {
      figures: [
        ...figuresOf(systems),
        ...lineFigures(systems),
        ...anomalyFigures(systems.filter(({ lines }) => lines.length > 0)),
        ...speedOf(systems, now),
      ],
      byGroup: figuresByGroup(systems, ({ name }) => name, figuresOf),
    };
  },
};
