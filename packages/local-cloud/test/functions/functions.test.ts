import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../src/runtime.ts';
import { arnOf, lambda, role, type TestAssembly, until, writeAssembly } from '../test-assembly.ts';

const toDeadLetters = [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf('Dead') }];
const retry = (id: string, MaximumRetryAttempts: number, rest: object = {}) => ({
  [`${id}Retries`]: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: id }, Qualifier: '$LATEST', MaximumRetryAttempts, ...rest },
  },
});
const STACK = {
  Resources: {
    Dead: { Type: 'AWS::SQS::Queue' },
    ...lambda('Probe', [], { Environment: { Variables: { GREETING: 'hello' } } }),
    ...lambda('Early', []),
    ...lambda('Broken', []),
    ...lambda('Slow', [], { Timeout: 1, ReservedConcurrentExecutions: 1 }),
    ...lambda('Hungry', [], { MemorySize: 128 }),
    ...lambda('Failing', toDeadLetters, { DeadLetterConfig: { TargetArn: arnOf('Dead') } }),
    ...retry('Failing', 1),
    ...lambda('Routed', toDeadLetters),
    ...retry('Routed', 0, { DestinationConfig: { OnFailure: { Destination: arnOf('Dead') } } }),
    ...lambda('Silenced', [], { TracingConfig: { Mode: 'Active' } }),
    SilencedRole: role('lambda.amazonaws.com'),
  },
};
const BUNDLES = {
  Probe: `let calls = 0;
export const handler = async (event, context) => {
  console.log('probe says ' + event.word);
  return { calls: ++calls, env: process.env, name: context.functionName, left: context.getRemainingTimeInMillis() };
};`,
  Early: `const loadedAt = Date.now();
await new Promise((resolve) => setTimeout(resolve, 150));
export const handler = async (event) => ({ early: loadedAt < event.at, word: event.word });`,
  Broken: 'throw new RangeError("cannot be loaded");',
  Slow: 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 3000, "late"));',
  Hungry:
    'export const handler = async () => { const all = []; for (;;) all.push(new Array(100_000).fill(all.length)); };',
  Failing: 'export const handler = async () => { class Bad extends Error { name = "Bad"; } throw new Bad("no"); };',
  Routed: 'export const handler = async () => { throw new TypeError("wrong"); };',
  Silenced: 'export const handler = async () => { console.log("secret whisper"); return null; };',
};

describe('functions', () => {
  let assembly: TestAssembly;
  let runtime: Runtime;
  const invocations: string[] = [];
  const client = () =>
    new LambdaClient({
      region: 'us-east-1',
      endpoint: runtime.endpoint,
      maxAttempts: 1,
      credentials: { accessKeyId: 'admin', secretAccessKey: 'x' },
    });
  const send = (FunctionName: string) =>
    client().send(
      new InvokeCommand({ FunctionName: `Main-${FunctionName}`, InvocationType: 'Event', Payload: '{"n":1}' }),
    );

  beforeAll(async () => {
    assembly = writeAssembly({ Main: STACK }, BUNDLES);
    runtime = await startRuntime({
      assemblyDir: assembly.assemblyDir,
      dataDir: assembly.dataDir,
      awsWorldUrl: null,
      githubApiUrl: 'http://127.0.0.1:1/github',
      adminAccessKeyId: 'admin',
      timeScale: 0.001,
      onEvent: (event) => event.type === 'function.invoked' && invocations.push(event.functionName),
    });
  });
  afterAll(async () => {
    await runtime.stop();
    assembly.remove();
  });

  it('are loaded before their first event when they are warmed up, and take events that come meanwhile', async () => {
    const warming = runtime.warm(['Early', 'Broken']);
    const meanwhile = runtime.invoke('Early', { at: Date.now() + 60_000, word: 'meanwhile' });
    await warming;
    expect((await meanwhile).payload).toEqual({ early: true, word: 'meanwhile' });
    expect((await runtime.invoke('Early', { at: Date.now() - 1, word: 'after' })).payload).toMatchObject({
      early: true,
    });
    expect((await runtime.invoke('Broken', {})).error).toMatchObject({ errorMessage: 'cannot be loaded' });
  });

  it('find the variables of the template and of Lambda, and stay warm', async () => {
    const first = (await runtime.invoke('Probe', { word: 'one' })).payload as {
      calls: number;
      env: Record<string, string>;
      left: number;
    };
    expect(first.env).toMatchObject({
      GREETING: 'hello',
      AWS_LAMBDA_FUNCTION_NAME: 'Main-Probe',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: runtime.endpoint,
      GITHUB_API_URL: 'http://127.0.0.1:1/github',
      LAMBDA_TASK_ROOT: join(assembly.assemblyDir, 'asset.Probe'),
    });
    expect(first.left).toBeGreaterThan(3000);
    expect((await runtime.invoke('Probe', { word: 'two' })).payload).toMatchObject({ calls: 2, name: 'Main-Probe' });
    const log = join(assembly.dataDir, 'logs', 'Main-Probe.log');
    await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('probe says two'));
  });

  it('end when their time is up, and are throttled beyond their reserved concurrency', async () => {
    const slow = runtime.invoke('Slow', {});
    await expect(runtime.invoke('Slow', {})).rejects.toMatchObject({ code: 'TooManyRequestsException', status: 429 });
    expect((await slow).error).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/timed out after 1.00 seconds/),
    });
  });

  it('end when they take more memory than they have, and start anew', async () => {
    expect((await runtime.invoke('Hungry', {})).error).toMatchObject({ errorType: 'Runtime.OutOfMemory' });
    expect((await runtime.invoke('Probe', { word: 'still here' })).ok).toBe(true);
  });

  it('are retried when called asynchronously, then leave the event in the dead-letter queue', async () => {
    await send('Failing');
    await until(() => runtime.deadLetters().some((letter) => letter.attributes.ErrorMessage === 'no'));
    expect(runtime.deadLetters().find((letter) => letter.attributes.ErrorMessage === 'no')?.body).toBe('{"n":1}');
    expect(invocations.filter((name) => name === 'Main-Failing')).toHaveLength(2);
  });

  it('report to their destination when they fail for good', async () => {
    await send('Routed');
    const record = () =>
      runtime
        .deadLetters()
        .map((letter) => JSON.parse(letter.body))
        .find((body) => body.requestContext);
    await until(() => record() !== undefined);
    expect(record()).toMatchObject({
      requestContext: { condition: 'RetriesExhausted' },
      requestPayload: { n: 1 },
      responsePayload: { errorType: 'TypeError' },
    });
  });

  it('write no log and no trace that their role does not allow, which is recorded', async () => {
    await runtime.invoke('Silenced', {});
    const denied = () => runtime.denials.filter((each) => each.role === 'Main/SilencedRole').map((each) => each.action);
    await until(() => denied().includes('logs:PutLogEvents'));
    expect(denied()).toEqual(expect.arrayContaining(['xray:PutTraceSegments', 'logs:CreateLogStream']));
    expect(existsSync(join(assembly.dataDir, 'logs', 'Main-Silenced.log'))).toBe(false);
  });
});

describe('a function that cannot run', () => {
  it.each([
    ['its runtime is not Node', lambda('It', [], { Runtime: 'python3.13' }), /Main\/It.*python3.13/],
    [
      'its role trusts another service',
      { ...lambda('It'), ItRole: role('states.amazonaws.com') },
      /cannot be assumed by Lambda/,
    ],
    [
      'its code is not in the assembly',
      lambda('It', [], { Code: { S3Bucket: 'b', S3Key: 'none.zip' } }),
      /not an asset/,
    ],
  ])('stops the start when %s', async (_name, resources, message) => {
    const assembly = writeAssembly({ Main: { Resources: resources } }, { It: '' });
    const { assemblyDir, dataDir } = assembly;
    await expect(startRuntime({ assemblyDir, dataDir, awsWorldUrl: null, githubApiUrl: null })).rejects.toThrow(
      message,
    );
    assembly.remove();
  });
});
