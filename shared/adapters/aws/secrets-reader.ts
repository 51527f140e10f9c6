import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CorruptRecord, Refused } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import type { SecretReader } from '#shared/ports/cloud.ts';
import type { EndpointCredentials } from '../http/endpoint-caller.ts';
import { systemClock } from '../system/clock.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

type SecretName = Parameters<SecretReader['read']>[0];
type Secret = Readonly<Record<string, string>>;
const FRESH_MILLISECONDS = 5 * 60 * 1000;
/** Values that are not text (an app's id, secrets by repository) are returned as JSON. */
const SecretValue = z.record(
  z.string(),
  z.unknown().transform((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
);

/** Secrets by the ARNs of this function, cached in memory for five minutes. Their content is never in an error. */
export function makeSecretReader(
  arns: Partial<Readonly<Record<SecretName, string>>>,
  options: { readonly client?: SecretsManagerClient; readonly clock?: Clock } = {},
): SecretReader {
  const { client = new SecretsManagerClient(REPEATABLE), clock = systemClock } = options;
  const kept = new Map<SecretName, { until: number; secret: Promise<Secret> }>();
  return {
    read: async (name) => {
      const now = clock.now().getTime();
      const found = kept.get(name);
      if (found && found.until > now) return found.secret;
      const arn = arns[name];
      if (!arn) throw new Refused(`This function has no access to the secret ${name}.`);
      // The promise is cached, so that concurrent callers share one request; a failure is not cached.
      const secret = fetchSecret(client, name, arn);
      kept.set(name, { until: now + FRESH_MILLISECONDS, secret });
      secret.catch(() => kept.delete(name));
      return secret;
    },
  };
}

/**
 * How to sign in at an endpoint, from its secret. Read at each call: calls are rare, and a changed secret takes effect at once.
 */
export async function readEndpointCredentials(
  arn: string,
  client: SecretsManagerClient = new SecretsManagerClient(REPEATABLE),
): Promise<EndpointCredentials> {
  const { authorization, username, password } = await fetchSecret(client, 'of the endpoint', arn);
  if (authorization !== undefined) return { authorization };
  if (username !== undefined && password !== undefined) return { username, password };
  throw new CorruptRecord('The secret of the endpoint lacks the field "authorization", or "username" and "password".');
}

async function fetchSecret(client: SecretsManagerClient, name: string, arn: string): Promise<Secret> {
  const { SecretString } = await callAws(`Reading the secret ${name}`, () =>
    client.send(new GetSecretValueCommand({ SecretId: arn })),
  );
  const parsed = SecretValue.safeParse(jsonOrNull(SecretString));
  if (!parsed.success) throw new CorruptRecord(`The secret ${name} must be a JSON object.`);
  return parsed.data;
}

function jsonOrNull(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
