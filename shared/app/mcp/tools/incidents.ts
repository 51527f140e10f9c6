import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { IncidentStatus } from '#shared/domain/incident/incident.ts';
import {
  apiOf,
  defineTool,
  EvidenceLine,
  type McpPorts,
  needsApi,
  Outside,
  outside,
  outsideOrNull,
  parsed,
} from '../contract.ts';

/** Number or id of an incident, or the beginning of one. */
export const IncidentName = z
  .string()
  .regex(/^(?:\d{1,9}|[a-z0-9-]{5,60})$/)
  .meta({ description: 'Number or id of an incident, or the beginning of its id.' });

const Subject = z.looseObject({
  kind: z.string(),
  repository: z.string().nullish(),
  alarm: z.string().nullish(),
  service: z.string().nullish(),
});

const Summary = z.object({
  id: z.string(),
  number: z.number().int().nullable(),
  status: IncidentStatus,
  title: z.string(),
  severity: z.string().nullable(),
  class: z.string().nullable(),
  verdict: z.string().nullable(),
  confidence: z.number().nullable(),
  reason: z.string().nullable(),
  diagnosis: z.string().nullable(),
  occurrences: z.number().int(),
  openedAt: z.string(),
  lastSeenAt: z.string(),
  subject: Subject,
});

const ShownSummary = {
  id: z.string(),
  number: z.number().int().nullable(),
  status: IncidentStatus,
  title: Outside,
  place: Outside.nullable(),
  severity: z.string().nullable(),
  class: z.string().nullable(),
  verdict: z.string().nullable(),
  confidence: z.number().nullable(),
  diagnosis: Outside.nullable(),
  ended: Outside.nullable().meta({ description: 'Why it ended as it did.' }),
  occurrences: z.number().int(),
  openedAt: z.string(),
  lastSeenAt: z.string(),
};

const shown = ({ title, reason, diagnosis, subject, ...facts }: z.output<typeof Summary>) => ({
  ...facts,
  title: outside(title, 200),
  place: outsideOrNull(subject.repository ?? subject.alarm ?? subject.service, 200),
  diagnosis: outsideOrNull(diagnosis, 300),
  ended: outsideOrNull(reason, 300),
});

const Page = z.object({ incidents: z.array(Summary), next: z.string().nullable() });

const listIncidents = defineTool({
  name: 'list_incidents',
  title: 'List incidents',
  description: 'Incidents, the newest first: broken runs, alarms and reports, with class, verdict and how each ended.',
  kind: 'read',
  needs: needsApi,
  input: {
    status: IncidentStatus.optional(),
    repository: z.string().max(200).optional().meta({ description: 'owner/name' }),
    service: z.string().max(100).optional(),
    class: FailureClass.optional(),
    search: z.string().trim().min(1).max(200).optional().meta({ description: 'Words that the incident has to have.' }),
    from: z.iso.datetime({ offset: true }).optional().meta({ description: 'Opened at this time or later.' }),
    before: z.iso.datetime({ offset: true }).optional(),
  },
  output: { incidents: z.array(z.object(ShownSummary)).readonly() },
  rows: 'incidents',
  async run(query, ports, { signal, upstream }) {
    const asked = { ...query, limit: '25', cursor: upstream ?? undefined };
    const { incidents, next } = parsed(Page, await apiOf(ports).get('/api/incidents', asked, signal));
    return { incidents: incidents.map(shown), upstreamNext: next };
  },
});

const Details = Summary.extend({
  outcome: z.object({ lead: z.string(), rest: z.string() }),
  briefing: z.object({
    headline: z.string(),
    cause: z.array(z.string()),
    before: z.array(z.string()),
    advice: z.array(z.string()),
    tried: z.array(z.string()),
    stopped: z.string().nullable(),
    history: z.array(z.string()),
    chain: z.array(z.string()),
    evidence: z.array(z.object({ name: z.string(), lines: z.array(z.string()) })),
  }),
  actions: z.array(z.object({ id: z.string(), title: z.string(), state: z.string(), verified: z.string().nullable() })),
});

export const readDetails = async (id: string, ports: McpPorts, signal: AbortSignal) =>
  parsed(Details, await apiOf(ports).get(`/api/incidents/${id}`, {}, signal));

/** At most so many lines, each in its fence. */
const some = (lines: readonly string[], most: number, limit?: number): Outside[] =>
  lines.slice(0, most).map((line) => outside(line, limit));

const showIncident = defineTool({
  name: 'show_incident',
  title: 'Show an incident',
  description:
    'What failed and why, what was tried, how it ended, what to do now. Begin here when somebody names an incident.',
  kind: 'read',
  needs: needsApi,
  input: { incident: IncidentName },
  output: {
    ...ShownSummary,
    outcome: Outside,
    cause: z.array(Outside).readonly(),
    chain: z.array(Outside).readonly().meta({ description: 'The first cause and what followed from it.' }),
    advice: z.array(Outside).readonly(),
    tried: z.array(Outside).readonly(),
    actions: z
      .array(z.object({ id: z.string(), title: Outside, state: z.string(), verified: z.string().nullable() }))
      .readonly(),
    stopped: Outside.nullable().meta({ description: 'That the kill switch is on; null while it is off.' }),
    link: z.string().nullable().meta({ description: 'Its page, for a person.' }),
  },
  async run({ incident }, ports, { signal }) {
    const { outcome, briefing, actions, ...summary } = await readDetails(incident, ports, signal);
    const { dashboardUrl } = apiOf(ports);
    return {
      ...shown(summary),
      outcome: outside(`${outcome.lead} ${outcome.rest}`),
      cause: some(briefing.cause, 6),
      chain: some(briefing.chain, 5, 200),
      advice: some(briefing.advice, 4),
      tried: some(briefing.tried, 5),
      actions: actions.slice(0, 5).map(({ title, ...one }) => ({ ...one, title: outside(title, 150) })),
      stopped: outsideOrNull(briefing.stopped),
      link: dashboardUrl === null ? null : `${dashboardUrl}/incidents/${summary.id}`,
    };
  },
});

const Account = z.object({
  incident: z.string(),
  status: z.string().nullable(),
  chain: z.looseObject({ kind: z.enum(['intact', 'broken']) }),
  story: z.array(
    z.object({
      sequence: z.number().int(),
      at: z.string(),
      event: z.string(),
      words: z.string(),
      details: z.string().nullable(),
    }),
  ),
});

const explainIncident = defineTool({
  name: 'explain_incident',
  title: 'Explain an incident step by step',
  description:
    'Everything that happened in an incident, in order, from its audit trail, and whether the trail is unchanged.',
  kind: 'read',
  needs: needsApi,
  input: { incident: IncidentName },
  output: {
    incident: z.string(),
    status: z.string().nullable(),
    trail: z.enum(['intact', 'broken']),
    events: z
      .array(
        z.object({
          sequence: z.number().int(),
          at: z.string(),
          event: z.string(),
          words: Outside,
          details: Outside.nullable(),
        }),
      )
      .readonly(),
  },
  rows: 'events',
  async run({ incident }, ports, { signal }) {
    const account = parsed(Account, await apiOf(ports).get(`/api/incidents/${incident}/timeline`, {}, signal));
    return {
      incident: account.incident,
      status: account.status,
      trail: account.chain.kind,
      events: account.story.map(({ words, details, ...one }) => ({
        ...one,
        words: outside(words, 600),
        details: outsideOrNull(details, 800),
      })),
    };
  },
});

const Story = z.object({
  logs: z.array(
    z.object({
      name: z.string(),
      totalLines: z.number().int(),
      lines: z.array(z.object({ number: z.number().int(), text: z.string(), cited: z.boolean() })),
    }),
  ),
  candidates: z.array(
    z.object({ title: z.string(), description: z.string(), state: z.enum(['chosen', 'tried', 'left']) }),
  ),
  why: z.string().nullable(),
});
const readStory = async (id: string, ports: McpPorts, signal: AbortSignal) =>
  parsed(Story, await apiOf(ports).get(`/api/incidents/${id}/story`, {}, signal));

const readEvidence = defineTool({
  name: 'read_evidence',
  title: 'Read the evidence of an incident',
  description: 'The log lines that an incident rests on, with their line numbers; `cited` marks those that decided.',
  kind: 'read',
  needs: needsApi,
  input: { incident: IncidentName, citedOnly: z.boolean().default(false) },
  output: {
    lines: z
      .array(EvidenceLine.extend({ log: Outside, cited: z.boolean() }))
      .readonly()
      .meta({ description: 'By log, in the order of each.' }),
  },
  rows: 'lines',
  async run({ incident, citedOnly }, ports, { signal }) {
    const { logs } = await readStory(incident, ports, signal);
    return {
      lines: logs.flatMap(({ name, lines }) =>
        lines
          .filter(({ cited }) => cited || !citedOnly)
          .map(({ number, text, cited }) => ({ line: number, text: outside(text), log: outside(name, 100), cited })),
      ),
    };
  },
});

const whatChanged = defineTool({
  name: 'what_changed_before',
  title: 'What changed before an incident',
  description: 'Deployments and changes before an incident, when and by whom, and what is known of its history.',
  kind: 'read',
  needs: needsApi,
  input: { incident: IncidentName },
  output: { incident: z.string(), changes: z.array(Outside).readonly(), history: z.array(Outside).readonly() },
  async run({ incident }, ports, { signal }) {
    const { id, briefing } = await readDetails(incident, ports, signal);
    return { incident: id, changes: some(briefing.before, 10), history: some(briefing.history, 8) };
  },
});

const whatWouldYouDo = defineTool({
  name: 'what_would_you_do',
  title: 'What Selfheal would do',
  description:
    'The actions that the plan of an incident weighed: the chosen one, those tried and those left, and why. It does nothing.',
  kind: 'read',
  needs: needsApi,
  input: { incident: IncidentName },
  output: {
    why: Outside.nullable(),
    candidates: z
      .array(z.object({ title: Outside, effect: Outside, state: z.enum(['chosen', 'tried', 'left']) }))
      .readonly(),
  },
  async run({ incident }, ports, { signal }) {
    const { candidates, why } = await readStory(incident, ports, signal);
    return {
      why: outsideOrNull(why, 600),
      candidates: candidates.slice(0, 10).map(({ title, description, state }) => ({
        title: outside(title, 150),
        effect: outside(description),
        state,
      })),
    };
  },
});

export const INCIDENT_TOOLS = [listIncidents, showIncident, explainIncident, readEvidence, whatChanged, whatWouldYouDo];
