import { normalFrom, numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { changesBefore } from '#shared/app/gather/changes-before.ts';
import type { Change } from '#shared/domain/changes/change.ts';
import { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { WebhookEnvelope } from '#shared/plugins/sources/contract.ts';
import { github } from '#shared/plugins/sources/github/index.ts';
import { EVENT_SOURCES } from '#shared/plugins/sources/registry.ts';
import type { ChangeStore } from '#shared/ports/change-store.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const HOME = { partition: 'aws', account: '123456789012', region: 'eu-west-1' };
/** A Tuesday. */
const START = Date.UTC(2026, 10, 10, 9);

export const CAUSES = [
  'deployed-commit',
  'stack-update',
  'database-setting',
  'function-setting',
  'commit-of-the-run',
] as const;
type Cause = (typeof CAUSES)[number];

export interface ChangeStory {
  readonly cause: Cause;
  /** Changes of the week before, the cause among them. */
  readonly changes: number;
  /** Place of the cause in what is shown, from 1; null: it is not shown. */
  readonly rank: number | null;
  /** From the cause to the failure. */
  readonly minutes: number;
}

const SERVICES = ['orders', 'checkout', 'catalog', 'search', 'invoices'] as const;

const CONFIGURATION = {
  ...Configuration.parse({
    version: 1,
    services: SERVICES.map((id) => ({
      id,
      alarms: [`${id}-errors`],
      deployment: { kind: 'ecs-service', cluster: 'shop', service: id, taskDefinitionFamily: id },
      resources: [`rds/${id}-db`, `lambda/${id}-worker`, 'cloudformation/shop-network'],
      repositories: [`acme/${id}`],
    })),
  }),
  home: HOME,
};

type Numbers = ReturnType<typeof numbersFrom>;
interface Told {
  readonly change: Change;
}

/**
 * A week of changes of a service, innocent but for one, as GitHub and AWS tell of them; then a failure. Everything goes through the sources and the use case
 * of the product. The failing lines name a file of the guilty commit in 6 of 10 stories about code, and a file of an innocent one in 1 of 10.
 */
export async function playChangeStory(seed: number): Promise<ChangeStory> {
  const numbers = numbersFrom(seed);
  const service = pick(SERVICES, numbers);
  const cause = pick(CAUSES, numbers);
  const failedAt = START + Math.floor(numbers() * 2 * DAY);
  // Log-normal: half of the failures show within 12 minutes, a tenth takes more than 43.
  const minutes = Math.max(1, Math.round(12 * Math.exp(normalFrom(numbers))));
  const told: Told[] = [];
  const guilty = cause === 'commit-of-the-run' ? failedAt - 3 * MINUTE : failedAt - minutes * MINUTE;
  background(service, failedAt, numbers, told);
  // Others work around the very time of the fault.
  for (let index = 0, count = 3 + Math.floor(numbers() * 8); index < count; index += 1)
    innocent(service, guilty + (numbers() - 0.6) * 90 * MINUTE, numbers, told);
  const { ids, file, sha } = plant(cause, service, guilty, numbers, told);
  const innocents = told.flatMap(({ change }) => change.files);
  const named = numbers();
  const lines = [
    'Error: Cannot read properties of undefined',
    ...(file !== null && named < 0.6 ? [`    at total (/app/${file}:41:7)`] : []),
    ...(named > 0.9 && innocents.length > 0 ? [`    at load (/app/${pick(innocents, numbers)}:8:3)`] : []),
    '    at next (/app/node_modules/express/lib/router/index.js:280:10)',
  ];
  const shown = await changesBefore(
    incidentOf(cause, service, failedAt, sha),
    [{ lines: lines.map((text, at) => ({ ref: `L${at}`, number: at + 1, text: redactName(text, 300), score: 1 })) }],
    { configuration: CONFIGURATION, changes: storeOf(told.map(({ change }) => change)) },
  );
  const guiltyTitles = told.filter(({ change }) => ids.includes(change.id)).map(({ change }) => key(change));
  const at = shown.findIndex((one) => guiltyTitles.includes(key(one)));
  return { cause, changes: told.length, rank: at < 0 ? null : at + 1, minutes };
}

const key = ({ at, title }: Pick<Change, 'at' | 'title'>): string => `${at} ${title}`;

function background(service: string, failedAt: number, numbers: Numbers, told: Told[]): void {
  const count = 40 + Math.floor(numbers() * 60);
  for (let index = 0; index < count; index += 1) innocent(service, failedAt - numbers() * 7 * DAY, numbers, told);
}

function innocent(service: string, at: number, numbers: Numbers, told: Told[]): void {
  const kind = numbers();
  if (kind < 0.5) {
    const sha = shaOf(numbers);
    told.push(push(service, sha, at, filesOf(numbers)));
    if (numbers() < 0.5) {
      told.push(deployment(service, sha, at + 4 * MINUTE, numbers));
      told.push(ecsDeployment(service, at + 5 * MINUTE, numbers));
    }
  } else if (kind < 0.7) told.push(ecsDeployment(service, at, numbers));
  else if (kind < 0.82) told.push(stackUpdate(at));
  else if (kind < 0.9) told.push(databaseSetting(service, at));
  else told.push(functionSetting(service, at, numbers));
}

function plant(cause: Cause, service: string, at: number, numbers: Numbers, told: Told[]) {
  const before = told.length;
  const file = `src/${service}/total-${Math.floor(numbers() * 1e6)}.ts`;
  const sha = shaOf(numbers);
  switch (cause) {
    case 'deployed-commit':
      told.push(push(service, sha, at - 12 * MINUTE, [file, ...filesOf(numbers)]));
      told.push(deployment(service, sha, at - MINUTE, numbers));
      told.push(ecsDeployment(service, at, numbers));
      break;
    case 'stack-update':
      told.push(stackUpdate(at));
      break;
    case 'database-setting':
      told.push(databaseSetting(service, at));
      break;
    case 'function-setting':
      told.push(functionSetting(service, at, numbers));
      break;
    case 'commit-of-the-run':
      told.push(push(service, sha, at, [file, ...filesOf(numbers)]));
      break;
    default:
      cause satisfies never;
  }
  const ids = told.slice(before).map(({ change }) => change.id);
  return { ids, sha, file: cause === 'deployed-commit' || cause === 'commit-of-the-run' ? file : null };
}

function push(service: string, sha: string, at: number, files: readonly string[]): Told {
  const timestamp = new Date(at).toISOString();
  return ofGithub('push', at, {
    ref: 'refs/heads/main',
    after: sha,
    head_commit: { message: `Change ${files[0]}`, timestamp },
    commits: [{ added: [], removed: [], modified: files }],
    pusher: { name: 'octo-dev' },
    ...repositoryOf(service),
  });
}

function deployment(service: string, sha: string, at: number, numbers: Numbers): Told {
  return ofGithub('deployment', at, {
    action: 'created',
    deployment: {
      id: Math.floor(numbers() * 1e9),
      sha,
      environment: 'production',
      created_at: new Date(at).toISOString(),
      creator: { login: 'octo-dev' },
    },
    ...repositoryOf(service),
  });
}

const repositoryOf = (service: string) => ({
  repository: { id: 1, full_name: `acme/${service}`, default_branch: 'main' },
});

function ofGithub(event: string, at: number, body: unknown): Told {
  const envelope: WebhookEnvelope = {
    headers: {},
    body,
    event,
    deliveryId: `${event}-${at}`,
    receivedAt: new Date(at),
  };
  const result = github.toSignal(envelope);
  if (result.kind !== 'change' || result.change === null) throw new Error(`No change: ${JSON.stringify(result)}`);
  return { change: result.change };
}

function ofAws(
  source: string,
  detailType: string,
  at: number,
  detail: object,
  resources: readonly string[] = [],
): Told {
  const event = {
    id: `${source}-${at}`,
    source,
    'detail-type': detailType,
    account: HOME.account,
    region: HOME.region,
    time: new Date(at).toISOString(),
    resources,
    detail,
  };
  const reader = EVENT_SOURCES.find(
    ({ pattern }) => pattern.source.includes(source) && pattern.detailType.includes(detailType),
  );
  const result = reader?.toSignal(event, new Date(at));
  if (result?.kind !== 'change' || result.change === null) throw new Error(`No change: ${JSON.stringify(result)}`);
  return { change: result.change };
}

const ecsDeployment = (service: string, at: number, numbers: Numbers): Told =>
  ofAws(
    'aws.ecs',
    'ECS Deployment State Change',
    at,
    { eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS', deploymentId: `ecs-svc/${Math.floor(numbers() * 1e9)}` },
    [`arn:aws:ecs:${HOME.region}:${HOME.account}:service/shop/${service}`],
  );

const stackUpdate = (at: number): Told =>
  ofAws('aws.cloudformation', 'CloudFormation Stack Status Change', at, {
    'stack-id': `arn:aws:cloudformation:${HOME.region}:${HOME.account}:stack/shop-network/1`,
    'status-details': { status: 'UPDATE_IN_PROGRESS' },
  });

const databaseSetting = (service: string, at: number): Told =>
  ofAws('aws.rds', 'RDS DB Instance Event', at, {
    EventCategories: ['configuration change'],
    EventID: 'RDS-EVENT-0092',
    Message: 'Finished updating DB parameter group',
    SourceIdentifier: `${service}-db`,
  });

const functionSetting = (service: string, at: number, numbers: Numbers): Told =>
  ofAws('aws.lambda', 'AWS API Call via CloudTrail', at, {
    eventName: 'UpdateFunctionConfiguration20150331v2',
    eventID: `${Math.floor(numbers() * 1e9)}`,
    requestParameters: { functionName: `${service}-worker` },
  });

function incidentOf(
  cause: Cause,
  service: string,
  at: number,
  sha: string,
): Pick<Incident, 'id' | 'target' | 'openedAt'> {
  const openedAt = new Date(at).toISOString();
  if (cause === 'commit-of-the-run')
    return {
      id: 'gh-0',
      openedAt,
      target: {
        kind: 'run',
        host: 'github',
        installationId: null,
        repository: `acme/${service}`,
        repositoryId: 1,
        workflowId: 1,
        runId: 1,
        runAttempt: 1,
        headSha: sha,
        event: 'push',
        pullRequest: null,
        onDefaultBranch: true,
        actor: null,
      },
    };
  const alarmArn = `arn:aws:cloudwatch:${HOME.region}:${HOME.account}:alarm:${service}-errors`;
  const { account, region } = HOME;
  return {
    id: 'cw-0',
    openedAt,
    target: { kind: 'alarm', provider: 'cloudwatch', alarmArn, account, region, changedAt: openedAt },
  };
}

function storeOf(changes: readonly Change[]): Pick<ChangeStore, 'at' | 'link'> {
  return {
    link: async () => {},
    at: async (place, { from, until, limit }) =>
      changes
        .filter(({ places, at }) => places.includes(place) && at >= from.toISOString() && at <= until.toISOString())
        .sort((a, b) => b.at.localeCompare(a.at))
        .slice(0, limit),
  };
}

const FOLDERS = ['src/pages', 'src/api', 'src/jobs', 'docs', 'test'] as const;
const filesOf = (numbers: Numbers): string[] =>
  Array.from(
    { length: 1 + Math.floor(numbers() * 4) },
    () => `${pick(FOLDERS, numbers)}/part-${Math.floor(numbers() * 200)}.ts`,
  );
const shaOf = (numbers: Numbers): string =>
  Array.from({ length: 40 }, () => Math.floor(numbers() * 16).toString(16)).join('');

function pick<T>(values: readonly T[], numbers: Numbers): T {
  const value = values[Math.floor(numbers() * values.length)];
  if (value === undefined) throw new Error('There is nothing to pick from.');
  return value;
}
