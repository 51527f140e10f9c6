import { asksForRepeat, asksForRollback, fitAdvice, withoutRollback } from '@selfheal/diagnosis/diagnosis/advice.ts';
import { adviceOfClass } from '@selfheal/diagnosis/diagnosis/explanation.ts';
import { isReceipt, solutionOfAction } from '@selfheal/diagnosis/diagnosis/solution-words.ts';
import { chanceOf } from '@selfheal/kernel/failure-class.ts';
import { instantWords } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { saysForeign } from '#shared/domain/incident/home.ts';
import { isAboutService } from '#shared/domain/incident/scope.ts';
import { didNotHelp } from '#shared/domain/plan/bound-action.ts';
import { saysLeftAlone } from '#shared/domain/policy/closed-pull-request.ts';
import type { IncidentStory } from '../contract.ts';
import { actionWords, rerunAttempt } from './story-words.ts';

const MAX_LINE = 600;

/**
 * What a person can do now: the diagnosis's advice without what was tried in vain or rejected in this incident. Empty
 * where nothing is left. Tainted, and with the line breaks of the diagnosis: it may hold a block of code.
 */
export function adviceNow(story: Pick<IncidentStory, 'incident' | 'diagnosis' | 'actions' | 'ruledOut'>): string {
  const { incident, diagnosis, actions, ruledOut = [] } = story;
  // Nobody has to do anything for a pull request that is over.
  if (diagnosis === null || saysLeftAlone(incident.outcomeReason ?? '')) return '';
  const { target } = incident;
  if (target.kind === 'alarm' && saysForeign(incident.outcomeReason ?? ''))
    return `Look at the alarm and its service in account ${target.account}, region ${target.region}: nothing of them is read here.`;
  const about = isAboutService(incident.target) ? 'service' : 'run';
  const { class: failureClass } = diagnosis.classification;
  const setting = { about, chance: chanceOf(diagnosis.classification) } as const;
  // A diagnosis of an earlier release may advise what was done once in another incident.
  const own = isReceipt(diagnosis.fix) ? adviceOfClass(failureClass, setting) : diagnosis.fix;
  // Tried in vain, or rejected: neither is advised again, in whatever words.
  const isRerunOut =
    actions.some((action) => didNotHelp(action) && rerunAttempt(action) !== null) ||
    ruledOut.some((title) => asksForRepeat(solutionOfAction(title)));
  const fitted = isRerunOut && asksForRepeat(own) ? fitAdvice(own, { about, chance: 'lasts' }) : own;
  const isRollbackOut =
    actions.some((action) => didNotHelp(action) && action.actionId.startsWith('rollback-')) ||
    ruledOut.some((title) => asksForRollback(solutionOfAction(title))) ||
    MOVED_ON.test(incident.outcomeReason ?? '');
  const kept = isRollbackOut ? withoutRollback(fitted) : fitted;
  const left = ruledOut.reduce((advice, title) => advice.replaceAll(solutionOfAction(title), ''), kept);
  const advice = left.trim();
  return advice === '' && own !== '' ? NOTHING_LEFT[about] : advice;
}

/** Somebody deployed or moved the target: the version before is another one by now. */
const MOVED_ON = /^Somebody has changed \S+ since the plan was made/;

const NOTHING_LEFT = {
  run: 'Correct what the quoted lines name.',
  service: 'Read what the service logged around the quoted lines, and what changed before it.',
} as const;

/** A person as others know them: `octocat (GitHub)` for who answered in a comment. */
const nameOf = (by: string): string => by.replace(/^github:(.+)$/, '$1 (GitHub)');

/** What was tried or rejected in this incident, each with its date. */
export function triedLines({ actions, rejections = [], timeZone }: IncidentStory): string[] {
  const tried = actions.map((action) => ({
    at: action.receipt?.at ?? action.intendedAt,
    words: actionWords(action),
  }));
  const rejected = rejections.map(({ at, by, title }) => ({
    at,
    words: `${by === null ? 'A person' : nameOf(by)} rejected: ${title}.`,
  }));
  return [...tried, ...rejected]
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ at, words }) => cleanText(`${instantWords(new Date(at), timeZone)}: ${words}`, MAX_LINE));
}
