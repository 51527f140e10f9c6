import { afterEach, describe, expect, it } from 'vitest';
import type { BuildSpec } from '#apps/local/world/jenkins.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeEndpointCaller } from '#shared/adapters/http/endpoint-caller.ts';
import type { JenkinsBuild } from '#shared/domain/incident/job.ts';
import type { ReportTarget } from '#shared/domain/incident/target-context.ts';
import { JENKINS_REBUILD, jenkinsActions } from '#shared/plugins/actions/jenkins-rebuild/index.ts';
import { aClassification, aConfiguration, aTelemetry } from '#test/builders/index.ts';
import { until } from '#test/e2e/support/until.ts';
import { anActionWorld } from './action-world.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

const USER = { username: 'selfheal', token: ['jenkins', 'first'].join('-'), password: ['jenkins', 'word'].join('-') };
const configuration = aConfiguration({
  http: { allowedEndpoints: [{ name: 'ci', url: 'https://jenkins.example.com/jenkins/', slashesInNames: true }] },
  jobs: {
    jenkins: [
      { endpoint: 'ci', service: 'shop', jobs: ['team/*'], rebuild: true },
      { endpoint: 'ci', service: 'shop' },
    ],
  },
  services: [{ id: 'shop', alarms: ['shop-slow'], mode: 'act' }],
});
const [action] = jenkinsActions(configuration) as [ReturnType<typeof jenkinsActions>[number]];
const JOB: JenkinsBuild = { kind: 'jenkins-build', endpoint: 'ci', job: 'team/feature%2Fcart', build: 1 };

/** A Jenkins with one failed build, and the action's ports that reach it. */
async function aJenkins(spec: Partial<BuildSpec> = {}, secret = USER.token) {
  const world = await startWorld();
  worlds.push(world);
  world.jenkins.requireSignIn(USER);
  world.jenkins.addBuild({ job: JOB.job, ...spec });
  const endpoints = makeEndpointCaller({
    endpoints: configuration.http.allowedEndpoints,
    origin: world.url,
    credentials: async () => ({ username: USER.username, password: secret }),
  });
  const ports = { ...anActionWorld().ports, endpoints, clock: { now: () => new Date(), sleep: async () => {} } };
  const parameters = { service: 'shop', job: JOB, since: new Date().toISOString() };
  const observe = async () => await action.observe(parameters, ports);
  const execute = async () => await action.execute(parameters, ports);
  const verify = async () =>
    await action.verify(
      parameters,
      { summary: '' as never, at: parameters.since, facts: {} },
      { ports, target: target(), configuration, poll: 5 },
    );
  const started = () => world.journal.entries({ kind: 'jenkins.build.started' }).map(({ facts }) => facts);
  return { world, observe, execute, verify, started };
}

const target = (job: JenkinsBuild = JOB): ReportTarget => ({
  kind: 'report',
  reportId: '0'.repeat(32),
  service: 'shop',
  repository: null,
  severity: 'medium',
  reportedBy: 'Selfheal, reading Jenkins',
  reportedAt: '2026-11-27T02:00:00.000Z',
  simulated: false,
  job,
});
const proposed = (change: object = {}, job = JOB) =>
  action.propose({
    target: target(job),
    telemetry: aTelemetry({ facts: { kind: 'report', serviceId: 'shop', deployment: null } }),
    classification: aClassification({ class: 'network_connectivity', verdict: 'infrastructure', chance: 'may-pass' }),
    service: configuration.services[0] ?? null,
    configuration,
    now: new Date('2026-11-27T02:01:00Z'),
    ...change,
  }).length;

const PARAMETERS = [
  { name: 'STAGE', value: 'eu test & more' },
  { name: 'DRY_RUN', value: true },
] as const;

describe('building a Jenkins job again', () => {
  it('is proposed for what may pass, where the owner allows it, once', () => {
    expect(proposed()).toBe(1);
    const lasting = aClassification({ class: 'test_failure', verdict: 'regression', chance: 'lasts' });
    expect(proposed({ classification: lasting })).toBe(0);
    expect(proposed({ classification: lasting, requested: { actionId: JENKINS_REBUILD, to: null } })).toBe(1);
    expect(proposed({ past: [{ actionId: JENKINS_REBUILD, state: 'done', receipt: null, verified: 'failed' }] })).toBe(
      0,
    );
    expect(proposed({}, { ...JOB, job: 'other/deploy' })).toBe(0);
    expect(proposed({}, { ...JOB, endpoint: 'ci-eu' })).toBe(0);
    expect(proposed({}, { ...JOB, hidesParameters: true })).toBe(0);
  });

  it.each([
    ['without parameters', [], {}],
    ['with the same parameters', PARAMETERS, { STAGE: 'eu test & more', DRY_RUN: 'true' }],
  ])('starts it %s, sees it in the queue and as a build, and that it succeeded', async (_case, parameters, facts) => {
    const { world, observe, execute, verify, started } = await aJenkins({ parameters });
    expect(await observe()).toEqual({ kind: 'not-started' });
    await execute();
    expect(started()).toEqual([facts]);
    expect(await observe()).toMatchObject({ kind: 'happened' });
    expect(await verify()).toMatchObject({ state: 'pending' });
    await until('the build', async () => (await verify()).state !== 'pending');
    expect(await verify()).toMatchObject({ state: 'recovered', facts: { build: 2 } });
    expect(await observe()).toMatchObject({ kind: 'happened' });
    expect(world.jenkins.job(JOB.job)?.builds).toHaveLength(2);
  });

  it('says that it failed again', async () => {
    const { execute, verify } = await aJenkins({ again: ['FAILURE'] });
    await execute();
    await until('the build', async () => (await verify()).state !== 'pending');
    expect(await verify()).toMatchObject({ state: 'failed', summary: expect.stringContaining('ended with FAILURE') });
  });

  it('does not take a build of somebody else, or with other parameters, for its own', async () => {
    const { world, observe } = await aJenkins({ parameters: PARAMETERS, minutesAgo: 5 });
    world.jenkins.addBuild({ job: JOB.job, userId: USER.username, parameters: [{ name: 'STAGE', value: 'live' }] });
    expect(await observe()).toEqual({ kind: 'not-started' });
    world.jenkins.addBuild({ job: JOB.job, userId: 'ada', parameters: PARAMETERS, result: 'SUCCESS' });
    expect(await observe()).toEqual({
      kind: 'superseded',
      reason: `The Jenkins job ${JOB.job} has been built again since: build 3 (Started by user ada) ended with SUCCESS.`,
    });
  });

  it('never repeats a build with a hidden parameter, and says why', async () => {
    const { observe, execute, started } = await aJenkins({ parameters: [...PARAMETERS, { name: 'DEPLOY_KEY' }] });
    const words = /does not show the value of the parameter DEPLOY_KEY/;
    expect(await observe()).toMatchObject({ kind: 'superseded', reason: expect.stringMatching(words) });
    await expect(execute()).rejects.toThrow(words);
    expect(started()).toEqual([]);
  });

  it('does not repeat a build whose parameters are too long to be sent', async () => {
    const { observe } = await aJenkins({ parameters: [{ name: 'NOTES', value: 'x'.repeat(7000) }] });
    expect(await observe()).toMatchObject({ kind: 'superseded', reason: expect.stringContaining('at most 6000') });
  });

  it.each([
    ['a password in place of a token', USER.password, {}, /API token: with a password Jenkins asks for a crumb/],
    ['a user who may not build', USER.token, { mayBuild: false }, /needs Job\/Build/],
  ])('is refused with words for %s', async (_case, secret, change, words) => {
    const { world, execute, started } = await aJenkins({}, secret);
    world.jenkins.requireSignIn({ ...USER, ...change });
    await expect(execute()).rejects.toThrow(words);
    expect(started()).toEqual([]);
  });

  it('gives up a build that was deleted, a job that was deleted, and credentials that were revoked', async () => {
    const { world, observe, execute } = await aJenkins();
    world.jenkins.requireSignIn({ ...USER, token: 'other'.repeat(2) });
    await expect(execute()).rejects.toThrow(/Was the API token revoked/);
    world.jenkins.requireSignIn(USER);
    world.jenkins.removeBuild(JOB.job, 1);
    expect(await observe()).toMatchObject({
      kind: 'superseded',
      reason: expect.stringContaining('not there any more'),
    });
    world.jenkins.removeJob(JOB.job);
    await expect(execute()).rejects.toThrow(/not there any more/);
  });
});
