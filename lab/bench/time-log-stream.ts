import { gzipSync } from 'node:zlib';
import { makeHandler } from '#functions/log-subscription/handler.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { madeLines } from './made-lines.ts';

/** Figures of the function that reads the stream of log groups. */
export interface StreamTimes {
  readonly lines: number;
  /** Processor time of the function for 1,000 lines, in milliseconds. */
  readonly cpuMs: number;
  /** Peak resident memory of a process that does nothing else, in MB. */
  readonly peakMb: number;
}

const GROUP = '/bench/orders';
const LINES_A_RECORD = 1_000;
const RECORDS_A_BATCH = 100;
const BATCHES = 3;
const SEED = 7;

/** One record of the stream as CloudWatch Logs writes it; `number` makes it unlike all others. */
function streamRecord(lines: readonly string[], number: number): Buffer {
  const logEvents = lines.map((message, index) => ({ id: `${number}-${index}`, timestamp: Date.now(), message }));
  const content = { messageType: 'DATA_MESSAGE', owner: '123456789012', logGroup: GROUP, logStream: 'a', logEvents };
  return gzipSync(JSON.stringify({ ...content, subscriptionFilters: [String(number)] }));
}

/** Hands full batches to the handler of the function, which decodes, redacts and counts; storing is not included. Prints `StreamTimes`. */
async function main(): Promise<void> {
  const handler = makeHandler({
    configuration: { logSubscriptions: [{ logGroup: GROUP, service: 'orders', stream: true }] },
    store: { addDigests: async () => {} },
    clock: { ...systemClock, now: () => new Date(0) },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    meter: { count: () => {} } as never,
  });
  const lines = madeLines('a web service', LINES_A_RECORD, SEED);
  let cpu = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const Records = Array.from({ length: RECORDS_A_BATCH }, (_, index) => ({
      eventSource: 'aws:kinesis',
      kinesis: {
        sequenceNumber: String(index),
        data: streamRecord(lines, batch * RECORDS_A_BATCH + index).toString('base64'),
      },
    }));
    const before = process.cpuUsage();
    await handler({ Records });
    const { user, system } = process.cpuUsage(before);
    cpu += user + system;
  }
  const count = BATCHES * RECORDS_A_BATCH * LINES_A_RECORD;
  const times: StreamTimes = {
    lines: count,
    cpuMs: cpu / count,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(times));
}

if (import.meta.main) await main();
