import { CloudWatchLogsClient, type FilteredLogEvent, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { present } from '@selfheal/kernel/present.ts';
import type { ServiceLogReader } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

const FIRST_SLICE_MILLISECONDS = 60_000;
const SLICE_GROWTH = 4;
/** Limits the calls for one slice of a very busy log group. */
const PAGES_PER_SLICE = 20;

/**
 * The newest events of a log group. CloudWatch answers oldest first, so the window is read in slices from its end, each
 * four times as long as the previous one, until there are enough.
 */
export function makeCloudWatchLogsReader(options: { readonly client?: CloudWatchLogsClient } = {}): ServiceLogReader {
  const { client = new CloudWatchLogsClient(REPEATABLE) } = options;
  return {
    recent: async (logGroup, from, to, limit) => {
      let events: FilteredLogEvent[] = [];
      let end = to.getTime();
      let length = FIRST_SLICE_MILLISECONDS;
      while (events.length < limit && end > from.getTime()) {
        const start = Math.max(from.getTime(), end - length);
        const older = await readSlice(client, logGroup, start, end, limit);
        events = [...older, ...events].slice(-limit);
        end = start;
        length *= SLICE_GROWTH;
      }
      return events.map(({ timestamp = 0, message = '' }) => ({
        at: new Date(timestamp).toISOString(),
        text: message,
      }));
    },
  };
}

/** The last `limit` events of the slice, end exclusive. */
async function readSlice(
  client: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
  end: number,
  limit: number,
): Promise<FilteredLogEvent[]> {
  let events: FilteredLogEvent[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_PER_SLICE; page++) {
    const command = new FilterLogEventsCommand({
      logGroupName,
      startTime,
      endTime: end - 1,
      ...present({ nextToken }),
    });
    const answer = await callAws(`Reading log group ${logGroupName}`, () => client.send(command));
    events = [...events, ...(answer.events ?? [])].slice(-limit);
    nextToken = answer.nextToken;
    if (nextToken === undefined) break;
  }
  return events.sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
}
