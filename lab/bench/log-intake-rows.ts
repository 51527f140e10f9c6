import { systemClock } from '#shared/adapters/system/clock.ts';
import { receiveLines } from '#shared/app/log-watch/receive-lines.ts';
import { readOtlpJson, readOtlpProtobuf } from '#shared/domain/log-watch/wire/otlp.ts';
import { lengthField } from '#shared/domain/log-watch/wire/protobuf.ts';
import { KINDS_OF_LOGS, madeLines } from './made-lines.ts';
import type { Row } from './row.ts';

const LINES_A_BATCH = 2_000;
const BATCHES = 50;
const SEED = 1;
const GOAL = 30_000;

const asJson = (lines: readonly string[]): Buffer =>
  Buffer.from(
    JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] },
          scopeLogs: [{ logRecords: lines.map((line) => ({ body: { stringValue: line } })) }],
        },
      ],
    }),
  );

const asProtobuf = (lines: readonly string[]): Buffer =>
  lengthField(
    1,
    lengthField(2, Buffer.concat(lines.map((line) => lengthField(2, lengthField(5, lengthField(1, line)))))),
  );

/** Lines per second on one core, from the bytes of a request to its digests: decoding, redaction, levels and counts; storing not included. */
export async function logIntakeRows(): Promise<Row[]> {
  const rows: Row[] = [];
  const encodings = [
    ['protobuf', asProtobuf, readOtlpProtobuf],
    ['JSON', asJson, (bytes: Buffer) => readOtlpJson(bytes.toString('utf8'))],
  ] as const;
  for (const kind of KINDS_OF_LOGS)
    for (const [encoding, write, read] of encodings) {
      const lines = madeLines(kind, LINES_A_BATCH * BATCHES, SEED);
      const batches = Array.from({ length: BATCHES }, (_, at) =>
        write(lines.slice(at * LINES_A_BATCH, (at + 1) * LINES_A_BATCH)),
      );
      const before = process.cpuUsage();
      for (const batch of batches)
        await receiveLines(read(batch), batch, { store: { addDigests: async () => {} }, clock: systemClock });
      const { user, system } = process.cpuUsage(before);
      const speed = (lines.length / (user + system)) * 1e6;
      rows.push({
        measure: `lines of ${kind} taken by /v1/logs in ${encoding}, redacted and counted, lines per second on one core`,
        goal: GOAL.toLocaleString('en'),
        measured: Math.round(speed).toLocaleString('en'),
        met: speed >= GOAL,
      });
    }
  return rows;
}
