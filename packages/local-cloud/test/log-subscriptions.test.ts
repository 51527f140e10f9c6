import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../src/runtime.ts';
import { arnOf, lambda, type TestAssembly, until, writeAssembly } from './test-assembly.ts';

const filter = (LogGroupName: string, to: string, rest: object = {}) => ({
  Type: 'AWS::Logs::SubscriptionFilter',
  Properties: { LogGroupName, FilterPattern: '', DestinationArn: arnOf(to), ...rest },
});
const allowed = (id: string, group: string) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: arnOf(id),
    Principal: 'logs.amazonaws.com',
    SourceAccount: { Ref: 'AWS::AccountId' },
    SourceArn: { 'Fn::Sub': `arn:aws:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${group}:*` },
  },
});
const STACK = {
  Resources: {
    ...lambda('Taker'),
    Allowed: allowed('Taker', '/ecs/orders'),
    Orders: filter('/ecs/orders', 'Taker'),
    Foreign: filter('/ecs/foreign', 'Taker'),
  },
};
const SAY = 'export const handler = async (event) => { console.log(JSON.stringify(event)); };';

describe('subscription filters of CloudWatch Logs', () => {
  let assembly: TestAssembly;
  let runtime: Runtime;
  const messages = async () =>
    (await readFile(`${assembly.dataDir}/logs/Main-Taker.log`, 'utf8').catch(() => ''))
      .split('\n')
      .flatMap((line) => /\{"awslogs":\{"data":"([^"]+)"\}\}/.exec(line)?.[1] ?? [])
      .map((data) => JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString()));

  beforeAll(async () => {
    assembly = writeAssembly({ Main: STACK }, { Taker: SAY });
    const { assemblyDir, dataDir } = assembly;
    runtime = await startRuntime({ assemblyDir, dataDir, awsWorldUrl: null, githubApiUrl: null, timeScale: 0.001 });
  });
  afterAll(async () => {
    await runtime.stop();
    assembly.remove();
  });

  it('ask the function whether it answers, then hand over lines by stream, at most a thousand at a time', async () => {
    await until(async () => (await messages()).length === 1);
    expect((await messages())[0]).toMatchObject({ messageType: 'CONTROL_MESSAGE', logGroup: '/ecs/orders' });
    const lines = Array.from({ length: 1_001 }, (_, at) => ({ at: 1_000 + at, stream: 'a', message: `line ${at}` }));
    await runtime.putLogs('/ecs/orders', [...lines, { at: 5, stream: 'b', message: 'other' }]);
    await until(async () => (await messages()).length === 4);
    const data = (await messages()).slice(1);
    expect(data.map(({ logStream, logEvents }) => [logStream, logEvents.length]).toSorted()).toEqual([
      ['a', 1],
      ['a', 1_000],
      ['b', 1],
    ]);
    expect(data[0]).toMatchObject({ messageType: 'DATA_MESSAGE', owner: expect.stringMatching(/^\d{12}$/) });
    const ids = data.flatMap(({ logEvents }) => logEvents.map(({ id }: { readonly id: string }) => id));
    expect(new Set(ids).size).toBe(1_002);
    for (const id of ids) expect(id).toMatch(/^\d{56}$/);
  });

  it('deliver nothing of a group that may not call the function, and nothing of one without a filter', async () => {
    const before = (await messages()).length;
    await runtime.putLogs('/ecs/foreign', [{ at: 1, stream: 'a', message: 'x' }]);
    await runtime.putLogs('/ecs/unheard', [{ at: 1, stream: 'a', message: 'x' }]);
    await runtime.putLogs('/ecs/orders', [{ at: 1, stream: 'a', message: 'last' }]);
    await until(async () => (await messages()).length > before);
    expect((await messages()).slice(before).map(({ logGroup }) => logGroup)).toEqual(['/ecs/orders']);
    expect(runtime.denials.map(({ action }) => action)).toContain('lambda:InvokeFunction');
  });

  it.each([
    ['a pattern', { FilterPattern: 'ERROR' }, /a filter pattern is not served/],
    [
      'another destination',
      { DestinationArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/x' },
      /only a Lambda function/,
    ],
  ])('are refused with %s', async (_, change, words) => {
    const wrong = writeAssembly(
      { Main: { Resources: { ...lambda('Taker'), Wrong: filter('/ecs/orders', 'Taker', change) } } },
      { Taker: SAY },
    );
    const { assemblyDir, dataDir } = wrong;
    await expect(startRuntime({ assemblyDir, dataDir, awsWorldUrl: null, githubApiUrl: null })).rejects.toThrow(words);
    wrong.remove();
  });
});
