import { InvalidInput } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { SentBatch } from './sent-line.ts';

/** What a subscription filter sends (CloudWatch Logs User Guide, "Log group-level subscription filters"). */
const Message = z.object({
  messageType: z.enum(['DATA_MESSAGE', 'CONTROL_MESSAGE']),
  logGroup: z.string(),
  logStream: z.string().optional(),
  logEvents: z.array(z.object({ timestamp: z.number(), message: z.string() })),
});

export interface SubscribedLines {
  readonly logGroup: string;
  /** Null: CloudWatch Logs only asks whether the destination can be reached. */
  readonly batch: SentBatch | null;
}

/** Reads the unpacked data of one event. Throws `InvalidInput` with what is wrong about it. */
export function readSubscription(text: string): SubscribedLines {
  const parsed = Message.safeParse(parsedJson(text));
  if (!parsed.success)
    throw new InvalidInput(`Data of a subscription filter of CloudWatch Logs: ${z.prettifyError(parsed.error)}`);
  const { messageType, logGroup, logStream, logEvents } = parsed.data;
  if (messageType === 'CONTROL_MESSAGE') return { logGroup, batch: null };
  // Named as in OpenTelemetry's semantic conventions for CloudWatch Logs.
  const place = { 'aws.log.group.names': logGroup, 'aws.log.stream.names': logStream ?? null };
  const lines = logEvents.map(({ timestamp, message }) => ({
    service: null,
    at: timestamp,
    level: null,
    text: message.trimEnd(),
    status: null,
    attributes: [place],
  }));
  return { logGroup, batch: { lines, rejected: 0, problem: null } };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInput('Data of a subscription filter of CloudWatch Logs: it is not JSON.', { cause });
  }
}
