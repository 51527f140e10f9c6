import { CorruptRecord, InvalidInput, Retryable } from '@selfheal/kernel/errors.ts';
import type { APIGatewayProxyEventV2, Context, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import {
  httpFunction,
  lambdaLog,
  lambdaMeter,
  scheduledFunction,
  sqsBatchFunction,
  stepFunction,
} from '#shared/adapters/aws/lambda-edge.ts';
import { SentRequests } from '#shared/domain/workflow/steps.ts';

const context = {
  functionName: 'classify',
  awsRequestId: 'request-1',
  getRemainingTimeInMillis: () => 1000,
} as Context;
const config = { name: 'classify' };
let output = '';
// Read by the telemetry when it is made, which is when it is imported.
vi.hoisted(() => {
  process.env.POWERTOOLS_METRICS_NAMESPACE = 'Selfheal';
  process.env.POWERTOOLS_SERVICE_NAME = 'classify';
});
beforeEach(() => {
  output = '';
  const keep = (text: string | Uint8Array): boolean => {
    output += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => vi.restoreAllMocks());

describe('a step of the workflow', () => {
  const step = (run: (input: { incidentId: string }) => Promise<{ lines: number }>) =>
    stepFunction({
      config,
      input: z.strictObject({ incidentId: z.string().min(8) }),
      output: z.strictObject({ lines: z.number() }),
      run,
    });

  it('gets the parsed input and gives the checked output', async () => {
    const handler = step(async ({ incidentId }) => ({ lines: incidentId.length }));
    expect(await handler({ incidentId: 'gh-12345' }, context)).toEqual({ lines: 8 });
  });

  it('counts the requests to GitHub of its incident, also when it fails, and fails never for a count that is not kept', async () => {
    const counted: unknown[] = [];
    let isKept = true;
    const asking = (requests: number, failure?: Error) =>
      stepFunction({
        config,
        input: z.strictObject({ incidentId: z.string() }),
        output: z.strictObject({}),
        requests: {
          countRequests: async (...count) => {
            if (!isKept) throw new Retryable('The table is busy.');
            counted.push(count);
          },
        },
        run: async () => {
          for (let request = 0; request < requests; request += 1) lambdaMeter.count('github-requests');
          if (failure) throw failure;
          return {};
        },
      });
    await asking(3)({ incidentId: 'gh-first' }, context);
    await asking(0)({ incidentId: 'gh-second' }, context);
    await expect(asking(2, new Retryable('502'))({ incidentId: 'gh-third' }, context)).rejects.toThrow('502');
    isKept = false;
    expect(await asking(1)({ incidentId: 'gh-fourth' }, context)).toEqual({});
    isKept = true;
    await asking(1)({ incidentId: 'gh-fifth' }, context);
    expect(counted).toEqual([
      ['gh-first', { step: 'classify', requests: 3, id: expect.any(String) }],
      ['gh-third', { step: 'classify', requests: 2, id: expect.any(String) }],
      ['gh-fifth', { step: 'classify', requests: 1, id: expect.any(String) }],
    ]);
  });

  it('leaves its requests to the step after it where that is agreed, and stores those of the one before', async () => {
    const counted: unknown[] = [];
    const left = { step: 'gather', requests: 4, id: 'left' };
    const asking = (requests: number, act: boolean) =>
      stepFunction({
        config,
        input: z.strictObject({ incidentId: z.string(), sent: SentRequests.nullish() }),
        output: z.strictObject({ act: z.boolean(), sent: SentRequests.nullish() }),
        requests: {
          countRequests: async (_id, sent) => {
            counted.push(sent);
          },
        },
        handsOn: (result) => result.act,
        run: async () => {
          for (let request = 0; request < requests; request += 1) lambdaMeter.count('github-requests');
          return { act };
        },
      });
    const sent = { step: 'classify', requests: 3, id: expect.any(String) };
    expect(await asking(3, true)({ incidentId: 'gh-first', sent: left }, context)).toEqual({ act: true, sent });
    expect(counted).toEqual([left]);
    expect(await asking(0, true)({ incidentId: 'gh-first' }, context)).toEqual({ act: true, sent: null });
    expect(await asking(3, false)({ incidentId: 'gh-first', sent: null }, context)).toEqual({ act: false });
    expect(counted).toEqual([left, sent]);
  });

  it('[D232][D256] logs JSON with the id of its incident and writes its metrics', async () => {
    const handler = step(async () => {
      lambdaLog.info('Classified', { class: 'unknown' });
      lambdaMeter.count('Classified');
      lambdaMeter.time('Classifying', 12);
      return { lines: 1 };
    });
    await handler({ incidentId: 'gh-logged-1' }, context);
    const logged = output.split('\n').filter((line) => line.includes('Classified'));
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({
      message: 'Classified',
      incidentId: 'gh-logged-1',
      class: 'unknown',
    });
    expect(JSON.parse(logged[1] ?? '')).toMatchObject({ Classified: 1, Classifying: 12, _aws: expect.anything() });
  });

  it('[D220] names InvalidInput for a state that does not fit, without running', async () => {
    const run = vi.fn();
    await expect(step(run)({ incidentId: 'x' }, context)).rejects.toMatchObject({ name: 'InvalidInput' });
    await expect(step(run)({ incidentId: 'gh-12345', more: 1 }, context)).rejects.toThrow(/classify/);
    expect(run).not.toHaveBeenCalled();
  });

  it.each([new Retryable('later'), new CorruptRecord('broken')])('lets %s through unchanged', async (error) => {
    const handler = step(async () => Promise.reject(error));
    await expect(handler({ incidentId: 'gh-12345' }, context)).rejects.toBe(error);
  });

  it('fails when its own output breaks the contract', async () => {
    const handler = step(async () => ({ lines: 'many' }) as never);
    await expect(handler({ incidentId: 'gh-12345' }, context)).rejects.toThrow(/Output of classify/);
  });
});

describe('an HTTP route', () => {
  it.each([
    [new InvalidInput('The body is not JSON.'), 400, 'The body is not JSON.'],
    [new Retryable('DynamoDB: secret detail'), 503, 'Try again in a moment.'],
    [new Error('secret detail'), 500, 'Internal error. It was logged.'],
  ])('answers %s without showing what is inside', async (error, statusCode, message) => {
    const handler = httpFunction({ config, run: async () => Promise.reject(error) });
    const answer = await handler({} as APIGatewayProxyEventV2, context);
    expect(answer.statusCode).toBe(statusCode);
    expect(JSON.parse(answer.body ?? '')).toEqual({ message });
  });

  it('gives the answer of its use case', async () => {
    const handler = httpFunction({ config, run: async () => ({ statusCode: 202 }) });
    expect(await handler({} as APIGatewayProxyEventV2, context)).toEqual({ statusCode: 202 });
  });
});

describe('an SQS batch', () => {
  const batch = (...bodies: string[]): SQSEvent =>
    ({ Records: bodies.map((body, index) => ({ messageId: `m${index}`, body, eventSource: 'aws:sqs' })) }) as SQSEvent;
  const handler = sqsBatchFunction({
    config,
    run: async (body) => {
      if (body.startsWith('bad')) throw new Retryable('no');
    },
  });

  it('reports exactly the messages that failed', async () => {
    expect(await handler(batch('good', 'bad', 'good', 'bad'), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm3' }],
    });
  });

  it('reports all of them instead of throwing when all failed, and none when none did', async () => {
    expect((await handler(batch('bad', 'bad'), context)).batchItemFailures).toHaveLength(2);
    expect((await handler(batch('good'), context)).batchItemFailures).toEqual([]);
  });
});

describe('a scheduled function', () => {
  it('runs, and throws what its use case throws', async () => {
    const run = vi.fn().mockResolvedValueOnce('done').mockRejectedValueOnce(new Retryable('later'));
    const handler = scheduledFunction({ config, run });
    expect(await handler({}, context)).toBeNull();
    await expect(handler({}, context)).rejects.toMatchObject({ name: 'Retryable' });
  });
});
