import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfiguration } from '#infra/configuration.ts';
import { aFolder, runCommand } from './run-command.ts';

const JOBS = { name: 'jobs', url: 'https://jobs.example.com/api/' };

/** A folder with a `selfheal.json` of these services, and the command that adds a solution beside it. */
function aProject(endpoints: readonly object[] = [JOBS]) {
  const folder = aFolder();
  const config = join(folder, 'selfheal.json');
  const configure = (services: readonly object[]): void =>
    writeFileSync(config, JSON.stringify({ version: 1, http: { allowedEndpoints: endpoints }, services }));
  configure([]);
  const add = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(['add-solution', '--config', config, ...args]);
    return { code, stderr, text: stdout.toString() };
  };
  return { add, config, configure, file: (id: string) => join(folder, 'playbooks', `${id}.yaml`) };
}

const COMMON = ['--name', 'Restart the report job', '--class', 'timing_dependencies'];
const CALL = [
  ...COMMON,
  ...['--id', 'restart-report-job', '--type', 'api_call', '--endpoint', 'jobs:/jobs/{job}/restarts'],
  ...['--description', 'Restarts the report job {job} and waits until it has ended.', '--idempotent'],
  ...['--payload', '{"reason":"alarm of {service}"}', '--timeout', '15', '--setting', 'job=[a-z-]{1,40}'],
];
const COMMAND = [
  ...COMMON,
  ...['--id', 'restart-web', '--type', 'command', '--command', 'Selfheal-RestartService'],
  ...['--params', '{"InstanceId":"{instance}","Unit":"web"}', '--setting', 'instance=i-[0-9a-f]{8,17}'],
  ...['--description', 'Restarts the unit web on {instance} and looks whether it runs.'],
];

describe('selfheal solution add', () => {
  it('[D152] writes a checked playbook, which nothing may use until the configuration lists it', async () => {
    const { add, config, configure, file } = aProject();
    const { code, text } = await add(...CALL, '--success-check', 'state=ended,idle', '--service', 'reports');
    expect([code, text]).toEqual([0, expect.stringContaining('has these lines, was reviewed and is deployed:')]);
    expect(text).toContain('"id": "reports"');
    expect(parse(readFileSync(file('restart-report-job'), 'utf8'))).toMatchObject({
      kind: 'api_call',
      method: 'POST',
      payload: { reason: 'alarm of {service}' },
      success: { field: 'state', in: ['ended', 'idle'] },
      timeoutSeconds: 15,
    });
    const checked = await runCommand(['playbook', 'check', '--config', config, file('restart-report-job')]);
    expect([checked.code, checked.stdout.toString()]).toEqual([0, expect.stringContaining('sound')]);
    expect(readConfiguration(config).playbooks).toEqual([]);
    const playbooks = [{ id: 'restart-report-job', with: { job: 'nightly' } }];
    configure([{ id: 'reports', alarms: ['reports-late'], mode: 'act', playbooks }]);
    const reports: string[] = [];
    expect(readConfiguration(config, (one) => reports.push(one)).playbooks.map(({ id }) => id)).toEqual([
      'restart-report-job',
    ]);
    expect(reports).toEqual([]);
  });

  it('[D152] takes the document of a command, and prints JSON', async () => {
    const { add, file } = aProject();
    const { code, text } = await add(...COMMAND, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      file: file('restart-web'),
      written: true,
      playbook: { kind: 'ssm_document', document: 'Selfheal-RestartService', arguments: { Unit: 'web' } },
      configuration: { services: [{ playbooks: [{ id: 'restart-web', with: { instance: '...' } }] }] },
      problems: [],
    });
    expect((await add(...COMMAND)).stderr).toContain('is there already: choose another --id, or use --replace.');
    expect((await add(...COMMAND, '--replace', '--risk', 'high')).code).toBe(0);
    expect(readFileSync(file('restart-web'), 'utf8')).toContain('risk: high');
  });

  it('[D152] only looks with --dry-run, and names the endpoint that is not allowed yet', async () => {
    const { add, file } = aProject([]);
    const { code, text } = await add(...CALL, '--dry-run');
    expect([code, text]).toEqual([0, expect.stringContaining('would be\n\nid: restart-report-job')]);
    expect(text).toMatch(/"allowedEndpoints": \[\s+\{\s+"name": "jobs"/);
    expect(existsSync(file('restart-report-job'))).toBe(false);
  });

  it('[D152] writes nothing that is refused, and says why', async () => {
    const { add, file } = aProject();
    const { code, text } = await add(...CALL.filter((one) => one !== '--idempotent'));
    expect([code, text]).toEqual([1, expect.stringContaining('its effect cannot be read back')]);
    const metadata = CALL.map((one) => one.replace('jobs:/jobs', 'https://169.254.169.254/latest'));
    expect((await add(...metadata)).code).toBe(1);
    expect((await add(...COMMAND.map((one) => one.replace('Selfheal-', 'AWS-')))).text).toContain(
      'is a document of AWS',
    );
    expect(existsSync(file('restart-report-job'))).toBe(false);
  });

  it.each([
    [[...COMMAND, '--command', 'systemctl restart web; rm -rf /'], 'Free text is never executed'],
    [[...CALL, '--command', 'Selfheal-RestartService'], 'either --endpoint NAME:/PATH or --command DOCUMENT'],
    [[...CALL, '--type', 'ssm_document'], '--type ssm_document does not go with --endpoint.'],
    [[...CALL, '--payload', '{'], '--payload: this is not JSON'],
    [[...CALL, '--success-check', 'fine'], '--success-check fine: expected 200,201 or state=ended,idle.'],
    [[...CALL, '--timeout', '90'], '--timeout 90: expected from 1 to 20 seconds'],
    [[...CALL, '--id', '../evil'], '--id ../evil: use'],
    [COMMON, '"selfheal solution add" needs --id, --name'],
    [[...CALL, '--id', 'rerun-failed-jobs'], 'this is an action of Selfheal'],
    [[...CALL, '--class', 'gremlins'], 'There is no class "gremlins". Use one of: '],
    [[...CALL, '--setting', 'job'], '--setting job: expected NAME=PATTERN'],
    [[...COMMAND, '--success-check', '200'], 'a document says by itself'],
  ])('[D152] refuses %j', async (args, reason) => {
    const { code, stderr } = await aProject().add(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});
