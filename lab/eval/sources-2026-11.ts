import { dirname } from 'node:path';
import { type Figure, figuresByGroup, groupBy, statisticFigure } from '@selfheal/cli-kit/figures/figures.ts';
import { shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { digestOfText } from '#apps/workbench/training/labelled-case.ts';
import { linesOf } from '../labels/read-labels.ts';
import { readSecondLabels, type SecondLabel } from '../labels/source-labels.ts';
import { heldOutRankers, type RankerWithout } from '../training/held-out-rankers.ts';
import { comparable, comparableLines, readSources, type SourceLog } from '../training/marked-logs.ts';
import { rankedExcerpt } from './excerpt-recall.ts';
import { modelsFor } from './held-out-model.ts';
import { BUDGETS, figuresOf, MIN_LINES, type ReadLog, readLog, recalls } from './labelled-logs.ts';
import { PERTURBATIONS } from './perturbed-logs.ts';
import type { Suite } from './suite.ts';

const LONG_LINES = 10_000;
/** Sources with fewer logs over `MIN_LINES` count as one. */
const MIN_LOGS = 5;
const POOLED = 'pooled small sources';

/** The worst difference to the last 50 lines over sources, and whose it is. */
function worstBesideTail(logs: readonly ReadLog[]): Figure[] {
  const lead = (members: readonly ReadLog[]): number =>
    members.reduce((sum, log) => sum + (log.excerpt[1] ?? 0) - (log.tail[1] ?? 0), 0) / members.length;
  const leads = [...groupBy(logs, ({ group }) => group)].map(([group, members]) => ({ group, value: lead(members) }));
  const worst = leads.sort((a, b) => a.value - b.value)[0];
  if (worst === undefined) return [];
  return [
    {
      name: `least lead over the last 50 lines in any source (${worst.group})`,
      value: worst.value,
      goal: -0.02,
      cases: leads.length,
    },
  ];
}

const AGREED_VERDICTS = 'two people agree on the verdict';

function agreementFigures(logs: readonly SourceLog[], second: readonly SecondLabel[]): Figure[] {
  const byLog = new Map(logs.map((log) => [`${log.source}/${log.label.file}`, log.label]));
  const pairs = second.flatMap((one) => {
    const first = byLog.get(`${one.source}/${one.file}`);
    return first === undefined ? [] : [{ first, second: one }];
  });
  const share = (name: string, agree: (pair: (typeof pairs)[number]) => boolean): Figure[] =>
    pairs.length === 0 ? [] : [{ name, value: pairs.filter(agree).length / pairs.length, cases: pairs.length }];
  return [
    ...share('two people agree on the class', (pair) => pair.first.class === pair.second.class),
    ...share(AGREED_VERDICTS, (pair) => pair.first.verdict === pair.second.verdict),
    ...share('two people agree on the cause', (pair) =>
      [pair.first.cause_top, ...pair.first.top_ok].includes(pair.second.cause),
    ),
  ];
}

/** The budget of excerpts of perturbed logs, as an index of `BUDGETS`. */
const PERTURBED_BUDGET = 1;

/** How much recall at 50 lines changes when the same logs come in another dress: the mean over sources, and beside it the goal. */
function perturbedFigures(
  logs: readonly { readonly group: string; readonly log: SourceLog; readonly recall: number }[],
  rankerWithout: RankerWithout,
  progress: (message: string) => void,
): Figure[] {
  return PERTURBATIONS.flatMap(({ name, change, every }) => {
    progress(`reading the logs again, with ${name}`);
    const changes = logs.flatMap(({ group, log, recall }, seed) => {
      if (seed % every !== 0) return [];
      const { lines, at } = change(linesOf(log.text), seed);
      const wanted = comparableLines(
        lines,
        log.label.cause_lines.map((number) => at(number - 1) + 1),
      );
      const ranked = rankedExcerpt(
        `${lines.join('\n')}\n`,
        BUDGETS[PERTURBED_BUDGET],
        undefined,
        rankerWithout(log.source),
      );
      const shown = ranked.map(({ number }) => comparable(lines[number - 1] ?? ''));
      return [{ group, value: (recalls(wanted, shown)[PERTURBED_BUDGET] ?? 0) - recall }];
    });
    const groups = [...groupBy(changes, ({ group }) => group).values()];
    const mean = (members: readonly { value: number }[]): number =>
      members.reduce((sum, { value }) => sum + value, 0) / members.length;
    const value = groups.reduce((sum, members) => sum + mean(members), 0) / groups.length;
    return [{ name: `change of recall at 50 with ${name}`, value, goal: -0.03, cases: changes.length }];
  });
}

/**
 * Reads labelled logs of further tools and systems. Everything learned that takes part learned nothing from the source that is measured. Only
 * logs over 60 lines count, and each source counts the same.
 */
export const sources202611: Suite = {
  name: 'sources-2026-11',
  summary: 'excerpts, causes, classes and verdicts on twenty further sources, each left out of what was learned',
  async run(dataDir, { progress }) {
    const root = dirname(dataDir);
    const rankerWithout = await heldOutRankers(root, progress);
    const signatures = await shippedSignatures(progress);
    const all = await readSources(dataDir);
    const modelFor = await modelsFor(
      all.map(({ text }) => digestOfText(text)),
      root,
      { signatures, progress },
    );
    const counts = new Map<string, number>();
    for (const { source, label } of all) if (label.lines > MIN_LINES) counts.set(source, (counts.get(source) ?? 0) + 1);
    const counted = all.filter(({ label }) => label.lines > MIN_LINES);
    const logs = counted.map((log): ReadLog => {
      const model = modelFor({ digest: digestOfText(log.text), group: log.source });
      const group = (counts.get(log.source) ?? 0) < MIN_LOGS ? POOLED : log.source;
      return readLog(log, group, { signatures, model }, rankerWithout(log.source));
    });
    const agreement = agreementFigures(all, await readSecondLabels());
    const agreedVerdicts = agreement.find(({ name }) => name === AGREED_VERDICTS)?.value ?? 1;
    const long = logs.filter(({ lines }) => lines > LONG_LINES);
    const longRecall = (log: ReadLog): number => log.excerpt[1] ?? 0;
    return {
      figures: [
        ...figuresOf(logs, { agreedVerdicts }),
        ...worstBesideTail(logs),
        ...statisticFigure(
          `recall at 50, logs over ${LONG_LINES} lines`,
          long,
          ({ group }) => group,
          (members) => members.reduce((sum, log) => sum + longRecall(log), 0) / members.length,
          { goal: 0.75 },
        ),
        ...perturbedFigures(
          logs.map(({ group, excerpt }, at) => {
            return { group, log: counted[at] as SourceLog, recall: excerpt[PERTURBED_BUDGET] ?? 0 };
          }),
          rankerWithout,
          progress,
        ),
        ...agreement,
      ],
      byGroup: figuresByGroup(
        logs,
        ({ group }) => group,
        (members) => figuresOf(members, null),
      ),
    };
  },
};
