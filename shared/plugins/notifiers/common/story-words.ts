import { firstSentence } from '@selfheal/diagnosis/diagnosis/advice.ts';
import type { Diagnosis, KnownHere, SeenBefore } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import { shortenedText } from '@selfheal/kernel/text/shortened-text.ts';
import { type Evidence, logsOf } from '@selfheal/log-reading/logs/evidence.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { reasonHeadline } from '#shared/domain/incident/alarm-reason.ts';
import { alarmNameOf } from '#shared/domain/incident/identity.ts';
import { isAlarmOrAlert, type TargetContext } from '#shared/domain/incident/target-context.ts';
import { isOfSimulation } from '#shared/domain/knowledge/search/past-incident.ts';
import { outcomeWords } from '#shared/domain/knowledge/search/seen-before.ts';
import { outcomesWords } from '#shared/domain/learning/outcomes-words.ts';
import { type ActionRecord, isUnclear } from '#shared/domain/plan/bound-action.ts';
import type { IncidentStory } from '../contract.ts';
import { confidencesOf } from './briefing-facts.ts';

const LOW_CONFIDENCE = 0.6;
const WORTH_A_GUESS = 0.2;
const MAX_NAME = 120;
const MAX_SUMMARY = 220;

/** What failed and why, in one line: the job or alarm, then the failure. Tainted: callers neutralise it. */
export function headlineOf({ incident, diagnosis, evidence }: IncidentStory): string {
  const thing = failedThing(incident.target, diagnosis, evidence);
  const summary = isAlarmAlone({ incident, diagnosis, evidence }) ? null : summaryOf(diagnosis);
  if (incident.target.kind === 'report' || incident.target.kind === 'alert')
    return summary === null
      ? cleanText(incident.tainted.title, 300)
      : `${cleanText(incident.tainted.title, 300)}: ${summary}`;
  if (incident.target.kind === 'alarm') {
    const why = reasonHeadline(incident.tainted.reason);
    const bare =
      why === null ? `Alarm ${thing} went off` : `Alarm ${thing} went off: ${shortenedText(why, MAX_SUMMARY)}`;
    return summary === null ? bare : `Alarm ${thing}: ${summary}`;
  }
  return summary === null ? `${thing} failed` : `${thing} failed: ${summary}`;
}

/** Whether nothing but the alarm itself is known: that no log was read is no cause of it. */
export const isAlarmAlone = (story: Pick<IncidentStory, 'incident' | 'diagnosis' | 'evidence'>): boolean =>
  isAlarmOrAlert(story.incident.target) &&
  (story.diagnosis?.classification.class ?? 'unknown') === 'unknown' &&
  !hasReadLog(story);

/** The failure in one line, or null without a diagnosis. */
export function summaryOf(diagnosis: Diagnosis | null): string | null {
  if (diagnosis === null) return null;
  return shortenedText(cleanText(diagnosis.summary ?? firstSentence(diagnosis.rootCause), 1000), MAX_SUMMARY);
}

/** `unit tests`, `unit tests and 2 other jobs`, or the alarm's name. */
export function failedThing(target: TargetContext, diagnosis: Diagnosis | null, evidence: Evidence | null): string {
  if (target.kind === 'alarm') return cleanText(alarmNameOf(target), 255);
  if (target.kind === 'alert') return cleanText(target.service ?? `Alert of ${target.connection}`, 255);
  if (target.kind === 'storm')
    return target.of === 'foreign-alarms' ? 'Alarms of other accounts and regions' : 'Many failures at once';
  if (target.kind === 'report') return cleanText(target.service ?? target.repository ?? 'What was reported', 255);
  const sources = evidence?.sources ?? [];
  const deciding = new Set([...(diagnosis?.evidence ?? []), ...(diagnosis?.classification.evidence ?? [])]);
  // The line that decided names the job; the report may also cite lines of others.
  const [first] = diagnosis?.classification.evidence ?? [];
  const source =
    sources.find(({ lines }) => lines.some(({ ref }) => ref === first)) ??
    sources.find(({ lines }) => lines.some(({ ref }) => deciding.has(ref))) ??
    sources[0];
  if (source === undefined) return 'The run';
  const others = Math.max(sources.length, evidence?.failedJobs ?? 0) - 1;
  const more = others === 0 ? '' : ` and ${others} other ${others === 1 ? 'job' : 'jobs'}`;
  return `${cleanText(source.name, MAX_NAME)}${more}`;
}

/** Source and confidence, in one sentence. */
export function originOf(diagnosis: Diagnosis): string {
  const { class: failureClass } = diagnosis.classification;
  if (failureClass === 'unknown' && diagnosis.source === 'rules')
    return `The built-in rules do not know this failure.${guessOf(diagnosis)}`;
  const who = {
    rules: 'Found by the built-in rules',
    model: 'Written by a language model, not verified',
    knowledge: 'Known from earlier incidents and playbooks',
  }[diagnosis.source];
  const hint = diagnosis.confidence < LOW_CONFIDENCE ? ' Treat it as a hint.' : '';
  const what = failureClass === 'unknown' ? '' : `: ${failureClass.replaceAll('_', ' ')}`;
  const sure = confidencesOf({ diagnosis }).map(({ name, percent }) => `${name.toLowerCase()} ${percent} %`);
  return `${who}${what}${sure.length === 0 ? '' : `; ${sure.join(', ')}`}.${hint}`;
}

/** The most likely class, if it is likely enough to mention. */
function guessOf({ classification }: Diagnosis): string {
  const [first] = classification.alternatives;
  if (first === undefined || first.confidence < WORTH_A_GUESS) return '';
  return ` It looks most like ${first.class.replaceAll('_', ' ')} (${percentOf(first.confidence)} %).`;
}

/** The diagnosis's note, unless it only says that no model is configured, which is normal. */
export function noteOf({ note }: Diagnosis): string | null {
  return note === null || note.code === 'no-model' ? null : note.text;
}

/**
 * What could not be checked and matters here. Left out: unknown changes for an alarm, doubts about a verified result, and
 * that nothing tried a re-run once one has ended.
 */
export function uncheckedOf({ incident, diagnosis, actions, evidence }: IncidentStory): readonly string[] {
  // They stand under the evidence.
  const noted = new Set((evidence?.notes ?? []).map((note) => String(note).slice(0, 300)));
  const settled = isAlarmOrAlert(incident.target) || actions.some(({ verified }) => verified === 'recovered');
  const isRepeated = actions.some((action) => rerunAttempt(action) !== null && !isUnclear(action));
  return (diagnosis?.unchecked ?? []).flatMap(({ code, text }) =>
    (settled && code !== 'other') || (isRepeated && code === 're-run') || noted.has(text) ? [] : [text],
  );
}

/** Result on the default branch, or of the run before on it; null when it was not checked. */
export function preExistingOf({ incident, diagnosis }: Pick<IncidentStory, 'incident' | 'diagnosis'>): string | null {
  const preExisting = diagnosis?.preExisting ?? null;
  if (preExisting === null) return null;
  const isDefaultBranch = incident.target.kind === 'run' && incident.target.onDefaultBranch;
  if (isDefaultBranch)
    return preExisting
      ? 'The run before it on the default branch failed too: this commit may not be the cause.'
      : 'The same passed in the run before it on the default branch.';
  return preExisting
    ? 'The same workflow fails on the default branch too: this change may not be the cause.'
    : 'The same passes on the default branch.';
}

/** What the run's history shows, with counts, except for the result on the default branch. */
export function historyOf({ classification, preExisting }: Diagnosis): readonly string[] {
  const reasons = classification.history?.reasons ?? [];
  return reasons.filter((reason) => preExisting === null || !/^The newest run of the default branch/.test(reason));
}

const CHANCE_WORDS = {
  'may-pass': 'may pass on a re-run',
  lasts: 'will fail again',
  unknown: 'the log does not show whether it may pass on a re-run',
} as const;

/** The lines about several failures: one for all, then one for each, which says whether it may pass on a re-run. Tainted. */
export function failureLines({ diagnosis }: IncidentStory): { lead: string; each: readonly string[] } | null {
  const failures = diagnosis?.classification.failures;
  if (failures === undefined) return null;
  const { count, list } = failures;
  const jobs = new Set(list.flatMap(({ job }) => job ?? []));
  const each = list.map(({ name, job, says, chance }) => {
    const where = job !== null && jobs.size > 1 ? ` (${job})` : '';
    return `\`${name.replaceAll('`', "'")}\`${where}: ${says === null ? '' : `${says.replace(/(?<!\.)[.;:]$/, '')}; `}${CHANCE_WORDS[chance]}.`;
  });
  const more = count - list.length;
  return {
    lead: `${count} failures.${more > 0 ? ` The first ${list.length}:` : ''}`,
    each,
  };
}

/** Whether a log line was read. */
export const hasReadLog = ({ evidence }: Pick<IncidentStory, 'evidence'>): boolean =>
  evidence !== null && logsOf(evidence).sources.some(({ lines }) => lines.length > 0);

/** One sentence per action: what was done and how it ended. */
export function actionWords(action: ActionRecord): string {
  const done = action.receipt?.summary ?? `Action ${action.actionId}`;
  switch (action.state) {
    case 'intended':
    case 'unknown':
      return `${done} It may or may not have taken effect: look at the target.`;
    case 'refused':
      return done;
    case 'undo-intended':
    case 'undo-failed':
      return `${done} ${isUnclear(action) ? UNKNOWN_RESULT : 'It did not help'}, and undoing it failed: a person has to look.`;
    case 'undone':
      return isUnclear(action)
        ? `${done} ${UNKNOWN_RESULT}. It is no longer in place.`
        : `${done} It did not help and was undone.`;
    case 'done':
      return `${done} ${verifiedWords(action)}`.trim();
    default:
      return action.state satisfies never;
  }
}

const UNKNOWN_RESULT = 'Whether it helped is not known';

/** Result of a sandbox run. */
const TRIED_WORDS: Readonly<Record<string, string>> = {
  passed: 'The tests passed with it.',
  failed: 'The tests failed with it.',
  unclear: 'The run ended before the tests did, so the result is unknown.',
};

function verifiedWords(action: ActionRecord): string {
  const tried = action.receipt?.facts.tried;
  if (typeof tried === 'string' && action.verified !== null) return TRIED_WORDS[tried] ?? '';
  const attempt = rerunAttempt(action);
  switch (action.verified) {
    case 'recovered':
      return attempt === null ? 'Verified: it recovered.' : `Verified: it passed on attempt ${attempt}.`;
    case 'failed':
      if (isUnclear(action)) return `${UNKNOWN_RESULT}.`;
      return attempt === null ? 'It did not help.' : `It did not help: it failed again on attempt ${attempt}.`;
    case 'advanced':
      // The summary says enough; the effect is reported elsewhere.
      return '';
    case null:
      return 'The result is not known yet.';
    default:
      return action.verified satisfies never;
  }
}

/** The attempt of a run that an action made, or null for other actions. */
export function rerunAttempt({ receipt }: ActionRecord): number | null {
  const attempt = receipt?.facts.attempt;
  return typeof attempt === 'number' ? attempt : null;
}

/** Link to what an action created: a pull request or an issue; null for other actions. */
export function placeOf({ receipt }: ActionRecord): string | null {
  const url = receipt?.facts.url;
  return typeof url === 'string' ? url : null;
}

const LONGEST = 500;
const MAX_KNOWN = 2600;
const MAX_REASONS = 3;

/** One line for each pattern that recognised the failure: what it is, what to do, who says so, and how often that helped. Tainted. */
export function knownHereLines({ diagnosis }: Pick<IncidentStory, 'diagnosis'>): string[] {
  return (diagnosis?.knownHere ?? []).map((known) => cleanText(knownWords(known), MAX_KNOWN));
}

function knownWords({ title, solution, by, at, source, patternId, ...outcomes }: KnownHere): string {
  const day = at.slice(0, 10);
  const who = {
    taught: `taught by ${by} on ${day}`,
    resolved: `learned on ${day} from how ${by} ended incidents`,
    verified: `learned on ${day} from actions that helped`,
    imported: `imported by ${by} on ${day}`,
  }[source];
  const advice = solution.trim() === '' ? '' : ` ${endSentence(solution.trim())}`;
  return `${endSentence(title)}${advice} (${who}; ${outcomesWords(outcomes)}; pattern ${patternId})`;
}

const endSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** One sentence for each similar past failure. Tainted: callers neutralise them. */
export function seenBeforeLines({ diagnosis }: IncidentStory): string[] {
  const advice = diagnosis?.fix ?? '';
  return (diagnosis?.seenBefore ?? []).map((past) => cleanText(sentenceOf(past, advice), LONGEST));
}

/** States whether it is the same failure or a similar one, and why. */
function sentenceOf(past: SeenBefore, advice: string): string {
  const { incidentId, endedAt, sameFailure, times, title, reasons, helpedTimes = 0, failedTimes = 0 } = past;
  const day = endedAt.slice(0, 10);
  const which = `${isOfSimulation({ id: incidentId }) ? 'simulated incident' : 'incident'} ${incidentId}`;
  const mixed =
    helpedTimes > 0 && failedTimes > 0 ? ` (an action helped in ${helpedTimes}, and none did in ${failedTimes})` : '';
  const what = sameFailure
    ? `The same failure ${times === 1 ? 'once' : `${times} times`} before${mixed}, ${which} on ${day}`
    : `Similar, not the same: "${title}", ${which} on ${day} (${reasons.slice(0, MAX_REASONS).join('; ')})`;
  return `${what}: ${outcomeWords(past, advice)}`;
}
