import * as z from 'zod';
import { instantOf } from '#shared/domain/webhooks/instant.ts';
import { severityOfWord } from '#shared/domain/webhooks/severity-word.ts';
import { type AlertsResult, defineSource, firstProblem, type WebhookRequest } from '../contract.ts';

const Text = z.string().nullish();
const Id = z.union([z.string(), z.number()]).transform(String);
const When = z.union([z.string(), z.number()]).nullish();

/** An issue, as the resource `issue` of an integration tells of it ("Webhooks", docs.sentry.io). */
const IssueDelivery = z.object({
  action: z.string(),
  data: z.object({
    issue: z.object({
      id: Id,
      title: z.string().min(1),
      culprit: Text,
      level: Text,
      permalink: Text,
      web_url: Text,
      firstSeen: When,
      lastSeen: When,
      project: z.object({ slug: Text, name: Text }).nullish(),
      metadata: z.object({ value: Text }).nullish(),
    }),
  }),
});

const EventFields = z.object({
  issue_id: Id.nullish(),
  title: Text,
  level: Text,
  culprit: Text,
  message: Text,
  web_url: Text,
  issue_url: Text,
  project: z.union([z.string(), z.number()]).nullish(),
  timestamp: When,
  datetime: Text,
  environment: Text,
  release: Text,
});
/** The resources `event_alert` and `error`: an event, and the rule that told of it. */
const EventDelivery = z.object({
  data: z.object({ event: EventFields.optional(), error: EventFields.optional(), triggered_rule: Text }),
});

/** A metric alert. */
const MetricDelivery = z.object({
  action: z.enum(['critical', 'warning', 'resolved', 'open', 'close']),
  data: z.object({
    metric_alert: z.object({
      id: Id,
      title: Text,
      date_started: When,
      date_closed: When,
      alert_rule: z.object({ name: Text, projects: z.array(z.string()).nullish() }).nullish(),
      projects: z.array(z.string()).nullish(),
    }),
    description_text: Text,
    description_title: Text,
    web_url: Text,
  }),
});

/** What the older webhook plug-in of a project sends, without a header that says so. */
const PluginDelivery = z.object({
  id: Id,
  project: z.string(),
  project_slug: Text,
  level: Text,
  culprit: Text,
  message: Text,
  url: Text,
  event: z.object({ title: Text, timestamp: When, environment: Text }),
});

type Reader = (body: unknown, receivedAt: Date) => AlertsResult;

/** By the header `Sentry-Hook-Resource`. */
const READERS: Readonly<Record<string, Reader>> = {
  issue: readIssue,
  event_alert: readEvent,
  error: readEvent,
  metric_alert: readMetric,
};
const QUIET: ReadonlySet<string> = new Set(['installation', 'comment', 'seer', 'preprod_artifact']);

/** Issues, alerts and metric alerts of Sentry. */
export const sentry = defineSource({
  kind: 'alerts',
  id: 'sentry',
  title: 'Sentry issues and alerts',
  schemes: ['sentry', 'path'],
  makesSecret: true,
  read({ headers, body, receivedAt }: WebhookRequest): AlertsResult {
    const resource = headers['sentry-hook-resource'] ?? null;
    if (resource === null) return readPlugin(body, receivedAt);
    if (QUIET.has(resource)) return { kind: 'ignored', reason: resource.replaceAll('_', '-') };
    const read = READERS[resource];
    return read === undefined
      ? { kind: 'rejected', reason: 'sentry-hook-resource: expected issue, event_alert, error or metric_alert' }
      : read(body, receivedAt);
  },
});

const levelOf = (level: string | null | undefined) => severityOfWord(level) ?? 'high';
const said = (...lines: (string | null | undefined | false)[]): string => lines.filter(Boolean).join('\n');

function readIssue(body: unknown, receivedAt: Date): AlertsResult {
  const parsed = IssueDelivery.safeParse(body);
  if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
  const { action, data } = parsed.data;
  const { id, title, culprit, level, permalink, web_url, firstSeen, lastSeen, project, metadata } = data.issue;
  const isFiring = action === 'created' || action === 'unresolved';
  if (!isFiring && action !== 'resolved' && action !== 'archived' && action !== 'ignored')
    return { kind: 'ignored', reason: `issue-${action.replaceAll(/[^a-z]+/g, '-')}`.slice(0, 60) };
  const began = instantOf(firstSeen) ?? receivedAt;
  // An issue that comes back begins anew.
  const startedAt = action === 'unresolved' ? (instantOf(lastSeen) ?? receivedAt) : began;
  return {
    kind: 'alerts',
    alerts: [
      {
        id: `issue#${id}`,
        state: isFiring ? 'firing' : 'resolved',
        severity: levelOf(level),
        service: project?.slug ?? project?.name ?? null,
        title,
        text: said(metadata?.value, culprit && `In ${culprit}`),
        url: permalink ?? web_url ?? null,
        startedAt: isFiring ? startedAt : receivedAt,
        changedAt: isFiring ? startedAt : receivedAt,
      },
    ],
  };
}

function readEvent(body: unknown, receivedAt: Date): AlertsResult {
  const parsed = EventDelivery.safeParse(body);
  const event = parsed.success ? (parsed.data.data.event ?? parsed.data.data.error) : undefined;
  if (!parsed.success || event === undefined)
    return { kind: 'rejected', reason: parsed.success ? 'data.event: missing' : firstProblem(parsed.error) };
  const { issue_id, issue_url, title, level, culprit, message, web_url, project, timestamp, datetime } = event;
  const issue = issue_id ?? /\/issues\/(\d+)/.exec(issue_url ?? '')?.[1];
  if (!issue) return { kind: 'rejected', reason: 'data.event.issue_id: missing' };
  const at = instantOf(timestamp) ?? instantOf(datetime) ?? receivedAt;
  return {
    kind: 'alerts',
    alerts: [
      {
        id: `issue#${issue}`,
        state: 'firing',
        severity: levelOf(level),
        service: projectIn(web_url) ?? (project ? String(project) : null),
        title: title ?? message ?? 'An error',
        text: said(
          message !== title && message,
          culprit && `In ${culprit}`,
          event.environment && `Environment: ${event.environment}`,
          event.release && `Release: ${event.release}`,
          parsed.data.data.triggered_rule && `Rule: ${parsed.data.data.triggered_rule}`,
        ),
        url: web_url ?? null,
        startedAt: at,
        changedAt: at,
      },
    ],
  };
}

/** `https://sentry.io/organizations/acme/issues/1/?project=shop`, where the address names the project. */
function projectIn(url: string | null | undefined): string | null {
  const project = URL.parse(url ?? '')?.searchParams.get('project') ?? null;
  return project !== null && !/^-?\d+$/.test(project) ? project : null;
}

function readMetric(body: unknown, receivedAt: Date): AlertsResult {
  const parsed = MetricDelivery.safeParse(body);
  if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
  const { action, data } = parsed.data;
  const { id, title, date_started, date_closed, alert_rule, projects } = data.metric_alert;
  const isOver = action === 'resolved' || action === 'close';
  const startedAt = instantOf(date_started) ?? receivedAt;
  return {
    kind: 'alerts',
    alerts: [
      {
        id: `metric#${id}`,
        state: isOver ? 'resolved' : 'firing',
        severity: action === 'critical' ? 'critical' : action === 'warning' ? 'medium' : 'high',
        service: alert_rule?.projects?.[0] ?? projects?.[0] ?? null,
        title: data.description_title ?? title ?? alert_rule?.name ?? 'A metric alert',
        text: data.description_text ?? '',
        url: data.web_url ?? null,
        startedAt,
        changedAt: isOver ? (instantOf(date_closed) ?? receivedAt) : startedAt,
      },
    ],
  };
}

function readPlugin(body: unknown, receivedAt: Date): AlertsResult {
  const parsed = PluginDelivery.safeParse(body);
  if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
  const { id, project, project_slug, level, culprit, message, url, event } = parsed.data;
  const at = instantOf(event.timestamp) ?? receivedAt;
  return {
    kind: 'alerts',
    alerts: [
      {
        id: `issue#${id}`,
        state: 'firing',
        severity: levelOf(level),
        service: project_slug ?? project,
        title: event.title || message || 'An error',
        text: said(
          message !== event.title && message,
          culprit && `In ${culprit}`,
          event.environment && `Environment: ${event.environment}`,
        ),
        url: url ?? null,
        startedAt: at,
        changedAt: at,
      },
    ],
  };
}
