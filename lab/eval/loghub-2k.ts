import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure } from '#apps/cli/figures/figures.ts';
import { figuresByGroup, meanFigure, proportion } from '#apps/cli/figures/figures.ts';
import { csvRows } from '#apps/cli/input/csv-rows.ts';
import { instantOfLine } from '#shared/domain/causality/instant.ts';
import { type Severity, severityOf } from '#shared/domain/logs/severity.ts';
import { type TemplateAccuracy, templateAccuracyOf } from '#shared/domain/templates/accuracy.ts';
import { makeTemplateMiner } from '#shared/domain/templates/template-miner.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';
import { linesOf, readCaseText } from '../labels/read-labels.ts';
import { anomalyFigures } from './log-anomaly-figures.ts';
import type { Suite } from './suite.ts';

const CORRECTED = 'loghub_2k_corrected';
const ORIGINAL = 'loghub_2k';

interface System {
  readonly name: string;
  /** Messages without headers, as in the benchmark. */
  readonly messages: readonly string[];
  readonly truths: readonly string[];
  /** Whole lines; empty if the data lacks them. */
  readonly lines: readonly string[];
  /** The level of each line, from a column of the data; empty without such a column. */
  readonly levels: readonly string[];
}

interface SystemAccuracy {
  readonly group: string;
  readonly refined: TemplateAccuracy;
  readonly streamed: TemplateAccuracy;
  readonly wholeLines: TemplateAccuracy | undefined;
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

/** Accuracy of the answers given in one pass (`streamed`), and of a second pass with all templates known (`refined`). */
function accuracyOf(lines: readonly string[], truths: readonly string[]): Pick<SystemAccuracy, 'refined' | 'streamed'> {
  const miner = makeTemplateMiner();
  const row = (answer: { cluster: number; template: string }, at: number) => ({
    cluster: String(answer.cluster),
    template: answer.template,
    truth: truths[at] ?? '',
  });
  const streamed = templateAccuracyOf(lines.map((line, at) => row(miner.add(line), at)));
  miner.refine();
  return { streamed, refined: templateAccuracyOf(lines.map((line, at) => row(miner.match(line), at))) };
}

function measure({ name, messages, truths, lines }: System): SystemAccuracy {
  const hasLines = lines.length === messages.length;
  const wholeLines = hasLines ? accuracyOf(lines, truths).refined : undefined;
  return { group: name, ...accuracyOf(messages, truths), wholeLines };
}

function figuresOf(measured: readonly SystemAccuracy[]): Figure[] {
  const mean = (name: string, readValue: (item: SystemAccuracy) => number | undefined, goal?: number): Figure[] => {
    const scored = measured.flatMap((item) => {
      const value = readValue(item);
      return value === undefined ? [] : [{ group: item.group, value }];
    });
    return meanFigure(name, scored, goal === undefined ? {} : { goal });
  };
  return [
    ...mean('grouping accuracy (GA)', ({ refined }) => refined.groupingAccuracy, 0.97),
    ...mean('F1 of grouping (FGA)', ({ refined }) => refined.groupingF1, 0.9),
    ...mean('parsing accuracy (PA)', ({ refined }) => refined.parsingAccuracy),
    ...mean('F1 of templates (FTA)', ({ refined }) => refined.templateF1),
    ...mean('GA on whole lines', ({ wholeLines }) => wholeLines?.groupingAccuracy),
    ...mean('FGA on whole lines', ({ wholeLines }) => wholeLines?.groupingF1),
    ...mean('GA in one pass', ({ streamed }) => streamed.groupingAccuracy),
    ...mean('FGA in one pass', ({ streamed }) => streamed.groupingF1),
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
      if (system !== undefined) systems.push(system);
    }
    const measured = systems.map((system) => {
      progress(system.name);
      return measure(system);
    });
    return {
      figures: [
        ...figuresOf(measured),
        ...lineFigures(systems),
        ...anomalyFigures(systems.filter(({ lines }) => lines.length > 0)),
        ...speedOf(systems, now),
      ],
      byGroup: figuresByGroup(measured, ({ group }) => group, figuresOf),
    };
  },
};
