import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { aFile, aFolder, runCommand } from './run-command.ts';

const LAMBDA = { kind: 'lambda-alias', functionName: 'checkout-api', alias: 'live' };
const REFUSED = 'ERROR connect ECONNREFUSED 10.0.0.5:5432';

/** The command with a configuration in which `checkout` may be rolled back and its health looked at. */
function aProject(change: object = {}) {
  const config = join(aFolder(), 'selfheal.json');
  const services = [
    {
      id: 'checkout',
      alarms: ['checkout-errors'],
      mode: 'act',
      deployment: LAMBDA,
      playbooks: ['health-check'],
      ...change,
    },
  ];
  const http = {
    allowedEndpoints: ['health', 'team-chat'].map((name) => ({ name, url: `https://${name}.example.com/` })),
  };
  const github = { defaultMode: 'suggest', repositories: [{ name: 'acme/shop', mode: 'act' }] };
  writeFileSync(config, JSON.stringify({ version: 1, http, github, services }));
  return async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(['validate-scenario', '--config', config, ...args]);
    return { code, stderr, text: stdout.toString() };
  };
}

const aScenario = (content: object) => aFile(stringify({ log: REFUSED, ...content }), 'scenario.yaml');

describe('selfheal scenario validate', () => {
  it('[D146] takes a text, classifies, plans and decides it, and compares actions and confidence', async () => {
    const validate = aProject();
    const args = ['--scenario', REFUSED, '--service', 'checkout', '--expected-actions', 'health-check'];
    const { code, text } = await validate(...args, '--confidence-threshold', '0.5');
    expect([code, text]).toEqual([0, expect.stringContaining('as expected')]);
    expect(text).toMatch(/^service unavailability|^network connectivity/);
    expect(text).toMatch(/ {2}health-check: (act|approve), confidence \d+ %, risk low\./);
    const sure = await validate(...args, '--confidence-threshold', '0.99');
    expect([sure.code, sure.text]).toEqual([
      1,
      expect.stringMatching(/action health-check: confidence \d+ %, expected 99 %/),
    ]);
    const other = await validate(
      '--scenario',
      REFUSED,
      '--service',
      'checkout',
      '--expected-actions',
      'restart-redis',
      '--json',
    );
    expect(other.code).toBe(1);
    expect(JSON.parse(other.text)).toMatchObject({
      actions: [{ actionId: 'health-check' }],
      differences: ['action restart-redis: it does not fit.'],
    });
  });

  it('[D146] takes a described failure: a deployment ten minutes ago is rolled back, in a freeze it is not', async () => {
    const file = aScenario({
      service: 'checkout',
      deployedMinutesAgo: 10,
      expect: { decision: 'approve', actions: ['rollback-lambda-alias'] },
    });
    const asked = await aProject({ criticality: 'critical' })('--scenario', file);
    expect([asked.code, asked.text]).toEqual([0, expect.stringContaining('rollback-lambda-alias: approve')]);
    const quiet = aScenario({
      service: 'checkout',
      deployedMinutesAgo: 10,
      expect: { decision: 'suggest', actions: [] },
    });
    expect(await aProject({ mode: 'suggest' })('--scenario', quiet)).toMatchObject({ code: 0, stderr: '' });
    const acting = await aProject()('--scenario', quiet);
    expect([acting.code, acting.text]).toEqual([1, expect.stringContaining('decision act: expected suggest.')]);
  });

  it('[D146] plans a failed run by the mode of its repository', async () => {
    const flaky =
      'Error: Timeout - Async callback was not invoked within the 5000 ms timeout specified by jest.setTimeout.';
    const json = async (repository: string) => {
      const { text } = await aProject()('--scenario', flaky, '--repo', repository, '--json');
      return JSON.parse(text) as { decision: string; actions: { actionId: string; decision: string }[] };
    };
    const [acting, suggesting] = [await json('acme/shop'), await json('acme/other')];
    expect(acting.actions.map(({ actionId }) => actionId)).toContain('rerun-failed-jobs');
    expect(suggesting.actions.every(({ decision }) => decision === 'suggest')).toBe(true);
    expect(suggesting.decision).toBe('suggest');
  });

  it('[D146] proposes a remedy whose resource is described', async () => {
    const remedies = [
      {
        action: 'set-lambda-concurrency',
        alarms: ['checkout-errors'],
        functionName: 'checkout-api',
        reservedConcurrency: 50,
      },
    ];
    const state = {
      ...{ kind: 'lambda-function', functionName: 'checkout-api', memoryMb: 512, revisionId: 'r', settled: true },
      reservedConcurrency: 10,
    };
    const expected = { service: 'checkout', expect: { actions: ['set-lambda-concurrency'] } };
    const validate = aProject({ remedies, playbooks: [] });
    const { code, text } = await validate('--scenario', aScenario({ ...expected, resources: [state] }));
    expect([code, text]).toEqual([0, expect.stringContaining('set-lambda-concurrency')]);
    expect((await validate('--scenario', aScenario(expected))).text).toContain('it does not fit.');
  });

  it('[D146] takes the words of a report and the names of other tools, and says what each is here', async () => {
    const validate = aProject();
    const expected = ['--expected-actions', 'restart_db,check_connections,notify_team'];
    const { code, text, stderr } = await validate('--scenario', 'database_outage', ...expected);
    expect([code, text]).toEqual([1, expect.stringMatching(/^service unavailability, verdict infrastructure, /)]);
    expect(stderr).toContain('restart_db is here: reboot-rds-instance');
    expect(stderr).toContain('no action does check_connections');
    expect(stderr).toContain('people are told of every incident');
    expect(stderr).toContain('--service ID');
    expect(text.split('\n').filter((line) => line.startsWith('not as expected'))).toEqual([
      'not as expected: action reboot-rds-instance: it does not fit.',
      'not as expected: action check-connections: it does not fit.',
    ]);
    const told = await validate('--scenario', 'database_outage', '--expected-actions', 'notify_team');
    expect([told.code, told.text]).toEqual([0, expect.stringContaining('nothing was expected of it')]);
  });

  it('[D60] plans check_connections and notify_team by these names where the service allows them', async () => {
    const told = { id: 'notify-team', with: { team: 'payments', channel: 'C024BE91L' } };
    const validate = aProject({ deployment: undefined, playbooks: ['check-connections', told] });
    const expected = ['--expected-actions', 'check_connections,notify_team'];
    const { code, text } = await validate('--scenario', 'database_outage', '--service', 'checkout', ...expected);
    expect([code, text]).toEqual([0, expect.stringContaining('as expected')]);
    expect(text).toMatch(
      / {2}check-connections: .*\n(?:.*\n)* {2}notify-team: .* Tells the team payments in its channel/,
    );
  });

  it('[D146] says that nothing was expected, and that nothing is done about what nothing is known of', async () => {
    const { code, text } = await aProject()('--scenario', aFile(`${REFUSED}\n`));
    expect([code, text]).toEqual([0, expect.stringContaining('nothing was expected of it')]);
    expect(text).toContain('escalate');
    expect((await aProject()('--scenario', REFUSED, '--expected-actions', 'none')).code).toBe(0);
  });

  it.each([
    [[], 'needs --scenario FILE'],
    [['--scenario', 'missing.yaml'], 'missing.yaml: there is no such file.'],
    [['--scenario', 'x', '--service', 'nobody'], 'service: There is no service "nobody". Use one of: checkout.'],
    [['--scenario', 'x', '--service', 'checkout', '--alarm', 'other'], 'it has checkout-errors.'],
    [['--scenario', 'x', '--service', 'checkout', '--repo', 'acme/shop'], 'either a service or a repository'],
    [['--scenario', 'x', '--confidence-threshold', '90'], '--confidence-threshold 90: expected a number from 0 to 1'],
  ])('[D146] refuses %j', async (args, reason) => {
    const { code, stderr } = await aProject()(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });

  it.each([
    ['log: [', 'one.yaml: '],
    ['log: &a x\ntitle: *a', 'aliases (*name) are not supported'],
    ['log: x\nexpects: {}', '"expects"'],
    ['[]', 'expected a scenario with a log'],
  ])('[D146] refuses a file with %j', async (content, reason) => {
    const { code, stderr } = await aProject()('--scenario', aFile(content, 'one.yaml'));
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});
