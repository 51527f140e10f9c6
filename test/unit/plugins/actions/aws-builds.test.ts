import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { afterEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeBuildReader } from '#shared/adapters/aws/build-reader.ts';
import { makeBuildRetrier } from '#shared/adapters/aws/build-retrier.ts';
import type { AwsBuild } from '#shared/domain/incident/aws-build.ts';
import type { AlertTarget } from '#shared/domain/incident/target-context.ts';
import { changeableKeys } from '#shared/domain/plan/target-key.ts';
import { CODEBUILD_RETRY, codebuildActions } from '#shared/plugins/actions/codebuild-retry/index.ts';
import { codepipelineActions } from '#shared/plugins/actions/codepipeline-retry-stage/index.ts';
import { configurationWith, PLUGINS } from '#shared/plugins/plugins.ts';
import { aClassification, aConfiguration, aTelemetry, redactedText } from '#test/builders/index.ts';
import { until } from '#test/e2e/support/until.ts';
import { anActionWorld } from './action-world.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

const RESOURCES = ['codebuild/images', 'codepipeline/release'];
const configuration = aConfiguration({
  awsEvents: ['codebuild', 'codepipeline'],
  services: [{ id: 'shop', alarms: ['shop-slow'], mode: 'act', resources: RESOURCES, retries: RESOURCES }],
});
const [service] = configuration.services;
const [buildAction] = codebuildActions(configuration);
const [stageAction] = codepipelineActions(configuration);
if (service === undefined || buildAction === undefined || stageAction === undefined) throw new Error('No actions.');

async function aCloud() {
  const world = await startWorld();
  worlds.push(world);
  const settings = {
    endpoint: world.awsUrl,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: ['not', 'a', 'secret'].join('-') },
  };
  const codeBuild = new CodeBuildClient(settings);
  const codePipeline = new CodePipelineClient(settings);
  const builds = makeBuildReader({ codeBuild, codePipeline, logs: new CloudWatchLogsClient(settings) });
  const buildRetries = makeBuildRetrier({ codeBuild, codePipeline });
  const clock = { now: () => new Date(), sleep: async () => {} };
  return { world, builds, ports: { ...anActionWorld().ports, builds, buildRetries, clock } };
}
type Cloud = Awaited<ReturnType<typeof aCloud>>;

const targetOf = (build: AwsBuild | undefined): AlertTarget => ({
  kind: 'alert',
  provider: 'codebuild',
  connection: '123456789012-us-east-1',
  key: 'a'.repeat(40),
  service: 'shop',
  severity: 'medium',
  url: null,
  changedAt: '2026-11-27T09:41:12.000Z',
  ...(build === undefined ? {} : { build }),
});
const BUILD = { kind: 'codebuild-build', project: 'images', build: '5e1f4ea1' } as const;
const proposed = (change: object = {}) =>
  buildAction.propose({
    target: targetOf(BUILD),
    telemetry: aTelemetry({ facts: { kind: 'alert', serviceId: 'shop', deployment: null } }),
    classification: aClassification({ class: 'network_connectivity', verdict: 'infrastructure', chance: 'may-pass' }),
    service,
    configuration,
    now: new Date('2026-11-27T09:42:00Z'),
    ...change,
  }).length;

describe('a retry of what AWS builds', () => {
  it('exists where an owner allows it, with rights on what is listed alone', () => {
    expect(codebuildActions(aConfiguration())).toEqual([]);
    expect(codepipelineActions(aConfiguration())).toEqual([]);
    const rights = [buildAction, stageAction].map((action) =>
      action.grants(configuration).execute.map(({ actions, resources }) => [...actions, ...resources].join(' ')),
    );
    const at = `\${Region}:\${Account}`;
    expect(rights).toEqual([
      [
        `codebuild:RetryBuild arn:\${Partition}:codebuild:${at}:project/images`,
        `codebuild:BatchGetBuilds codebuild:ListBuildsForProject arn:\${Partition}:codebuild:${at}:project/images`,
      ],
      [
        `codepipeline:RetryStageExecution arn:\${Partition}:codepipeline:${at}:release/*`,
        `codepipeline:ListActionExecutions codepipeline:GetPipelineState arn:\${Partition}:codepipeline:${at}:release`,
      ],
    ]);
  });

  it('is proposed once, for a failure that may pass, of a build that an owner lists', () => {
    expect(proposed()).toBe(1);
    expect(proposed({ target: targetOf(undefined) })).toBe(0);
    expect(proposed({ target: targetOf({ ...BUILD, project: 'others' }) })).toBe(0);
    expect(proposed({ service: { ...service, retries: [] } })).toBe(0);
    expect(proposed({ past: [{ actionId: CODEBUILD_RETRY, state: 'done' }] })).toBe(0);
    const lasts = aClassification({ class: 'compilation_error', verdict: 'regression', chance: 'lasts' });
    expect(proposed({ classification: lasts })).toBe(0);
    expect(proposed({ classification: lasts, advised: [CODEBUILD_RETRY] })).toBe(1);
  });

  it('may change the build of its own event alone, and nothing once its owner withdraws it', () => {
    expect(changeableKeys(targetOf(BUILD), service)).toEqual(['codebuild/images']);
    expect(changeableKeys(targetOf(BUILD), { ...service, retries: [] })).toEqual([]);
    expect(changeableKeys(targetOf(BUILD), null)).toEqual([]);
    expect(changeableKeys(targetOf(undefined), service)).toEqual([]);
  });

  it.each([
    [{ resources: [] }, 'codebuild/images is not among the resources of shop'],
    [{ retries: ['ecs/production/checkout'] }, 'Must name a CodeBuild project or a pipeline'],
    [{ resources: ['codebuild/*'], retries: ['codebuild/*'] }, 'Must name a CodeBuild project or a pipeline'],
  ])('is refused in the configuration as %j, with words', (change, words) => {
    const one = { id: 'shop', alarms: ['shop-slow'], resources: RESOURCES, retries: ['codebuild/images'], ...change };
    const read = configurationWith(PLUGINS).safeParse({ version: 1, awsEvents: ['codebuild'], services: [one] });
    expect(JSON.stringify(read.error?.issues)).toContain(words);
  });

  it('is refused in the configuration where nobody listens to the events', () => {
    const one = { id: 'shop', alarms: ['shop-slow'], resources: RESOURCES, retries: ['codebuild/images'] };
    const read = configurationWith(PLUGINS).safeParse({ version: 1, services: [one] });
    expect(read.error?.issues).toMatchObject([
      { path: ['services', 0, 'retries', 0], message: expect.stringContaining('awsEvents does not list codebuild') },
    ]);
  });
});

describe('a build of CodeBuild', () => {
  const failed = (cloud: Cloud, change: object = {}) => {
    const { id } = cloud.world.aws.failBuild({ project: 'images', log: ['one', 'two', 'three'], ...change });
    const build = { kind: 'codebuild-build', project: 'images', build: id.split(':')[1] ?? '' } as const;
    return { id, parameters: { service: 'shop', build, since: new Date().toISOString() } };
  };
  const verified = async (cloud: Cloud, parameters: object, facts: object = {}) =>
    await buildAction.verify(
      parameters as never,
      { summary: redactedText('Started.'), at: new Date().toISOString(), facts: facts as never },
      { ports: cloud.ports, target: targetOf(BUILD), configuration, poll: 0 },
    );

  it('is started again once, found again without its answer, and verified by its end', async () => {
    const cloud = await aCloud();
    const { parameters } = failed(cloud);
    expect(await buildAction.observe(parameters, cloud.ports)).toEqual({ kind: 'not-started' });
    const receipt = await buildAction.execute(parameters, cloud.ports);
    const again = await buildAction.execute(parameters, cloud.ports);
    expect(again.facts).toEqual(receipt.facts);
    expect(cloud.world.journal.count('codebuild.build.started', 'images')).toBe(1);
    expect(await buildAction.observe(parameters, cloud.ports)).toMatchObject({
      kind: 'happened',
      receipt: { facts: receipt.facts },
    });
    await until('its end', async () => (await verified(cloud, parameters, receipt.facts)).state === 'recovered');
    expect(await verified(cloud, parameters, receipt.facts)).toMatchObject({
      state: 'recovered',
      facts: receipt.facts,
    });
  });

  it('that fails again is not verified', async () => {
    const cloud = await aCloud();
    const { parameters } = failed(cloud, { again: ['FAILED'] });
    const { facts } = await buildAction.execute(parameters, cloud.ports);
    await until('its end', async () => (await verified(cloud, parameters, facts)).state !== 'pending');
    expect(await verified(cloud, parameters, facts)).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('ended with FAILED'),
    });
  });

  it.each([
    ['of a pipeline', { initiator: 'codepipeline/release' }, 'was started by a pipeline'],
    ['of a batch', { batch: true }, 'is part of a batch'],
  ])('%s is left alone', async (_what, change, words) => {
    const cloud = await aCloud();
    const { parameters } = failed(cloud, change);
    const reason = expect.stringContaining(words);
    expect(await buildAction.observe(parameters, cloud.ports)).toMatchObject({ kind: 'superseded', reason });
    await expect(buildAction.execute(parameters, cloud.ports)).rejects.toMatchObject({ name: 'Refused' });
  });

  it('that was deleted, or that did not fail, is left alone', async () => {
    const cloud = await aCloud();
    const { parameters } = failed(cloud);
    const gone = { ...parameters, build: { ...parameters.build, build: 'gone' } };
    expect(await buildAction.observe(gone, cloud.ports)).toMatchObject({ kind: 'superseded' });
    const { facts } = await buildAction.execute(parameters, cloud.ports);
    await until('its end', async () => (await verified(cloud, parameters, facts)).state === 'recovered');
    const started = String(facts.build).split(':')[1] ?? '';
    const passed = { ...parameters, build: { ...parameters.build, build: started } };
    expect(await buildAction.observe(passed, cloud.ports)).toMatchObject({
      kind: 'superseded',
      reason: expect.stringContaining('only a failed build is started again'),
    });
  });

  it('is not taken for repeated by a build of another source', async () => {
    const cloud = await aCloud();
    const { parameters } = failed(cloud, { sourceVersion: 'main' });
    failed(cloud, { sourceVersion: 'feature/cart' });
    const since = new Date(Date.now() - 2000).toISOString();
    expect(await buildAction.observe({ ...parameters, since }, cloud.ports)).toEqual({ kind: 'not-started' });
    failed(cloud, { sourceVersion: 'main' });
    expect(await buildAction.observe({ ...parameters, since }, cloud.ports)).toMatchObject({ kind: 'happened' });
  });

  it('has its log read from the end', async () => {
    const cloud = await aCloud();
    const { id } = failed(cloud);
    const build = await cloud.builds.build(id);
    const log = build?.log ?? { group: '', stream: '' };
    expect(log.group).toBe('/aws/codebuild/images');
    expect(await cloud.builds.logOf(log, 2)).toEqual(['two\n', 'three\n']);
  });
});

describe('a stage of a pipeline', () => {
  const failed = (cloud: Cloud, change: object = {}) => {
    const { execution } = cloud.world.aws.failPipeline({ pipeline: 'release', project: 'images', ...change });
    const build = { kind: 'pipeline-execution', pipeline: 'release', execution } as const;
    return { service: 'shop', build, stage: 'Build', since: new Date().toISOString() };
  };
  const verified = async (cloud: Cloud, parameters: object, poll = 0) =>
    await stageAction.verify(
      parameters as never,
      { summary: redactedText('Retried.'), at: new Date().toISOString(), facts: {} },
      { ports: cloud.ports, target: targetOf(BUILD), configuration, poll },
    );

  it('is retried once, found again without its answer, and verified by its actions', async () => {
    const cloud = await aCloud();
    const parameters = failed(cloud);
    expect(await stageAction.observe(parameters, cloud.ports)).toEqual({ kind: 'not-started' });
    expect(await verified(cloud, parameters)).toMatchObject({ state: 'pending' });
    await stageAction.execute(parameters, cloud.ports);
    expect(await stageAction.observe(parameters, cloud.ports)).toMatchObject({ kind: 'happened' });
    await expect(stageAction.execute(parameters, cloud.ports)).rejects.toMatchObject({ name: 'Refused' });
    await until('its end', async () => (await verified(cloud, parameters)).state === 'recovered');
    expect(cloud.world.journal.count('codepipeline.stage.retried', 'release/Build')).toBe(1);
  });

  it('that fails again is not verified', async () => {
    const cloud = await aCloud();
    const parameters = failed(cloud, { again: ['Failed'] });
    await stageAction.execute(parameters, cloud.ports);
    await until('its end', async () => (await verified(cloud, parameters)).state !== 'pending');
    expect(await verified(cloud, parameters)).toMatchObject({
      state: 'failed',
      summary: expect.stringContaining('Images failed again'),
    });
  });

  it('is refused by CodePipeline once a later execution has failed in it', async () => {
    const cloud = await aCloud();
    const parameters = failed(cloud);
    failed(cloud);
    expect(await stageAction.observe(parameters, cloud.ports)).toMatchObject({
      kind: 'superseded',
      reason: expect.stringContaining('has reached the stage Build of release since'),
    });
    await expect(stageAction.execute(parameters, cloud.ports)).rejects.toMatchObject({
      name: 'Refused',
      message: expect.stringContaining('NotLatestPipelineExecutionException'),
    });
    expect(await verified(cloud, parameters, 5)).toMatchObject({ state: 'failed', inconclusive: true });
  });

  it('that a person did not approve is left alone', async () => {
    const cloud = await aCloud();
    const parameters = failed(cloud, { action: { category: 'Approval', provider: 'Manual', summary: 'No.' } });
    expect(await stageAction.observe(parameters, cloud.ports)).toMatchObject({
      kind: 'superseded',
      reason: expect.stringContaining('A person did not approve'),
    });
  });
});
