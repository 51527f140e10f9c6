import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { answersReportOf } from '#shared/domain/answers/answers-report.ts';
import { Service } from '#shared/domain/configuration/configuration.ts';
import { Incident } from '#shared/domain/incident/incident.ts';
import { learningReportOf } from '#shared/domain/learning/learning-report.ts';
import { LearningReview } from '#shared/domain/learning/learning-review.ts';
import { AlertRule } from '#shared/domain/policy/alert-rule.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import {
  alarmIncident,
  alarmStory,
  approval,
  asking,
  ended,
  memory,
  minutesAgo,
  NOW,
  plan,
  predictions,
  request,
  rerun,
  runStory,
  stopped,
} from './told-incidents.ts';

/** One announcement as it might be made, and what happened in it. */
export interface SampleAnnouncement {
  readonly title: string;
  readonly announcement: Announcement;
}

/** Every kind of announcement, made up: of one run, one alarm, one service and one model. */
export const SAMPLE_ANNOUNCEMENTS: readonly SampleAnnouncement[] = [
  { title: 'A plan waits for a person', announcement: { kind: 'progress', story: asking } },
  {
    title: 'An action was executed and is being checked',
    announcement: { kind: 'progress', story: runStory({ stage: 'acting', actions: [rerun(null)] }) },
  },
  {
    title: 'An incident was resolved',
    announcement: {
      kind: 'progress',
      story: runStory({
        incident: ended('resolved', 'Attempt 2 of run 16000000034 ended with success.'),
        actions: [rerun('recovered')],
      }),
    },
  },
  {
    title: 'An incident ended with a proposal',
    announcement: { kind: 'progress', story: runStory({ incident: ended('suggested', 'No safe action fits.') }) },
  },
  {
    title: 'An alarm was resolved',
    announcement: {
      kind: 'progress',
      story: {
        ...alarmStory,
        incident: Incident.parse({ ...alarmIncident, status: 'resolved', outcomeReason: 'The alarm is OK again.' }),
      },
    },
  },
  {
    title: 'A human has to take over',
    announcement: { kind: 'escalation', story: alarmStory, reason: 'No safe action fits.' },
  },
  {
    title: 'Selfheal itself failed',
    announcement: { kind: 'workflow-failure', story: alarmStory, reason: 'The workflow died three times in a row.' },
  },
  {
    title: 'Another channel could not tell it',
    announcement: {
      kind: 'channel-failure',
      story: runStory({ incident: ended('suggested', 'No safe action fits.') }),
      channel: 'github-comment',
      headline: 'No comment',
      reason: 'GitHub could not be reached, so the comment on the pull request is missing.',
    },
  },
  {
    title: 'Somebody is asked to decide',
    announcement: { ...request, notice: 'first', opening: 'Selfheal asks before it acts.' },
  },
  {
    title: 'Somebody is reminded',
    announcement: { ...request, notice: 'reminder', opening: 'Nobody has answered for two hours.' },
  },
  { title: 'A plan was approved', announcement: { kind: 'approval-decided', story: asking, approval } },
  {
    title: 'Nobody answered in time',
    announcement: {
      kind: 'approval-expired',
      story: asking,
      approval: { ...approval, state: 'pending', decidedBy: null },
    },
  },
  {
    title: 'It was approved too late',
    announcement: { kind: 'approval-too-late', approval: { ...approval, outcome: 'too-late' }, action: plan },
  },
  {
    title: 'Something runs out',
    announcement: {
      kind: 'capacity-forecast',
      service: Service.parse({ id: 'ledger', alarms: ['ledger-latency'], capacity: [memory] }),
      capacity: memory,
      forecast: {
        kind: 'expected',
        earliest: Date.parse(NOW) + 5 * 3_600_000,
        likely: Date.parse(NOW) + 7 * 3_600_000,
        latest: Date.parse(NOW) + 10 * 3_600_000,
        perHour: 1.4,
        from: Date.parse(NOW) - 20 * 3_600_000,
      },
      actions: ['Start one more task of the service ledger.'],
      stopped: null,
    },
  },
  {
    title: 'A message was seen that people wait for',
    announcement: {
      kind: 'alert-raised',
      incident: alarmIncident,
      rule: AlertRule.parse({ pattern: 'statement took * ms, waited for lock', service: 'ledger', action: 'notify' }),
      outcome: { decision: 'escalate', reasons: ['No safe action fits.'] },
      stopped,
      links: alarmStory.links,
      timeZone: 'UTC',
    },
  },
  {
    title: 'Answers got worse',
    announcement: {
      kind: 'quality-degraded',
      report: answersReportOf(predictions, {
        id: 'shipped',
        promised: { class: null, verdict: { hits: 380, cases: 400 } },
      }),
      retraining: { kind: 'too-few', cases: 12, needed: 50 },
      stopped: null,
    },
  },
  {
    title: 'Learning was reviewed by its schedule',
    announcement: {
      kind: 'learning-reviewed',
      review: LearningReview.parse({ everyDays: 7, actions: ['update_confidence', 'suggest_new_patterns'] }),
      report: learningReportOf({
        from: new Date(minutesAgo(7 * 24 * 60)),
        to: new Date(NOW),
        patterns: [],
        notes: [],
        incidents: [],
      }),
      scopes: 2,
      counts: { update_confidence: 4, prune_ineffective_patterns: 0, suggest_new_patterns: 1 },
      suggestions: [{ ids: ['p-1', 'p-2'], wording: phrase`lock of * was not freed in * s` }],
      stopped: null,
    },
  },
  {
    title: 'More reports of one service came in',
    announcement: {
      kind: 'reports-gathered',
      about: 'ledger',
      messages: [1, 2].map((place) => ({
        version: 1,
        channel: 'email',
        about: 'ledger',
        incidentId: `api-${String(place).repeat(24)}`,
        key: 'escalated#1',
        at: minutesAgo(20 - place),
        headline: `Payment ${place} was booked twice: no known failure matches`,
        outcome: 'Selfheal changed nothing. A person has to look: no safe remedy is known.',
        links: [],
      })),
      stopped: null,
      timeZone: 'UTC',
    },
  },
  {
    title: 'The kill switch is still on',
    announcement: { kind: 'still-stopped', stopped, days: 2, timeZone: 'UTC' },
  },
];
