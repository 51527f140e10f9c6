import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const SAMPLE = join(ROOT, 'apps/local/sample/selfheal.json');
const INSTANCE = 'i-0a1b2c3d4e5f60718';

/** Values for the parameters that playbooks share; each takes those that it names. */
const VALUES: Readonly<Record<string, string | number>> = {
  instance: INSTANCE,
  unit: 'gallery',
  beforeMb: 1024,
  afterMb: 2048,
  percent: 90,
  days: 7,
  database: 'gallery',
  minutes: 10,
  dag: 'nightly-reports',
  task: 'render',
  usual: 20,
  larger: 40,
  backup: 40,
  application: 'nightly',
  ingestion: 'nightly',
  team: 'payments',
  channel: 'C024BE91L',
};
const DIRECTORIES: Readonly<Record<string, string>> = {
  'clean-logs': '/var/log/gallery',
  'clean-temporary-files': '/var/tmp/gallery',
};

interface SampleService {
  readonly id: string;
  readonly criticality: string;
  readonly playbooks?: readonly { readonly id: string }[];
}

/** Ids of the playbooks that come with Selfheal. */
const SHIPPED_PLAYBOOKS: readonly string[] = globSync('config/playbooks/*.yaml', { cwd: ROOT })
  .map((file) => basename(file, '.yaml'))
  .sort();

/** The parameter of the gallery that a playbook switches. */
export const parameterOf = (playbook: string): string =>
  playbook === 'increase-connection-pool' ? '/gallery/pool' : `/gallery/${playbook}`;

function allowed(id: string): object {
  const text = readFileSync(join(ROOT, `config/playbooks/${id}.yaml`), 'utf8');
  const named = Object.entries(VALUES).filter(([name]) => new RegExp(`^  ${name}:$`, 'm').test(text));
  const more = [
    ...(/^ {2}parameter:$/m.test(text) ? [['parameter', parameterOf(id)]] : []),
    ...(id in DIRECTORIES ? [['directory', DIRECTORIES[id]]] : []),
    ...(id === 'switch-to-backup-database'
      ? [
          ['usual', 'primary'],
          ['backup', 'replica'],
        ]
      : []),
  ] as [string, string][];
  return { id, with: { ...Object.fromEntries(named), ...Object.fromEntries(more) } };
}

/** The sample company with everything that Selfheal can do switched on, and limits and thresholds that nothing reaches. */
export function drillConfiguration(): object {
  const sample = JSON.parse(readFileSync(SAMPLE, 'utf8')) as { services: readonly SampleService[] };
  const services = sample.services.map((service) => ({
    ...service,
    criticality: 'low',
    ...(service.id === 'gallery' ? { playbooks: SHIPPED_PLAYBOOKS.map(allowed) } : {}),
    ...(service.id === 'reports' ? { playbooks: [] } : {}),
  }));
  const endpoint = (name: string) => ({ name, url: `https://${name}.example.com/${name}/api/v1/` });
  return {
    ...sample,
    services,
    http: { allowedEndpoints: ['airflow', 'health', 'pipeline', 'spark', 'team-chat'].map(endpoint) },
    fixes: {
      repositories: [
        { name: 'acme/shop', patches: true, sandboxWorkflow: 'selfheal-try.yml', reverts: true, issues: true },
      ],
      maxPerDay: 100,
    },
    policy: {
      actAtConfidence: 0,
      escalateBelowConfidence: 0,
      approvalRequiredRisks: [],
      maxActionsPerHour: 1000,
      maxActionsPerTargetPerHour: 100,
      breakerFailures: 1000,
      flapWindowMinutes: 0,
    },
    verification: {
      runIntervalSeconds: 30,
      runMaxPolls: 30,
      alarmIntervalSeconds: 30,
      alarmMaxPolls: 30,
      alarmOkPolls: 1,
      healedAfterDays: 0,
    },
  };
}
