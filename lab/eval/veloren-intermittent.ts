import { dirname } from 'node:path';
import { f1Of, type LabelledAnswer } from '@selfheal/cli-kit/figures/class-measures.ts';
import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { proportion, statisticFigure } from '@selfheal/cli-kit/figures/figures.ts';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { FailureModel } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { trainFailureModel } from '@selfheal/diagnosis/failure/model/train.ts';
import type { RunHistory } from '@selfheal/diagnosis/failure/run-history.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import * as z from 'zod';
import { shippedModel, shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { digestOfText, evidenceOfText, type LabelledCase } from '#apps/workbench/training/labelled-case.ts';
import { readCaseText, readLabels } from '../labels/read-labels.ts';
import { gatherCases } from '../training/public-cases.ts';
import { learnedDigests } from './held-out-model.ts';
import type { Suite } from './suite.ts';

const Label = z.object({
  log: z.string(),
  job_name: z.string().default('log'),
  created_at: z.string(),
  intermittent: z.union([z.literal(0), z.literal(1)]),
  n_past_fails: z.number().int().nonnegative().default(0),
  n_past_successes: z.number().int().nonnegative().default(0),
});

interface Job {
  readonly label: z.infer<typeof Label>;
  readonly digest: string;
  readonly evidence: LabelledCase['evidence'];
}

const INTERMITTENT = 'intermittent';

/** All logs are from one repository, so the bootstrap resamples single jobs. */
function figuresOf(when: string, cases: readonly LabelledAnswer[], goal: { goal?: number } = {}): Figure[] {
  const job = cases.map((one, at) => ({ ...one, job: String(at) }));
  const answered = cases.filter(({ answer }) => answer === INTERMITTENT);
  const actual = cases.filter((one) => one.actual === INTERMITTENT);
  const hits = answered.filter((one) => one.actual === INTERMITTENT).length;
  return [
    ...statisticFigure(
      `F1 of intermittent, ${when}`,
      job,
      (one) => one.job,
      (drawn) => f1Of(INTERMITTENT, drawn),
      goal,
    ),
    ...proportion(`precision, ${when}`, hits, answered.length),
    ...proportion(`recall, ${when}`, hits, actual.length),
  ];
}

function historyOf({ n_past_fails, n_past_successes }: Job['label']): RunHistory {
  const sameCommit = { failures: n_past_fails, successes: n_past_successes };
  return { defaultBranchConclusions: [], attempt: 1, sameCommit };
}

interface Judge {
  readonly signatures: SignatureSet;
  readonly model?: FailureModel | undefined;
  readonly withHistory?: boolean;
}

function answers(jobs: readonly Job[], { signatures, model, withHistory = false }: Judge): LabelledAnswer[] {
  return jobs.map(({ label, evidence }) => {
    const history = withHistory ? historyOf(label) : undefined;
    const { verdict } = classify(evidence, { signatures, model, history });
    const passesLater = verdict === 'flaky' || verdict === 'infrastructure';
    return {
      actual: label.intermittent === 1 ? INTERMITTENT : 'lasting',
      answer: passesLater ? INTERMITTENT : 'lasting',
    };
  });
}

/**
 * A model that learned from all other data and from the earlier jobs, but from none of `later`; the shipped one when that holds for
 * it already.
 */
async function modelBefore(
  later: readonly Job[],
  root: string,
  signatures: SignatureSet,
  progress: (message: string) => void,
): Promise<FailureModel | undefined> {
  const learned = await learnedDigests();
  if (!later.some(({ digest }) => learned.has(digest))) return shippedModel(progress);
  const unseen = new Set(later.map(({ digest }) => digest));
  const cases = await gatherCases(root, progress);
  const earlier = cases.filter(({ digest }) => !unseen.has(digest));
  return trainFailureModel(earlier, signatures, { id: '0'.repeat(16) }).model;
}

export const velorenIntermittent: Suite = {
  name: 'veloren-intermittent',
  summary: 'verdict: GitLab logs that failed intermittently or for good, trained on earlier, tested on later',
  async run(dataDir, { progress }) {
    const signatures = await shippedSignatures(progress);
    const labels = await readLabels(dataDir, 'labels.jsonl', Label);
    labels.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
    const jobs: Job[] = [];
    for (const label of labels) {
      const text = await readCaseText(dataDir, label.log);
      jobs.push({ label, digest: digestOfText(text), evidence: evidenceOfText(text, label.job_name) });
    }
    const middle = Math.floor(jobs.length / 2);
    const later = jobs.slice(middle);
    const model = await modelBefore(later, dirname(dataDir), signatures, progress);
    return {
      figures: [
        ...figuresOf('later half', answers(later, { signatures, model, withHistory: true }), { goal: 0.85 }),
        ...figuresOf('later half, log alone', answers(later, { signatures, model })),
        ...figuresOf('later half, signatures alone', answers(later, { signatures })),
        ...figuresOf('earlier half, signatures alone', answers(jobs.slice(0, middle), { signatures })),
        ...figuresOf('all, signatures alone', answers(jobs, { signatures })),
      ],
    };
  },
};
