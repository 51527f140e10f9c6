import { SeenBefore } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import type * as z from 'zod';
import { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { termsOfText, writeTerms } from '#shared/domain/knowledge/search/terms.ts';
import { aClassification } from './incidents.ts';

/** An incident whose failed jobs were started again and passed; `text`: the lines that its terms are of. */
export function aPastIncident({
  text,
  ...change
}: Partial<z.input<typeof PastIncident>> & { text?: string } = {}): PastIncident {
  const { class: failureClass, fingerprint } = aClassification();
  return PastIncident.parse({
    version: 1,
    id: `gh-${'7'.repeat(24)}`,
    endedAt: '2026-11-20T12:00:00.000Z',
    class: failureClass,
    fingerprint,
    title: 'The connection to the package registry was reset',
    resolution: 'The failed jobs were started again.',
    outcome: 'resolved',
    helped: true,
    terms: writeTerms(
      termsOfText(text ?? 'Error: read ECONNRESET while fetching left-pad from the package registry: connection reset'),
    ),
    ...change,
  });
}

export function aSeenBefore(change: Partial<z.input<typeof SeenBefore>> = {}): SeenBefore {
  const { id, endedAt, title, resolution, outcome, helped } = aPastIncident();
  const past = { incidentId: id, endedAt, title, resolution, outcome, helped };
  const seen = {
    ...past,
    sameFailure: true,
    times: 1,
    score: 0.95,
    reasons: ['the same failure by its fingerprint'],
    ...change,
  };
  return SeenBefore.parse(seen);
}
