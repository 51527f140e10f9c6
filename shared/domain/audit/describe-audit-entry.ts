import { cleanText } from '../redaction/clean-text.ts';
import type { AuditEntry } from './audit-entry.ts';

type Facts = AuditEntry['facts'];
type Words = (facts: Facts) => string;

const MOST_WORDS = 1000;
const SHORT_DIGEST = 12;

/** What happened, in a sentence or two made by code, with what was known then. An event that has no words of its own is told by its facts. */
export function tellEntry({ event, facts }: Pick<AuditEntry, 'event' | 'facts'>): string {
  const words = Object.hasOwn(TOLD, event) ? TOLD[event as keyof typeof TOLD](facts) : `${event} (${listed(facts)}).`;
  return cleanText(words, MOST_WORDS);
}

const text = (value: Facts[string] | undefined): string => (value === undefined || value === null ? '' : `${value}`);
const listed = (facts: Facts): string =>
  Object.entries(facts)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || 'nothing more is known';
const plan = ({ digest }: Facts): string => (digest ? ` (plan ${text(digest).slice(0, SHORT_DIGEST)})` : '');
const onTarget = ({ action, target }: Facts): string => `${text(action)}${target ? ` on ${text(target)}` : ''}`;
const because = ({ reasons }: Facts): string => (reasons ? ` ${text(reasons)}` : '');
const times = (count: Facts[string] | undefined): string => (count === 1 ? 'one action' : `${count ?? 0} actions`);

const DECISIONS: Readonly<Record<string, string>> = {
  act: 'do it without asking',
  approve: 'ask a person first',
  suggest: 'propose it and change nothing',
  escalate: 'hand it to a human',
  recovered: 'do nothing, it is healthy again',
  hold: 'wait and see whether it heals by itself',
};

function planWords(facts: Facts): string {
  const { decision, action } = facts;
  const what = DECISIONS[text(decision)] ?? text(decision);
  return `The plan was to ${what}${action ? `: ${text(action)}` : ''}${plan(facts)}.${because(facts)}${knownThen(facts)}${armWords(facts)}`;
}

function knownThen(facts: Facts): string {
  if (facts.class === undefined) return '';
  const known = [
    `${text(facts.class)}, ${text(facts.verdict)}, confidence ${shareOf(facts.classConfidence)}`,
    `mode ${text(facts.mode)}`,
    `possible actions ${text(facts.candidates) || 'none'}`,
    `${text(facts.outcomes)} outcomes of this class`,
    `diagnosis by ${text(facts.diagnosis)}${modelWords(facts)}`,
    ...circumstanceWords(facts),
  ];
  return ` Known then: ${known.join('; ')}.`;
}

function circumstanceWords({ partOfWeek, load, recentDeployments, incidentsInDay }: Facts): string[] {
  if (partOfWeek === undefined) return [];
  const deployed = recentDeployments === null ? 'deployments not known' : `${text(recentDeployments)} deployments`;
  const day = `${deployed} and ${text(incidentsInDay)} other incidents within a day`;
  return [`${text(partOfWeek).replace('-', ' ')}, load ${text(load)}, ${day}`];
}

function modelWords({ modelChoice, modelConfidence }: Facts): string {
  return modelChoice ? `, which chose ${text(modelChoice)} at ${shareOf(modelConfidence)}` : '';
}

function armWords({ experiment, variant }: Facts): string {
  return experiment ? ` It took part in the experiment ${text(experiment)} as ${text(variant)}.` : '';
}

const shareOf = (share: Facts[string] | undefined): string =>
  typeof share === 'number' ? `${Math.round(share * 100)} %` : 'not known';

function guardWords(facts: Facts): string {
  const { killSwitch, mode, failures, approval } = facts;
  if (mode === undefined) return '';
  const asked = approval === null ? 'no approval was asked for' : `approval ${text(approval)}`;
  return ` Looked at: kill switch ${killSwitch ? 'on' : 'off'}, mode ${text(mode)}, ${text(failures)} recent failures, ${asked}.`;
}

const TOLD_OF: Readonly<Record<string, string>> = { asking: 'what waits for them', acting: 'what is being done' };

function toldWords({ channel, where, stage }: Facts): string {
  return `People were told (${text(channel)}, ${TOLD_OF[text(stage)] ?? 'how it ended'}): ${text(where)}.`;
}

const ended =
  (words: string): Words =>
  ({ actions, parent }) =>
    `It ended: ${words}, after ${times(actions)}${parent ? `, together with ${text(parent)}` : ''}.`;

const TOLD = {
  'incident.opened': ({ source, kind }) => `It was opened: ${text(source)} reported a failure (${text(kind)}).`,
  'incident.reopened': ({ attempt }) => `It was opened again (attempt ${text(attempt)}).`,
  'incident.grouped': ({ parent }) => `It was made part of the storm ${text(parent)}; no workflow of its own.`,
  'run.succeeded': ({ runAttempt }) => `GitHub reported that attempt ${text(runAttempt)} of the run passed.`,
  'alarm.cleared': () => 'The alarm reported that it is OK.',
  'workflow.restarted': ({ attempt }) => `Its workflow had died and was started again (attempt ${text(attempt)}).`,
  'plan.made': planWords,
  'guard.granted': (facts) => `The last check allowed ${text(facts.action)}${plan(facts)}.${guardWords(facts)}`,
  'guard.denied': (facts) =>
    `The last check refused ${text(facts.action)}${plan(facts)}.${because(facts)}${guardWords(facts)}`,
  'approval.requested': ({ action, digest, expiresAt }) =>
    `A person was asked to approve ${text(action)}${plan({ digest: digest ?? null })}, until ${text(expiresAt)}.`,
  'approval.reminded': () => 'People were reminded of the request.',
  'approval.escalated': ({ level }) => `Nobody had answered: level ${text(level)} was asked.`,
  'approval.refused': (facts) => `${text(facts.by)} wanted to decide it and may not${howOf(facts)}.${because(facts)}`,
  'approval.approved': (facts) => `${text(facts.by)} approved it${plan(facts)}${howOf(facts)}.`,
  'approval.rejected': (facts) => `${text(facts.by)} rejected it${plan(facts)}${howOf(facts)}.`,
  'rerun.requested': (facts) => `${text(facts.by)} asked to run the failed jobs again${plan(facts)}.`,
  'approval.too-late': (facts) =>
    `The decision of ${text(facts.by)}${plan(facts)} reached the workflow too late: nothing was done because of it.`,
  'action.intended': (facts) => `It set out to do ${onTarget(facts)}${plan(facts)}.`,
  'action.done': (facts) => `It did ${onTarget(facts)}.`,
  'action.refused': (facts) => `It did not do ${onTarget(facts)}: that was refused, and nothing was changed.`,
  'action.unknown': (facts) => `Whether ${onTarget(facts)} took effect is not known.`,
  'action.recovered': (facts) => `Verified: ${onTarget(facts)} helped.`,
  'action.failed': (facts) =>
    facts.inconclusive
      ? `Whether ${onTarget(facts)} helped could not be seen in time.`
      : `Verified: ${onTarget(facts)} did not help.`,
  'action.undo-intended': (facts) => `It set out to undo ${onTarget(facts)}.`,
  'action.undone': (facts) => `It undid ${onTarget(facts)}.`,
  'action.undo-failed': (facts) => `It could not undo ${onTarget(facts)}: a person has to look.`,
  'incident.told': toldWords,
  'incident.handed-over': ({ error }) => `A human was mailed${error ? ` (${text(error)})` : ''}.`,
  'incident.resolved': ended('resolved, as verified'),
  'incident.healed': ({ since }) => `It is healed: the failure stayed away since ${text(since)}.`,
  'incident.recurred': ({ away, as }) => `The failure came back after ${text(away)}: ${text(as)} goes on with it.`,
  'incident.came-back': ({ away, earlier, action }) =>
    `The failure had been resolved before (${text(earlier)}) and came back after ${text(away)}${action ? `; ${text(action)} counts as having failed` : ''}.`,
  'incident.suggested': ended('with a proposal to people'),
  'incident.escalated': ended('with a human'),
  'incident.linked': ended('the same failure is handled elsewhere'),
} satisfies Record<string, Words>;

function howOf({ channel, onBehalfOf, selfApproval }: Facts): string {
  const own = selfApproval ? `, being behind the run themselves (${text(selfApproval)})` : '';
  return `${onBehalfOf ? ` on behalf of ${text(onBehalfOf)}` : ''}${channel ? ` by ${text(channel)}` : ''}${own}`;
}
