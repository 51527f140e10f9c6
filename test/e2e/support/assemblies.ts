import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as z from 'zod';
import { oneAtATime, prepareAssembly } from '#apps/local/assembly.ts';
import { LOCAL_SLACK } from '#apps/local/world/slack.ts';
import { withPlaybooks } from '#infra/configured-playbooks.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SHELF = join(ROOT, '.selfheal/assemblies');
/** Where the runtime keeps what functions were compiled to, in an assembly. */
const COMPILE_CACHE = '.compile-cache';
const EMAILS = 'on-call@example.com';

type Json = Record<string, unknown>;
export type ConfigurationChange = Omit<Partial<z.input<typeof Configuration>>, 'version'>;

/** Names of the configurations that are synthesized; everything else is derived from one of them. */
export type AssemblyName = 'rules' | 'channels' | 'model' | 'keyed' | 'jobs';

export interface AssemblyRequest {
  readonly base?: AssemblyName;
  /** Top-level parts of `selfheal.json` that replace the base's. They must be such that the template stays the same. */
  readonly configuration?: ConfigurationChange;
  /** Changes the template of the stateless stack. */
  readonly template?: (template: Json) => void;
}

const LIMITS = { maxActionsPerHour: 500, maxActionsPerTargetPerHour: 50, breakerFailures: 50 };

/** The sample company, quick to verify, with limits that many incidents an hour do not reach. */
export function sampleConfiguration(change: ConfigurationChange = {}): z.input<typeof Configuration> {
  const sample = JSON.parse(readFileSync(join(ROOT, 'apps/local/sample/selfheal.json'), 'utf8'));
  // Mails go to the topic, as without any setting; `channels` has a mail server.
  const { smtp, ...notifiers } = sample.notifiers;
  return {
    ...sample,
    notifiers,
    verification: {
      runIntervalSeconds: 1,
      runMaxPolls: 60,
      alarmIntervalSeconds: 1,
      alarmMaxPolls: 20,
      alarmOkPolls: 1,
      jobIntervalSeconds: 1,
      jobMaxPolls: 30,
      // Tests ring the same alarms again and again, which would count against what had helped.
      healedAfterDays: 0,
    },
    ...change,
    // The same alarm again is an incident of its own.
    policy: { flapWindowMinutes: 0, ...(change.policy ?? LIMITS) },
  };
}

/** Of the user of the sample company's Airflow. */
export const AIRFLOW_SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:airflow-a1b2c3';
/** Of the app that tells teams in their channels. */
export const TEAM_CHAT_SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:team-chat-a1b2c3';
/** Of the user of the sample company's Jenkins. */
export const JENKINS_SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:jenkins-a1b2c3';
const BUILT = [
  ...['nightly', 'again', 'compile'].map((name) => `codebuild/reports-${name}`),
  ...['release', 'hotfix', 'approval'].map((name) => `codepipeline/reports-${name}`),
];
const JOBS: ConfigurationChange = {
  logSubscriptions: [{ logGroup: '/shop/reports', service: 'reports', stream: true }],
  http: {
    allowedEndpoints: [
      {
        name: 'airflow',
        url: 'https://airflow.example.com/airflow/api/v2/',
        tokenUrl: 'https://airflow.example.com/airflow/auth/token',
        authorizationSecretArn: AIRFLOW_SECRET,
      },
      { name: 'spark-history', url: 'https://spark.example.com/spark-history/api/v1/' },
      { name: 'health', url: 'https://status.example.com/health/' },
      { name: 'team-chat', url: 'https://slack.com/api/', authorizationSecretArn: TEAM_CHAT_SECRET },
      {
        name: 'jenkins',
        url: 'https://jenkins.example.com/jenkins/',
        slashesInNames: true,
        authorizationSecretArn: JENKINS_SECRET,
      },
    ],
  },
  jobs: {
    airflow: [{ endpoint: 'airflow', service: 'reports', dags: ['orders_*'] }],
    spark: [
      {
        endpoint: 'spark-history',
        service: 'reports',
        applications: ['nightly-report'],
        executors: { parameter: '/reports/spark', maxMemoryMb: 16_384, maxCores: 8 },
      },
    ],
    jenkins: [{ endpoint: 'jenkins', service: 'reports', jobs: ['team/*'], rebuild: true }],
  },
  services: [
    {
      id: 'reports',
      criticality: 'low',
      mode: 'act',
      alarms: ['reports-late'],
      resources: [...BUILT, 'codebuild/reports-unlisted'],
      retries: [...BUILT],
      playbooks: ['airflow-retry-task', 'airflow-retry-downstream', 'airflow-rerun-dag-run'],
    },
    {
      id: 'ledger',
      criticality: 'high',
      mode: 'act',
      alarms: ['ledger-latency'],
      logGroup: '/aws/lambda/ledger-api',
      playbooks: ['check-connections', { id: 'notify-team', with: { team: 'payments', channel: LOCAL_SLACK.channel } }],
    },
  ],
  // Everything is asked, so that a test sees the request.
  policy: { ...LIMITS, approvalRequiredRisks: ['low', 'medium', 'high'] },
};

const EVERYTHING = { tell: ['incidents', 'approvals', 'upkeep'] };
/** The notifiers of the base `channels`. */
export const CHANNEL_NOTIFIERS = {
  slack: EVERYTHING,
  'slack-app': { ...EVERYTHING, channel: LOCAL_SLACK.channel },
  teams: EVERYTHING,
  pagerduty: EVERYTHING,
  webhook: EVERYTHING,
  sms: { to: ['+491700000001', '+15550000002'] },
  jira: { project: 'OPS' },
  smtp: { host: 'mail.example.com', user: 'selfheal', from: 'selfheal@example.com', to: ['team@example.com'] },
};
const BASES: Readonly<Record<AssemblyName, ConfigurationChange>> = {
  rules: {},
  channels: {
    notifiers: CHANNEL_NOTIFIERS,
    // None of the sample company's services is critical, unless a test says so.
    onCall: {
      severities: ['critical'],
      people: [
        { name: 'Ada', phone: '+4917000000010', email: 'ada@example.com' },
        { name: 'Ben', phone: '+4917000000020' },
        { name: 'Cem', email: 'cem@example.com' },
      ],
      levels: ['Ada', 'Ben', 'Cem'].map((name) => ({ minutes: 30, people: [name] })),
    },
  },
  jobs: JOBS,
  keyed: { model: { provider: 'anthropic', modelId: 'claude-sonnet-4-5', timeoutSeconds: 20 } },
  model: { model: { provider: 'bedrock', modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0', timeoutSeconds: 2 } },
};

/** Limits that a drill does not reach: it acts far more often per hour than a real policy allows, for alarms that ring again and again. */
export const DRILL_POLICY = {
  maxActionsPerHour: 1000,
  maxActionsPerTargetPerHour: 100,
  breakerFailures: 1000,
  stormIncidentsPerMinute: 1000,
};

/**
 * A cloud assembly of its own for one test file: synthesized once per base by `prepareAssembly` and kept below `.selfheal`, then
 * copied with what the test changes. The copy stays whole when somebody synthesizes again meanwhile. What its functions were compiled to is
 * kept for the next copy.
 */
export async function anAssembly(request: AssemblyRequest = {}): Promise<{ assemblyDir: string; remove(): void }> {
  const { base = 'rules', configuration, template } = request;
  const folder = mkdtempSync(join(tmpdir(), 'selfheal-e2e-'));
  const assemblyDir = join(folder, 'cdk.out');
  const compiled = join(SHELF, `${base}.compiled`);
  await oneAtATime(join(SHELF, `${base}.lock.db`), async () => {
    const configurationFile = join(SHELF, `${base}.json`);
    writeFileSync(configurationFile, JSON.stringify(sampleConfiguration(BASES[base])));
    const prepared = await prepareAssembly({
      configurationFile,
      outDir: join(SHELF, base),
      context: { emails: EMAILS },
    });
    linkTree(prepared.assemblyDir, assemblyDir);
    if (!prepared.reused) rmSync(compiled, { recursive: true, force: true });
    if (existsSync(compiled)) linkTree(compiled, join(assemblyDir, COMPILE_CACHE));
  });
  if (configuration !== undefined) {
    const parsed = Configuration.parse(sampleConfiguration({ ...BASES[base], ...configuration }));
    const text = JSON.stringify(withPlaybooks(parsed, join(SHELF, `${base}.json`), () => undefined));
    for (const name of readdirSync(assemblyDir)) {
      const file = join(assemblyDir, name, 'selfheal.json');
      if (existsSync(file)) replaceFile(file, text);
    }
  }
  if (template !== undefined) {
    const file = join(assemblyDir, 'Selfheal.template.json');
    const changed = JSON.parse(readFileSync(file, 'utf8')) as Json;
    template(changed);
    replaceFile(file, JSON.stringify(changed));
  }
  return {
    assemblyDir,
    remove() {
      if (existsSync(join(assemblyDir, COMPILE_CACHE))) linkTree(join(assemblyDir, COMPILE_CACHE), compiled);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The files are shared until one of them is replaced; those that are there already are left. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else link(source, target);
  }
}

function link(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    // Another file system. A reader never sees half of a file.
    cpSync(source, `${target}.new`);
    renameSync(`${target}.new`, target);
  }
}

function replaceFile(file: string, text: string): void {
  rmSync(file);
  writeFileSync(file, text);
}
