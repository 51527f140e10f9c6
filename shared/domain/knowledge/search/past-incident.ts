import * as z from 'zod';
import { recordText } from '#shared/kernel/text/record-text.ts';
import { phrase } from '#shared/kernel/text/redacted-text.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { firstSentence } from '../../diagnosis/first-sentence.ts';
import { FailureClass } from '../../incident/failure-class.ts';
import type { Evidence } from '../../logs/evidence.ts';
import { redactName } from '../../redaction/redact-name.ts';
import { Embedding, meaningOf } from './embedding.ts';
import type { Remembered } from './recall.ts';
import { readTerms, termsOfLines, weighed, writeTerms } from './terms.ts';

/**
 * An incident that ended, kept so that the next one like it is recognised: what it was, what was tried and what came of it. Its log is
 * not kept, only the terms that are told apart by (names, packages, error kinds and words of redacted lines).
 */
export const PastIncident = z.strictObject({
  version: z.literal(1),
  /** The incident's. */
  id: z.string().regex(/^[a-z0-9-]{8,60}$/),
  endedAt: z.iso.datetime(),
  class: FailureClass,
  fingerprint: z.string().nullable(),
  title: recordText({ min: 1, max: 300 }),
  resolution: recordText({ max: 1000 }),
  outcome: z.enum(['resolved', 'suggested', 'escalated']),
  /** Whether the resolution was done and verified: true helped, false did not, null was only proposed. */
  helped: z.boolean().nullable(),
  /** See `writeTerms`. */
  terms: z.string().max(24_000),
  /** What its lines mean, where a model was asked. */
  embedding: Embedding.optional(),
});
export type PastIncident = z.infer<typeof PastIncident>;

/** An action and what its verification showed. */
interface TriedAction {
  readonly actionId: string;
  readonly verified: 'recovered' | 'advanced' | 'failed' | null;
  readonly receipt: { readonly summary: string } | null;
}

export interface EndedIncident {
  readonly id: string;
  readonly outcome: PastIncident['outcome'];
  readonly endedAt: Date;
  readonly diagnosis: Diagnosis;
  readonly evidence: Evidence | null;
  readonly embedding?: Embedding | null;
  readonly actions: readonly TriedAction[];
}

const LONGEST_TITLE = 300;
const LONGEST_RESOLUTION = 1000;

/** What is remembered of an incident. Its words come from logs and models, redacted: tainted. */
export function pastIncidentOf({
  id,
  outcome,
  endedAt,
  diagnosis,
  evidence,
  embedding,
  actions,
}: EndedIncident): PastIncident {
  const { classification, rootCause, summary } = diagnosis;
  const decisive = actions.findLast(({ verified }) => verified === 'recovered' || verified === 'failed');
  const helped = decisive === undefined ? null : outcome === 'resolved' && decisive.verified === 'recovered';
  const resolution = decisive === undefined ? diagnosis.fix : (decisive.receipt?.summary ?? decisive.actionId);
  const title = redactName(summary ?? firstSentence(rootCause), LONGEST_TITLE);
  const lines = (evidence?.sources ?? []).flatMap((source) => source.lines.map(weighed));
  return {
    version: 1,
    id,
    endedAt: endedAt.toISOString(),
    class: classification.class,
    fingerprint: classification.fingerprint,
    title: title === '' ? phrase`A failure without a diagnosis` : title,
    resolution: redactName(resolution, LONGEST_RESOLUTION),
    outcome,
    helped,
    terms: writeTerms(termsOfLines(lines)),
    ...(embedding ? { embedding } : {}),
  };
}

/** A past incident as recall takes it. */
export type RememberedIncident = Remembered & { readonly past: Omit<PastIncident, 'terms' | 'embedding'> };

export function rememberedIncident({ terms, embedding, ...past }: PastIncident): RememberedIncident {
  const fingerprints = past.fingerprint === null ? [] : [past.fingerprint];
  return {
    id: past.id,
    class: past.class,
    fingerprints,
    terms: readTerms(terms),
    at: past.endedAt,
    meaning: embedding === undefined ? null : meaningOf(embedding),
    past,
  };
}
