import type { Incident } from '#shared/domain/incident/incident.ts';

/** What is true of a simulated incident because it was made so. Times in seconds from its opening. */
export interface Truth {
  /** No failure of the deployment's own: in no figure but `isListedOpen`. */
  readonly isCounted: boolean;
  readonly isListedOpen: boolean;
  readonly ended: boolean;
  readonly healed: boolean;
  readonly alone: boolean;
  readonly everHealed: boolean;
  readonly falseFix: boolean;
  readonly withPerson: boolean;
  readonly comment: number | null;
  readonly heal: number | null;
}

export const FALSE: Truth = {
  isCounted: true,
  isListedOpen: false,
  ended: true,
  healed: false,
  alone: false,
  everHealed: false,
  falseFix: false,
  withPerson: false,
  comment: null,
  heal: null,
};
const TARGET = 'github:acme/shop/run/1001';
const DIGEST = 'd'.repeat(64);
const EFFECT = { action: 'rerun-failed-jobs', target: TARGET, digest: DIGEST };
export const ANOTHER_PLACE = { account: '210987654321', region: 'eu-west-3' };

type Step = { readonly event: string; readonly facts: object; readonly after: number };
export interface Path {
  readonly status: Incident['status'];
  readonly steps: (seconds: { readonly comment: number; readonly heal: number }) => readonly Step[];
  readonly truth: Partial<Truth>;
  readonly change?: Partial<Incident>;
  /** Whether the fakes list it; a rehearsal is in no list. */
  readonly target?: 'other-place' | 'rehearsal';
  readonly attempts?: number;
}

const step = (event: string, after: number, facts: object = {}): Step => ({ event, after, facts });
const opened = step('incident.opened', 0, { attempt: 1, source: 'github', kind: 'run' });
const reopened = (after: number, attempt = 2) =>
  step('incident.reopened', after, { attempt, source: 'github', kind: 'run' });
const told = (after: number, channel = 'github-comment', stage = 'acting') =>
  step('incident.notified', after, { channel, where: 'acme/shop#7', stage });
const helped = (after: number) => step('action.recovered', after, { ...EFFECT, inconclusive: false });
const failed = (after: number) => step('action.failed', after, { ...EFFECT, inconclusive: false });
const ended = (how: 'resolved' | 'suggested' | 'escalated' | 'linked', after: number, attempt = 1) =>
  step(`incident.${how}`, after, { attempt, actions: 1, parent: null });
const approved = (after: number) => step('approval.approved', after, { digest: DIGEST, by: 'octo-dana' });
const EXPIRED = { digest: DIGEST, by: null };
const asked = (after: number) =>
  step('approval.requested', after, {
    action: 'rerun-failed-jobs',
    digest: DIGEST,
    expiresAt: '2026-12-01T00:00:00.000Z',
  });

/** Ways of an incident from its opening to its end, with what each one makes true. */
export const PATHS: Readonly<Record<string, Path>> = {
  'healed alone, comment edited twice': {
    status: 'healed',
    steps: ({ comment, heal }) => [
      opened,
      told(1, 'email'),
      told(comment),
      told(comment + 40),
      helped(heal),
      ended('resolved', heal),
      told(heal + 5, 'github-comment', 'final'),
      step('incident.healed', heal + 60, { since: '2026-11-20T00:00:00.000Z', action: 'rerun-failed-jobs' }),
    ],
    truth: { healed: true, alone: true, everHealed: true },
  },
  'healed after an approval': {
    status: 'resolved',
    steps: ({ comment, heal }) => [
      opened,
      told(comment, 'github-comment', 'asking'),
      approved(comment + 20),
      helped(heal),
      ended('resolved', heal),
    ],
    truth: { healed: true, everHealed: true },
  },
  'healed by an action that somebody ordered in a comment': {
    status: 'resolved',
    steps: ({ comment, heal }) => [
      opened,
      told(comment),
      step('rerun.requested', comment + 10, { by: 'octo-dana', action: 'rerun-failed-jobs', digest: DIGEST }),
      helped(heal),
      ended('resolved', heal),
    ],
    truth: { healed: true, everHealed: true },
  },
  'acknowledged, then healed': {
    status: 'resolved',
    steps: ({ comment, heal }) => [
      opened,
      told(comment),
      step('incident.acknowledged', comment + 1, { by: 'octo-dana', attempt: 1 }),
      helped(heal),
      ended('resolved', heal),
    ],
    truth: { healed: true, everHealed: true },
  },
  rejected: {
    status: 'escalated',
    steps: ({ comment }) => [
      opened,
      told(comment),
      step('approval.rejected', comment + 60, { digest: DIGEST, by: 'octo-dana' }),
      ended('escalated', comment + 61),
    ],
    truth: { isListedOpen: true, withPerson: true },
  },
  'healed, reopened and healed again': {
    status: 'resolved',
    attempts: 2,
    steps: ({ comment, heal }) => [
      opened,
      told(comment),
      helped(comment + 50),
      ended('resolved', comment + 50),
      reopened(comment + 100),
      told(comment + 120),
      helped(heal),
      ended('resolved', heal, 2),
    ],
    truth: { healed: true, everHealed: true, falseFix: true },
  },
  'healed, reopened and handed over': {
    status: 'escalated',
    attempts: 2,
    steps: ({ comment }) => [
      opened,
      told(comment),
      helped(comment + 50),
      ended('resolved', comment + 50),
      reopened(comment + 100),
      failed(comment + 150),
      ended('escalated', comment + 151, 2),
    ],
    truth: { everHealed: true, falseFix: true, isListedOpen: true, withPerson: true },
  },
  'healed, reopened and resolved by a person': {
    status: 'resolved',
    attempts: 2,
    steps: ({ comment }) => [
      opened,
      told(comment),
      helped(comment + 50),
      ended('resolved', comment + 50),
      reopened(comment + 100),
      step('incident.person-resolved', comment + 170, {
        by: 'octo-dana',
        attempt: 2,
        success: true,
        solution: 'Raised the limit.',
        actionTaken: null,
        minutes: null,
        class: null,
      }),
    ],
    truth: { everHealed: true, falseFix: true, withPerson: true },
  },
  'came back as another incident': {
    status: 'linked',
    steps: ({ comment, heal }) => [
      opened,
      told(comment),
      helped(heal),
      ended('resolved', heal),
      step('incident.recurred', heal + 60, { away: 'a minute', action: 'rerun-failed-jobs', as: 'gh-later-one' }),
    ],
    truth: { healed: true, everHealed: true, falseFix: true },
  },
  'came back with a new deployment': {
    status: 'linked',
    steps: ({ comment, heal }) => [
      opened,
      told(comment),
      helped(heal),
      ended('resolved', heal),
      step('incident.recurred', heal + 60, {
        away: 'a minute',
        action: 'rerun-failed-jobs',
        as: 'gh-later-one',
        deployedAt: '2026-11-20T00:00:00.000Z',
      }),
    ],
    truth: { healed: true, alone: true, everHealed: true },
  },
  'approval that nobody gave, then healed by another action': {
    status: 'resolved',
    steps: ({ comment, heal }) => [
      opened,
      told(comment),
      asked(comment + 1),
      step('approval.too-late', comment + 90, EXPIRED),
      helped(heal),
      ended('resolved', heal),
    ],
    truth: { healed: true, alone: true, everHealed: true },
  },
  'approval that a person gave too late, then healed by another action': {
    status: 'resolved',
    steps: ({ comment, heal }) => [
      opened,
      told(comment),
      asked(comment + 1),
      step('approval.too-late', comment + 90, { digest: DIGEST, by: 'octo-dana' }),
      helped(heal),
      ended('resolved', heal),
    ],
    truth: { healed: true, everHealed: true },
  },
  'called wrong by a person': {
    status: 'resolved',
    steps: ({ comment, heal }) => [
      opened,
      told(comment),
      helped(heal),
      ended('resolved', heal),
      step('incident.feedback', heal + 9, {
        by: 'octo-dana',
        attempt: 1,
        actionCorrect: false,
        speed: null,
        effectiveness: null,
        comments: null,
      }),
    ],
    truth: { healed: true, everHealed: true, falseFix: true },
  },
  're-run twice without success': {
    status: 'escalated',
    steps: ({ comment }) => [
      opened,
      told(comment),
      failed(comment + 30),
      failed(comment + 60),
      ended('escalated', comment + 61),
    ],
    truth: { isListedOpen: true, withPerson: true },
  },
  'told only': {
    status: 'suggested',
    steps: ({ comment }) => [opened, told(comment, 'github-comment', 'final'), ended('suggested', comment - 1)],
    truth: { isListedOpen: true, withPerson: true },
  },
  'got well by itself': {
    status: 'resolved',
    steps: ({ comment, heal }) => [opened, told(comment), ended('resolved', heal)],
    truth: {},
  },
  'approval that nobody gave': {
    status: 'escalated',
    steps: ({ comment }) => [
      opened,
      told(comment),
      step('approval.too-late', comment + 90, EXPIRED),
      ended('escalated', comment + 91),
    ],
    truth: { isListedOpen: true, withPerson: true },
  },
  'false positive': {
    status: 'resolved',
    steps: ({ comment }) => [
      opened,
      told(comment),
      ended('escalated', comment + 5),
      step('incident.false-positive', comment + 30, { by: 'octo-dana', attempt: 1, reason: 'A drill.', patterns: 0 }),
    ],
    truth: { withPerson: true },
  },
  'waiting for an approval': {
    status: 'open',
    steps: ({ comment }) => [opened, told(comment, 'github-comment', 'asking'), asked(comment + 1)],
    truth: { ended: false, isListedOpen: true },
  },
  'same failure as an open one': {
    status: 'linked',
    steps: ({ comment }) => [opened, ended('linked', comment)],
    truth: { isCounted: false },
  },
  'alarm of another place': {
    status: 'escalated',
    target: 'other-place',
    steps: ({ comment }) => [opened, told(comment, 'email'), ended('escalated', comment)],
    truth: { isCounted: false, isListedOpen: true },
  },
  rehearsal: {
    status: 'resolved',
    target: 'rehearsal',
    steps: ({ heal }) => [opened, helped(heal), ended('resolved', heal)],
    truth: { isCounted: false },
  },
  'action that somebody ordered': {
    status: 'resolved',
    steps: ({ heal }) => [opened, helped(heal), ended('resolved', heal)],
    change: {
      request: {
        id: 'b'.repeat(32),
        actionId: 'rerun-failed-jobs',
        to: null,
        by: 'octo-dana',
        names: [],
        at: '2026-11-01T00:00:00.000Z',
        reason: null,
        incidentId: null,
      },
    },
    truth: { isCounted: false },
  },
};
