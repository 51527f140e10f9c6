import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { chainEntry } from '#shared/domain/audit/audit-chain.ts';
import type { TrailEntry } from '#shared/domain/audit/audit-entry.ts';
import { AuditEntry } from '#shared/domain/audit/audit-event.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { Incident, Notification } from '#shared/domain/incident/incident.ts';
import { ActionRecord, type BoundAction } from '#shared/domain/plan/bound-action.ts';
import { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import type { Approval, IncidentStore } from '#shared/ports/incident-store.ts';
import { fakeClock } from './clock.ts';
import { makeMemoryIncidentLists } from './incident-lists.ts';

type Incidents = Pick<
  IncidentStore,
  'create' | 'get' | 'update' | 'addOccurrence' | 'countRequests' | 'requestsOf' | 'listStalled'
>;
type Plans = Pick<IncidentStore, 'putPlan' | 'getPlan' | 'recordPlan' | 'listPlans'>;
type Notifications = Pick<IncidentStore, 'recordNotification' | 'listNotifications'>;
type Actions = Pick<IncidentStore, 'intend' | 'getAction' | 'listActions' | 'commitAction'>;
type Approvals = Pick<
  IncidentStore,
  'putApproval' | 'getApproval' | 'listApprovals' | 'decideApproval' | 'countAnswer' | 'closeApproval' | 'renewToken'
>;
type Audit = Pick<IncidentStore, 'audit'> & AuditReader;

/** Incidents in memory with the queue of their approvals and the lists of them. */
export function makeMemoryIncidents(
  clock: Clock = fakeClock(),
  services: Configuration['services'] = [],
): {
  incidents: IncidentStore & AuditReader;
  approvals: ApprovalQueue;
  lists: IncidentLists;
} {
  const { queue, ...approvals } = memoryApprovals();
  const { all, ...records } = memoryIncidents(clock);
  const incidents = {
    ...records,
    ...memoryPlans(),
    ...memoryActions(),
    ...approvals,
    ...memoryNotifications(),
    ...memoryAudit(),
  };
  return { incidents, approvals: queue, lists: makeMemoryIncidentLists(all, services) };
}

/** Incidents in memory, with the conditions of the real store. Every value is copied on its way in and out. */
export function makeMemoryIncidentStore(clock: Clock = fakeClock()): IncidentStore & AuditReader {
  return makeMemoryIncidents(clock).incidents;
}

function memoryIncidents(clock: Clock): Incidents & { all(): Incident[] } {
  const incidents = new Map<string, Incident>();
  const deliveries = new Set<string>();
  const counted = new Set<string>();
  return {
    all: () => structuredClone([...incidents.values()]),
    create: async (incident) => {
      if (incidents.has(incident.id)) return 'exists';
      incidents.set(incident.id, Incident.parse({ ...incident, number: incidents.size + 1 }));
      return 'created';
    },
    get: async (id) => structuredClone(incidents.get(id) ?? null),
    update: async (id, change, options) => {
      const incident = incidents.get(id);
      if (!incident) return 'condition-failed';
      if (options?.ifStatus && !options.ifStatus.includes(incident.status)) return 'condition-failed';
      if (options?.ifAttempt !== undefined && options.ifAttempt !== incident.attempt) return 'condition-failed';
      if (options?.ifRunAttempt !== undefined && options.ifRunAttempt !== incident.runAttempt)
        return 'condition-failed';
      if (options?.ifRevision !== undefined && options.ifRevision !== (incident.annotations?.revision ?? 0))
        return 'condition-failed';
      const updatedAt = (options?.at ?? clock.now()).toISOString();
      incidents.set(id, Incident.parse({ ...incident, ...withoutUndefined(change), updatedAt }));
      return 'updated';
    },
    addOccurrence: async (id, deliveryId, runAttempt, at) => {
      const incident = incidents.get(id);
      if (!incident) throw new CorruptRecord(`There is no incident ${id}.`);
      const known = deliveries.has(`${id}#${deliveryId}`);
      deliveries.add(`${id}#${deliveryId}`);
      incidents.set(id, {
        ...incident,
        occurrences: incident.occurrences + (known ? 0 : 1),
        ...(known ? {} : { lastSeenAt: at.toISOString() }),
        ...(runAttempt > incident.runAttempt ? { runAttempt, restarts: 0 } : {}),
      });
    },
    countRequests: async (id, { step, requests, id: sentId }) => {
      if (counted.has(`${id} ${sentId}`)) return;
      counted.add(`${id} ${sentId}`);
      const { githubRequests, ...incident } = incidents.get(id) ?? {};
      if (githubRequests === undefined) return;
      const sum = (githubRequests[step] ?? 0) + requests;
      incidents.set(id, Incident.parse({ ...incident, githubRequests: { ...githubRequests, [step]: sum } }));
    },
    requestsOf: async (id) => structuredClone(incidents.get(id)?.githubRequests ?? null),
    listStalled: async (before, limit, from = new Date(0)) =>
      [...incidents.values()]
        .filter(({ status, updatedAt }) => status === 'open' && updatedAt < before.toISOString())
        .filter(({ updatedAt }) => updatedAt >= from.toISOString())
        .sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1))
        .slice(0, limit)
        .map((incident) => structuredClone(incident)),
  };
}

function memoryPlans(): Plans {
  const plans = new Map<string, BoundAction>();
  const rounds = new Map<string, PlanRecord>();
  const placeOf = ({ attempt, round, decision }: PlanRecord): number =>
    attempt * 10_000 + round * 10 + (decision === 'hold' ? 0 : 1);
  return {
    recordPlan: async (plan) => void rounds.set(`${plan.incidentId}#${placeOf(plan)}`, PlanRecord.parse(plan)),
    listPlans: async (incidentId) =>
      [...rounds.values()]
        .filter((plan) => plan.incidentId === incidentId)
        .sort((a, b) => placeOf(a) - placeOf(b))
        .map((plan) => structuredClone(plan)),
    putPlan: async (action) => void plans.set(`${action.incidentId}#${action.digest}`, structuredClone(action)),
    getPlan: async (incidentId, digest) => {
      const plan = plans.get(`${incidentId}#${digest}`);
      if (!plan) return null;
      const { digest: _claimed, ...content } = plan;
      return digestOf(canonicalJson(content)) === digest ? structuredClone(plan) : null;
    },
  };
}

function memoryActions(): Actions {
  const actions = new Map<string, ActionRecord>();
  return {
    intend: async (record) => {
      const key = `${record.incidentId}#${record.digest}`;
      const existing = actions.get(key);
      if (existing) return { kind: 'exists', record: structuredClone(existing) };
      actions.set(key, ActionRecord.parse(record));
      return { kind: 'intended' };
    },
    getAction: async (incidentId, digest) => structuredClone(actions.get(`${incidentId}#${digest}`) ?? null),
    listActions: async (incidentId) =>
      [...actions.values()]
        .filter((record) => record.incidentId === incidentId)
        .sort((a, b) => (a.intendedAt < b.intendedAt ? -1 : 1))
        .map((record) => structuredClone(record)),
    commitAction: async (incidentId, digest, change) => {
      const record = actions.get(`${incidentId}#${digest}`);
      if (!record) throw new CorruptRecord(`There is no action ${digest} of incident ${incidentId}.`);
      actions.set(`${incidentId}#${digest}`, ActionRecord.parse({ ...record, ...withoutUndefined(change) }));
    },
  };
}

function memoryApprovals(): Approvals & { readonly queue: ApprovalQueue } {
  const approvals = new Map<string, Approval>();
  const notices = new Map<string, { count: number; until: number }>();
  const answers = new Map<string, number>();
  const unanswered = new Set<string>();
  const decidedOne = (incidentId: string, digest: string): Approval => {
    const approval = approvals.get(`${incidentId}#${digest}`);
    if (approval === undefined || approval.state === 'pending')
      throw new CorruptRecord(`Approval ${digest} of incident ${incidentId} is not decided.`);
    return approval;
  };
  const waits = ({ incidentId, digest, taskToken }: Approval): string | null => {
    const key = `${incidentId}#${digest}`;
    const known = approvals.get(key);
    return known?.state === 'pending' && known.taskToken === taskToken && notices.has(key) ? key : null;
  };
  return {
    putApproval: async (approval) => {
      const key = `${approval.incidentId}#${approval.digest}`;
      const existing = approvals.get(key);
      if (existing && (existing.state !== 'pending' || existing.taskToken === approval.taskToken)) return 'exists';
      approvals.set(key, { ...approval, expiresAt: new Date(approval.expiresAt).toISOString() });
      notices.set(key, { count: 0, until: 0 });
      return 'created';
    },
    getApproval: async (incidentId, digest) => structuredClone(approvals.get(`${incidentId}#${digest}`) ?? null),
    listApprovals: async (incidentId) =>
      [...approvals.values()]
        .filter((approval) => approval.incidentId === incidentId)
        .sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1))
        .map((approval) => structuredClone(approval)),
    decideApproval: async (
      incidentId,
      digest,
      decision,
      by,
      at,
      how = { onBehalfOf: null, channel: null, roles: [] },
    ) => {
      const approval = approvals.get(`${incidentId}#${digest}`);
      if (!approval) return 'not-pending';
      if (approval.state === decision && approval.decidedBy === by) return 'decided';
      if (approval.state !== 'pending' || approval.expiresAt <= at.toISOString()) return 'not-pending';
      const decided = { ...approval, state: decision, decidedBy: by, decision: { at: at.toISOString(), ...how } };
      approvals.set(`${incidentId}#${digest}`, decided);
      unanswered.add(`${incidentId}#${digest}`);
      return 'decided';
    },
    countAnswer: async (incidentId, digest) => {
      decidedOne(incidentId, digest);
      const count = (answers.get(`${incidentId}#${digest}`) ?? 0) + 1;
      answers.set(`${incidentId}#${digest}`, count);
      return count;
    },
    closeApproval: async (incidentId, digest, outcome, attempt) => {
      const key = `${incidentId}#${digest}`;
      const approval = decidedOne(incidentId, digest);
      if (approval.outcome !== undefined) return approval.outcome;
      if (attempt !== undefined && answers.get(key) !== attempt) return null;
      approvals.set(key, { ...approval, outcome });
      if (outcome === 'taken') unanswered.delete(key);
      return outcome;
    },
    renewToken: async (incidentId, digest, taskToken) => {
      const approval = decidedOne(incidentId, digest);
      if (approval.outcome !== undefined) return 'closed';
      approvals.set(`${incidentId}#${digest}`, { ...approval, taskToken });
      return 'renewed';
    },
    queue: {
      pending: async (limit) =>
        [...approvals.values()]
          .filter((approval) => waits(approval) !== null)
          .sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1))
          .slice(0, limit)
          .map((approval) => ({ ...approval, noticesSent: notices.get(waits(approval) ?? '')?.count ?? 0 })),
      claimNotice: async (approval, now, until) => {
        const known = notices.get(waits(approval) ?? '');
        if (known === undefined || known.count !== approval.noticesSent || known.until > now.getTime()) return false;
        known.until = until.getTime();
        return true;
      },
      recordNotice: async (approval, count) => {
        const key = waits(approval);
        if (key !== null) notices.set(key, { count, until: 0 });
      },
      unanswered: async (limit) =>
        [...approvals]
          .filter(([key]) => unanswered.has(key))
          .map(([, approval]) => structuredClone(approval))
          .sort((a, b) => (a.requestedAt < b.requestedAt ? -1 : 1))
          .slice(0, limit),
      forget: async ({ incidentId, digest }) => void unanswered.delete(`${incidentId}#${digest}`),
      drop: async (approval) => {
        const key = waits(approval);
        if (key !== null) notices.delete(key);
      },
    },
  };
}

function memoryNotifications(): Notifications {
  const notifications = new Map<string, Notification>();
  return {
    recordNotification: async (notification) => {
      const key = `${notification.incidentId}#${notification.channel}#${notification.key}`;
      if (!notifications.has(key)) notifications.set(key, Notification.parse(notification));
    },
    listNotifications: async (incidentId) =>
      [...notifications.values()]
        .filter((notification) => notification.incidentId === incidentId)
        .map((notification) => structuredClone(notification)),
  };
}

function memoryAudit(): Audit {
  const trails = new Map<string, TrailEntry[]>();
  const trailOf = (incidentId: string): TrailEntry[] => trails.get(incidentId) ?? [];
  return {
    audit: async (incidentId, key, entry) => {
      const trail = trailOf(incidentId);
      if (trail.some((known) => known.key === key)) return;
      const last = trail.at(-1)?.link ?? null;
      trails.set(incidentId, [...trail, chainEntry({ incidentId, key, last }, AuditEntry.parse(entry))]);
    },
    auditTrail: async (incidentId) => structuredClone(trailOf(incidentId)),
  };
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Partial<T>;
}
