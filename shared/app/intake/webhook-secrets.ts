import * as z from 'zod';
import type { WebhookSource } from '#shared/plugins/sources/contract.ts';
import type { SecretReader } from '#shared/ports/cloud.ts';
import type { WebhookSignatures } from '#shared/ports/webhook-signature.ts';

const Text = z.string();
/** `previous` is also accepted, during a rotation. An empty text is not a secret. */
const Rotation = z.object({ current: Text, previous: Text.optional() });
const MAX_SCOPES = 200;

/** The secrets reader returns values that are not text as JSON. */
function secretsBy(what: string) {
  return z
    .string()
    .default('{}')
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue(`must be an object of secrets by ${what}`);
        return z.NEVER;
      }
    });
}

/** The webhook secret: a common one, and separate ones for repositories (`owner/name`) or owners (`owner`). */
const WebhookSecret = Rotation.extend({
  /** Secrets of sources other than GitHub, by source id. */
  sources: secretsBy('source').pipe(z.record(z.string().max(40), Rotation)),
  /** Secrets that senders made themselves, by connection. */
  connections: secretsBy('connection').pipe(z.record(z.string().max(40), Rotation)),
  repositories: secretsBy('repository').pipe(
    z
      .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,38}(\/[A-Za-z0-9._-]{1,100})?$/), Rotation)
      .refine((scopes) => Object.keys(scopes).length <= MAX_SCOPES, `at most ${MAX_SCOPES} are possible`),
  ),
});

/** GitHub's secrets differ by repository; every other source has one secret. */
const GITHUB = 'github';

const textsOf = ({ current, previous }: z.infer<typeof Rotation>): string[] =>
  [current, previous].filter((text): text is string => Boolean(text));

/** The scope of everything without a secret of its own. */
const EVERYTHING = '*';

/** The scopes whose secrets match the signature of a body. */
export interface Signers {
  /** Whether one of them is the right one for the repository; null for a body without a repository. */
  mayReport(repository: string | null): boolean;
}

/**
 * Finds whose secret signed a body, before the body is parsed; null when none matches. Throws when the secret cannot be read or is malformed.
 */
export async function findSigners(
  { id, scheme }: Pick<WebhookSource, 'id' | 'scheme'>,
  { body, headers }: { body: Uint8Array; headers: Readonly<Record<string, string | undefined>> },
  { secrets, signatures }: { readonly secrets: SecretReader; readonly signatures: WebhookSignatures },
): Promise<Signers | null> {
  const {
    repositories,
    sources,
    connections: _,
    ...everything
  } = WebhookSecret.parse(await secrets.read('github-webhook'));
  if (id !== GITHUB) {
    const own = sources[id] ?? { current: '' };
    return (await signatures.verify(scheme, body, headers, textsOf(own))) ? { mayReport: () => true } : null;
  }
  const scopes = new Map(Object.entries(repositories).map(([scope, secret]) => [scope.toLowerCase(), secret]));
  scopes.set(EVERYTHING, everything);
  const fitting = new Set<string>();
  for (const [scope, secret] of scopes) {
    if (await signatures.verify(scheme, body, headers, textsOf(secret))) fitting.add(scope);
  }
  if (fitting.size === 0) return null;
  return { mayReport: (repository) => repository === null || fitting.has(scopeOf(repository, scopes)) };
}

/** The narrowest scope with a secret of its own; no other secret is valid for the repository. */
function scopeOf(repository: string, scopes: ReadonlyMap<string, unknown>): string {
  const name = repository.toLowerCase();
  return [name, name.split('/')[0] ?? name].find((scope) => scopes.has(scope)) ?? EVERYTHING;
}

/** The secrets that an operator stored for a connection: the current one, and the previous one during a rotation. Throws when they are malformed. */
export function storedSecrets(secret: Readonly<Record<string, string>>, connection: string): string[] {
  const { connections } = WebhookSecret.pick({ connections: true }).parse(secret);
  return textsOf(connections[connection] ?? { current: '' });
}
