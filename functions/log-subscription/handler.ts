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

/** Records of a stream of Kinesis, of one shard, in order. */
const Records = z.object({
  Records: z
    .array(
      z.object({
        eventSource: z.literal('aws:kinesis'),
        kinesis: z.object({ sequenceNumber: z.string(), data: z.base64() }),
      }),
    )
    .min(1),
});
/** A batch that takes longer goes on in the next call, well before the function's time is over. */
const MAX_BATCH_MS = 30_000;

/** Records from here on are to be delivered again. */
interface StreamAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Handles what CloudWatch Logs' subscription filters send (CloudWatch Logs User Guide, "Subscription filters"): an event for one message, or records of a
 * stream, whose answer names the first one to deliver again. A repeat counts once. Throws `InvalidInput` for any other event, which Lambda hands to the
 * dead-letter queue; such a record of a stream would hold up all behind it, so it is dropped, counted and logged.
 */
export function makeHandler(deps: LogSubscriptionDeps) {
  const services = new Map(deps.configuration.logSubscriptions.map(({ logGroup, service }) => [logGroup, service]));
  const receive = async (packed: Buffer): Promise<void> => {
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
  const receiveRecord = async (data: string): Promise<void> => {
    try {
      await receive(Buffer.from(data, 'base64'));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      deps.meter.count('log-lines-rejected');
      deps.log.warn('A record of the log stream is none of CloudWatch Logs; it is dropped.', { error: error.message });
    }
  };
  const receiveAll = async (records: z.infer<typeof Records>['Records']): Promise<StreamAnswer> => {
    const begin = deps.clock.now().getTime();
    for (const [index, { kinesis }] of records.entries()) {
      const from = { batchItemFailures: [{ itemIdentifier: kinesis.sequenceNumber }] };
      if (index > 0 && deps.clock.now().getTime() - begin > MAX_BATCH_MS) return from;
      try {
        await receiveRecord(kinesis.data);
      } catch (error) {
        deps.log.warn('A record of the log stream could not be counted; it is delivered again.', {
          error: error instanceof Error ? error.name : 'unknown',
        });
        return from;
      }
    }
    return { batchItemFailures: [] };
  };
  return async (event: unknown): Promise<StreamAnswer | null> => {
    const records = Records.safeParse(event);
    if (records.success) return await receiveAll(records.data.Records);
    await receive(packedData(event));
    return null;
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
