import { Model } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { LogReading } from '@selfheal/log-reading/logs/line-rules.ts';
import * as z from 'zod';
import { Capacity, capacityProblems } from '../capacity/capacity-settings.ts';
import { Experiment } from '../experiment/experiment.ts';
import { HealthChecks } from '../health/health-check.ts';
import { BuildResource } from '../incident/aws-build.ts';
import { AWS_EVENT_SOURCES, AwsEventSource, AwsResource } from '../incident/aws-resource.ts';
import type { Home } from '../incident/home.ts';
import { HostId, RepositoryName } from '../incident/target-context.ts';
import { Jobs } from '../jobs/job-settings.ts';
import { RecallSettings } from '../knowledge/search/recall-settings.ts';
import { Learning } from '../learning/learning-settings.ts';
import { OnCall } from '../on-call/on-call-settings.ts';
import { Performance } from '../performance/performance-settings.ts';
import { DeploymentRef } from '../plan/managed-service.ts';
import { Remedy, remedyProblems } from '../plan/remedies.ts';
import { Http } from '../playbook/http-endpoints.ts';
import { AllowedPlaybooks, Playbooks } from '../playbook/playbook.ts';
import { Approvals, ApproverGroups } from '../policy/approval-settings.ts';
import { ChangeWindow } from '../policy/circumstances/circumstance-rules.ts';
import { ServiceLoad } from '../policy/circumstances/circumstances.ts';
import { Fixes } from '../policy/fix-settings.ts';
import { Features, Mode, Policy } from '../policy/policy-settings.ts';
import { Routing } from '../policy/routing-settings.ts';
import { Mapping } from '../webhooks/mapping.ts';
import { LogStream, LogSubscriptions } from './log-subscriptions.ts';

/** `signatures` of `selfheal.json`: where the user's own signatures are. */
const OwnSignatures = z.strictObject({
  /** A folder with `*.yaml`, `*.yml` or `*.json`; relative to `selfheal.json`. */
  folder: z.string().min(1).max(500),
});

/**
 * A poll takes nine events of the workflow's history, which may have 25,000: three actions with this many polls fit,
 * with room for retries.
 */
export const MAX_POLLS = 500;

/** A service: its alarms, how it is deployed, and how far Selfheal may go. */
export const Service = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]{1,60}$/),
    criticality: z.enum(['low', 'medium', 'high', 'critical']).default('medium'),
    mode: Mode.default('suggest'),
    /** Names of its CloudWatch alarms, in the account and region of the deployment. */
    alarms: z.array(z.string().min(1).max(255)).min(1),
    /** What of AWS it is made of, beside its `deployment`: events about one of them are about this service. */
    resources: z.array(AwsResource).max(100).default([]),
    /** Those of its `resources` that Selfheal may retry once: failed builds of CodeBuild projects, failed stages of pipelines. */
    retries: z.array(BuildResource).max(100).default([]),
    /** Where its code is: pushes, releases and deployments there are changes of it. */
    repositories: z.array(RepositoryName).max(20).default([]),
    deployment: DeploymentRef.nullable().default(null),
    logGroup: z.string().min(1).max(512).nullable().default(null),
    /** Only members of these groups approve actions on it; none: everybody whom `approvals` names. */
    approvers: ApproverGroups,
    /** Playbooks that may be used for it, and the values they need. */
    playbooks: AllowedPlaybooks,
    remedies: z.array(Remedy).max(16).default([]),
    /** What it can run out of: forecast and announced ahead. */
    capacity: z.array(Capacity).max(20).default([]),
    /** When it may be changed without asking; null: as the policy says for all services. */
    changeWindows: z.array(ChangeWindow).max(50).nullable().default(null),
    load: ServiceLoad.nullable().default(null),
  })
  .superRefine((service, context) => {
    for (const [index, name] of service.retries.entries()) {
      if (!service.resources.includes(name))
        context.addIssue({
          code: 'custom',
          path: ['retries', index],
          message: `${name} is not among the resources of ${service.id}: add it there, so that its failures are about this service`,
        });
    }
    for (const { index, problem } of remedyProblems(service)) {
      context.addIssue({ code: 'custom', path: ['remedies', index], message: problem });
    }
    for (const { index, problem } of capacityProblems(service)) {
      context.addIssue({ code: 'custom', path: ['capacity', index], message: problem });
    }
  });
export type Service = z.infer<typeof Service>;

/** `selfheal.json`: deployed with the code, read by every function that decides. Unknown keys are an error. */
export const Configuration = z.strictObject({
  version: z.literal(1),
  github: z
    .strictObject({
      /** `https://<host>/api/v3` for GitHub Enterprise Server. */
      apiUrl: z.url({ protocol: /^https?$/ }).default('https://api.github.com'),
      /** Issuer of the tokens of workflow runs; `https://<host>/_services/token` for GitHub Enterprise Server. */
      tokenIssuer: z.url({ protocol: /^https?$/ }).default('https://token.actions.githubusercontent.com'),
      defaultMode: Mode.default('act'),
      repositories: z.array(z.strictObject({ name: RepositoryName, mode: Mode })).default([]),
    })
    .prefault({}),
  /** Code hosts beside GitHub, by the ids of their plug-ins. A repository of a host that is not listed is left alone. */
  hosts: z
    .record(
      HostId,
      z.strictObject({
        /** Address of its API: `https://gitlab.com/api/v4`. */
        apiUrl: z.url({ protocol: /^https?$/ }),
      }),
    )
    .default({}),
  /** Days after its last change that a record is kept. */
  retention: z
    .strictObject({
      /** Incidents with their plans, actions and approvals. */
      incidentDays: z.number().int().min(90).max(3650).default(180),
      /** The audit trail; somebody may ask a year later who approved what. */
      auditDays: z.number().int().min(90).max(3650).default(400),
    })
    .prefault({}),
  /** How bodies of your own tools are read, beside the mappings that are built in. */
  mappings: z.array(Mapping).max(20).default([]),
  services: z.array(Service).default([]),
  /** AWS services whose events are listened to, on the default event bus of the deployment's account and region. */
  awsEvents: z.array(AwsEventSource).max(AWS_EVENT_SOURCES.length).default([]),
  /** What playbooks may call. */
  http: Http,
  /** Filled by the build from the playbook files. */
  playbooks: Playbooks,
  /** Settings of notifiers by their ids; what they may hold is said by each. */
  notifiers: z.record(z.string().max(60), z.unknown()).default({}),
  /** Which of the channels is told of what, and when. */
  routing: Routing,
  /** Who is called for incidents that need a person, one level after the other. */
  onCall: OnCall,
  model: Model.default({ provider: 'rules' }),
  features: Features,
  policy: Policy.prefault({}),
  approvals: Approvals,
  /** Comparisons of strategies; an incident takes part in the first running one that applies. */
  experiments: z.array(Experiment).max(20).default([]),
  learning: Learning.prefault({}),
  recall: RecallSettings.prefault({}),
  logReading: LogReading.prefault({}),
  /** Addresses that are asked once a minute whether they answer. */
  healthChecks: HealthChecks.default([]),
  /** Job systems whose failures are watched. */
  jobs: Jobs,
  /** Log groups of CloudWatch Logs that are watched. */
  logSubscriptions: LogSubscriptions.default([]),
  /** The stream of those that go through one. */
  logStream: LogStream,
  /** From which limits on `performance advise` reports a bottleneck. */
  performance: Performance.prefault({}),
  signatures: OwnSignatures.nullable().default(null),
  /** What may be written into repositories: nothing, unless it is listed. */
  fixes: Fixes,
  verification: z
    .strictObject({
      runIntervalSeconds: z.number().int().min(1).default(30),
      runMaxPolls: z.number().int().min(1).max(MAX_POLLS).default(120),
      alarmIntervalSeconds: z.number().int().min(1).default(30),
      alarmMaxPolls: z.number().int().min(1).max(MAX_POLLS).default(40),
      /** How often a job system is asked after a job was started again, and how many times at most: four hours by default. */
      jobIntervalSeconds: z.number().int().min(1).default(60),
      jobMaxPolls: z.number().int().min(1).max(MAX_POLLS).default(240),
      /** The alarm must be OK at this many polls in a row. */
      alarmOkPolls: z.number().int().min(1).default(3),
      /**
       * A resolved failure that stays away this long is healed; one that comes back earlier counts against the action
       * that had helped; 0: not watched.
       */
      healedAfterDays: z.number().min(0).max(60).default(7),
    })
    .prefault({}),
});
export type Configuration = z.infer<typeof Configuration> & {
  /** Account and region of the deployment, which the file does not say. Absent: no alarm is one's own. */
  readonly home?: Home;
};

/** Sections that variables of a deployment may set; infra writes them as JSON. */
export type DeployedSettings = Partial<Pick<Configuration, 'model' | 'notifiers'>> & {
  readonly actAtConfidence?: number;
};
