import { makeFaults } from '@selfheal/fake-server/faults.ts';
import { type HttpServer, serveHttp } from '@selfheal/fake-server/http-server.ts';
import { makeJournal } from '@selfheal/fake-server/journal.ts';
import { machineTime } from '@selfheal/fake-server/world-time.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AwsEvent } from '../src/alarm-events.ts';
import { type LocalAws, makeLocalAws } from '../src/control.ts';

const PATTERN = { allowedPattern: '^i-[0-9a-f]+$' };
let aws: LocalAws;
let server: HttpServer;
let events: AwsEvent[];

beforeEach(async () => {
  events = [];
  aws = makeLocalAws({
    journal: makeJournal(machineTime),
    dataDir: undefined,
    account: '123456789012',
    region: 'us-east-1',
    time: machineTime,
    documents: [{ name: 'Restart', parameters: { InstanceId: PATTERN } }],
    onEvent: (event) => events.push(event),
  });
  server = await serveHttp({ port: 0, faults: makeFaults(), services: () => [aws.service], onExchange() {} });
});
afterEach(async () => {
  aws.stop();
  await server.stop();
});

/** AWS JSON, signed as far as the fake looks at it. */
async function call(target: string, input: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(server.url, {
    method: 'POST',
    headers: {
      'x-amz-target': target,
      'content-type': 'application/x-amz-json-1.1',
      authorization: 'AWS4-HMAC-SHA256 Credential=role/20261123/us-east-1/ssm/aws4_request',
    },
    body: JSON.stringify(input),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('the fake AWS', () => {
  it('raises the alarm of a scenario, and clears it when asked to', () => {
    aws.control.fireAlarm('checkout', { okAfterMs: null });
    aws.control.clearAlarm('checkout-errors');
    expect(events.map(({ detail }) => (detail.state as { value: string }).value)).toEqual(['ALARM', 'OK']);
  });

  it('runs a document once for a token, with the parameters that it declares', async () => {
    const ClientToken = '00000000-0000-4000-8000-000000000000';
    const run = { DocumentName: 'Restart', Parameters: { InstanceId: ['i-0a1b'] }, ClientToken };
    const first = await call('AmazonSSM.StartAutomationExecution', run);
    expect(first.status).toBe(200);
    expect(await call('AmazonSSM.StartAutomationExecution', run)).toEqual(first);
    const wrong = { ...run, Parameters: { InstanceId: ['all'] } };
    const { status, body } = await call('AmazonSSM.StartAutomationExecution', wrong);
    expect([status, body.__type]).toEqual([400, 'InvalidAutomationExecutionParametersException']);
  });
});
