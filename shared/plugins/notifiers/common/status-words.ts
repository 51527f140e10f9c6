import { asksForRepeat } from '@selfheal/diagnosis/diagnosis/advice.ts';
import { endedByPerson } from '#shared/domain/incident/annotations.ts';
import { awsPlaceOf } from '#shared/domain/incident/aws-resource.ts';
import { splitFixReason } from '#shared/domain/incident/merged-fix.ts';
import { type AlertTarget, isAlarmOrAlert } from '#shared/domain/incident/target-context.ts';
import { type ActionRecord, didNotHelp, isUnclear } from '#shared/domain/plan/bound-action.ts';
import { saysLeftAlone } from '#shared/domain/policy/closed-pull-request.ts';
import type { IncidentStory } from '../contract.ts';
import { adviceNow } from './advice-words.ts';
import { hasReadLog, rerunAttempt } from './story-words.ts';

/**
 * Status of the incident: a short lead, then what the reader needs to know or do. Only a verified outcome is called recovered.
 */
export interface Status {
  readonly lead: string;
  readonly rest: string;
}

/** Reasons that are left out, because the status says the same in better words. */
const SAID_BETTER = new Set(['No safe action fits.']);
/** The guard's reason while the kill switch is on, of which every text tells. */
const KILL_SWITCH = /^The kill switch is on\b/;
/** A stored reason, read after somebody resumed. */
const reasonOfThen = (reason: string): string => reason.replace(KILL_SWITCH, 'The kill switch was on');

/** Says what Selfheal did or did not do, and what is left for a person. */
export function statusOf(story: IncidentStory, reason: string | null = story.incident.outcomeReason): Status {
  const last = story.actions.at(-1);
  if (story.stage === 'acting') return acting(last);
  if (story.stage === 'asking') return ASKING;
  switch (story.incident.status) {
    case 'resolved':
    case 'healed':
      return endedByWord(story.incident) ?? splitFixReason(reason) ?? resolved(last, reason);
    case 'grouped':
    case 'linked':
      return { lead: 'Selfheal handles it together with other failures.', rest: reason ?? '' };
    case 'open':
    case 'suggested':
    case 'escalated':
      return last === undefined ? untouched(story, reason) : notEnough(story.actions, last, reason);
    default:
      return story.incident.status satisfies never;
  }
}

const ASKING: Status = { lead: 'Waiting for an approval.', rest: 'Selfheal changes nothing until somebody decides.' };

function acting(last: ActionRecord | undefined): Status {
  if (last === undefined) return { lead: 'Selfheal is working on it.', rest: '' };
  const attempt = rerunAttempt(last);
  const lead =
    attempt === null
      ? `Selfheal acted: ${last.receipt?.summary ?? last.actionId}`
      : `Selfheal re-ran the failed jobs (attempt ${attempt}).`;
  return { lead, rest: 'It is checking whether that helped.' };
}

/** What a person said of its end is their word: Selfheal has verified nothing of it. */
function endedByWord(incident: IncidentStory['incident']): Status | null {
  const { annotations } = incident;
  if (!endedByPerson(incident) || annotations === undefined) return null;
  const { resolution, falsePositive } = annotations;
  if (resolution)
    return {
      lead: `${resolution.by} ended it.`,
      rest: `Reported as helpful by ${resolution.by}, not verified by Selfheal: ${resolution.solution}`,
    };
  return falsePositive ? { lead: `${falsePositive.by} called it a false alarm.`, rest: falsePositive.reason } : null;
}

function resolved(last: ActionRecord | undefined, reason: string | null): Status {
  if (last?.verified !== 'recovered') return { lead: 'Recovered by itself.', rest: reason ?? '' };
  const attempt = rerunAttempt(last);
  if (attempt !== null) {
    return {
      lead: `Passed on attempt ${attempt}.`,
      rest: 'Selfheal re-ran the failed jobs; no code was changed, and there is nothing to do.',
    };
  }
  return { lead: 'Recovered.', rest: `${last.receipt?.summary ?? ''} ${reason ?? ''}`.trim() };
}

function untouched(story: IncidentStory, reason: string | null): Status {
  const { diagnosis, incident, onlyDiagnosed } = story;
  // A reason of its own says why nothing was done: an action may fit and be forbidden.
  const hasReason = reason !== null && !SAID_BETTER.has(reason);
  const isSaid = !hasReason || (story.stopped && KILL_SWITCH.test(reason));
  const why = isSaid ? '' : ` ${reasonOfThen(reason)}`;
  const lead = 'Selfheal changed nothing.';
  const { target } = incident;
  const ofOthers = target.kind === 'alert' ? alertWords(target, diagnosis?.classification.verdict) : null;
  const isAlarm = isAlarmOrAlert(incident.target);
  if (reason !== null && saysLeftAlone(reason)) return { lead, rest: reason };
  if (diagnosis === null) return { lead, rest: `A person has to look.${why}` };
  switch (diagnosis.classification.verdict) {
    case 'regression':
      if (isAlarm)
        return {
          lead,
          rest: `A person has to look${hasReason ? '' : (ofOthers ?? ': no deployment could be rolled back safely')}.${why}`,
        };
      // A model or a person may advise a re-run all the same; the text must not contradict that.
      return asksForRepeat(adviceNow(story))
        ? { lead, rest: `A person has to look.${why}` }
        : { lead, rest: `A re-run would not help: a person has to fix it.${why}` };
    case 'flaky':
    case 'infrastructure': {
      const fits = onlyDiagnosed || hasReason ? '' : ', and no safe action fits';
      const reasons = onlyDiagnosed ? '' : why;
      return { lead, rest: `A person has to look: the code is probably not the cause${fits}.${reasons}` };
    }
    case 'unknown': {
      const told = hasReadLog(story) ? 'the log does not show whether a re-run would pass' : 'no log could be read';
      if (isAlarm)
        return {
          lead,
          rest: `A person has to look${hasReason ? '' : (ofOthers ?? ': no safe remedy is known')}.${why}`,
        };
      return { lead, rest: `A person has to look: ${told}.${why}` };
    }
    default:
      return diagnosis.classification.verdict satisfies never;
  }
}

/** Why an alert changed nothing. Of a build of AWS, only a retry could have been made. */
function alertWords(target: AlertTarget, verdict: string | undefined): string {
  if (target.build !== undefined)
    return verdict === 'regression' ? ': a retry would not help' : ': its log does not show whether a retry would pass';
  const sender = awsPlaceOf(target) === null ? 'another tool' : 'an event alone';
  return `: nothing is changed on the word of ${sender}`;
}

function notEnough(actions: readonly ActionRecord[], last: ActionRecord, reason: string | null): Status {
  const why = reason === null || SAID_BETTER.has(reason) ? '' : ` ${reason}`;
  if (last.state === 'intended' || last.state === 'unknown') {
    return { lead: 'A person has to look.', rest: `Its action may or may not have taken effect.${why}` };
  }
  if (last.state === 'refused')
    return { lead: 'A person has to look.', rest: `Selfheal was not allowed to act, and changed nothing.${why}` };
  if (last.verified === 'advanced') {
    return { lead: last.receipt?.summary ?? last.actionId, rest: 'The rest is up to a person.' };
  }
  const attempt = didNotHelp(last) ? rerunAttempt(last) : null;
  const unknown = last.verified === null || isUnclear(last);
  const lead =
    attempt !== null
      ? `Failed again on attempt ${attempt}.`
      : unknown
        ? 'It is not known whether the action helped.'
        : actions.length > 1 && actions.every(didNotHelp)
          ? `None of the ${actions.length} actions helped.`
          : 'The action did not help.';
  return { lead, rest: `A person has to look.${why}` };
}
