import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { FORMER_RUN_KIND } from '@selfheal/log-reading/logs/telemetry.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import * as z from 'zod';
import { HOST_TITLES } from '../access/person.ts';
import { AccessEvent } from './access-event.ts';
import type { AuditFact, TrailEntry } from './audit-entry.ts';
import { AuditEntry, type AuditFacts } from './audit-event.ts';

const Entry = z.discriminatedUnion('event', [...AuditEntry.options, ...AccessEvent.options]);
type Entry = z.infer<typeof Entry>;
type Facts<E extends Entry['event']> = Extract<Entry, { event: E }>['facts'];
type Descriptions = { readonly [E in Entry['event']]: (facts: Facts<E>) => string };

const MAX_LENGTH = 1000;
const SHORT_DIGEST = 12;

/** One or two sentences about an entry of the trail: what happened. An entry that this version does not know is described by its facts. */
export function describeAuditEntry({ at, event, facts }: Pick<TrailEntry, 'at' | 'event' | 'facts'>): string {
  const known = Entry.safeParse({ at, event, facts });
  return cleanText(known.success ? describe(known.data) : `${event} (${listed(facts)}).`, MAX_LENGTH);
}

/** What was known when a plan was made, for whoever unfolds the entry; null of every other entry. */
export function auditEntryDetails({ at, event, facts }: Pick<TrailEntry, 'at' | 'event' | 'facts'>): string | null {
  const known = Entry.safeParse({ at, event, facts });
  if (!known.success || known.data.event !== 'plan.made') return null;
  const words = knownThen(known.data.facts);
  return words === '' ? null : cleanText(words, MAX_LENGTH);
}

function describe<E extends Entry['event']>({ event, facts }: { event: E; facts: Facts<E> }): string {
  return DESCRIPTIONS[event](facts);
}

const listed = (facts: Readonly<Record<string, AuditFact>>): string =>
  Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || 'nothing more is known';
const plan = (digest: string | null): string => (digest ? ` (plan ${digest.slice(0, SHORT_DIGEST)})` : '');
const onTarget = ({ action, target }: AuditFacts<'action.done'>): string => `${action} on ${target}`;
const because = (reasons: string | null): string => (reasons ? ` ${reasons}` : '');
const times = (count: number): string =>
  count === 0 ? 'without an action' : `after ${count === 1 ? 'one action' : `${count} actions`}`;

const DECISIONS: Readonly<Record<AuditFacts<'plan.made'>['decision'], string>> = {
  act: 'do it without asking',
  approve: 'ask a person first',
  suggest: 'propose it and change nothing',
  escalate: 'hand it to a human',
  recovered: 'do nothing, it is healthy again',
  hold: 'wait and see whether it heals by itself',
};

function planWords(facts: AuditFacts<'plan.made'>): string {
  const { decision, action, digest, reasons } = facts;
  const what = `${DECISIONS[decision]}${action ? `: ${action}` : ''}${plan(digest)}`;
  return `The plan was to ${what}.${because(reasons)}${armWords(facts)}`;
}

function knownThen(facts: AuditFacts<'plan.made'>): string {
  if (facts.class === undefined) return '';
  const known = [
    classWords(facts),
    `mode ${facts.mode}`,
    `possible actions ${facts.candidates || 'none'}`,
    `${counted(facts.outcomes ?? 0, 'outcome')} of this class`,
    `diagnosis by ${facts.diagnosis}${modelWords(facts)}`,
    ...(facts.knownHere === undefined ? [] : [`known here: ${facts.knownHere}`]),
    ...circumstanceWords(facts),
  ];
  return `Known at that time: ${known.join('; ')}.`;
}

/** A class that is not known has neither certainty nor, mostly, a verdict. */
function classWords({ class: name, verdict, classConfidence }: AuditFacts<'plan.made'>): string {
  const judged = verdict === undefined || verdict === 'unknown' ? [] : [`verdict ${verdict}`];
  if (name === undefined || name === 'unknown') return ['the kind of failure was not recognised', ...judged].join(', ');
  return [`${name.replaceAll('_', ' ')} (${shareOf(classConfidence)} certain)`, ...judged].join(', ');
}

function circumstanceWords({ partOfWeek, load, recentDeployments, incidentsInDay }: AuditFacts<'plan.made'>): string[] {
  if (partOfWeek === undefined) return [];
  const deployed = recentDeployments === null ? 'deployments not known' : counted(recentDeployments ?? 0, 'deployment');
  const day = `${deployed} and ${counted(incidentsInDay ?? 0, 'other incident')} within a day`;
  return [`${partOfWeek.replace('-', ' ')}, load ${load === 'unknown' ? 'not known' : load}, ${day}`];
}

function modelWords({ modelChoice, modelConfidence }: AuditFacts<'plan.made'>): string {
  return modelChoice ? `, which chose ${modelChoice} at ${shareOf(modelConfidence)}` : '';
}

function armWords({ experiment, variant }: AuditFacts<'plan.made'>): string {
  return experiment ? ` It took part in the experiment ${experiment} as ${variant}.` : '';
}

const shareOf = (share: number | undefined): string => (share === undefined ? 'not known' : percentText(share));

function guardWords({ killSwitch, mode, failures, approval }: AuditFacts<'guard.granted'>): string {
  const asked = approval === null ? 'no approval requested' : `approval ${approval}`;
  return ` Checked: kill switch ${killSwitch ? 'on' : 'off'}, mode ${mode}, ${counted(failures, 'recent failure')}, ${asked}.`;
}

const STAGES: Readonly<Record<AuditFacts<'incident.notified'>['stage'], string>> = {
  asking: 'what to decide',
  acting: 'what is being done',
  final: 'the outcome',
};

const SENDERS: Readonly<Record<string, string>> = { github: 'GitHub', gitlab: 'GitLab', cloudwatch: 'CloudWatch' };
const REPORTED: Readonly<Record<string, string>> = {
  run: 'a failed run',
  // Entries of format 4.
  [FORMER_RUN_KIND]: 'a failed run',
  alarm: 'an alarm',
};

const SENT: Readonly<Record<string, string>> = { email: 'E-mail sent', 'github-comment': 'Comment written' };

const ended =
  (words: string) =>
  ({ actions, parent }: AuditFacts<'incident.resolved'>): string =>
    `It ended: ${words}, ${times(actions)}${parent ? `, together with ${parent}` : ''}.`;

function failedWords(facts: AuditFacts<'action.failed'>): string {
  // An alarm that rang until the time for verification was over shows that nothing helped; see `isUnclear`.
  if (facts.timedOut === true) return `Verified: ${onTarget(facts)} did not help in time.`;
  return facts.inconclusive
    ? `It is not known whether ${onTarget(facts)} helped: time ran out.`
    : `Verified: ${onTarget(facts)} did not help.`;
}

const DESCRIPTIONS: Descriptions = {
  'incident.opened': ({ source, kind }) =>
    source === kind
      ? `It was opened by a ${kind}.`
      : `It was opened: ${SENDERS[source] ?? source} reported ${REPORTED[kind] ?? `a failure (${kind})`}.`,
  'incident.reopened': ({ attempt }) => `It was reopened (attempt ${attempt}).`,
  'incident.reported': ({ by, severity, service, repository, simulated }) =>
    `${by} reported ${simulated ? 'a rehearsal' : 'it'} about ${service ?? repository ?? 'no service'}, severity ${severity}.`,
  'incident.acknowledged': ({ by }) => `${by} acknowledged it.`,
  'incident.person-escalated': ({ by, reason }) => `${by} asked that others take over: ${reason}`,
  'on-call.called': ({ level, people, reached, gap }) =>
    `Level ${level} of who is on call: ${people === '' ? 'nobody' : people}${reached === 0 ? ', not reached' : ''}.${gap === null ? '' : ` (${gap}.)`}`,
  'on-call.ended': ({ by }) => `${by} asked to call nobody else.`,
  'on-call.unanswered': ({ levels }) => `Nobody acknowledged it, though all ${levels} levels were called.`,
  'incident.edited': ({ by, fields, reason }) => `${by} changed ${fields}.${because(reason)}`,
  'incident.person-resolved': ({ by, success, solution, minutes }) =>
    `${by} ${success ? 'ended it and reported as helpful' : 'reported as not helpful'}${minutes === null ? '' : `, after ${minutes} minutes`}: ${solution}`,
  'incident.false-positive': ({ by, reason, patterns }) =>
    `${by} called it a false alarm: ${reason}${patterns === 0 ? '' : ` It counts against ${patterns} learned patterns.`}`,
  'incident.feedback': ({ by, actionCorrect, comments }) =>
    `${by} said the actions were ${actionCorrect ? 'right' : 'wrong'}.${because(comments)}`,
  'incident.grouped': ({ parent }) => `It was made part of the storm ${parent}; no workflow of its own.`,
  'run.succeeded': ({ runAttempt }) => `Attempt ${runAttempt} of the run passed.`,
  'alarm.cleared': () => 'The alarm reported that it is OK.',
  'workflow.restarted': ({ attempt }) => `Its workflow had stopped and was restarted (attempt ${attempt}).`,
  'plan.made': planWords,
  'guard.granted': (facts) => `The last check allowed ${facts.action}${plan(facts.digest)}.${guardWords(facts)}`,
  'guard.denied': (facts) =>
    `The last check refused ${facts.action}${plan(facts.digest)}.${because(facts.reasons)}${guardWords(facts)}`,
  'approval.requested': ({ action, digest, expiresAt }) =>
    `A person was asked to approve ${action}${plan(digest)}, until ${expiresAt}.`,
  'approval.reminded': () => 'People were reminded of the request.',
  'approval.escalated': ({ level }) => `Nobody had answered: level ${level} was asked.`,
  'approval.refused': (facts) =>
    `${facts.by} tried to decide it, which they may not do${howWords(facts)}.${because(facts.reasons)}`,
  'approval.approved': (facts) =>
    `${personWords(facts)} approved it${plan(facts.digest)}${howWords(facts)}.${because(facts.reason ?? null)}`,
  'approval.rejected': (facts) =>
    `${personWords(facts)} rejected it${plan(facts.digest)}${howWords(facts)}.${because(facts.reason ?? null)}`,
  'action.requested': ({ by, action, to, about, reason }) =>
    `${by} asked for ${action}${to === null ? '' : ` to ${to}`}${about === null ? '' : `, about ${about}`}.${because(reason)}`,
  'action.request-refused': ({ action, reason }) => `The request for ${action} was refused: ${reason}`,
  'rerun.requested': ({ by, digest }) => `${by} asked to run the failed jobs again${plan(digest)}.`,
  'approval.too-late': ({ by, digest }) =>
    `The decision of ${by ?? ''}${plan(digest)} reached the workflow too late and had no effect.`,
  'action.intended': (facts) => `It started ${onTarget(facts)}${plan(facts.digest)}.`,
  'action.done': (facts) => `It carried out ${onTarget(facts)}.`,
  'action.refused': (facts) =>
    `It could not carry out ${onTarget(facts)}: the request was refused, and nothing was changed.`,
  'action.unknown': (facts) => `Whether ${onTarget(facts)} took effect is not known.`,
  'action.recovered': (facts) => `Verified: ${onTarget(facts)} helped.`,
  'action.advanced': (facts) => `Verified: ${onTarget(facts)} achieved its purpose; the next action will be planned.`,
  'action.failed': failedWords,
  'action.undo-intended': (facts) => `It started to undo ${onTarget(facts)}.`,
  'action.undone': (facts) => `It undid ${onTarget(facts)}.`,
  'action.undo-failed': (facts) => `It could not undo ${onTarget(facts)}: a person has to check it.`,
  'incident.notified': ({ channel, where, stage }) =>
    `${SENT[channel] ?? `Notice sent by ${channel}`}: ${STAGES[stage]}${/^https?:/.test(where) ? ` (${where})` : ''}.`,
  'incident.handed-over': ({ error, askedBy }) =>
    askedBy === undefined
      ? `E-mail sent: a person has to take over${error ? ` (${error})` : ''}.`
      : `People were told, as ${askedBy} asked.`,
  'incident.resolved': ended('resolved, as verified'),
  'fix.verified': ({ pullRequest, mergedAt, run }) =>
    `Pull request #${pullRequest} was merged at ${mergedAt}, and run ${run} then passed on the default branch: it is resolved.`,
  'incident.healed': ({ since }) => `It is healed: the failure has not come back since ${since}.`,
  'incident.recurred': ({ away, as }) => `The failure came back after ${away}; it continues as incident ${as}.`,
  'incident.came-back': ({ away, earlier, action, deployedAt }) => {
    const counts = deployedAt ? `a deployment at ${deployedAt} undid ${action}` : `${action} counts as not lasting`;
    return `The failure had been resolved before (${earlier}) and came back after ${away}${action ? `; ${counts}` : ''}.`;
  },
  'incident.suggested': ended('with a proposal to people'),
  'incident.escalated': ended('with a human'),
  'incident.linked': ended('the same failure is handled elsewhere'),
  'api-key.created': ({ id, name, roles, expiresAt, by }) =>
    `${by} created the API key ${id} (${name}) with the roles ${roles}, until ${expiresAt}.`,
  'connection.created': ({ id, source, scheme, by }) =>
    `${by} made the connection ${id} for ${source}, which proves itself by ${scheme}.`,
  'connection.rotated': ({ id, by }) => `${by} gave the connection ${id} its next secret.`,
  'connection.removed': ({ id, by }) => `${by} removed the connection ${id}.`,
  'person.linked': ({ name, login, host = 'github', by }) =>
    login === null
      ? `${by} ended the link of ${name} to ${HOST_TITLES[host]}.`
      : `${by} linked ${name} to the ${HOST_TITLES[host]} account ${login}.`,
  'api-key.revoked': ({ id, name, by }) => `${by} revoked the API key ${id} (${name}).`,
};

const USER_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Older entries name a person by their id in the user pool, which tells a reader nothing. */
const personWords = ({ by, name }: { readonly by: string | null; readonly name?: string | undefined }): string =>
  name ?? (by === null || USER_ID.test(by) ? 'A signed-in person' : by);

function howWords({
  channel,
  onBehalfOf,
  selfApproval,
}: {
  readonly channel?: string | undefined;
  readonly onBehalfOf?: string | undefined;
  readonly selfApproval?: string | undefined;
}): string {
  const own = selfApproval ? `, being behind the run themselves (${selfApproval})` : '';
  return `${onBehalfOf ? ` on behalf of ${onBehalfOf}` : ''}${channel ? ` by ${channel}` : ''}${own}`;
}
