import { Severity } from '@selfheal/log-reading/logs/severity.ts';
import * as z from 'zod';

/*
 * What is answered about the logs that services send. Only the forms: what makes the answers is loaded when the first of them is asked for.
 */

const Count = z.number().int();
const Instant = z.string();

export const WatchedService = z
  .object({ service: z.string(), lastSeenAt: Instant.meta({ description: 'Its last line, to about a minute.' }) })
  .meta({ id: 'WatchedService' });
export type WatchedService = z.infer<typeof WatchedService>;

export const WatchedAnomaly = z
  .object({
    at: Instant.meta({ description: 'Start of the window.' }),
    kind: z.string(),
    level: Severity.nullable(),
    reason: z.string().meta({ description: 'The observation, and the usual value.' }),
    observed: z.number(),
    usual: z.number(),
    incident: z.string().nullable().meta({ description: 'The incident that it was reported in.' }),
  })
  .meta({ id: 'WatchedAnomaly' });
export type WatchedAnomaly = z.infer<typeof WatchedAnomaly>;

export const WatchedLog = WatchedService.extend({
  learning: z.boolean().meta({ description: 'It is still too little known for anything but learning.' }),
  learnedHours: z.number(),
  learningHours: z.number(),
  lines: Count,
  outOfTime: Count.meta({ description: 'Lines that were too old to judge, or from the future.' }),
  windowMinutes: z.number(),
  windows: z
    .array(
      z.object({
        at: Instant,
        lines: Count,
        levels: z.record(Severity, Count),
        requests: Count,
        failures: Count.meta({ description: 'Requests with a status of 500 or more.' }),
        usualLines: z.number(),
        usualErrors: z.number(),
      }),
    )
    .readonly()
    .meta({ description: 'Of the last day, oldest first.' }),
  patterns: z
    .array(
      z.object({
        template: z.string(),
        level: Severity,
        lately: Count.meta({ description: 'In the windows that are still open.' }),
        usual: z.number().meta({ description: 'In one window, on average.' }),
        firstSeenAt: Instant.nullable().meta({ description: 'Null for a message that is new.' }),
        lastSeenAt: Instant,
      }),
    )
    .readonly(),
  anomalies: z.array(WatchedAnomaly).readonly().meta({ description: 'Newest first.' }),
}).meta({ id: 'WatchedLog', description: 'Texts come from logs: show them as plain text.' });
export type WatchedLog = z.infer<typeof WatchedLog>;
