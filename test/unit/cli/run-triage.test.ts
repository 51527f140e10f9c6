import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JobResult } from '@selfheal/pull-request-quality/domain/pull-request/job-result.ts';
import { describe, expect, it } from 'vitest';
import { aGithubTarget, anIncident } from '#test/builders/index.ts';
import { githubWorld } from './github-world.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';
import { aServedApi } from './served-api.ts';

const shop = githubWorld();
const triage = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const { code, stdout, stderr } = await runCommand(
    ['run', 'triage', ...args],
    '',
    undefined,
    shop.environment(environment),
  );
  return { code, out: stdout.toString(), err: stderr };
};
const jsonOf = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

describe('run triage', () => {
  it('[B1][B2][B7][B8][B48][D85] groups all failed jobs of a run by cause, with severity, job and confidence, as files and outputs', async () => {
    const jobs = { 'unit (20)': 'regression', 'unit (22)': 'regression', build: 'compile', lint: 'passes' } as const;
    const run = shop.run(shop.repository(), { jobs });
    const [out, results, output] = [aFolder(), aFolder(), aFile('', 'output')];
    const args = ['--repo', run.repository, '--run', `${run.id}`, '--out', out, '--results', results];
    const { code, err, out: text } = await triage(args, { GITHUB_OUTPUT: output });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(text).toContain('3 logs, 2 causes');
    const { groups, logs } = jsonOf(out, 'triage_report.json');
    expect(groups).toEqual([
      expect.objectContaining({
        files: ['unit (20)', 'unit (22)'],
        class: 'test_failure',
        severity: 'error',
        service: 'unit (20)',
        confidence: expect.any(Number),
      }),
      expect.objectContaining({ files: ['build'], class: 'compilation_error' }),
    ]);
    expect(logs[0].tests.length).toBeGreaterThan(0);
    expect(jsonOf(out, 'error_report.json').logs).toHaveLength(3);
    expect(readFileSync(output, 'utf8')).toMatch(
      /^fix_confidence=0\.\d\d\nhas_flaky_tests=false\ntriage_summary=3 logs, 2 causes/,
    );
    const result = JobResult.parse(jsonOf(results, 'triage.json'));
    expect(result.facts).toEqual([
      { kind: 'triage', causes: [expect.objectContaining({ jobs: ['unit (20)', 'unit (22)'] }), expect.anything()] },
    ]);
  });

  it('counts a job that broke after one it waits for with that one', async () => {
    const run = shop.run(shop.repository(), { jobs: { build: 'compile', package: 'transient' } });
    const workflow = aFile(
      'jobs:\n  make:\n    name: build\n    steps: []\n  package:\n    needs: make\n    steps: []\n',
      'ci.yml',
    );
    const alone = JSON.parse((await triage(['--repo', run.repository, '--run', `${run.id}`, '--json'])).out);
    expect(alone.groups).toHaveLength(2);
    const wrong = await triage([
      '--repo',
      run.repository,
      '--run',
      `${run.id}`,
      '--workflow',
      aFile('on: push\n', 'x.yml'),
    ]);
    expect(wrong.err).toContain('it has no jobs');
    const { out } = await triage(['--repo', run.repository, '--run', `${run.id}`, '--workflow', workflow, '--json']);
    expect(JSON.parse(out).groups.map(({ files }: { files: string[] }) => files)).toEqual([['build', 'package']]);
  });

  it('[B6] reads the jobs that have failed while the run, of which it is a job, goes on', async () => {
    const jobs = { 'unit (20)': 'regression', build: 'compile', lint: 'passes' } as const;
    const run = shop.run(shop.repository(), { jobs });
    shop.world.github.keepRunning(run.id);
    const environment = { GITHUB_REPOSITORY: run.repository };
    const { code, err, out } = await triage(['--run', `${run.id}`, '--json'], environment);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { groups, logs } = JSON.parse(out);
    expect(groups.map(({ class: kind }: { class: string }) => kind).sort()).toEqual([
      'compilation_error',
      'test_failure',
    ]);
    expect(logs[0].tests.length).toBeGreaterThan(0);
    const early = shop.run(run.repository, { jobs: { lint: 'passes' } });
    shop.world.github.keepRunning(early.id);
    expect((await triage(['--run', `${early.id}`], environment)).err).toContain('has failed so far');
  });

  it('says that nothing failed', async () => {
    const repository = shop.repository();
    const run = shop.run(repository, { jobs: { lint: 'passes' } });
    const { code, out, err } = await triage(['--repo', repository, '--run', `${run.id}`]);
    expect({ code, out }).toEqual({ code: 0, out: '0 logs, 0 causes: none\n' });
    expect(err).toContain('Nothing failed');
  });
});

describe('run triage --hand-over', () => {
  /** The documented threshold, 0.90; a model that cites the line that decided makes the cause surer than that. */
  const sure = () => ({
    AI_CONFIDENCE_THRESHOLD: '0.90',
    AI_API_KEY: ['sk', 'ant', 'made', 'up'].join('-'),
    ANTHROPIC_BASE_URL: shop.world.url,
  });
  const handOver = async (environment: Readonly<Record<string, string>>, run = shop.run(shop.repository())) => {
    const { code, err } = await triage(['--repo', run.repository, '--run', `${run.id}`, '--hand-over'], environment);
    expect(code).toBe(0);
    return err;
  };

  it('[B102] says why no fix is requested: not sure enough, no deployment, a deployment that does not answer or know the run', async () => {
    expect(await handOver({ AI_CONFIDENCE_THRESHOLD: '0.99' })).toMatch(
      /No fix was requested. The surest regression is \d+ % sure; only above 99 %/,
    );
    expect(await handOver({ AI_CONFIDENCE_THRESHOLD: '0.90' })).toMatch(/only above 90 %/);
    expect(await handOver(sure())).toContain(
      'There is no deployment to hand it to: set SELFHEAL_URL and SELFHEAL_TOKEN',
    );
    expect(await handOver({ ...sure(), SELFHEAL_URL: shop.closed, SELFHEAL_TOKEN: 'x' })).toContain(
      'The deployment cannot be asked',
    );
    const api = await aServedApi();
    expect(await handOver({ ...sure(), SELFHEAL_URL: api.url, SELFHEAL_TOKEN: 'operator' })).toContain(
      'and tries no fix: fixes.repositories does not allow patches there',
    );
  });

  it.each([
    [
      'act',
      [],
      /^Nothing more to ask for: the deployment opens the incident of run \d+ .* and tries a fix then by itself/m,
    ],
    ['suggest', [], /No fix was requested\. .* and only suggests: its mode is suggest/],
    ['act', [{ id: 'try-fix', off: true }], /and only suggests: the action try-fix is switched off/],
  ] as const)(
    '[B5] says in a job of the run itself whether the deployment, in mode %s with %j, will try a fix',
    async (mode, actions, says) => {
      const run = shop.run(shop.repository());
      const fixes = { name: run.repository, patches: true, sandboxWorkflow: null, reverts: false, issues: false };
      const api = await aServedApi({
        configure: (one) =>
          ({
            ...one,
            github: { ...one.github, defaultMode: mode, repositories: [] },
            policy: { ...one.policy, autonomy: { ...one.policy.autonomy, actions } },
            fixes: { ...one.fixes, repositories: [fixes] },
          }) as never,
      });
      expect(await handOver({ ...sure(), SELFHEAL_URL: api.url, SELFHEAL_TOKEN: 'operator' }, run)).toMatch(says);
      expect(api.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
    },
  );

  it('[B5][B102] asks the deployment to try a fix, which its policy may refuse', async () => {
    const run = shop.run(shop.repository());
    const target = aGithubTarget({ repository: run.repository, runId: run.id });
    const rig = { family: 'github', actionId: 'try-fix', incident: { status: 'suggested', target } } as const;
    const off = await aServedApi({ rig });
    expect(await handOver({ ...sure(), SELFHEAL_URL: off.url, SELFHEAL_TOKEN: 'operator' }, run)).toMatch(
      /fixes\.repositories does not allow "patches".*When no pull request appears/,
    );
    const incident = anIncident({ status: 'suggested', target });
    const api = await aServedApi({
      rig,
      // No incident is open.
      lists: {
        list: async ({ statuses }) => ({
          incidents: statuses === undefined ? [incident] : [],
          next: null,
          corrupt: [],
        }),
      },
      configure: (one) =>
        ({
          ...one,
          fixes: {
            ...one.fixes,
            repositories: [
              { name: run.repository, patches: true, sandboxWorkflow: null, reverts: false, issues: false },
            ],
          },
        }) as never,
    });
    expect(await handOver({ ...sure(), SELFHEAL_URL: api.url, SELFHEAL_TOKEN: 'operator' }, run)).toMatch(
      /A fix was requested: incident rq-/,
    );
    expect(api.requests.filter((request) => request.startsWith('POST'))).toEqual(['POST /api/actions/execute']);
  });
});
