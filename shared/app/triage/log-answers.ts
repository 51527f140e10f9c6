import { FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import { Severity } from '@selfheal/log-reading/logs/severity.ts';
import * as z from 'zod';
import { WatchedAnomaly } from './watched-answers.ts';

/*
 * What is answered about logs. Only the forms: what makes the answers is large, and loaded when the first of them is asked for.
 */

const Levels = z.record(Severity, z.number().int());
/** Most frequent first. */
const Templates = z.array(z.object({ template: z.string(), count: z.number().int() })).readonly();

/** Line numbers are 1-based; texts are redacted and cut. */
const LineAnomaly = z.object({ line: z.number().int(), score: z.number(), reason: z.string(), text: z.string() });
export type LineAnomaly = z.infer<typeof LineAnomaly>;

/** Lines with one template that report a warning or worse, in the order of their first one. */
const LogEvent = z.object({
  line: z.number().int(),
  severity: Severity,
  template: z.string(),
  count: z.number().int(),
  text: z.string(),
});

export const LogScan = z
  .object({
    /** Lines that are not blank. */
    lines: z.number().int(),
    levels: Levels,
    anomalies: z.array(LineAnomaly).readonly().meta({ description: 'Most anomalous first; a score of 0.5 or more.' }),
    events: z
      .array(LogEvent)
      .readonly()
      .meta({ description: 'The course of events: warnings and worse, by template.' }),
    templates: Templates,
    watched: z
      .array(WatchedAnomaly)
      .readonly()
      .optional()
      .meta({ description: "Of a watched log: what is unusual against the service's own past." }),
  })
  .meta({ id: 'LogAnalysis' });
export type LogScan = z.infer<typeof LogScan>;

export const LogEntry = z
  .object({
    incident: z.string().nullable().meta({ description: 'Null for a line of a watched log.' }),
    source: z.string().meta({ description: 'Of a watched log its service.' }),
    /** 1-based in its source; of a watched log its place in the order of arrival. */
    line: z.number().int(),
    /** By the log's own time stamp. */
    at: z.string().nullable(),
    level: Severity,
    text: z.string(),
    attributes: z.record(z.string(), z.string()).meta({
      description: 'Said by the sender of a line of a watched log, by name: host, trace, file and the like.',
    }),
  })
  .meta({
    id: 'LogEntry',
    description: 'A line that is kept as evidence of an incident, or the line of a watched log, redacted.',
  });
export type LogEntry = z.infer<typeof LogEntry>;

/** `next`: the cursor of the next page, or null. */
export const RecentLogs = z.object({ entries: z.array(LogEntry).readonly(), next: z.string().nullable() });
export type RecentLogs = z.infer<typeof RecentLogs>;

export const LogStatistics = z
  .object({
    /** Incidents whose logs were read, at most `MAX_READ_INCIDENTS`. */
    incidents: z.number().int(),
    /** When the oldest of them was opened; null where there is none. */
    since: z.string().nullable(),
    /** Whether there are older ones that were not read. */
    more: z.boolean(),
    lines: z.number().int(),
    levels: Levels,
    classes: z.record(z.string(), z.number().int()),
    sources: z.array(z.object({ source: z.string(), lines: z.number().int() })).readonly(),
    templates: Templates,
  })
  .meta({ id: 'LogStatistics' });
export type LogStatistics = z.infer<typeof LogStatistics>;

export const PatternCounts = z
  .object({
    lines: z.number().int(),
    patterns: z
      .array(
        z.object({
          name: z.string(),
          matches: z.number().int(),
          examples: z
            .array(z.object({ incident: z.string().nullable(), line: z.number().int(), text: z.string() }))
            .readonly(),
        }),
      )
      .readonly(),
    templates: Templates,
  })
  .meta({ id: 'PatternCounts' });
export type PatternCounts = z.infer<typeof PatternCounts>;

/** The cause of a failure as its log shows it. Line numbers are 1-based; texts are redacted. */
export const PredictedCause = z
  .object({
    class: FailureClass,
    family: z.string(),
    verdict: Verdict,
    confidence: z.number(),
    alternatives: z.array(z.object({ class: FailureClass, confidence: z.number() })).readonly(),
    signature: z.string().nullable(),
    fingerprint: z.string().nullable(),
    /** In words. */
    cause: z.string(),
    fix: z.string(),
    prevention: z.string(),
    /** The lines that decided. */
    evidence: z.array(z.object({ line: z.number().int(), text: z.string() })).readonly(),
    failed: z.boolean().meta({ description: 'False for a log of which no line reports a failure.' }),
  })
  .meta({ id: 'RootCause', description: 'The class with its confidence, and the lines that decided.' });
export type PredictedCause = z.infer<typeof PredictedCause>;

export const SimilarIncident = z.object({
  id: z.string(),
  summary: z.string(),
  resolution: z.string(),
  /** 0 to 1. */
  score: z.number(),
  kind: z.enum(['incident', 'advice']),
  reasons: z.array(z.string()).readonly(),
});
export type SimilarIncident = z.infer<typeof SimilarIncident>;

/** Something that may help. */
export const Recommendation = z.object({
  action: z.string().nullable().meta({ description: 'An action of Selfheal; null for advice to people.' }),
  title: z.string(),
  expectedBenefit: z.number().meta({ description: 'The chance that it helps, 0 to 1.' }),
  risk: z.string().nullable(),
  why: z.string(),
});
export type Recommendation = z.infer<typeof Recommendation>;

/** What may help against a cause. */
export const Recommended = z
  .object({
    class: FailureClass.meta({ description: 'Of the cause; where none was given, as its words tell.' }),
    steps: z.array(z.string()).min(1).readonly().meta({ description: 'Steps for a person, in order. Never empty.' }),
    recommended_actions: z.array(Recommendation).readonly(),
  })
  .meta({ id: 'Recommended' });
export type Recommended = z.infer<typeof Recommended>;

/** Everything about one log. Field names as programs of the documents expect them. */
export const LogTriage = z
  .object({
    anomalies: LogScan.shape.anomalies,
    events: LogScan.shape.events,
    levels: LogScan.shape.levels,
    root_cause: PredictedCause,
    similar_incidents: z.array(SimilarIncident).readonly(),
    recommended_actions: z.array(Recommendation).readonly(),
  })
  .meta({ id: 'LogTriage', description: 'Texts come from logs: show them as plain text.' });
export type LogTriage = z.infer<typeof LogTriage>;
