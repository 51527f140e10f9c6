import * as z from 'zod';
import { classify } from '#shared/domain/failure/classify.ts';
import type { FailureClass } from '#shared/domain/failure/failure-class.ts';
import { shippedSignatures } from '../input/shipped-content.ts';
import { makeWordIndex } from '../ranking/bm25.ts';
import { macroF1 } from './class-measures.ts';
import { evidenceOfText } from './classify-case.ts';
import { figuresByGroup, meanFigure, proportion, statisticFigure } from './figures.ts';
import { readCaseText, readLabels } from './labels.ts';
import type { Figure, Suite } from './suite.ts';

const Label = z.object({
  project: z.string(),
  failureCategory: z.string(),
  dependency: z.string(),
  new: z.string(),
  maven_log: z.string(),
});

/** The classes that a category of the data may be called. */
const CLASSES_OF: Readonly<Record<string, readonly FailureClass[]>> = {
  COMPILATION_FAILURE: ['compilation_error', 'dependency_conflicts'],
  WERROR_FAILURE: ['compilation_error', 'lint_violation'],
  TEST_FAILURE: ['test_failure', 'dependency_conflicts', 'runtime_exceptions'],
  ENFORCER_FAILURE: ['dependency_conflicts', 'configuration_errors', 'compliance_violations'],
  DEPENDENCY_LOCK_FAILURE: ['dependency_conflicts'],
  DEPENDENCY_RESOLUTION_FAILURE: ['dependency_conflicts'],
};

interface Update {
  readonly project: string;
  readonly category: string;
  /** Equal for updates that should be found for each other. */
  readonly sameFailure: string;
  readonly text: string;
  readonly answer: FailureClass;
}

/** An update with what was found for it among other projects, best first. */
interface Recalled extends Update {
  /** Category of the nearest update; null when nothing shares a word. */
  readonly nearest: string | null;
  readonly hasRelevant: boolean;
  /** 1-based place of the first relevant one, or infinite. */
  readonly firstRelevant: number;
}

const HITS = [{ at: 1, goal: 0.45 }, { at: 5, goal: 0.75 }, { at: 10 }] as const;

function recallAll(updates: readonly Update[]): Recalled[] {
  const index = makeWordIndex(updates.map(({ text }) => text));
  return updates.map((update) => {
    const others = index.search(update.text).flatMap(({ at }) => {
      const found = updates[at];
      return found === undefined || found.project === update.project ? [] : [found];
    });
    const place = others.findIndex((found) => found.sameFailure === update.sameFailure);
    return {
      ...update,
      nearest: others[0]?.category ?? null,
      hasRelevant: updates.some((one) => one.project !== update.project && one.sameFailure === update.sameFailure),
      firstRelevant: place < 0 ? Number.POSITIVE_INFINITY : place + 1,
    };
  });
}

function figuresOf(updates: readonly Recalled[]): Figure[] {
  const queries = updates.filter(({ hasRelevant }) => hasRelevant);
  const named = updates.filter(({ answer, category }) => CLASSES_OF[category]?.includes(answer) === true);
  const nearest = updates.map(({ project, category, nearest: answer }) => ({ project, actual: category, answer }));
  const hits = (at: number): number => queries.filter(({ firstRelevant }) => firstRelevant <= at).length;
  return [
    ...HITS.flatMap(({ at, ...goal }) => proportion(`similar failure, hit@${at}`, hits(at), queries.length, goal)),
    ...meanFigure(
      'similar failure, mean reciprocal rank',
      queries.map(({ project, firstRelevant }) => ({ group: project, value: 1 / firstRelevant })),
    ),
    ...proportion(
      'category of the nearest other project',
      nearest.filter(({ actual, answer }) => actual === answer).length,
      nearest.length,
    ),
    ...statisticFigure(
      'category of the nearest, macro F1',
      nearest,
      ({ project }) => project,
      (members) => macroF1(members, 1),
    ),
    ...proportion('class fits the category', named.length, updates.length),
  ];
}

export const bump: Suite = {
  name: 'bump',
  summary: 'recall and category: breaking dependency updates, candidates from other projects only',
  async run(dataDir, { progress }) {
    const signatures = await shippedSignatures(progress);
    const updates: Update[] = [];
    for (const label of await readLabels(dataDir, 'labels.jsonl', Label)) {
      const evidence = evidenceOfText(await readCaseText(dataDir, label.maven_log));
      updates.push({
        project: label.project,
        category: label.failureCategory,
        sameFailure: JSON.stringify([label.dependency, label.new, label.failureCategory]),
        text: evidence.sources.flatMap(({ lines }) => lines.map(({ text }) => text)).join('\n'),
        answer: classify(evidence, { signatures }).class,
      });
    }
    const recalled = recallAll(updates);
    return { figures: figuresOf(recalled), byGroup: figuresByGroup(recalled, ({ project }) => project, figuresOf) };
  },
};
