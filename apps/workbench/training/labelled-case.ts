import { createHash } from 'node:crypto';
import type { TrainingCase } from '@selfheal/diagnosis/failure/model/train.ts';
import { FAMILY_OF, type FailureClass } from '@selfheal/kernel/failure-class.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { LineRanker } from '@selfheal/log-reading/logs/line-ranker.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { textEvidence } from '#shared/app/triage/text-evidence.ts';

/** One labelled log for training, without its text. */
export interface LabelledCase extends TrainingCase {
  /** Name of the data set. */
  readonly source: string;
  /** The first 16 hexadecimal digits of the log's digest; shows whether a model was trained on this log. */
  readonly digest: string;
  /** When it failed, where that is known. */
  readonly at: string | null;
}

/** The labels of a log. */
export interface Labels {
  readonly source: string;
  readonly group: string;
  /** What is left out together when a model is judged; the group by default. */
  readonly fold?: string;
  readonly class: FailureClass | null;
  readonly accepted?: readonly FailureClass[];
  readonly transient?: boolean | null;
  readonly at?: string;
  /** Name of the job, where that is known. */
  readonly job?: string;
}

/** 16 hexadecimal digits that name a text. */
export function digestOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Whether failures of a class pass when run again; null where both happen. */
function transientByClass(failureClass: FailureClass | null): boolean | null {
  if (failureClass === null || failureClass === 'test_failure' || failureClass === 'unknown') return null;
  const family = FAMILY_OF[failureClass];
  if (family === 'code' || family === 'application') return false;
  return failureClass === 'network_connectivity' || failureClass === 'external_service_failures' ? true : null;
}

/** A case with its evidence as the workflow would gather it; `ranker` where the shipped one learned from the log. */
export function labelledCase(text: string, labels: Labels, ranker?: LineRanker): LabelledCase {
  return {
    source: labels.source,
    digest: digestOfText(text),
    at: labels.at ?? null,
    group: labels.group,
    ...present({ fold: labels.fold }),
    evidence: evidenceOfText(text, labels.job, ranker),
    class: labels.class,
    accepted: labels.accepted ?? [],
    transient: labels.transient === undefined ? transientByClass(labels.class) : labels.transient,
  };
}

/** The evidence of a log as the workflow would gather it; `job` is the name of its job, if known. */
export function evidenceOfText(text: string, job = 'log', ranker?: LineRanker): Evidence {
  return textEvidence(text, redactName(job, 200), ranker);
}
