import { afterEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeEndpointCaller } from '#shared/adapters/http/endpoint-caller.ts';
import { watchJenkins } from '#shared/app/jobs/watch-jenkins.ts';
import type { Change } from '#shared/domain/changes/change.ts';
import type { JenkinsWatch } from '#shared/domain/jobs/jenkins-watch.ts';
import { aConfiguration } from '#test/builders/index.ts';
import { anApi } from '../../functions/api-rig.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:jenkins-a1b2c3';
const USER = { username: 'selfheal', token: ['jenkins', 'first'].join('-') };

/** A deployment that watches jobs of the local world's Jenkins, round by round. */
async function aJenkins(jobs: readonly string[] = ['team/*']) {
  const world = await startWorld();
  worlds.push(world);
  world.jenkins.requireSignIn(USER);
  const { deps, changeable, sent } = await anApi();
  const url = 'https://jenkins.example.com/jenkins/';
  const configuration = aConfiguration({
    http: { allowedEndpoints: [{ name: 'ci', url, authorizationSecretArn: SECRET, slashesInNames: true }] },
    jobs: { jenkins: [{ endpoint: 'ci', service: 'shop', jobs: [...jobs] }] },
    services: [{ id: 'shop', alarms: ['shop-slow'], criticality: 'high', mode: 'act' }],
  });
  const secret = { username: USER.username, password: USER.token };
  const endpoints = makeEndpointCaller({
    endpoints: configuration.http.allowedEndpoints,
    origin: world.url,
    credentials: async () => ({ ...secret }),
    keepsCredentials: true,
  });
  const kept = new Map<string, JenkinsWatch>();
  const counted: string[] = [];
  const changes: Change[] = [];
  const round = async () =>
    await watchJenkins({
      ...deps,
      configuration,
      queue: changeable.queue,
      endpoints,
      changes: { record: async (change) => void changes.push(change) },
      jobs: {
        jenkinsWatch: async (name) => kept.get(name) ?? null,
        keepJenkinsWatch: async (name, watch) => void kept.set(name, watch),
      },
      clock: { now: () => new Date(), sleep: async () => {} },
      meter: { count: (name: string) => void counted.push(name) } as never,
      log: { warn: () => {}, error: () => {} } as never,
    });
  const titles = () => sent.map(({ tainted }) => tainted.title);
  const reportOf = async (title: string) => {
    const signal = sent.find(({ tainted }) => tainted.title === title);
    const id = signal?.target.kind === 'report' ? `rp-${signal.target.reportId.slice(0, 24)}` : '';
    return await deps.evidence.getReport(id);
  };
  return { world, round, titles, sent, kept, counted, changes, reportOf, secret };
}

const CONSOLE = [
  'Started by user ada',
  '[Pipeline] Start of Pipeline',
  '+ npm ci',
  'npm ERR! code ETIMEDOUT',
  'npm ERR! network request to https://registry.npmjs.org/left-pad failed, reason: connect ETIMEDOUT',
  '[Pipeline] End of Pipeline',
  'Finished: FAILURE',
  '',
].join('\n');
const COMMIT = {
  commitId: '4f2a9c1'.repeat(5),
  msg: 'Raise the price of a cart\n\nMore words.',
  author: 'Ada',
  affectedPaths: ['src/cart.ts'],
};

describe('watching a Jenkins', () => {
  it('reports each failed build once, with its console, link, cause, parameters and commits', async () => {
    const { world, round, titles, sent, changes, reportOf } = await aJenkins();
    world.jenkins.addBuild({ job: 'team/other', result: 'SUCCESS' });
    await round();
    expect(titles()).toEqual([]);
    const parameters = [
      { name: 'STAGE', value: 'test' },
      { name: 'DRY_RUN', value: true },
    ];
    world.jenkins.addBuild({ job: 'team/shop', log: CONSOLE, commits: [COMMIT], userId: 'ada', parameters });
    world.jenkins.addBuild({ job: 'team/shop', result: 'SUCCESS' });
    world.jenkins.addBuild({ job: 'elsewhere', log: CONSOLE });
    await round();
    await round();
    expect(titles()).toEqual(['team/shop #1 failed in Jenkins']);
    expect(sent[0]?.target).toMatchObject({
      service: 'shop',
      severity: 'high',
      job: { kind: 'jenkins-build', endpoint: 'ci', job: 'team/shop', build: 1 },
    });
    const report = await reportOf('team/shop #1 failed in Jenkins');
    for (const words of [
      'https://jenkins.example.com/jenkins/job/team/job/shop/1/',
      'Started by user ada.',
      'STAGE=test, DRY_RUN=true',
      '4f2a9c14 Raise the price of a cart (Ada)',
    ])
      expect(report?.description).toContain(words);
    expect(report?.lines).toContain('npm ERR! code ETIMEDOUT');
    expect(report?.lines.join('\n')).not.toMatch(/Pipeline|Finished|Started by/);
    expect(changes).toMatchObject([
      { kind: 'commit', places: ['jenkins:ci/team/shop'], title: 'Raise the price of a cart', files: ['src/cart.ts'] },
    ]);
  });

  it.each([
    ['failed', { result: 'FAILURE' }, 'failed'],
    ['is unstable', { result: 'UNSTABLE' }, 'is unstable'],
    ['ran out of time, as the step says', { result: 'ABORTED', interruption: 'timeout' }, 'ran out of time'],
    [
      'ran out of time, as the plug-in Build Timeout says',
      { result: 'ABORTED', log: 'Build timed out (after 3 minutes). Marking the build as aborted.\n' },
      'ran out of time',
    ],
    [
      'was stopped by a person',
      { result: 'ABORTED', interruption: 'user', log: 'Timeout set to expire in 5 min\nAborted by ada\n' },
      null,
    ],
    ['was superseded', { result: 'ABORTED', log: 'Superseded by #8\n' }, null],
    ['was not built', { result: 'NOT_BUILT' }, null],
    ['succeeded', { result: 'SUCCESS' }, null],
    ['is still running', { result: null }, null],
  ] as const)('reports a build by how it ended: it %s', async (_case, spec, end) => {
    const { world, round, titles } = await aJenkins();
    world.jenkins.addBuild({ job: 'team/shop', ...spec });
    await round();
    expect(titles()).toEqual(end === null ? [] : [`team/shop #1 ${end} in Jenkins`]);
  });

  it('reads jobs by name, by folder and of branches whose name has a slash', async () => {
    const { world, round, titles, reportOf } = await aJenkins(['deploy', 'org/shop/feature*']);
    for (const job of ['deploy', 'deploy-eu', 'org/shop/feature%2Fcart', 'org/shop/main'])
      world.jenkins.addBuild({ job, log: CONSOLE });
    await round();
    expect(titles().sort()).toEqual(['deploy #1 failed in Jenkins', 'org/shop/feature%2Fcart #1 failed in Jenkins']);
    const report = await reportOf('org/shop/feature%2Fcart #1 failed in Jenkins');
    expect(report?.description).toContain('/job/org/job/shop/job/feature%252Fcart/1/');
    expect(report?.lines).toContain('npm ERR! code ETIMEDOUT');
  });

  it('reports more failed builds than a page and a round take, each once', async () => {
    const { world, round, titles } = await aJenkins();
    for (let number = 0; number < 25; number += 1)
      world.jenkins.addBuild({ job: 'team/shop', parameters: [{ name: 'N', value: String(number) }] });
    for (let rounds = 0; rounds < 3; rounds += 1) await round();
    expect(titles()).toHaveLength(25);
    expect(new Set(titles()).size).toBe(25);
  });

  it('takes the same that fails again while its incident is open for part of it', async () => {
    const { world, round, titles, counted } = await aJenkins();
    world.jenkins.addBuild({ job: 'team/shop', log: CONSOLE });
    await round();
    world.jenkins.addBuild({ job: 'team/shop', log: CONSOLE });
    await round();
    expect(titles()).toEqual(['team/shop #1 failed in Jenkins']);
    expect(counted).toContain('jenkins-build-repeated');
  });

  it('reads the end of a console of 20 MB', async () => {
    const { world, round, reportOf } = await aJenkins();
    const noise = `${'compiling '.repeat(10)}\n`.repeat(200_000);
    world.jenkins.addBuild({ job: 'team/shop', log: `first line\n${noise}Error: the last word\nFinished: FAILURE\n` });
    await round();
    const lines = (await reportOf('team/shop #1 failed in Jenkins'))?.lines ?? [];
    expect(lines.at(-1)).toBe('Error: the last word');
    expect(lines).toHaveLength(1000);
  });

  it('says that a build has no log', async () => {
    const { world, round, reportOf } = await aJenkins();
    world.jenkins.addBuild({ job: 'team/shop' });
    await round();
    const report = await reportOf('team/shop #1 failed in Jenkins');
    expect([report?.lines, report?.description]).toEqual([[], expect.stringContaining('The build has no log.')]);
  });

  it('leaves a build that is deleted between list and reading', async () => {
    const { world, round, titles, counted } = await aJenkins();
    const number = world.jenkins.addBuild({ job: 'team/shop', log: CONSOLE });
    const stop = world.onExchange(({ response }) => {
      if (response.status === 200) world.jenkins.removeBuild('team/shop', number);
    });
    await round();
    stop();
    expect([titles(), counted]).toEqual([[], expect.arrayContaining(['jenkins-build-gone'])]);
  });

  it('tells once of a listed job that is not there, and goes on with the others', async () => {
    const { world, round, titles, reportOf } = await aJenkins(['team/gone', 'team/shop']);
    world.jenkins.addBuild({ job: 'team/shop', log: CONSOLE });
    for (let rounds = 0; rounds < 3; rounds += 1) await round();
    expect(titles().sort()).toEqual(['Jenkins (ci) has no job team/gone', 'team/shop #1 failed in Jenkins']);
    expect((await reportOf('Jenkins (ci) has no job team/gone'))?.description).toContain('give the user Job/Read');
  });

  it.each([
    ['the token was revoked', { ...USER, token: ['jenkins', 'second'].join('-') }, 'Was the API token revoked?'],
    ['nobody is let in', { ...USER, username: 'somebody' }, 'answered GET job/team/api/json with 401'],
  ])('tells once that %s, and reports afterwards what failed meanwhile', async (_case, user, words) => {
    const { world, round, titles, kept, reportOf } = await aJenkins();
    world.jenkins.addBuild({ job: 'team/shop', result: 'SUCCESS' });
    await round();
    world.jenkins.requireSignIn(user);
    world.jenkins.addBuild({ job: 'team/shop', log: CONSOLE });
    for (let rounds = 0; rounds < 5; rounds += 1) await round();
    expect(titles()).toEqual(['Jenkins (ci) cannot be read']);
    expect((await reportOf('Jenkins (ci) cannot be read'))?.description).toContain(words);
    world.jenkins.requireSignIn(USER);
    await round();
    expect(titles()).toEqual(['Jenkins (ci) cannot be read', 'team/shop #2 failed in Jenkins']);
    expect(kept.get('ci')).toMatchObject({ failed: 0, since: null });
  });

  it.each([403, 429, 503])('goes on after an answer with status %i', async (status) => {
    const { world, round, titles } = await aJenkins();
    world.jenkins.addBuild({ job: 'team/shop', log: CONSOLE });
    world.faults.inject('jenkins:GET', { kind: 'status', status }, { times: 1 });
    await round();
    expect(titles()).toEqual([]);
    await round();
    expect(titles()).toEqual(['team/shop #1 failed in Jenkins']);
  });
});
