import { encodeAnswers, type HeldOutAnswer } from '#shared/domain/learning/held-out-answers.ts';
import { type ModelVersion, versionOf } from '#shared/domain/learning/model-registry.ts';
import { PROMISES, type Provenance } from '#shared/domain/learning/provenance.ts';

const digestAt = (at: number): string => at.toString(16).padStart(16, '0');

/** Answers to logs 0, 1, 2 ...: right or wrong, each as sure as the other. */
export function heldOut(rights: readonly boolean[], change: Partial<HeldOutAnswer> = {}): HeldOutAnswer[] {
  return rights.map((right, at) => ({
    digest: digestAt(at),
    right,
    confidence: right ? 0.9 : 0.6,
    verdictRight: right,
    ...change,
  }));
}

/** So many right answers of so many, the wrong ones last. */
export function rightOf(hits: number, cases: number): boolean[] {
  return Array.from({ length: cases }, (_, at) => at < hits);
}

export interface VersionSample {
  readonly version: ModelVersion;
  readonly file: string;
}

/** A version named by a digit, of a file that is no real model. */
export function aModelVersion(
  name: string,
  answers: readonly HeldOutAnswer[] = heldOut(rightOf(90, 100)),
  file = `{"model":"${name}"}`,
): VersionSample {
  const share = answers.filter(({ right }) => right).length / answers.length;
  const metric = { value: share, cases: answers.length };
  const provenance: Provenance = {
    version: 1,
    model: name.repeat(16).slice(0, 16),
    trainedAt: '2026-11-20T08:00:00.000Z',
    parameters: { folds: 5 },
    sources: [{ source: 'made', cases: answers.length, groups: answers.length }],
    data: 'd'.repeat(16),
    metrics: [
      { name: PROMISES.class, ...metric },
      { name: PROMISES.verdict, ...metric },
    ],
    ...encodeAnswers(answers),
  };
  return { version: versionOf(provenance, file), file };
}
