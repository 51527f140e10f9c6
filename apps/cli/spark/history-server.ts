import { UsageError } from '@selfheal/cli-kit/command.ts';
import { makeSparkReader, type SparkReader } from '#shared/app/jobs/spark-reader.ts';
import type { EndpointCaller } from '#shared/ports/playbook-effects.ts';

const NAME = 'spark';

/**
 * The History Server at this address (`http://spark.example.com:18080`, or with `/api/v1`). Throws `UsageError` when it does not answer.
 */
export function openHistoryServer(address: string): SparkReader {
  const base = `${address.replace(/\/+$/, '').replace(/\/api\/v1$/, '')}/api/v1/`;
  const read: EndpointCaller['read'] = async (endpoint, timeoutSeconds) => {
    const url = `${base}${endpoint.slice(`${NAME}:/`.length)}`;
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    const response = await fetch(url, { headers: { accept: 'application/json' }, signal, redirect: 'error' }).catch(
      (cause: unknown) => {
        throw new UsageError(`${address} does not answer: check SPARK_HISTORY_SERVER_URL, and that the server runs.`, {
          cause,
        });
      },
    );
    return { status: response.status, body: await response.json().catch(() => null) };
  };
  return makeSparkReader({ read }, NAME);
}
