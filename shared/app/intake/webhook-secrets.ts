import * as z from 'zod';
import type { WebhookSource } from '#shared/plugins/sources/contract.ts';
import type { SecretReader } from '#shared/ports/cloud.ts';
import type { WebhookSignatures } from '#shared/ports/webhook-signature.ts';

const Text = z.string();
/** `previous` is accepted too during a rotation. An empty text is no secret. */
const Rotation = z.object({ current: Text, previous: Text.optional() });
const MOST_SCOPES = 200;

/** The webhook secret: one for all, and one of their own for repositories (`owner/name`) or owners (`owner`). */
const WebhookSecret = Rotation.extend({
  repositories: z
    .string()
    .default('{}')
    // The reader hands on as JSON what is no text.
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('must be an object of secrets by repository');
        return z.NEVER;
      }
    })
    .pipe(
      z
        .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,38}(\/[A-Za-z0-9._-]{1,100})?$/), Rotation)
        .refine((scopes) => Object.keys(scopes).length <= MOST_SCOPES, `at most ${MOST_SCOPES} are possible`),
    ),
});

/** Of everything that has no secret of its own. */
const EVERYTHING = '*';

/** Whose secrets fit a body. */
export interface Signers {
  /** Whether one of them may speak for the repository: null for a body that names none. */
  mayReport(repository: string | null): boolean;
}

/**
 * Finds whose secret signed a body, before anything is read from it; null when nobody's did. Throws when the secret cannot be read or
 * is not of the documented form.
 */
export async function findSigners(
  { scheme }: Pick<WebhookSource, 'scheme'>,
  { body, headers }: { body: Uint8Array; headers: Readonly<Record<string, string | undefined>> },
  { secrets, signatures }: { readonly secrets: SecretReader; readonly signatures: WebhookSignatures },
): Promise<Signers | null> {
  const { repositories, ...everything } = WebhookSecret.parse(await secrets.read('github-webhook'));
  const scopes = new Map(Object.entries(repositories).map(([scope, secret]) => [scope.toLowerCase(), secret]));
  scopes.set(EVERYTHING, everything);
  const fitting = new Set<string>();
  for (const [scope, { current, previous }] of scopes) {
    const texts = [current, previous].filter((text): text is string => Boolean(text));
    if (await signatures.verify(scheme, body, headers, texts)) fitting.add(scope);
  }
  if (fitting.size === 0) return null;
  return { mayReport: (repository) => repository === null || fitting.has(scopeOf(repository, scopes)) };
}

/** The narrowest scope that has a secret: it alone may speak for the repository. */
function scopeOf(repository: string, scopes: ReadonlyMap<string, unknown>): string {
  const name = repository.toLowerCase();
  return [name, name.split('/')[0] ?? name].find((scope) => scopes.has(scope)) ?? EVERYTHING;
}
