import { firstSentence } from '@selfheal/diagnosis/diagnosis/advice.ts';
import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { Embedding, embeddingVectorOf } from './embedding.ts';
import type { Remembered } from './recall.ts';
import { termsOfLines, weighed, writeTerms } from './terms.ts';

/**
 * An ended incident, stored so that similar ones are recognised: what it was, what was tried and the outcome. Its log
 * is not stored, only the terms for the search (names, packages, error kinds and words of redacted lines).
 */
export const PastIncident = z.strictObject({
  version: z.literal(1),
  /** Id of the incident. */
  id: z.string().regex(/^[a-z0-9-]{8,60}$/),
  endedAt: z.iso.datetime(),
  class: FailureClass,
  fingerprint: z.string().nullable(),
  title: recordText({ min: 1, max: 300 }),
  /** What was tried or proposed: an imperative. Earlier releases stored the receipt of the action. */
  resolution: recordText({ max: 1000 }),
  outcome: z.enum(['resolved', 'suggested', 'escalated']),
  /** Whether the resolution helped: true it did, false it did not, null was only proposed. Verified, unless a person said so. */
  helped: z.boolean().nullable(),
  /** The person who says whether it helped; absent where Selfheal measured it, and in older records. */
  reportedBy: recordText({ max: 200 }).optional(),
  /** How long people worked on it, by their own word; absent where nobody said, and in older records. */
  workedMinutes: z.number().nonnegative().optional(),
  /** See `writeTerms`. */
  terms: z.string().max(24_000),
  /** Embedding of its lines, where a model was asked. */
  embedding: Embedding.optional(),
});
export type PastIncident = z.infer<typeof PastIncident>;

/** Of a simulated incident: it teaches what a person said about it, and counts in no figure. */
export const isOfSimulation = ({ id }: Pick<PastIncident, 'id'>): boolean => id.startsWith('sim-');

/** An action, what it is in general, and the result of its verification. */
interface TriedAction {
  /** An imperative without ids: see `solutionOfAction`. */
  readonly solution: string;
  readonly verified: 'recovered' | 'advanced' | 'failed' | null;
  /** The result says nothing about the failure. */
  readonly inconclusive: boolean;
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

const MAX_TITLE_LENGTH = 300;
const MAX_RESOLUTION_LENGTH = 1000;

/** The record of an ended incident. Its texts come from logs and models, redacted: tainted. */
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
  const decisive = actions.findLast(
    ({ verified, inconclusive }) => !inconclusive && (verified === 'recovered' || verified === 'failed'),
  );
  const helped = decisive === undefined ? null : outcome === 'resolved' && decisive.verified === 'recovered';
  const resolution = decisive === undefined ? diagnosis.fix : decisive.solution;
  const title = redactName(summary ?? firstSentence(rootCause), MAX_TITLE_LENGTH);
  const lines = (evidence?.sources ?? []).flatMap((source) => source.lines.map(weighed));
  return {
    version: 1,
    id,
    endedAt: endedAt.toISOString(),
    class: classification.class,
    fingerprint: classification.fingerprint,
    title: title === '' ? phrase`A failure without a diagnosis` : title,
    resolution: redactName(resolution, MAX_RESOLUTION_LENGTH),
    outcome,
    helped,
    terms: writeTerms(termsOfLines(lines)),
    ...(embedding ? { embedding } : {}),
  };
}

/** A past incident in the form that recall uses. */
export type RememberedIncident = Remembered & { readonly past: Omit<PastIncident, 'terms' | 'embedding'> };

export function rememberedIncident({ terms, embedding, ...past }: PastIncident): RememberedIncident {
  const fingerprints = past.fingerprint === null ? [] : [past.fingerprint];
  return {
    id: past.id,
    class: past.class,
    fingerprints,
    terms,
    at: past.endedAt,
    embedding: embedding === undefined ? null : embeddingVectorOf(embedding),
    past,
  };
}
