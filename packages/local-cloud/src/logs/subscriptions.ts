import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Delivery } from '../buses/delivery.ts';
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

interface Filter {
  readonly name: string;
  readonly logGroup: string;
  readonly destination: string;
}

/** Events of one message: CloudWatch Logs sends less than a MiB at a time. */
const MAX_EVENTS = 1_000;
const MAX_FILTERS = 2;

/**
 * The subscription filters of CloudWatch Logs with a Lambda function as destination: gzip, base64, called asynchronously with the permission of the
 * function (CloudWatch Logs User Guide, "Log group-level subscription filters"). Throws `UnsupportedTemplate` for other destinations and for patterns.
 */
export function makeLogSubscriptions(deployment: Deployment, delivery: Delivery): LogSubscriptions {
  const filters = deployment.ofType('AWS::Logs::SubscriptionFilter').map(({ id, name, properties }): Filter => {
    const fault = (what: string) => new UnsupportedTemplate(`${id} (AWS::Logs::SubscriptionFilter): ${what}.`);
    const destination = textOf(properties.DestinationArn) ?? '';
    if (destination.split(':')[2] !== 'lambda') throw fault('only a Lambda function is served as destination');
    if ((textOf(properties.FilterPattern) ?? '') !== '') throw fault('a filter pattern is not served');
    const logGroup = textOf(properties.LogGroupName);
    if (logGroup === undefined) throw fault('it has no log group');
    return { name, logGroup, destination };
  });
  for (const [logGroup, own] of Map.groupBy(filters, (filter) => filter.logGroup))
    if (own.length > MAX_FILTERS)
      throw new UnsupportedTemplate(
        `Log group ${logGroup} has ${own.length} subscription filters; AWS allows ${MAX_FILTERS}.`,
      );

  async function hand({ name, logGroup, destination }: Filter, message: object): Promise<void> {
    const { account, region } = deployment;
    const content = { owner: account, logGroup, subscriptionFilters: [name], ...message };
    const data = gzipSync(JSON.stringify(content)).toString('base64');
    const sourceArn = `arn:aws:logs:${region}:${account}:log-group:${logGroup}:*`;
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
