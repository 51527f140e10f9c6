import * as z from 'zod';
import { resolveScope, type ScopeDeps } from '#shared/app/knowledge/scopes.ts';
import { PatternId } from '#shared/app/learning/write-pattern.ts';
import { ALL_SERVICES } from '#shared/domain/incident/scope.ts';
import { Problem } from '../problem.ts';
import { writtenText } from './contract.ts';

/** A scope as a person names it: see `resolveScope`. */
export const ScopeName = z
  .string()
  .trim()
  .min(3)
  .max(400)
  .meta({
    description: `${ALL_SERVICES} (every service), owner/name of a repository that had an incident, service:NAME, the name of an alarm or a service, repository#ID:owner/name, or alarm#ARN.`,
  });
export const DryRun = z.boolean().default(false).meta({ description: 'Says what would be, and changes nothing.' });
export const Reason = writtenText(300);

export const Scoped = z.strictObject({ scope: ScopeName });
export const PatternPath = z.strictObject({ id: PatternId });
export const Revision = z.object({
  'if-match': z
    .string()
    .regex(/^(?:\*|"\d{1,9}")$/, 'Must be the revision that you saw, such as "3", or *')
    .optional()
    .meta({ description: 'The `etag` of what you read, or `*` for whatever it is now.' }),
});

/** The scope that the caller names. Throws `Problem`. */
export async function scopeOf(given: string, deps: ScopeDeps): Promise<string> {
  const answer = await resolveScope(given, deps);
  if (answer.kind === 'scope') return answer.scope;
  throw new Problem(answer.kind === 'invalid' ? 'invalid-request' : 'not-found', answer.reason);
}

/** Null for `*`. Throws `Problem` without the header. */
export function revisionOf(header: string | undefined): number | null {
  if (header === undefined)
    throw new Problem(
      'revision-needed',
      'Send the etag of what you saw as if-match, or if-match: * to change whatever it is now.',
    );
  return header === '*' ? null : Number(header.replaceAll('"', ''));
}

export const noSuchPattern = (id: string): Problem =>
  new Problem('not-found', `There is no pattern ${id} in this scope. GET /api/knowledge/patterns lists them.`);
