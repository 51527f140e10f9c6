import * as z from 'zod';
import { instantOf } from '#shared/domain/webhooks/instant.ts';
import { severityOfWord } from '#shared/domain/webhooks/severity-word.ts';
import { type AlertsResult, defineSource, firstProblem } from '../contract.ts';

/** A variable of Datadog's template that had no value is sent as an empty text, or as its own name. */
const Variable = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => {
    const text = value === null || value === undefined ? '' : String(value).trim();
    return /^\$[A-Z_]+$/.test(text) || text === 'null' ? '' : text;
  });
const Tags = z.union([z.string(), z.array(z.string())]).nullish();

/**
 * The body of Datadog's webhook is the user's own template. These fields are of the template in the guide; without it, those of the default
 * payload are read ("Webhooks", docs.datadoghq.com).
 */
const Event = z.object({
  id: Variable,
  event_type: Variable,
  alert_id: Variable,
  monitor_id: Variable,
  cycle_key: Variable,
  transition: Variable,
  title: z.string().min(1),
  body: Variable,
  message: Variable,
  priority: Variable,
  service: Variable,
  query: Variable,
  scope: Variable,
  scopes: Tags,
  tags: Tags,
  link: Variable,
  date: Variable,
  last_updated: Variable,
});

const RESOLVED = /recovered|^ok$|resolved/i;
const TAKEN = /triggered|re-?triggered|renotify|re-?notify|alert|warn|no data|^$/i;

/** `service:checkout` of the tags. */
function tagOf(tags: z.infer<typeof Tags>, name: string): string | null {
  const all = typeof tags === 'string' ? tags.split(/\s*,\s*/) : (tags ?? []);
  return all.find((tag) => tag.startsWith(`${name}:`))?.slice(name.length + 1) || null;
}

/** Datadog monitors, by the template that the guide gives to paste. */
export const datadog = defineSource({
  kind: 'alerts',
  id: 'datadog',
  title: 'Datadog monitors',
  schemes: ['token-header', 'basic', 'path'],
  read({ body, receivedAt }): AlertsResult {
    const parsed = Event.safeParse(body);
    if (!parsed.success) return { kind: 'rejected', reason: firstProblem(parsed.error) };
    const event = parsed.data;
    const monitor = event.alert_id || event.monitor_id;
    // Other tools name an alert_id and a title, too.
    if (event.transition === '' && event.query === '')
      return { kind: 'rejected', reason: 'transition: missing; use the template of the guide' };
    if (monitor === '') return { kind: 'rejected', reason: 'alert_id: missing; use the template of the guide' };
    const { transition, scope, scopes, tags } = event;
    const state = RESOLVED.test(transition) || /^\[Recovered\]/i.test(event.title) ? 'resolved' : 'firing';
    if (state === 'firing' && !TAKEN.test(transition)) return { kind: 'ignored', reason: 'transition' };
    const changedAt = instantOf(event.last_updated || event.date) ?? receivedAt;
    const place = scope || (Array.isArray(scopes) ? scopes.join(',') : (scopes ?? ''));
    // Of one cycle of a monitor the key stays until it has recovered.
    const startedAt = event.cycle_key === '' ? changedAt : (instantOf(event.date) ?? changedAt);
    return {
      kind: 'alerts',
      alerts: [
        {
          id: [monitor, event.cycle_key || place].join('#'),
          state,
          severity:
            severityOfWord(event.priority.replace(/^(?=\d$)/, 'P')) ?? (/warn/i.test(transition) ? 'medium' : 'high'),
          service: event.service || tagOf(tags, 'service') || null,
          title: event.title.replace(/^\[[^\]]{1,30}\]\s*/, ''),
          text: [event.body || event.message, place === '' ? '' : `Scope: ${place}`, tagsWords(tags)]
            .filter((line) => line !== '')
            .join('\n'),
          url: event.link || null,
          startedAt,
          changedAt,
        },
      ],
    };
  },
});

function tagsWords(tags: z.infer<typeof Tags>): string {
  const text = typeof tags === 'string' ? tags : (tags ?? []).join(', ');
  return text === '' ? '' : `Tags: ${text}`;
}
