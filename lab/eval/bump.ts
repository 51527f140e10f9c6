import { macroF1 } from '@selfheal/cli-kit/figures/class-measures.ts';
import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { figuresByGroup, meanFigure, proportion, statisticFigure } from '@selfheal/cli-kit/figures/figures.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { evidenceOfText } from '#apps/workbench/training/labelled-case.ts';
import { makeRecall, type Recall, type Remembered } from '#shared/domain/knowledge/search/recall.ts';
import type { Terms } from '#shared/domain/knowledge/search/term-field.ts';
import { termsOfLines, weighed } from '#shared/domain/knowledge/search/terms.ts';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import { makePlainIndex } from './plain-bm25.ts';
import type { Suite } from './suite.ts';

const Label = z.object({
  project: z.string(),
  failureCategory: z.string(),
  dependency: z.string(),
  new: z.string(),
  maven_log: z.string(),
});

/** The classes that are right answers for each category of the data. */
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
  /** Equal for updates that the search should find for each other. */
  readonly sameFailure: string;
  /** Equal for updates of one dependency, in any version, that break a build in the same way. */
  readonly sameDependency: string;
  /** Whether its log names the dependency or its vendor's packages; a search by words can find no others. */
  readonly named: boolean;
  readonly remembered: Remembered & { readonly terms: Terms };
  readonly answer: FailureClass;
  /** The lines that are searched. */
  readonly text: string;
}

/** An update with the ranks of what the search found among other projects. */
interface UpdateWithRank extends Update {
  /** Category of the best result; null without results. */
  readonly nearest: string | null;
  /** 1-based rank of the first relevant result; infinite when it was not found; null when no relevant update exists. */
  readonly firstRelevant: number | null;
  /** Whether the update's log and a relevant one both name the dependency. */
  readonly bothNamed: boolean;
  readonly firstOfDependency: number | null;
  /** Likewise by plain BM25 over the same lines. */
  readonly firstByWords: number | null;
}

const HITS = [{ at: 1, goal: 0.45 }, { at: 5, goal: 0.75 }, { at: 10 }] as const;
const FIVE = 5;

/** Parts of a Maven group id that name the vendor: `com.fasterxml.jackson` of `com.fasterxml.jackson.core`. */
const VENDOR_PARTS = 3;

function namesDependency(log: string, dependency: string): boolean {
  const [group = '', artifact = ''] = dependency.split(':');
  const vendor = group.split('.').slice(0, VENDOR_PARTS);
  return [artifact, vendor.join('.'), vendor.join('/')].some((name) => name !== '' && log.includes(name));
}

/** Searches for each update as the workflow searches past incidents. */
function recallAll(updates: readonly Update[]): UpdateWithRank[] {
  const recall: Recall<Remembered> = makeRecall();
  for (const { remembered } of updates) recall.put(remembered);
  const byId = new Map(updates.map((update) => [update.remembered.id, update]));
  const words = makePlainIndex(updates.map(({ text }) => text));
  return updates.map((update) => {
    const { class: failureClass, fingerprints, terms } = update.remembered;
    const others = updates.filter(({ project }) => project !== update.project);
    const query = { class: failureClass, fingerprint: fingerprints[0] ?? null, terms, now: new Date(0) };
    const keep = ({ id }: Remembered): boolean => byId.get(id)?.project !== update.project;
    const found = recall.find(query, { limit: updates.length, keep }).flatMap(({ item }) => byId.get(item.id) ?? []);
    const placeBy = (same: (other: Update) => boolean, ranked: readonly Update[] = found): number | null => {
      const place = ranked.findIndex(same);
      return !others.some(same) ? null : place < 0 ? Number.POSITIVE_INFINITY : place + 1;
    };
    const byWords = words.rank(update.text).flatMap((at) => updates[at] ?? []);
    const sameFailure = (other: Update): boolean => other.sameFailure === update.sameFailure;
    return {
      ...update,
      nearest: found[0]?.category ?? null,
      firstRelevant: placeBy(sameFailure),
      firstByWords: placeBy(
        sameFailure,
        byWords.filter(({ project }) => project !== update.project),
      ),
      bothNamed: update.named && others.some((other) => other.named && other.sameFailure === update.sameFailure),
      firstOfDependency: placeBy((other) => other.sameDependency === update.sameDependency),
    };
  });
}

function figuresOf(updates: readonly UpdateWithRank[]): Figure[] {
  const queries = updates.flatMap(({ project, firstRelevant, bothNamed }) =>
    firstRelevant === null ? [] : [{ project, firstRelevant, bothNamed }],
  );
  const findable = queries.filter(({ bothNamed }) => bothNamed);
  const loosely = updates.flatMap(({ firstOfDependency }) => firstOfDependency ?? []);
  const named = updates.filter(({ answer, category }) => CLASSES_OF[category]?.includes(answer) === true);
  const nearest = updates.map(({ project, category, nearest: answer }) => ({ project, actual: category, answer }));
  const byWords = updates.flatMap(({ firstByWords }) => firstByWords ?? []);
  const hits = (at: number): number => queries.filter(({ firstRelevant }) => firstRelevant <= at).length;
  return [
    ...HITS.flatMap(({ at, ...goal }) => [
      ...proportion(`similar failure, hit@${at}`, hits(at), queries.length, goal),
      ...proportion(`  by plain BM25, hit@${at}`, byWords.filter((place) => place <= at).length, byWords.length),
    ]),
    ...meanFigure(
      'similar failure, mean reciprocal rank',
      queries.map(({ project, firstRelevant }) => ({ group: project, value: 1 / firstRelevant })),
    ),
    ...proportion('similar failure, its log names the dependency as the other does', findable.length, queries.length),
    ...proportion(
      'similar failure that is so named, hit@5',
      findable.filter(({ firstRelevant }) => firstRelevant <= FIVE).length,
      findable.length,
    ),
    ...[1, FIVE].flatMap((at) =>
      proportion(
        `same dependency and category, any version, hit@${at}`,
        loosely.filter((place) => place <= at).length,
        loosely.length,
      ),
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
      const log = await readCaseText(dataDir, label.maven_log);
      const evidence = evidenceOfText(log);
      const { class: answer, fingerprint } = classify(evidence, { signatures });
      const lines = evidence.sources.flatMap((source) => source.lines);
      updates.push({
        project: label.project,
        category: label.failureCategory,
        sameFailure: JSON.stringify([label.dependency, label.new, label.failureCategory]),
        sameDependency: JSON.stringify([label.dependency, label.failureCategory]),
        named: namesDependency(log, label.dependency),
        remembered: {
          id: String(updates.length).padStart(8, '0'),
          class: answer,
          fingerprints: fingerprint === null ? [] : [fingerprint],
          terms: termsOfLines(lines.map(weighed)),
          at: null,
        },
        answer,
        text: lines.map(({ text: line }) => line).join('\n'),
      });
    }
    const recalled = recallAll(updates);
    return { figures: figuresOf(recalled), byGroup: figuresByGroup(recalled, ({ project }) => project, figuresOf) };
  },
};
