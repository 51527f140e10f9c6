import { gzipSync } from 'node:zlib';
import { UsageError } from '@selfheal/cli-kit/command.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { lengthField, ProtobufReader } from '#shared/domain/log-watch/wire/protobuf.ts';
import type { SourceLine } from './log-source.ts';

export interface SenderOptions {
  readonly base: string;
  readonly token: () => Promise<string>;
  /** Of lines whose source names none. */
  readonly service: string;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly say: (message: string) => void;
}

/** Lines of one request, and their bytes, well within what `/v1/logs` takes. */
const MAX_LINES = 5_000;
const MAX_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
/** Answers after which the same request is sent again (OTLP specification, "Retryable Response Codes"). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);
const MAX_PAUSE_MS = 60_000;

export interface LogSender {
  /** Resolves when all lines were taken; tries for as long as it needs. Throws `UsageError` when they are refused for good. */
  send(lines: readonly SourceLine[]): Promise<void>;
}

/** Sends lines to `/v1/logs` by the OpenTelemetry protocol. The same lines make the same request, which counts once however often it is sent. */
export function makeOtlpSender(options: SenderOptions): LogSender {
  async function sendBatch(lines: readonly SourceLine[]): Promise<void> {
    const body = gzipSync(requestOf(lines, options));
    for (let tries = 0; ; tries += 1) {
      const problem = await post(body);
      if (problem === null) {
        if (tries > 0) options.say('selfheal: lines are taken again.');
        return;
      }
      const pause = Math.min(MAX_PAUSE_MS, 1_000 * 2 ** tries);
      if (tries === 0) options.say(`selfheal: ${problem} Trying again until they are taken.`);
      await options.pause(pause);
    }
  }

  /** Null when the lines were taken, else why they should be sent again. */
  async function post(body: Buffer): Promise<string | null> {
    let response: Response;
    try {
      response = await fetch(`${options.base}/v1/logs`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await options.token()}`,
          'content-type': 'application/x-protobuf',
          'content-encoding': 'gzip',
        },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch {
      return `${options.base} does not answer.`;
    }
    const answer = Buffer.from(await response.arrayBuffer());
    if (response.ok) {
      const problem = textIn(answer, 1);
      if (problem !== null) options.say(`selfheal: some lines were rejected: ${problem}`);
      return null;
    }
    if (RETRYABLE.has(response.status)) return `${options.base} answered ${response.status}.`;
    throw new UsageError(`${options.base}/v1/logs: status ${response.status}. ${textIn(answer, null) ?? ''}`.trim());
  }

  return {
    async send(lines) {
      let batch: SourceLine[] = [];
      let bytes = 0;
      for (const line of lines) {
        const size = line.text.length + attributesLength(line);
        if (batch.length >= MAX_LINES || bytes + size > MAX_BYTES) {
          await sendBatch(batch);
          batch = [];
          bytes = 0;
        }
        batch.push(line);
        bytes += size;
      }
      if (batch.length > 0) await sendBatch(batch);
    },
  };
}

/** The message (field 2) of an answer, or of the part of it with this number; null where there is none. */
function textIn(answer: Uint8Array, part: number | null): string | null {
  try {
    for (const message = new ProtobufReader(answer); message.next(); ) {
      if (!message.hasLength) continue;
      if (part === null && message.field === 2) return message.text();
      if (part === message.field) return textIn(message.content(), null);
    }
  } catch (error) {
    // Something in between answered in its own words.
    if (!(error instanceof InvalidInput)) throw error;
  }
  return null;
}

const attributesLength = ({ attributes = {} }: SourceLine): number =>
  Object.entries(attributes).reduce((sum, [name, value]) => sum + name.length + value.length, 0);

/** `KeyValue` with a text. */
const keyValue = (key: string, value: string): Buffer =>
  Buffer.concat([lengthField(1, key), lengthField(2, lengthField(1, value))]);

/** `ExportLogsServiceRequest` of opentelemetry-proto: resources, their scope, its records. */
function requestOf(lines: readonly SourceLine[], { service, now }: SenderOptions): Buffer {
  const received = now();
  const resources = [...Map.groupBy(lines, (line) => line.service ?? service)].map(([name, own]) => {
    const records = own.map(({ at, text, attributes = {} }) => {
      const time = Buffer.alloc(9, 9);
      time.writeBigUInt64LE(BigInt(Math.trunc(at ?? received)) * 1_000_000n, 1);
      const said = Object.entries(attributes).map(([key, value]) => lengthField(6, keyValue(key, value)));
      return lengthField(2, Buffer.concat([time, lengthField(5, lengthField(1, text)), ...said]));
    });
    return lengthField(
      1,
      Buffer.concat([
        lengthField(1, lengthField(1, keyValue('service.name', name))),
        lengthField(2, Buffer.concat(records)),
      ]),
    );
  });
  return Buffer.concat(resources);
}
