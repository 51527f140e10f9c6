import * as z from 'zod';
import { isIncidentId } from '#shared/domain/incident/identity.ts';
import { type AlertsResult, defineSource, firstProblem } from '../contract.ts';

/**
 * Only the fields that are needed of what an outgoing webhook of the operations sends about an action on an alert ("Alert action data",
 * support.atlassian.com/jira-service-management-cloud/docs/alert-action-data-for-jira-edge-connector).
 */
const Delivery = z.object({
  action: z.string().min(1),
  alert: z.object({
    alertId: z.string().min(1).max(100),
    /** The key under which the service was told of it: that of an alert of ours is the incident's id. */
    alias: z.string().nullish(),
    /** Who acted, by address; an integration has a name. */
    username: z.string().nullish(),
    /** Nanoseconds: more than a number holds, but the same for every repeat. */
    updatedAt: z.union([z.number(), z.string().max(40)]).nullish(),
  }),
});

const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/**
 * That somebody took on an alert of ours in Jira Service Management: by acknowledging it, or by closing it at once. Rules and integrations close alerts too, Selfheal's
 * own among them, so a closing counts where it names a person. Alerts of others, and whatever else happens to one of ours, stay there.
 */
export const jsm = defineSource({
  kind: 'alerts',
  id: 'jsm',
  title: 'Jira Service Management acknowledgements',
  tool: 'Jira Service Management',
  schemes: ['token-header', 'bearer', 'path'],
  read({ body }): AlertsResult {
    const delivery = Delivery.safeParse(body);
    if (!delivery.success) return { kind: 'rejected', reason: firstProblem(delivery.error) };
    const { action, alert } = delivery.data;
    const { alertId, alias, username, updatedAt } = alert;
    if (!isIncidentId(alias ?? '')) return { kind: 'ignored', reason: 'alert-of-others' };
    const person = ADDRESS.test(username ?? '');
    if (action === 'Acknowledge' || (action === 'Close' && person))
      return {
        kind: 'acknowledged',
        eventId: `${alertId}:${action}:${updatedAt ?? ''}`,
        incidentId: alias ?? '',
        by: username || null,
      };
    return { kind: 'ignored', reason: 'own-page' };
  },
});
