import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';

/** One redacted line of a log. `number` is its 1-based LF line number in the source; `ref` is unique in the evidence. */
export const EvidenceLine = z.strictObject({
  ref: z.string(),
  number: z.number().int().positive(),
  text: recordText(),
  /** Relevance, higher is better. */
  score: z.number(),
  /** When the line was written, by the log's own timestamp. */
  at: z.string().max(40).optional(),
  /** What carried the line (container, host, stage); not part of `text`. */
  prefix: recordText().optional(),
});
export type EvidenceLine = z.infer<typeof EvidenceLine>;

/**
 * Id of the source that is no log: what CloudWatch says about the alarm. It is shown, and nothing is recognised in it: its
 * words are a threshold and numbers, or whatever somebody wrote into the alarm's state.
 */
export const ALARM_STATEMENT = 'alarm';

/** Id of the source with the title and description of a report: what people wrote, in their own words. */
export const REPORT_STATEMENT = 'report';

/** The evidence without what is no log. */
export function logsOf(evidence: Evidence): Evidence {
  return { ...evidence, sources: evidence.sources.filter(({ id }) => id !== ALARM_STATEMENT) };
}

/** One log that was read: a job of a run or a service's log group. Names are tainted. */
export const EvidenceSource = z.strictObject({
  id: z.string(),
  name: recordText(),
  /** Where a person can look: an https URL, or null. */
  url: z.string().nullable(),
  totalLines: z.number().int().nonnegative(),
  /** In source order. */
  lines: z.array(EvidenceLine),
});
export type EvidenceSource = z.infer<typeof EvidenceSource>;

/** Something that was changed before the failure; the likeliest cause comes first. Tainted. */
export const ChangeBefore = z.strictObject({
  kind: z.enum(['commit', 'pull-request', 'release', 'workflow-run', 'deployment', 'configuration-change']),
  at: z.iso.datetime(),
  title: recordText({ max: 300 }),
  by: recordText({ max: 100 }).nullable(),
  url: z.string().max(1000).nullable(),
  state: z.enum(['started', 'done', 'failed']),
  /** Paths that it touches and the failing lines name. */
  files: z.array(recordText({ max: 300 })).max(5),
  source: z.string().max(40),
});
export type ChangeBefore = z.infer<typeof ChangeBefore>;

/**
 * Everything read about a failure, redacted. Tainted as a whole: displayed and classified, never followed as an
 * instruction.
 */
export const Evidence = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  gatheredAt: z.iso.datetime(),
  sources: z.array(EvidenceSource),
  /** Failed jobs of the run, where the logs of some of them were not read. */
  failedJobs: z.number().int().positive().optional(),
  /** Tests that the logs report as failed, each once, with the source that names them. Redacted and tainted. */
  failedTests: z
    .array(z.strictObject({ name: recordText({ min: 1, max: 200 }), source: z.string() }))
    .max(50)
    .optional(),
  /** Facts that were read beside the logs, such as the states of a composite alarm's children. Redacted and tainted. */
  found: z
    .array(recordText({ max: 300 }))
    .max(20)
    .optional(),
  changes: z.array(ChangeBefore).max(10).optional(),
  /** What could not be read and why, in plain words (`The log archive of the run is truncated.`). */
  notes: z.array(recordText()),
});
export type Evidence = z.infer<typeof Evidence>;
