import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Delivery } from '../buses/delivery.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { StreamStore } from '../streams/stream-store.ts';
import type { Deployment } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { textOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';

export interface WrittenLogEvent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly stream: string;
  readonly message: string;
}

export interface LogSubscriptions {
  /** Hands what was written to a log group to its subscription filters; resolves when it is stored. */
  publish(logGroup: string, events: readonly WrittenLogEvent[]): Promise<void>;
  /** Asks each destination whether it answers, as CloudWatch Logs does when a filter is made. */
  start(): Promise<void>;
}

interface Message {
  readonly messageType: 'DATA_MESSAGE' | 'CONTROL_MESSAGE';
  readonly owner?: string;
  readonly logStream: string;
  readonly logEvents: readonly object[];
}

interface Filter {
  readonly name: string;
  readonly logGroup: string;
  readonly destination: string;
  /** With which CloudWatch Logs puts records into a stream; null for a function. */
  readonly roleArn: string | null;
}

interface Destinations {
  readonly delivery: Delivery;
  readonly authorizer: Authorizer;
  readonly streams: StreamStore;
}

/** Events of one message: CloudWatch Logs sends less than a MiB at a time. */
const MAX_EVENTS = 1_000;
const MAX_FILTERS = 2;

/**
 * The subscription filters of CloudWatch Logs (CloudWatch Logs User Guide, "Log group-level subscription filters"): gzip, to a Lambda function in base64, called
 * asynchronously with the permission of the function; or to a stream of Kinesis by log stream, with the filter's role. Throws `UnsupportedTemplate` for other
 * destinations and for patterns.
 */
export function makeLogSubscriptions(
  deployment: Deployment,
  { delivery, authorizer, streams }: Destinations,
): LogSubscriptions {
  const filters = deployment.ofType('AWS::Logs::SubscriptionFilter').map(({ id, name, properties }): Filter => {
    const fault = (what: string) => new UnsupportedTemplate(`${id} (AWS::Logs::SubscriptionFilter): ${what}.`);
    const destination = textOf(properties.DestinationArn) ?? '';
    const service = destination.split(':')[2];
    const roleArn = service === 'kinesis' ? (textOf(properties.RoleArn) ?? null) : null;
    if (service === 'kinesis' && streams.findByArn(destination) === undefined)
      throw fault('its stream is not in the assembly');
    if (service === 'kinesis' && roleArn === null) throw fault('a stream needs a role');
    if (service === 'kinesis' && (textOf(properties.Distribution) ?? 'ByLogStream') !== 'ByLogStream')
      throw fault('only the distribution by log stream is served');
    if (service !== 'lambda' && service !== 'kinesis')
      throw fault('only a Lambda function or a Kinesis stream is served as destination');
    if ((textOf(properties.FilterPattern) ?? '') !== '') throw fault('a filter pattern is not served');
    const logGroup = textOf(properties.LogGroupName);
    if (logGroup === undefined) throw fault('it has no log group');
    return { name, logGroup, destination, roleArn };
  });
  for (const [logGroup, own] of Map.groupBy(filters, (filter) => filter.logGroup))
    if (own.length > MAX_FILTERS)
      throw new UnsupportedTemplate(
        `Log group ${logGroup} has ${own.length} subscription filters; AWS allows ${MAX_FILTERS}.`,
      );

  async function hand(filter: Filter, message: Message): Promise<void> {
    const { name, logGroup, destination, roleArn } = filter;
    const { account, region } = deployment;
    const content = { owner: account, logGroup, subscriptionFilters: [name], ...message };
    const packed = gzipSync(JSON.stringify(content));
    const data = packed.toString('base64');
    const sourceArn = `arn:aws:logs:${region}:${account}:log-group:${logGroup}:*`;
    if (roleArn !== null) {
      const stream = streams.findByArn(destination);
      const role = authorizer.role(roleArn);
      const refused =
        authorizer.refusedAssumption('logs.amazonaws.com', roleArn, sourceArn) ??
        (role === undefined
          ? null
          : authorizer.refusedFor(role, [{ action: 'kinesis:PutRecord', resource: destination }]));
      // The denial is recorded; AWS loses the lines as well.
      if (stream !== undefined && refused === null) streams.put(stream, message.logStream || logGroup, packed);
      return;
    }
    const sender = { kind: 'service', name: 'logs.amazonaws.com', sourceArn } as const;
    // The authorizer has recorded a denial; AWS loses the lines as well.
    await delivery.toArn(destination, JSON.stringify({ awslogs: { data } }), sender).catch((error: unknown) => {
      if (!(error instanceof AwsFault)) throw error;
    });
  }

  return {
    async publish(logGroup, events) {
      const own = filters.filter((filter) => filter.logGroup === logGroup);
      for (const [logStream, written] of Map.groupBy(events, ({ stream }) => stream))
        for (let at = 0; at < written.length; at += MAX_EVENTS) {
          const logEvents = written
            .slice(at, at + MAX_EVENTS)
            .map((event, index) => eventOf(event, logStream, at + index));
          for (const filter of own) await hand(filter, { messageType: 'DATA_MESSAGE', logStream, logEvents });
        }
    },
    async start() {
      const logEvents = [
        {
          id: '',
          timestamp: Date.now(),
          message: 'CWL CONTROL MESSAGE: Checking health of destination Lambda function.',
        },
      ];
      for (const filter of filters)
        await hand(filter, { messageType: 'CONTROL_MESSAGE', owner: 'CloudwatchLogs', logStream: '', logEvents });
    },
  };
}

function eventOf({ at, message }: WrittenLogEvent, stream: string, index: number) {
  const hex = createHash('sha256').update(`${stream} ${at} ${index} ${message}`).digest('hex').slice(0, 40);
  return { id: BigInt(`0x${hex}`).toString().padStart(56, '3').slice(0, 56), timestamp: at, message };
}
