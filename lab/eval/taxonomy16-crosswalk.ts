import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { calibrationError, macroF1 } from '@selfheal/cli-kit/figures/class-measures.ts';
import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { figuresByGroup, groupBy, proportion, statisticFigure } from '@selfheal/cli-kit/figures/figures.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import * as z from 'zod';
import { shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { digestOfText, evidenceOfText } from '#apps/workbench/training/labelled-case.ts';
import { fits, isOfCode, isOutside } from '../labels/crosswalk-labels.ts';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import { modelsFor } from './held-out-model.ts';
import type { Suite } from './suite.ts';

const Item = z.object({
  source: z.string(),
  id: z.string(),
  /** Path relative to the parent of the suite's folder. */
  log: z.string(),
  primary: z.string(),
  acceptable: z.array(z.string()).default([]),
});
type Item = z.infer<typeof Item>;

/** A log, read and excerpted once. */
interface ExcerptedLog {
  readonly digest: string;
  readonly group: string;
  readonly evidence: Evidence;
}

interface ClassifiedItem {
  readonly group: string;
  readonly primary: string;
  readonly answer: Classification;
  readonly isPrimary: boolean;
  readonly isAcceptable: boolean;
}

const BumpLabel = z.object({ id: z.string(), project: z.string() });
/** The goal covers only classes with at least so many cases. */
const MIN_CASES = 10;
const MIN_CASES_FOR_F1 = 5;

/** Gives the repository of an item: for `bump` from the labels of that data, otherwise from source and id. */
async function repositories(root: string): Promise<(item: Item) => string> {
  const labels = existsSync(join(root, 'bump', 'labels.jsonl'))
    ? await readLabels(root, 'bump/labels.jsonl', BumpLabel)
    : [];
  const projects = new Map(labels.map(({ id, project }) => [id, project]));
  return ({ source, id }) => {
    if (source === 'bump') return projects.get(id) ?? id;
    return source === 'veloren-intermittent' ? source : `${source}/${id}`;
  };
}

function excerpted(text: string, group: string): ExcerptedLog {
  return { digest: digestOfText(text), group, evidence: evidenceOfText(text) };
}

function judge(item: Item, group: string, answer: Classification): ClassifiedItem {
  const isPrimary = fits(answer.class, item.primary);
  const isAcceptable = isPrimary || item.acceptable.some((label) => fits(answer.class, label));
  return { group, primary: item.primary, answer, isPrimary, isAcceptable };
}

function share(
  name: string,
  items: readonly ClassifiedItem[],
  isHit: (item: ClassifiedItem) => boolean,
  goal = {},
): Figure[] {
  return proportion(name, items.filter(isHit).length, items.length, goal);
}

const abstains = ({ answer }: ClassifiedItem): boolean => answer.class === 'unknown';

function insideFigures(items: readonly ClassifiedItem[]): Figure[] {
  const byClass = [...groupBy(items, ({ primary }) => primary)].filter(([, members]) => members.length >= MIN_CASES);
  const enough = byClass.flatMap(([, members]) => members);
  const ofGroup = ({ group }: ClassifiedItem): string => group;
  const mean = (members: readonly ClassifiedItem[]): number =>
    members.filter(({ isAcceptable }) => isAcceptable).length / members.length;
  return [
    ...share('top-1 is the primary class', items, ({ isPrimary }) => isPrimary),
    ...share('top-1 is primary or acceptable', items, ({ isAcceptable }) => isAcceptable),
    ...statisticFigure(`top-1 primary or acceptable, classes of ${MIN_CASES} cases or more`, enough, ofGroup, mean, {
      goal: 0.85,
    }),
    ...byClass.flatMap(([name, members]) => share(`  ${name}`, members, ({ isAcceptable }) => isAcceptable)),
    ...share('abstained on the sixteen classes', items, abstains),
    ...share(
      'right when it answered',
      items.filter((item) => !abstains(item)),
      ({ isAcceptable }) => isAcceptable,
    ),
    ...statisticFigure(`macro F1, classes of ${MIN_CASES_FOR_F1} cases or more`, items, ofGroup, (members) =>
      macroF1(
        members.map(({ primary, answer }) => ({ actual: primary, answer: answer.class })),
        MIN_CASES_FOR_F1,
      ),
    ),
  ];
}

function outsideFigures(items: readonly ClassifiedItem[]): Figure[] {
  const ofCode = items.filter(({ primary }) => isOfCode(primary));
  const homeless = items.filter(({ primary }) => !isOfCode(primary));
  return [
    ...share('abstained on OUT_*', items, abstains),
    ...share('abstained on OUT_* that are not of the code family', homeless, abstains, { goal: 0.7 }),
    ...share('OUT_* of the code family: code or abstained', ofCode, (item) => item.isPrimary || abstains(item)),
    ...share('OUT_* of the code family: right class', ofCode, ({ isPrimary }) => isPrimary),
  ];
}

function figuresOf(items: readonly ClassifiedItem[]): Figure[] {
  const answered = items.filter((item) => !abstains(item));
  return [
    ...insideFigures(items.filter(({ primary }) => !isOutside(primary))),
    ...outsideFigures(items.filter(({ primary }) => isOutside(primary))),
    ...statisticFigure(
      'calibration error of answers',
      answered,
      ({ group }) => group,
      (members) =>
        calibrationError(
          members.map(({ answer, isAcceptable }) => ({ confidence: answer.confidence, right: isAcceptable })),
        ),
      { goal: 0.05, atMost: true },
    ),
  ];
}

export const taxonomy16Crosswalk: Suite = {
  name: 'taxonomy16-crosswalk',
  summary: 'classes: hinted labels of logs in other folders, one annotator',
  async run(dataDir, { progress }) {
    const root = dirname(dataDir);
    const signatures = await shippedSignatures(progress);
    const groupOf = await repositories(root);
    const found: { item: Item; log: ExcerptedLog }[] = [];
    let missing = 0;
    for (const item of await readLabels(dataDir, 'items.jsonl', Item)) {
      if (!existsSync(join(root, item.log))) missing += 1;
      else found.push({ item, log: excerpted(await readCaseText(root, item.log), groupOf(item)) });
    }
    if (missing > 0) progress(`${missing} logs do not exist and are skipped`);
    const digests = found.map(({ log }) => log.digest);
    const modelFor = await modelsFor(digests, root, { signatures, progress });
    const items = found.map(({ item, log }) =>
      judge(item, log.group, classify(log.evidence, { signatures, model: modelFor(log) })),
    );
    return { figures: figuresOf(items), byGroup: figuresByGroup(items, ({ group }) => group, figuresOf) };
  },
};
