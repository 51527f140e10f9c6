import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readConfiguration } from '#infra/configuration.ts';
import { anApiCall, anSsmDocument, anSsmParameter } from '#test/builders/index.ts';
import { aFile, aFolder, runCommand } from './run-command.ts';

const SHIPPED = join(import.meta.dirname, '../../../config/playbooks');
const jobs = { name: 'jobs', url: 'https://jobs.example.com/api/' };
const aConfig = (services: object[] = []) =>
  aFile(JSON.stringify({ version: 1, http: { allowedEndpoints: [jobs] }, services }), 'selfheal.json');
const aYaml = (playbook: unknown) => aFile(stringify(playbook), 'one.yaml');

async function check(args: readonly string[]) {
  const { code, stdout, stderr } = await runCommand(['playbook', 'check', '--json', ...args]);
  const lines = stdout
    .toString()
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  return { code, stderr, verdicts: lines.map((line) => JSON.parse(line)) };
}

describe('selfheal playbook check', () => {
  it('finds every shipped playbook sound', async () => {
    const files = readdirSync(SHIPPED).map((name) => join(SHIPPED, name));
    const { code, verdicts } = await check(['--config', aConfig(), ...files]);
    expect(verdicts.filter(({ verdict }) => verdict !== 'sound')).toEqual([]);
    expect(code).toBe(0);
    const ids = [
      'restart-service',
      'health-check',
      'clean-logs',
      'adjust-memory',
      'restart-connection-pool',
      'terminate-queries',
    ];
    const more = [
      'restart-redis',
      'restart-database',
      'clean-disk',
      'spark-executor-memory',
      'spark-restart-application',
    ];
    const airflow = ['airflow-retry-failed-tasks', 'airflow-clear-downstream', 'airflow-restart-dag'];
    expect(verdicts.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids, ...more, ...airflow]));
  });

  it.each([
    ['', 'the file is empty; write fields such as id'],
    ['just a text', 'this is no playbook; write fields such as id'],
    ['- a list', 'this is no playbook; write fields such as id'],
  ])('says what a file without a playbook lacks: %j', async (text, reason) => {
    const { code, verdicts } = await check(['--config', aConfig(), aFile(text, 'one.yaml')]);
    expect([code, verdicts[0].problems]).toEqual([1, [{ line: 1, reason: expect.stringContaining(reason) }]]);
  });

  it('names file, line and reason of everything wrong, and goes on with the other files', async () => {
    const bad = aFile(
      [
        'id: start-job',
        'title: Start it',
        'description: Starts the job again, whatever it is.',
        'kind: api_call',
        'risk: low',
        'reversibility: transient',
        'when: { classes: [network_connectivity] }',
        'parameters:',
        '  minutes: { type: integer, minimum: 9, maximum: 3 }',
        'endpoint: https://169.254.169.254/latest/meta-data/{minutes}',
        'method: POST',
        'payload:',
        '  text: "{unknown}"',
        'idempotent: true',
      ].join('\n'),
      'bad.yaml',
    );
    const { code, verdicts } = await check(['--config', aConfig(), bad, aYaml(anSsmParameter())]);
    expect(code).toBe(1);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['refused', 'sound']);
    expect(verdicts[0].problems).toEqual([
      { line: 13, reason: expect.stringContaining('payload: {unknown} is not a parameter') },
      { line: 9, reason: expect.stringContaining('parameters.minutes: no value fits') },
      { line: 10, reason: expect.stringContaining('endpoint: 169.254.169.254 is a loopback, link-local') },
    ]);
    const { stdout } = await runCommand(['playbook', 'check', '--config', aConfig(), bad]);
    expect(stdout.toString()).toContain(`${bad}:10: endpoint: 169.254.169.254`);
  });

  it('refuses an id that is taken, by another file or by an action', async () => {
    const [first, second] = [aYaml(anSsmParameter()), aYaml(anSsmParameter())];
    const { verdicts } = await check([
      '--config',
      aConfig(),
      first,
      second,
      aYaml(anSsmParameter({ id: 'rerun-failed-jobs' })),
    ]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['sound', 'refused', 'refused']);
    expect(verdicts[1].problems[0].reason).toContain(`id: switch-on is already used by ${first}`);
  });

  it.each([
    ['broken YAML', 'id: [', 1],
    ['two of one key', 'id: a\nid: b\n', 2],
    ['an alias', 'a: &x [1]\nb: *x\n', 1],
    ['nothing', '', 1],
    ['several documents', 'id: a\n---\nid: b\n', 1],
  ])('refuses %s with its line', async (_name, text, atLeast) => {
    const { code, verdicts } = await check(['--config', aConfig(), aFile(text, 'x.yaml')]);
    expect(code).toBe(1);
    expect(verdicts[0].problems[0].line).toBeGreaterThanOrEqual(atLeast);
  });

  it('says what the configuration lacks: an endpoint nobody needs yet is a note, a value that a service must give is not', async () => {
    const elsewhere = aYaml(anApiCall({ id: 'elsewhere', endpoint: 'other:/{job}/{key}' }));
    expect((await check(['--config', aConfig(), elsewhere])).verdicts[0]).toMatchObject({
      verdict: 'sound',
      notes: [{ reason: expect.stringContaining('"other" is not in http.allowedEndpoints') }],
    });
    const service = { id: 'shop', alarms: ['late'], playbooks: ['start-job', { id: 'elsewhere', with: { job: 'a' } }] };
    const { verdicts } = await check(['--config', aConfig([service]), elsewhere, aYaml(anApiCall())]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['refused', 'refused']);
    expect(verdicts[1].problems[0].reason).toContain('job has no value: add it to "with" of the service shop');
  });

  it('exits with 2 when a file or the configuration cannot be read', async () => {
    for (const args of [
      [SHIPPED],
      ['nowhere.yaml'],
      ['--config', 'nowhere.json', aYaml(anSsmParameter())],
      ['--config', aFile('{}', 'selfheal.json'), aYaml({})],
    ]) {
      const { code, stderr } = await check(args);
      expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
    }
  });
});

describe('the configuration with its playbooks', () => {
  it('takes those that a service allows from the folder beside it, and tells which it left out', () => {
    const service = { id: 'shop', alarms: ['late'], playbooks: ['switch-on', 'restart-unit', 'gone'] };
    const path = aConfig([service]);
    const folder = aFolder();
    writeFileSync(join(folder, 'selfheal.json'), JSON.stringify({ version: 1, services: [service] }));
    expect(readConfiguration(path).playbooks).toEqual([]);
    const playbooks = join(folder, 'playbooks');
    const fs = { a: anSsmParameter(), b: anSsmDocument(), c: { id: 'broken' }, d: anApiCall() };
    const said: string[] = [];
    mkdirSync(playbooks);
    for (const [name, content] of Object.entries(fs))
      writeFileSync(join(playbooks, `${name}.yaml`), stringify(content));
    const { playbooks: taken } = readConfiguration(join(folder, 'selfheal.json'), (problem) => said.push(problem));
    expect(taken.map(({ id }) => id)).toEqual(['switch-on', 'restart-unit']);
    expect(said.some((line) => line.startsWith(`${join(playbooks, 'c.yaml')}:1: `))).toBe(true);
    expect(said.join('\n')).toContain('restart-unit: unit has no value');
    expect(said.join('\n')).toContain('allows the playbook gone, but no valid playbook has this id');
    // Nobody allows it, so its unlisted endpoint does not matter yet.
    expect(said.join('\n')).not.toContain('d.yaml');
  });

  it('stops at one in the configuration itself that is not sound', () => {
    const playbooks = [anApiCall({ endpoint: 'https://127.0.0.1/' })];
    expect(() => readConfiguration(aFile(JSON.stringify({ version: 1, playbooks }), 'selfheal.json'))).toThrow(
      'start-job',
    );
  });
});
