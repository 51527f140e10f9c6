import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { PATH_STATES } from '#shared/app/incidents/workflow-path.ts';
import { AwsBuild } from '#shared/domain/incident/aws-build.ts';
import { IncidentStatus } from '#shared/domain/incident/incident.ts';
import { Job } from '#shared/domain/incident/job.ts';
import { Severity } from '#shared/domain/incident/target-context.ts';
import { HEAL_STATES } from '#shared/domain/workflow/heal-graph.ts';

export const Instant = z.iso.datetime({ offset: true });

const IncidentSubject = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('run'),
      host: z.string(),
      repository: z.string(),
      runId: z.number().int(),
      runAttempt: z.number().int(),
      headSha: z.string(),
      pullRequest: z.number().int().nullable(),
    }),
    z.object({
      kind: z.literal('alarm'),
      provider: z.string(),
      alarm: z.string(),
      account: z.string(),
      region: z.string(),
      changedAt: z.string(),
    }),
    z.object({
      kind: z.literal('alert'),
      provider: z.string().meta({ description: 'The tool that raised it: alertmanager, grafana ...' }),
      connection: z.string(),
      service: z.string().nullable(),
      severity: Severity,
      url: z.string().nullable().meta({ description: "The tool's page about it." }),
      changedAt: z.string(),
      build: AwsBuild.optional().meta({
        description: 'The build of CodeBuild or execution of CodePipeline that failed.',
      }),
    }),
    z.object({
      kind: z.literal('report'),
      service: z.string().nullable(),
      repository: z.string().nullable(),
      severity: Severity,
      reportedBy: z.string(),
      reportedAt: z.string(),
      simulated: z.boolean(),
      job: Job.optional().meta({
        description: 'The task, file or application of Airflow or Spark that failed, as it was read there.',
      }),
    }),
    z.object({ kind: z.literal('storm'), startedAt: z.string(), of: z.literal('foreign-alarms').nullable() }),
  ])
  .meta({ id: 'IncidentSubject', description: 'The subject of an incident.' });

const IncidentSummary = z
  .object({
    id: z.string(),
    number: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Its own for good; null in records from before there were numbers.' }),
    status: IncidentStatus,
    title: z.string(),
    severity: Severity.nullable(),
    assignee: z.string().nullable(),
    acknowledged: z
      .object({ by: z.string(), at: z.string(), attempt: z.number().int() })
      .nullable()
      .meta({ description: 'Who took on the current attempt first; null while nobody has.' }),
    endedBy: z.string().nullable().meta({ description: 'The person who ended it; null where nobody did.' }),
    revision: z.number().int().meta({ description: 'Of what people wrote; see If-Match.' }),
    subject: IncidentSubject,
    class: z.string().nullable().meta({ description: 'Null until the failure is classified.' }),
    tags: z
      .array(z.string())
      .readonly()
      .meta({ description: 'Given by itself: kind, class, family, service, severity, signature.' }),
    verdict: z.string().nullable(),
    confidence: z.number().nullable().meta({ description: 'Confidence in the class, 0 to 1.' }),
    reason: z.string().nullable().meta({ description: 'Why it ended as it did, in one line.' }),
    diagnosis: z
      .string()
      .nullable()
      .meta({ description: 'The failure and its cause in one line; null before they are known.' }),
    occurrences: z.number().int(),
    attempt: z.number().int(),
    parentId: z.string().nullable(),
    request: z
      .object({ action: z.string(), to: z.number().int().nullable(), by: z.string(), about: z.string().nullable() })
      .nullable()
      .meta({ description: 'Of an incident that exists because somebody asked for an action.' }),
    openedAt: Instant,
    lastSeenAt: Instant.meta({ description: 'When a signal of it last arrived.' }),
    updatedAt: Instant,
  })
  .meta({ id: 'IncidentSummary' });

export const IncidentPage = z
  .object({
    incidents: z.array(IncidentSummary).readonly(),
    next: z.string().nullable(),
    unreadable: z.array(z.object({ id: z.string(), problem: z.string() })).readonly(),
  })
  .meta({
    id: 'IncidentPage',
    description: '`next` is the cursor of the next page, or null. `unreadable` names records that could not be read.',
  });

export const Lines = z.array(z.string()).readonly();

/** What failed, why, and what the logs say: of an incident, and of a plan that waits for a decision. */
export const IncidentBriefing = z.object({
  headline: z.string(),
  cause: Lines,
  evidence: z.array(z.object({ name: z.string(), url: z.string().nullable(), lines: Lines })).readonly(),
  notes: Lines,
  chain: Lines.meta({ description: 'The first cause and what followed from it, in order.' }),
  before: Lines.meta({ description: 'Deployments and changes before it, when and by whom.' }),
  confidences: z
    .array(z.object({ name: z.string(), percent: z.number().int(), meaning: z.string() }))
    .readonly()
    .meta({ description: 'How sure which statement is: each number has a name of its own.' }),
  advice: Lines.meta({ description: 'Advice for now; empty when there is nothing to do.' }),
  tried: Lines.meta({ description: 'Everything tried or rejected in this incident, with dates.' }),
  stopped: z.string().nullable().meta({ description: 'That the kill switch is on; null while it is off.' }),
  knownHere: Lines.meta({
    description: 'Patterns that people taught here about such failures, or that were learned from them, in words.',
  }),
  history: Lines,
  links: z.array(z.object({ name: z.string(), url: z.string() })).readonly(),
});

const KnownHere = z
  .object({
    patternId: z.string(),
    title: z.string(),
    solution: z.string(),
    source: z.enum(['taught', 'resolved', 'verified', 'imported']),
    by: z.string(),
    at: z.string(),
    cases: z.number().int(),
    helped: z.number().int(),
    verified: z.number().int().meta({ description: 'Of those that helped, how many Selfheal measured.' }),
    confidence: z.number().meta({ description: '0 to 1: that what it says helps.' }),
    advises: z.string().nullable().meta({ description: 'The action for which a plan may ask because of it.' }),
  })
  .meta({ id: 'KnownHere', description: 'A pattern that recognised a failure. Texts come from people and logs.' });

const WRITTEN = { by: z.string(), at: z.string(), attempt: z.number().int() };

export const IncidentResponse = IncidentSummary.extend({
  notes: z.string().nullable(),
  resolution: z
    .object({
      ...WRITTEN,
      solution: z.string(),
      actionTaken: z.string().nullable(),
      minutes: z.number().nullable(),
      success: z.boolean(),
      class: FailureClass.nullable(),
    })
    .nullable()
    .meta({ description: 'How a person ended it.' }),
  falsePositive: z.object({ ...WRITTEN, reason: z.string(), updatePatterns: z.boolean() }).nullable(),
  feedback: z.array(
    z.object({
      ...WRITTEN,
      actionCorrect: z.boolean(),
      speed: z.number().int().nullable(),
      effectiveness: z.number().int().nullable(),
      comments: z.string().nullable(),
    }),
  ),
}).meta({ id: 'IncidentResponse', description: 'An incident with what people wrote about it.' });

export const IncidentDetails = IncidentResponse.extend({
  outcome: z.object({ lead: z.string(), rest: z.string() }),
  briefing: IncidentBriefing,
  knownHere: z
    .array(KnownHere)
    .readonly()
    .meta({ description: 'The patterns that recognised the failure: what people taught here, or what was learned.' }),
  advice: z.object({ fix: z.string(), prevention: z.string() }).nullable(),
  actions: z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        state: z.string(),
        verified: z.string().nullable(),
        words: z.string(),
      }),
    )
    .readonly(),
}).meta({ id: 'IncidentDetails', description: 'Texts come from logs and models: show them as plain text.' });

export const IncidentAccount = z
  .object({
    incident: z.string(),
    status: z.string().nullable(),
    reason: z.string().nullable(),
    openedAt: z.string().nullable(),
    githubRequests: z.record(z.string(), z.number().int()).nullable(),
    chain: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('intact'), chained: z.number().int(), head: z.string().nullable() }),
      z.object({ kind: z.literal('broken'), sequence: z.number().int(), reason: z.string() }),
    ]),
    story: z
      .array(
        z.object({
          sequence: z.number().int(),
          at: z.string(),
          event: z.string(),
          words: z.string(),
          details: z.string().nullable().meta({ description: 'Everything known at that time.' }),
          facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
        }),
      )
      .readonly(),
  })
  .meta({
    id: 'IncidentAccount',
    description: 'The course of the incident, in order, and whether the audit trail is unchanged.',
  });

export const IncidentStory = z
  .object({
    workflow: z
      .object({
        states: z
          .array(
            z.object({
              id: z.enum(HEAL_STATES),
              state: z.enum(PATH_STATES),
              at: z.string().nullable(),
              words: z.string(),
            }),
          )
          .readonly(),
        taken: z.array(z.object({ from: z.enum(HEAL_STATES), to: z.enum(HEAL_STATES) })).readonly(),
      })
      .meta({ description: 'Where the workflow is: its states, and the ways between them that were taken.' }),
    logs: z
      .array(
        z.object({
          name: z.string(),
          url: z.string().nullable(),
          totalLines: z.number().int(),
          lines: z.array(z.object({ number: z.number().int(), text: z.string(), cited: z.boolean() })).readonly(),
        }),
      )
      .readonly(),
    failedTests: Lines,
    findings: z.array(z.object({ claim: z.string(), lines: Lines })).readonly(),
    candidates: z
      .array(z.object({ title: z.string(), description: z.string(), state: z.enum(['chosen', 'tried', 'left']) }))
      .readonly(),
    why: z.string().nullable(),
    receipts: z
      .array(
        z.object({
          title: z.string(),
          at: z.string(),
          summary: z.string(),
          state: z.string(),
          verified: z.string().nullable(),
          facts: z.record(z.string(), z.string()),
        }),
      )
      .readonly(),
    approvals: z
      .array(
        z.object({
          digest: z.string(),
          state: z.enum(['pending', 'approved', 'rejected']),
          requestedAt: z.string(),
          expiresAt: z.string(),
          decidedBy: z.string().nullable(),
        }),
      )
      .readonly(),
    similar: z
      .array(
        z.object({
          incidentId: z.string(),
          endedAt: z.string(),
          title: z.string(),
          resolution: z.string(),
          outcome: z.string(),
          helped: z.boolean().nullable(),
          reportedBy: z
            .string()
            .optional()
            .meta({ description: 'The person who says whether it helped; absent where Selfheal measured it.' }),
          sameFailure: z.boolean(),
          times: z.number().int(),
          score: z.number(),
          reasons: Lines,
        }),
      )
      .readonly(),
  })
  .meta({ id: 'IncidentStory', description: 'Texts come from logs and models: show them as plain text.' });

const POSTMORTEM_SECTIONS = ['timeline', 'knowledge', 'cause', 'attempts', 'open'] as const;

export const Postmortem = z
  .object({
    incident: z.string(),
    number: z.number().int().nullable(),
    headline: z.string(),
    summary: z
      .string()
      .meta({ description: 'When it was opened and changed, and whether its audit trail is unchanged.' }),
    outcome: z.string(),
    sections: z
      .array(
        z.object({
          id: z.enum(POSTMORTEM_SECTIONS),
          title: z.string(),
          facts: z.array(z.object({ at: z.string().nullable(), words: z.string(), source: z.string() })).readonly(),
          otherwise: z.string().meta({ description: 'Said where there is no fact.' }),
        }),
      )
      .readonly(),
    markdown: z.string().meta({ description: 'All of it as Markdown.' }),
  })
  .meta({
    id: 'Postmortem',
    description:
      'A draft: facts alone, each with its source. Texts come from logs and models: show them as plain text.',
  });
