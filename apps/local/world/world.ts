import { type AwsControl, makeLocalAws } from '@selfheal/fake-aws/control.ts';
import { API_PREFIX } from '@selfheal/fake-github/api.ts';
import { type GithubControl, makeLocalGithub } from '@selfheal/fake-github/control.ts';
import { makeLocalModels } from '@selfheal/fake-models/models.ts';
import type { ModelControl } from '@selfheal/fake-models/scripted-model.ts';
import { type Faults, makeFaults } from '@selfheal/fake-server/faults.ts';
import { serveHttp } from '@selfheal/fake-server/http-server.ts';
import { type EffectsJournal, makeJournal } from '@selfheal/fake-server/journal.ts';
import type { Exchange } from '@selfheal/fake-server/wire.ts';
import { machineTime, type WorldTime } from '@selfheal/fake-server/world-time.ts';
import { ownDocuments } from '#infra/documents.ts';
import { type ChannelsControl, makeLocalChannels } from './channels.ts';
import { localHealth } from './health.ts';
import { type JenkinsControl, makeLocalJenkins } from './jenkins.ts';
import { type JiraControl, makeLocalJira } from './jira.ts';
import { type JobsControl, makeLocalJobs } from './jobs.ts';
import { makeSamples, type Samples } from './samples/samples.ts';
import { makeLocalSlack, type SlackControl } from './slack.ts';
import { makeLocalSpark, type SparkControl } from './spark.ts';

export interface WorldOptions {
  /** Default 0, which takes any free port. */
  readonly port?: number;
  /** Folder of the state, so that a restarted world resumes it. Without it the state is kept in memory only. */
  readonly dataDir?: string;
  /** Receiver of GitHub's webhooks; can also be set later with `github.setWebhook`. */
  readonly webhook?: { url: string; secret: string };
  /** Called with every event that the services put on their EventBridge bus. */
  readonly onEvent?: (event: AwsEvent) => void;
  /** Called with what is written to a log group of CloudWatch Logs. */
  readonly onLogs?: (logGroup: string, events: readonly LogEvent[]) => void;
  readonly account?: string;
  readonly region?: string;
  /** Clock of the world; the machine's by default. */
  readonly time?: WorldTime;
  /** Called with one line per answered request. */
  readonly log?: (line: string) => void;
}

type LogEvent = import('@selfheal/fake-aws/state.ts').LogEvent;
export type AwsEvent = import('@selfheal/fake-aws/alarm-events.ts').AwsEvent;

/** The local outside world: fakes of GitHub, of the AWS services that actions change, and of language models, on one port of 127.0.0.1. */
export interface World {
  readonly url: string;
  /** Base URL of GitHub's REST API, which ends with `/api/v3` as on GitHub Enterprise Server. */
  readonly githubApiUrl: string;
  /** Endpoint for Lambda, ECS, CloudWatch, CloudWatch Logs and Bedrock clients. */
  readonly awsUrl: string;
  readonly github: GithubControl;
  readonly aws: AwsControl;
  /** The language models: Bedrock, Anthropic, OpenAI and Ollama. */
  readonly models: ModelControl;
  /** The sample cloud's Airflow. */
  readonly jobs: JobsControl;
  /** A Jenkins. */
  readonly jenkins: JenkinsControl;
  /** The sample cloud's Spark History Server. */
  readonly spark: SparkControl;
  /** Slack, Teams, PagerDuty and a webhook of one's own. */
  readonly channels: ChannelsControl;
  /** The workspace of the Slack app. */
  readonly slack: SlackControl;
  /** Jira Cloud and Data Center. */
  readonly jira: JiraControl;
  readonly samples: Samples;
  readonly faults: Faults;
  readonly journal: EffectsJournal;
  /** Calls the listener with every request and its response, until the returned function is called. */
  onExchange(listener: (exchange: Exchange) => void): () => void;
  stop(): Promise<void>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { dataDir, log, onEvent, onLogs, account = '123456789012', region = 'us-east-1', time = machineTime } = options;
  const faults = makeFaults();
  const journal = makeJournal(time, dataDir);
  const listeners = new Set<(exchange: Exchange) => void>();
  const documents = ownDocuments().map(({ name, content }) => ({ name, parameters: content.parameters }));
  const aws = makeLocalAws({
    journal,
    dataDir,
    account,
    region,
    time,
    documents,
    onEvent: (event) => onEvent?.(event),
    onLogs: (group, events) => onLogs?.(group, events),
  });
  const jobs = makeLocalJobs({ journal, dataDir, now: () => time.now(), cleared: () => aws.control.clearReports() });
  const jenkins = makeLocalJenkins({ journal, dataDir, now: () => time.now() });
  const channels = makeLocalChannels({ dataDir, now: () => new Date(time.now()) });
  const spark = makeLocalSpark({ dataDir, now: () => time.now() });
  const jira = makeLocalJira(dataDir);
  const slack = makeLocalSlack({ dataDir, now: () => new Date(time.now()) });
  const models = makeLocalModels();
  const parts: { github?: ReturnType<typeof makeLocalGithub> } = {};
  const server = await serveHttp({
    port: options.port ?? 0,
    faults,
    services(url) {
      parts.github = makeLocalGithub({ site: { api: url + API_PREFIX, web: url }, journal, time, dataDir });
      return [
        ...parts.github.services,
        ...[aws, jobs, jenkins, spark, channels, slack, jira].map(({ service }) => service),
        localHealth,
        ...models.services,
      ];
    },
    onExchange(exchange) {
      log?.(`${exchange.service} ${exchange.operation} ${exchange.response.status}`);
      for (const listener of listeners) listener(exchange);
    },
  });
  const { github } = parts;
  if (github === undefined)
    throw new Error('The local GitHub was not created: serveHttp did not ask for the services.');
  if (options.webhook !== undefined) github.control.setWebhook(options.webhook);
  return {
    url: server.url,
    githubApiUrl: server.url + API_PREFIX,
    awsUrl: server.url,
    github: github.control,
    aws: aws.control,
    models: models.control,
    jobs: jobs.control,
    jenkins: jenkins.control,
    spark: spark.control,
    channels: channels.control,
    slack: slack.control,
    jira: jira.control,
    samples: makeSamples(github.control, aws.control, time),
    faults,
    journal,
    onExchange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      aws.stop();
      await github.stop();
      await server.stop();
    },
  };
}
