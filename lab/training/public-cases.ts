import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { type LabelledCase, labelledCase } from '#apps/workbench/training/labelled-case.ts';
import { annotationOfTool, logchunksAnnotations } from '../labels/annotations.ts';
import { classesOfLabel, classOfLabel } from '../labels/crosswalk-labels.ts';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import { classesOfSourceLabel, transientByVerdict, verdictOfSourceLabel } from '../labels/source-labels.ts';
import { heldOutRankers, type RankerWithout } from './held-out-rankers.ts';
import { readSources, SOURCES_FOLDER } from './marked-logs.ts';

/** `rankerWithout`: gives the excerpt's ranker for a source whose logs it learns from. */
type Source = (root: string, rankerWithout: RankerWithout) => Promise<LabelledCase[]>;

const Bump = z.object({ project: z.string(), failureCategory: z.string(), maven_log: z.string() });
const Veloren = z.object({
  log: z.string(),
  job_name: z.string(),
  created_at: z.string(),
  intermittent: z.union([z.literal(0), z.literal(1)]),
  primary16: z.string(),
  acceptable16: z.array(z.string()).nullish(),
});
const Crosswalk = z.object({
  source: z.string(),
  id: z.string(),
  log: z.string(),
  primary: z.string(),
  acceptable: z.array(z.string()).default([]),
});
const Logchunks = z.object({ id: z.string(), repo: z.string(), log: z.string() });
const Cidiff = z.object({ group: z.string(), pass_log: z.string() });
const Bugswarm = z.object({
  log: z.string(),
  repo: z.string().nullable(),
  expected: z.object({ status: z.string().optional(), bool_t_failed: z.unknown().optional() }),
});

/** Class of a broken dependency update by category; `dependency_conflicts` is accepted for all of them. */
const CLASS_OF_CATEGORY: Readonly<Record<string, FailureClass>> = {
  COMPILATION_FAILURE: 'compilation_error',
  WERROR_FAILURE: 'compilation_error',
  TEST_FAILURE: 'test_failure',
  ENFORCER_FAILURE: 'dependency_conflicts',
  DEPENDENCY_LOCK_FAILURE: 'dependency_conflicts',
  DEPENDENCY_RESOLUTION_FAILURE: 'dependency_conflicts',
};

async function bump(root: string): Promise<LabelledCase[]> {
  const cases: LabelledCase[] = [];
  for (const { project, failureCategory, maven_log } of await readLabels(root, 'bump/labels.jsonl', Bump)) {
    const text = await readCaseText(root, join('bump', maven_log));
    const failureClass = CLASS_OF_CATEGORY[failureCategory] ?? null;
    cases.push(
      labelledCase(text, {
        source: 'bump',
        group: project,
        class: failureClass,
        accepted: ['dependency_conflicts'],
        transient: false,
      }),
    );
  }
  return cases;
}

async function veloren(root: string): Promise<LabelledCase[]> {
  const source = 'veloren-intermittent';
  const cases: LabelledCase[] = [];
  for (const label of await readLabels(root, `${source}/labels.jsonl`, Veloren)) {
    const text = await readCaseText(root, join(source, label.log));
    cases.push(
      labelledCase(text, {
        source,
        group: source,
        class: classOfLabel(label.primary16),
        accepted: (label.acceptable16 ?? []).flatMap(classesOfLabel),
        transient: label.intermittent === 1,
        at: label.created_at,
        job: label.job_name,
      }),
    );
  }
  return cases;
}

/** Cases of the crosswalk whose source has no labels of its own. */
async function crosswalk(root: string): Promise<LabelledCase[]> {
  const cases: LabelledCase[] = [];
  for (const item of await readLabels(root, 'taxonomy16-crosswalk/items.jsonl', Crosswalk)) {
    if (item.source === 'bump' || item.source === 'veloren-intermittent' || !existsSync(join(root, item.log))) continue;
    const text = await readCaseText(root, item.log);
    cases.push(
      labelledCase(text, {
        source: item.source,
        group: `${item.source}/${item.id}`,
        class: classOfLabel(item.primary),
        accepted: item.acceptable.flatMap(classesOfLabel),
      }),
    );
  }
  return cases;
}

async function logchunks(root: string, rankerWithout: RankerWithout): Promise<LabelledCase[]> {
  const annotations = logchunksAnnotations();
  const cases: LabelledCase[] = [];
  for (const { id, repo, log } of await readLabels(root, 'logchunks/labels.jsonl', Logchunks)) {
    const annotation = annotations.get(id);
    if (annotation === undefined) continue;
    const text = await readCaseText(root, join('logchunks', log));
    cases.push(labelledCase(text, { source: 'logchunks', group: repo, ...annotation }, rankerWithout('logchunks')));
  }
  return cases;
}

async function bugswarm(root: string): Promise<LabelledCase[]> {
  const source = 'bugswarm-analyzer';
  const cases: LabelledCase[] = [];
  for (const { log, repo, expected } of await readLabels(root, `${source}/labels.jsonl`, Bugswarm)) {
    const failureClass = expected.status === 'ok' ? 'unknown' : expected.bool_t_failed === true ? 'test_failure' : null;
    if (failureClass === null) continue;
    const text = await readCaseText(root, join(source, log));
    cases.push(labelledCase(text, { source, group: repo ?? log, class: failureClass }));
  }
  return cases;
}

/** The passing runs of the pairs, as examples without a failure. */
async function cidiff(root: string): Promise<LabelledCase[]> {
  const cases: LabelledCase[] = [];
  for (const { group, pass_log } of await readLabels(root, 'cidiff/labels.jsonl', Cidiff)) {
    const text = await readCaseText(root, join('cidiff', pass_log));
    cases.push(labelledCase(text, { source: 'cidiff', group, class: 'unknown' }));
  }
  return cases;
}

async function errorformat(root: string): Promise<LabelledCase[]> {
  const source = 'errorformat';
  const names = readdirSync(join(root, source)).filter((name) => name.endsWith('.in') || name.endsWith('.in.gz'));
  return Promise.all(
    names.sort().map(async (name) => {
      const tool = name.replace(/\.in(?:\.gz)?$/, '');
      const text = await readCaseText(root, join(source, name));
      return labelledCase(text, { source, group: tool, ...annotationOfTool(tool) });
    }),
  );
}

/** Logs of further tools and systems. A folder is a group: it is learned from, or measured, as a whole. */
async function furtherSources(root: string, rankerWithout: RankerWithout): Promise<LabelledCase[]> {
  return (await readSources(join(root, SOURCES_FOLDER))).flatMap(({ source, label, text }) => {
    const [first, ...accepted] = classesOfSourceLabel(label.class);
    if (first === undefined) return [];
    const transient = transientByVerdict(verdictOfSourceLabel(label.verdict));
    const labels = { source: SOURCES_FOLDER, group: source, class: first, accepted, transient };
    return [labelledCase(text, labels, rankerWithout(source))];
  });
}

const SOURCES: Readonly<Record<string, Source>> = {
  [SOURCES_FOLDER]: furtherSources,
  bump,
  'veloren-intermittent': veloren,
  'taxonomy16-crosswalk': crosswalk,
  logchunks,
  'bugswarm-analyzer': bugswarm,
  cidiff,
  errorformat,
};

/** Every labelled log below `root`, each once. Reports missing folders and skips them. `ranker`: used instead of one that is trained without the source. */
export async function gatherCases(
  root: string,
  progress: (message: string) => void,
  ranker?: RankerWithout,
): Promise<LabelledCase[]> {
  const rankerWithout = ranker ?? (await heldOutRankers(root, progress));
  const byDigest = new Map<string, LabelledCase>();
  for (const [name, read] of Object.entries(SOURCES)) {
    if (!existsSync(join(root, name))) {
      progress(`${name} does not exist and is skipped`);
      continue;
    }
    // A whole source is left out at a time: logs of one origin resemble each other.
    for (const one of await read(root, rankerWithout))
      if (!byDigest.has(one.digest))
        byDigest.set(one.digest, { ...one, fold: one.source === SOURCES_FOLDER ? one.group : one.source });
  }
  return [...byDigest.values()];
}
