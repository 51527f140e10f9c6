import type { Prediction } from '#shared/domain/answers/prediction.ts';
import type { AuditEntry } from '#shared/domain/audit/audit-event.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { anIncident } from './incidents.ts';
import { anEnding, aPrediction } from './predictions.ts';
import { aGithubTarget, anAlarmTarget } from './signals.ts';

/** What is true of a simulated incident because it was made so. Times in seconds from its opening. */
interface Truth {
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

export interface SimulatedIncident {
  readonly path: string;
  readonly incident: Incident;
  readonly entries: readonly AuditEntry[];
  readonly predictions: readonly Prediction[];
  readonly truth: Truth;
  /** Whole days before today, in UTC; it also ended on that day. */
  readonly daysAgo: number;
}

const FALSE: Truth = {
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
const ANOTHER_PLACE = { account: '210987654321', region: 'eu-west-3' };

type Step = { readonly event: string; readonly facts: object; readonly after: number };
interface Path {
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
const PATHS: Readonly<Record<string, Path>> = {
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

/** Deterministic numbers of 0 to below `most`. */
function numbers(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * most);
  };
}

function targetOf(path: Path): Incident['target'] {
  if (path.target === 'other-place') {
    const { account, region } = ANOTHER_PLACE;
    return anAlarmTarget({
      ...ANOTHER_PLACE,
      alarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:checkout-errors`,
    });
  }
  if (path.target !== 'rehearsal') return aGithubTarget();
  return {
    kind: 'report',
    reportId: 'a'.repeat(32),
    service: 'checkout',
    repository: null,
    severity: 'low',
    reportedBy: 'octo-dana',
    reportedAt: '2026-11-01T00:00:00.000Z',
    simulated: true,
  } as Incident['target'];
}

/** 30 days of incidents of every path until `now`; half of them have used a language model for 1000 microdollars an attempt. */
export function aSimulatedMonth(now: Date, { rounds = 20, seed = 7 } = {}): SimulatedIncident[] {
  const number = numbers(seed);
  const midnight = Date.parse(`${now.toISOString().slice(0, 10)}T00:00:00.000Z`);
  return Array.from({ length: rounds }, () => Object.entries(PATHS))
    .flat()
    .map(([name, path], index) => {
      const daysAgo = number(30);
      const start = midnight - daysAgo * 86_400_000 + (1 + number(6)) * 3_600_000 + index;
      const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
      const [comment, heal] = [10 + number(90), 400 + number(600)];
      const steps = path.steps({ comment, heal });
      const id = `gh-${String(index).padStart(24, '0')}`;
      const attempt = path.attempts ?? 1;
      const isFlaky = path.truth.isCounted !== false && index % 3 === 0;
      const spending =
        index % 2 === 0
          ? {
              provider: 'bedrock',
              modelId: 'model-1',
              prompt: null,
              turns: 1,
              inputTokens: 100,
              cachedInputTokens: 0,
              outputTokens: 10,
            }
          : null;
      const truth = { ...FALSE, ...path.truth };
      return {
        path: name,
        daysAgo,
        incident: anIncident({
          id,
          status: path.status,
          target: targetOf(path),
          attempt,
          openedAt: at(0),
          updatedAt: at(steps.at(-1)?.after ?? 0),
          ...path.change,
        }),
        entries: steps.map(({ event, facts, after }) => ({ event, facts, at: at(after) }) as AuditEntry),
        predictions:
          path.target === 'rehearsal'
            ? []
            : Array.from({ length: attempt }, (_, before) =>
                aPrediction({
                  incidentId: id,
                  attempt: before + 1,
                  openedAt: at(0),
                  at: at(3 + before * 100),
                  verdict: isFlaky ? 'flaky' : 'infrastructure',
                  ending: anEnding({
                    at: at(heal),
                    spending: spending === null ? null : { ...spending, turns: before + 1, microdollars: 1000 },
                  }),
                }),
              ),
        truth: {
          ...truth,
          comment: truth.isCounted ? comment : null,
          heal: truth.healed ? heal : null,
        },
      };
    });
}
