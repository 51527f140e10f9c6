import type { TrailEntry } from './audit-entry.ts';

/** How the latest attempt of an incident ended. `healed`: by an action, as verified; `recovered`: without one. */
type CourseEnd = 'healed' | 'recovered' | 'person' | 'suggested' | 'escalated' | 'duplicate';

/** What an audit trail says about an incident, as far as the figures need it. */
export interface IncidentCourse {
  /** Null while it is open. */
  readonly end: { readonly at: string; readonly how: CourseEnd } | null;
  /** An action healed it in this or in an earlier attempt. */
  readonly wasHealed: boolean;
  /** It was healed, and came back without a deployment in between, was reopened, or a person called it wrong. */
  readonly isFalseFix: boolean;
  /** A person acknowledged, approved, rejected, ordered or ended something. */
  readonly hasPerson: boolean;
  /** When the pull request got its first comment; null without one. */
  readonly firstCommentAt: string | null;
  /** Whether the verification of an action said that it helped, or that it did not. */
  readonly hasOutcome: boolean;
  /** A plan waits for a person's decision. */
  readonly isAsking: boolean;
}

/** The notifier whose announcement is a comment. */
const COMMENT = 'github-comment';

/** Entries that a person causes. Those with `by: null` were made by nobody, such as an approval that expired. */
const BY_PEOPLE: ReadonlySet<string> = new Set([
  'incident.acknowledged',
  'incident.person-escalated',
  'on-call.ended',
  'incident.person-resolved',
  'incident.false-positive',
  'approval.approved',
  'approval.rejected',
  'approval.too-late',
  'action.requested',
  'rerun.requested',
]);

type Entry = Pick<TrailEntry, 'at' | 'event' | 'facts'>;

interface State {
  end: IncidentCourse['end'];
  wasHealed: boolean;
  hasPerson: boolean;
  hasOutcome: boolean;
  firstCommentAt: string | null;
  asking: boolean;
  /** Attempt in progress. */
  attempt: number;
  /** An action of this attempt helped. */
  helped: boolean;
  /** The last healing has stood for as long as it has to. */
  settled: boolean;
  /** Why a healing was none, by attempt or person; a later entry may take a reason back. */
  readonly doubts: Set<string>;
}

/** Reads the course of an incident from its trail, in the order of writing. Entries of later versions are passed over. */
export function courseOf(trail: readonly Entry[]): IncidentCourse {
  const state: State = {
    end: null,
    wasHealed: false,
    hasPerson: false,
    hasOutcome: false,
    firstCommentAt: null,
    asking: false,
    attempt: 1,
    helped: false,
    settled: false,
    doubts: new Set(),
  };
  for (const entry of trail) {
    if (/^approval\.(?:approved|rejected|too-late)$/.test(entry.event)) state.asking = false;
    if (BY_PEOPLE.has(entry.event) && entry.facts.by !== null) state.hasPerson = true;
    READERS[entry.event]?.(state, entry);
  }
  const { end, wasHealed, hasPerson, firstCommentAt, hasOutcome, doubts, asking } = state;
  const isFalseFix = wasHealed && doubts.size > 0;
  return { end, wasHealed, isFalseFix, hasPerson, firstCommentAt, hasOutcome, isAsking: asking && end === null };
}

const ends =
  (how: CourseEnd) =>
  (state: State, { at }: Entry): void => {
    // A person's word stands, also where the workflow ends after it.
    if (state.end?.how !== 'person') state.end = { at, how };
  };

const reopens = (state: State, { facts }: Entry): void => {
  const attempt = Number(facts.attempt ?? state.attempt + 1);
  if (state.end?.how === 'healed' && !state.settled) state.doubts.add(`attempt ${attempt}`);
  Object.assign(state, { attempt, end: null, helped: false, settled: false, asking: false });
};

const READERS: Readonly<Record<string, (state: State, entry: Entry) => void>> = {
  'incident.reopened': reopens,
  'approval.requested': (state) => {
    state.asking = true;
  },
  'action.recovered': (state) => {
    state.helped = true;
    state.hasOutcome = true;
  },
  'action.failed': (state, { facts }) => {
    if (facts.inconclusive !== true) state.hasOutcome = true;
  },
  'incident.resolved': (state, entry) => {
    ends(state.helped ? 'healed' : 'recovered')(state, entry);
    if (state.end?.how === 'healed') state.wasHealed = true;
  },
  'incident.suggested': ends('suggested'),
  'incident.escalated': ends('escalated'),
  'incident.linked': ends('duplicate'),
  'incident.grouped': ends('duplicate'),
  'incident.person-resolved': (state, { at, facts }) => {
    if (facts.success === true) state.end = { at, how: 'person' };
  },
  'fix.verified': (state, { at }) => {
    state.end = { at, how: 'person' };
  },
  'incident.false-positive': (state, { at }) => {
    if (state.wasHealed) state.doubts.add('false-positive');
    state.end = { at: state.end?.at ?? at, how: 'person' };
  },
  'incident.healed': (state) => {
    state.settled = true;
  },
  'incident.recurred': (state, { facts }) => {
    if (facts.deployedAt === undefined) state.doubts.add('recurred');
  },
  // A deployment has brought the failure back: the action had helped.
  'incident.came-back': (state, { facts }) => {
    if (facts.deployedAt !== undefined) state.doubts.delete(`attempt ${facts.attempt}`);
  },
  'incident.feedback': (state, { facts }) => {
    const doubt = `feedback of ${facts.by} about attempt ${facts.attempt}`;
    if (facts.actionCorrect === false) state.doubts.add(doubt);
    else state.doubts.delete(doubt);
  },
  'incident.notified': (state, { at, facts }) => {
    if (facts.channel === COMMENT) state.firstCommentAt ??= at;
  },
};
