import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { withPlaybooks } from '#infra/configured-playbooks.ts';
import { ownDocuments, usedDocuments } from '#infra/documents.ts';
import { playbookFilesIn, readPlaybookFiles } from '#infra/playbook-files.ts';
import { makeSsmAutomations } from '#shared/adapters/aws/ssm-automations.ts';
import { makeSsmParameters } from '#shared/adapters/aws/ssm-parameters.ts';
import { makeEndpointCaller } from '#shared/adapters/http/endpoint-caller.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Scalar } from '#shared/domain/playbook/parameter.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import { aConfiguration } from '#test/builders/index.ts';
import { fakeAlarms } from '#test/fakes/index.ts';
import { aJobService, type JobService } from '../../../support/job-service.ts';
import { anActionWorld } from '../action-world.ts';

const SHIPPED = new URL('../../../../../config/playbooks', import.meta.url).pathname;
const instance = 'i-0a1b2c3d4e5f60718';
const unit = 'web';

/** Row, playbook, and the values that a service gives it. */
const PLAYBOOKS: readonly (readonly [rows: string, id: string, values: Readonly<Record<string, Scalar>>])[] = [
  ['[D38]', 'restart-service', { instance, unit }],
  ['[D39]', 'health-check', {}],
  ['[D40]', 'clean-logs', { instance, directory: '/var/log/web' }],
  ['[D41]', 'adjust-memory', { instance, unit, beforeMb: 512, afterMb: 1024 }],
  ['[D42]', 'restart-connection-pool', { instance, unit: 'pgbouncer' }],
  ['[D43]', 'terminate-queries', { instance, database: 'shop' }],
  ['[D44]', 'restart-redis', { instance, unit: 'redis-server' }],
  ['[D45]', 'restart-database', { instance, unit: 'postgresql' }],
  ['[D48]', 'clean-disk', { instance }],
  ['[D49] [D261]', 'spark-executor-memory', { application: 'nightly', beforeMb: 4096, afterMb: 6144 }],
  ['[D50]', 'spark-restart-application', { application: 'nightly' }],
  ['[D51]', 'enable-backoff', { parameter: '/shop/backoff' }],
  ['[D52]', 'enable-circuit-breaker', { parameter: '/shop/breaker' }],
  ['[D53]', 'increase-connection-pool', { parameter: '/shop/pool', usual: 20, larger: 40 }],
  ['[D54]', 'airflow-retry-failed-tasks', { dag: 'nightly' }],
  ['[D55]', 'airflow-clear-downstream', { dag: 'nightly', task: 'load' }],
  ['[D56]', 'airflow-restart-dag', { dag: 'nightly' }],
  ['[D54]', 'airflow-retry-task', {}],
  ['[D55]', 'airflow-retry-downstream', {}],
  ['[D56]', 'airflow-rerun-dag-run', {}],
  ['[D57]', 'retry-ingestion', { ingestion: 'orders' }],
  ['[D57]', 'clean-temporary-files', { instance, directory: '/var/tmp/ingest' }],
  ['[D58]', 'switch-to-backup-database', { parameter: '/shop/db', usual: 'db-1:5432', backup: 'db-2:5432' }],
  ['[D60]', 'check-connections', {}],
  ['[D60]', 'notify-team', { team: 'payments', channel: 'C024BE91L' }],
  ['[D61]', 'expand-filesystem', { instance, volume: '/dev/data/orders', sizeGib: 200 }],
  ['[D61]', 'check-network', { instance, host: 'db-1.internal.example', port: 5432 }],
];
/** Without a way to look: repeating them does no harm. */
const BLIND: ReadonlySet<string> = new Set(['health-check', 'check-connections', 'airflow-clear-downstream']);
const BEFORE: Readonly<Record<string, string>> = {
  '/shop/backoff': 'off',
  '/shop/breaker': 'off',
  '/shop/pool': '20',
  '/shop/db': 'db-1:5432',
};

let world: World;
let jobs: JobService;
let configuration: Configuration;
beforeAll(async () => {
  world = await startWorld();
  jobs = await aJobService();
  const endpoint = (name: string, path: string) => ({ name, url: `https://${name}.example.com${path}` });
  const allowedEndpoints = [
    endpoint('airflow', '/airflow/api/v1/'),
    ...['health', 'spark', 'pipeline', 'team-chat'].map((name) => endpoint(name, `/${name}/`)),
  ];
  const playbooks = PLAYBOOKS.map(([, id, values]) => ({ id, with: values }));
  const services = [{ id: 'shop', alarms: ['shop-slow'], playbooks }];
  const said: string[] = [];
  configuration = withPlaybooks(
    aConfiguration({ http: { allowedEndpoints }, services }),
    '/nowhere/selfheal.json',
    (problem) => said.push(problem),
  );
  expect(said).toEqual([]);
});
afterAll(async () => {
  await jobs.stop();
  await world.stop();
});

/** The real adapters: Systems Manager and Airflow of the local world, and an owner's job service. */
function ports() {
  const { ports: others } = anActionWorld();
  const { allowedEndpoints: endpoints } = configuration.http;
  const airflow = makeEndpointCaller({ endpoints, origin: world.url });
  const owner = makeEndpointCaller({ endpoints, origin: jobs.url });
  const by = (endpoint: string) => (endpoint.startsWith('airflow:') ? airflow : owner);
  const client = new SSMClient({
    endpoint: world.awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  return {
    ...others,
    alarms: fakeAlarms({ read: async () => ({ state: 'ALARM', since: '2026-11-21T11:58:00.000Z' }) }),
    endpoints: {
      ...owner,
      read: (endpoint: string, timeoutSeconds: number) => by(endpoint).read(endpoint, timeoutSeconds),
      send: (request: Parameters<typeof owner.send>[0]) => by(request.endpoint).send(request),
    },
    automations: makeSsmAutomations({ client, effects: client }),
    parameters: makeSsmParameters({ client, effects: client }),
  };
}

describe('the shipped playbooks', () => {
  it('are all looked at here', () => {
    const ids = readPlaybookFiles(playbookFilesIn(SHIPPED), configuration.http.allowedEndpoints).map(({ id }) => id);
    expect(ids.sort()).toEqual(PLAYBOOKS.map(([, id]) => id).sort());
  });

  it.each(PLAYBOOKS)(
    '%s %s takes effect once, can be read back, and is undone where that is possible',
    async (_rows, id) => {
      const action = actionsOf(configuration).find((one) => one.id === id);
      if (action === undefined) throw new Error(`There is no action ${id}.`);
      const bound = action.parameters.parse(action.sample);
      const own = ports();
      const effects = () => world.journal.entries().length + jobs.effects.length;
      world.jobs.failTasks('nightly', 2);
      world.jobs.addRun({ dag: 'nightly', run: 'manual__1', tasks: { load: { state: 'failed' } } });
      for (const [name, value] of Object.entries(BEFORE)) world.aws.setParameter(name, value);
      jobs.put('/spark/applications/nightly/settings', { executorMemoryMb: 4096 });
      expect(await action.observe(bound, own)).toEqual({ kind: 'not-started' });
      const receipt = await action.execute(bound, own);
      const looks = id === 'health-check' || id === 'check-connections';
      const once = effects();
      if (!BLIND.has(id)) expect((await action.observe(bound, own)).kind).toBe('happened');
      // Repeated by mistake, the fence of the other side holds.
      if (id === 'airflow-restart-dag' || action.family === 'ssm') await action.execute(bound, own);
      const isSwitch = receipt.facts.before !== undefined;
      expect(effects()).toBe(once);
      if (looks) expect(world.journal.entries().filter(({ target }) => target === id)).toEqual([]);
      if (action.undo === undefined) return;
      expect(await action.undo(bound, receipt, own)).not.toBe('');
      if (isSwitch)
        expect(world.aws.parameter(String((bound as { values: { parameter: string } }).values.parameter))).toBe(
          receipt.facts.before,
        );
    },
  );

  it('[D40] [D48] [D61] [D62] run commands of the own documents only, with nothing in them that is not held by a pattern', () => {
    const { documents, instances } = usedDocuments(configuration);
    expect(documents.map(({ name }) => name)).toEqual(ownDocuments().map(({ name }) => name));
    expect(instances).toEqual([instance]);
    for (const { name, content } of documents) {
      const text = JSON.stringify(content.mainSteps);
      const used = new Set([...text.matchAll(/\{\{ (\w+) \}\}/g)].map(([, parameter]) => parameter));
      expect([...used].sort(), name).toEqual(Object.keys(content.parameters).sort());
      for (const [parameter, { allowedPattern }] of Object.entries(content.parameters)) {
        expect(allowedPattern, `${name} ${parameter}`).toMatch(/^\^.+\$$/);
        for (const hostile of [
          '',
          'a b',
          '$(id)',
          '`id`',
          'a;b',
          'a\nb',
          '../etc',
          "a'b",
          'a"b',
          '-rf',
          'a|b',
          '*',
          'a&b',
        ]) {
          expect(new RegExp(allowedPattern).test(hostile), `${name} ${parameter} ${hostile}`).toBe(false);
        }
      }
    }
    const texts = Object.fromEntries(documents.map(({ name, content }) => [name, JSON.stringify(content.mainSteps)]));
    expect(texts['Selfheal-CleanLogs']).toContain('-mtime \\"+{{ Days }}\\" -delete');
    expect(
      new RegExp(
        documents.find(({ name }) => name === 'Selfheal-CleanLogs')?.content.parameters.Days?.allowedPattern ?? '',
      ).test('6'),
    ).toBe(false);
    expect(texts['Selfheal-ExpandFilesystem']).toContain('lvextend --resizefs --size');
    expect(texts['Selfheal-CheckNetwork']).toContain('/dev/tcp/{{ Host }}/{{ Port }}');
    expect(texts['Selfheal-CleanDisk']).toContain('docker system prune');
    expect(texts['Selfheal-CleanDisk']).toContain('df --output=pcent');
    expect(texts['Selfheal-RestartDatabase']).toContain('systemctl is-active');
  });
});
