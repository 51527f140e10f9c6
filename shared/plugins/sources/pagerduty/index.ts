import * as z from 'zod';
import { isIncidentId } from '#shared/domain/incident/identity.ts';
import { severityOfWord } from '#shared/domain/webhooks/severity-word.ts';
import { type AlertsResult, defineSource, firstProblem } from '../contract.ts';

const Reference = z.object({ id: z.string().nullish(), summary: z.string().nullish() }).nullish();
const Instant = z.iso.datetime({ offset: true });

/** Only the fields that are needed of a delivery of V3 webhooks ("Webhooks", developer.pagerduty.com). */
const Delivery = z.object({
  event: z.object({
    id: z.string().min(1),
    event_type: z.string().min(1),
    resource_type: z.string(),
    occurred_at: Instant,
    agent: Reference,
    data: z.unknown(),
  }),
});
const Incident = z.object({
  id: z.string().min(1),
  html_url: z.string().nullish(),
  title: z.string().min(1),
  created_at: Instant,
  urgency: z.string().nullish(),
  priority: Reference,
  service: Reference,
  assignees: z.array(z.object({ summary: z.string().nullish() })).nullish(),
});

/** The key under which PagerDuty was told of it: that of a page of ours is the incident's id. */
const OwnPage = z.object({ incident_key: z.string() });

/** What opens and what ends an incident; whatever else happens to one of PagerDuty's stays there. */
const STATES: Readonly<Record<string, 'firing' | 'resolved'>> = {
  'incident.triggered': 'firing',
  'incident.reopened': 'firing',
  'incident.resolved': 'resolved',
};

/** Incidents of PagerDuty, as its V3 webhooks tell of them; and that somebody there acknowledged a page of ours. */
export const pagerduty = defineSource({
  kind: 'alerts',
  id: 'pagerduty',
  title: 'PagerDuty incidents',
  schemes: ['pagerduty', 'token-header', 'path'],
  makesSecret: true,
  read({ body }): AlertsResult {
    const delivery = Delivery.safeParse(body);
    if (!delivery.success) return { kind: 'rejected', reason: firstProblem(delivery.error) };
    const { id: eventId, event_type: type, occurred_at, agent, data } = delivery.data.event;
    if (type === 'pagey.ping') return { kind: 'ignored', reason: 'ping' };
    const own = OwnPage.safeParse(data).data?.incident_key;
    // What we paged about ourselves is no news: otherwise each page would open another incident, which pages again.
    if (own !== undefined && isIncidentId(own))
      return type === 'incident.acknowledged'
        ? { kind: 'acknowledged', eventId, incidentId: own, by: agent?.summary ?? null }
        : { kind: 'ignored', reason: 'own-page' };
    const state = STATES[type];
    if (state === undefined) return { kind: 'ignored', reason: type.replaceAll(/[^a-z]+/g, '-').slice(0, 60) };
    const parsed = Incident.safeParse(data);
    if (!parsed.success) return { kind: 'rejected', reason: `event.data.${firstProblem(parsed.error)}`.slice(0, 300) };
    const { id, title, html_url, created_at, urgency, priority, service } = parsed.data;
    const changedAt = new Date(occurred_at);
    return {
      kind: 'alerts',
      alerts: [
        {
          id,
          state,
          severity: severityOfWord(priority?.summary) ?? severityOfWord(urgency) ?? 'medium',
          service: service?.summary ?? null,
          title,
          text: [
            service?.summary ? `Service at PagerDuty: ${service.summary}` : '',
            priority?.summary ? `Priority: ${priority.summary}` : '',
          ]
            .filter((line) => line !== '')
            .join('\n'),
          url: html_url ?? null,
          startedAt: type === 'incident.reopened' ? changedAt : new Date(created_at),
          changedAt,
        },
      ],
    };
  },
});
