import { gunzipSync } from 'node:zlib';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { type ReceiveDeps, receiveLines } from '#shared/app/log-watch/receive-lines.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { readSubscription } from '#shared/domain/log-watch/wire/cloudwatch-logs.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';

export interface LogSubscriptionDeps extends ReceiveDeps {
  readonly configuration: Pick<Configuration, 'logSubscriptions'>;
  readonly log: Log;
  readonly meter: Meter;
}

/** A subscription's event holds at most a few MiB of lines; more is no subscription's. */
const MAX_UNPACKED = 32 * 1024 * 1024;
const Event = z.object({ awslogs: z.object({ data: z.base64() }) });

/**
 * Handles the events of CloudWatch Logs' subscription filters (CloudWatch Logs User Guide, "Subscription filters with Lambda"). A repeat counts once.
 * Throws `InvalidInput` for anything else, which Lambda hands to the dead-letter queue.
 */
export function makeHandler(deps: LogSubscriptionDeps) {
  const services = new Map(deps.configuration.logSubscriptions.map(({ logGroup, service }) => [logGroup, service]));
  return async (event: unknown): Promise<void> => {
    const packed = packedData(event);
    const { logGroup, batch } = readSubscription(unpacked(packed));
    // CloudWatch Logs asks whether the function answers; there is nothing to count.
    if (batch === null) return;
    const service = services.get(logGroup);
    if (service === undefined) {
      deps.meter.count('log-lines-rejected', batch.lines.length);
      deps.log.warn('A log group sent lines that is not in logSubscriptions; they are dropped.', {
        part: redactName(logGroup, 200),
      });
      return;
    }
    const named = { ...batch, lines: batch.lines.map((line) => ({ ...line, service })) };
    const { accepted, rejected } = await receiveLines(named, packed, deps);
    deps.meter.count('log-lines-received', accepted);
    if (rejected > 0) deps.meter.count('log-lines-rejected', rejected);
  };
}

function packedData(event: unknown): Buffer {
  const parsed = Event.safeParse(event);
  if (!parsed.success)
    throw new InvalidInput('The event is not one of a subscription filter of CloudWatch Logs: it has no awslogs.data.');
  return Buffer.from(parsed.data.awslogs.data, 'base64');
}

function unpacked(packed: Buffer): string {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_UNPACKED }).toString('utf8');
  } catch (cause) {
    throw new InvalidInput(`awslogs.data is not gzip, is cut short, or has more than ${MAX_UNPACKED} bytes.`, {
      cause,
    });
  }
}
