import { asksForRepeat } from '@selfheal/diagnosis/diagnosis/advice.ts';
import { solutionOfAction } from '@selfheal/diagnosis/diagnosis/solution-words.ts';
import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import { didNotHelp } from '#shared/domain/plan/bound-action.ts';
import { ACTIONS, actionOf } from '#shared/plugins/actions/registry.ts';
import { deciderNameOf } from '#shared/ports/incident-store.ts';
import type { Telling, Text } from './telling.ts';

/** Compares what is told with what is known at that moment; gives the sentences that are untrue. */
export interface Rule {
  readonly name: string;
  untrue(telling: Telling): string[];
}

/** Without quoted logs and invisible marks, unescaped, each paragraph on a line. */
function proseOf({ channel, text }: Text): string {
  const own = text
    .replaceAll('\u200b', '')
    .replace(/<!--.*?-->/g, '')
    .replace(/(`{3,})[\s\S]*?\1/g, '')
    .replace(/^Evidence \(quoted from logs.*\n(?:.*\S.*\n)*/gm, '')
    .replace(/^#+ +|\*\*|^_|_$|<\/?sub>/gm, '')
    .replace(/\\([^\w\s])/g, '$1');
  // A mail wraps its paragraphs.
  return channel === 'mail' ? own.replace(/([^\n])\n {0,4}(?=[^\s-])/g, '$1 ') : own;
}

const sentencesIn = (text: Text): string[] =>
  proseOf(text)
    .split(/\n|(?<=[.!?:]) (?=[A-Z])/)
    .map((sentence) => sentence.replace(/^[\w.]+: |^[-*\s]+/, '').trim())
    .filter((sentence) => sentence !== '');

const saying = ({ texts }: Telling, pattern: RegExp, channels?: readonly Text['channel'][]): string[] =>
  texts
    .filter(({ channel }) => channels === undefined || channels.includes(channel))
    .flatMap(sentencesIn)
    .filter((sentence) => pattern.test(sentence));

/** The numbers that a pattern captures, where they are not the right one. */
function wrongNumbers(telling: Telling, pattern: RegExp, right: readonly (number | undefined)[]): string[] {
  return telling.texts.flatMap((text) =>
    [...proseOf(text).matchAll(pattern)]
      .filter(([, number]) => !right.includes(Number(number)))
      .map(([found]) => found),
  );
}

const ENDED_WELL = new Set(['resolved', 'healed']);
const rejectedIn = ({ facts }: Telling) => facts.approvals.filter(({ state }) => state === 'rejected');
const titleOf = (actionId: string): string => actionOf(actionId, ACTIONS)?.title ?? actionId;

/** The advice as page and command show it. */
const adviceIn = ({ details }: Telling): string[] => [
  ...details.briefing.advice,
  ...(details.advice === null ? [] : [details.advice.fix]),
];

export const RULES: readonly Rule[] = [
  {
    name: 'every text is whole: no value is missing, no line is empty of words',
    untrue: ({ texts, facts }) =>
      texts.flatMap((text) =>
        proseOf(text)
          .split('\n')
          // What failed may be about such a word.
          .map((line) =>
            JSON.stringify(facts.evidence).includes('undefined') ? line.replaceAll('undefined', '') : line,
          )
          .filter((line) => /\bundefined\b|\bNaN\b|\[object |Invalid Date|^\s*[-*]\s*$|\(\s*\)|\s\.$/.test(line)),
      ),
  },
  {
    name: 'a mail is whole without HTML: no tag, no entity, no link behind a word',
    untrue: (telling) =>
      saying(telling, /<\/?(?:p|br|a|b|div|span|table|td|tr|ul|li|code)\b|&(?:amp|lt|gt|nbsp|quot);|\]\(https?:/, [
        'mail',
      ]),
  },
  {
    name: 'advice is an imperative: no receipt of the past, no id of a run or an incident',
    untrue: (telling) =>
      adviceIn(telling).filter((advice) =>
        /^(?:Re-ran|Pointed|Raised|Lowered|Scaled|Restarted|Rebooted|Opened|Reverted|Started)\b|\b(?:gh|cw|rq|rp)-[0-9a-f]{6,}|\b\d{9,}\b/m.test(
          advice.replace(/\baccount \d{12}\b/g, 'account'),
        ),
      ),
  },
  {
    name: 'nothing similar is on record only where nothing is',
    untrue: (telling) => {
      const { diagnosis, actions, incident } = telling.facts;
      const isFirst =
        (diagnosis?.seenBefore ?? []).length === 0 && incident.recurrence === null && rejectedIn(telling).length === 0;
      return isFirst && actions.length === 0 ? [] : saying(telling, /No similar failure\b.*\bon record/);
    },
  },
  {
    name: 'something did not help only where that was measured',
    untrue: (telling) => {
      const { actions, diagnosis, plans } = telling.facts;
      const past = (diagnosis?.seenBefore ?? []).some(
        ({ helped, failedTimes = 0 }) => helped === false || failedTimes > 0,
      );
      const before = plans.some(({ lastTimes }) => lastTimes !== null);
      return past || before || actions.some(didNotHelp)
        ? []
        : saying(telling, /\bdid not help\b|\bwas not enough\b|\bFailed again\b/);
    },
  },
  {
    name: 'nothing advises a re-run that has just failed, or what a person has just rejected',
    untrue: (telling) => {
      const rerunFailed = telling.facts.actions.some(
        (action) => didNotHelp(action) && typeof action.receipt?.facts.attempt === 'number',
      );
      const rejected = rejectedIn(telling).map(({ digest }) =>
        telling.facts.plans.find((plan) => plan.digest === digest),
      );
      return adviceIn(telling).filter(
        (advice) =>
          (rerunFailed && asksForRepeat(advice)) ||
          rejected.some((plan) => {
            const solution = plan?.actionId == null ? null : solutionOfAction(titleOf(plan.actionId));
            if (solution === null) return false;
            return advice.includes(solution) || (asksForRepeat(solution) && asksForRepeat(advice));
          }),
      );
    },
  },
  {
    name: 'verified is only what was measured',
    untrue: (telling) =>
      telling.facts.actions.some(({ verified }) => verified === 'recovered')
        ? []
        : saying(telling, /Verified: (?:it|they) (?:recovered|passed)|^Verified: .* helped\.$/, [
            'comment',
            'mail',
            'page',
            'show',
          ]),
  },
  {
    name: 'an incident that has ended waits for nothing and promises nothing',
    untrue: (telling) =>
      telling.moment === 'asking'
        ? []
        : saying(
            telling,
            /Waiting for an approval|is checking whether|is working on it|\bSelfheal (?:will|is about to) (?!change|act on)/i,
            ['comment', 'page', 'show'],
          ),
  },
  {
    name: 'where a guard forbade an action, nothing says that none fits',
    untrue: (telling) =>
      telling.facts.trail.some(({ event }) => event === 'guard.denied') && telling.facts.actions.length === 0
        ? saying(telling, /no safe action fits|no safe remedy is known|no deployment could be rolled back/i, [
            'comment',
            'mail',
            'page',
            'show',
          ])
        : [],
  },
  {
    name: 'what was only considered is not told as if it were done',
    untrue: (telling) => {
      const { actions, incident } = telling.facts;
      if (telling.moment === 'asking' || actions.length > 0 || incident.status === 'open') return [];
      return saying(telling, /^(?:Re-runs|Points|Raises|Lowers|Runs|Restarts|Sets|Changes|Reboots|Replaces) /, [
        'comment',
        'mail',
        'page',
        'show',
      ]);
    },
  },
  {
    name: 'recovered or passed is told of what ended well, and that nothing was changed of what was left alone',
    untrue: (telling) => {
      const { incident, actions } = telling.facts;
      const well = ENDED_WELL.has(incident.status)
        ? []
        : saying(telling, /^(?:Passed on attempt \d+|Recovered(?: by itself)?)\.$/, ['comment', 'page', 'show']);
      const touched = actions.some(({ state }) => state !== 'refused')
        ? saying(telling, /^Selfheal changed nothing\.$|read the logs and changed nothing/, ['comment', 'page', 'show'])
        : [];
      return [...well, ...touched];
    },
  },
  {
    name: 'numbers equal the record: attempts, reports, earlier failures, confidences',
    untrue: (telling) => {
      const { incident, diagnosis, actions } = telling.facts;
      const { classification, confidence } = diagnosis ?? {};
      const times = (diagnosis?.seenBefore ?? []).map((past) => past.times);
      return [
        ...wrongNumbers(telling, /\breported (\d+) times/g, [incident.occurrences]),
        ...wrongNumbers(telling, /\brun attempt (\d+)\b/g, [incident.runAttempt]),
        // A mail may have left before GitHub told of the latest attempt.
        ...wrongNumbers(telling, /^Run \d+, attempt (\d+),/gm, [incident.runAttempt, incident.runAttempt - 1]),
        ...wrongNumbers(telling, /\bThe same failure (\d+) times before/g, times),
        ...wrongNumbers(telling, /\bcertainty of the class (\d+) %/gi, [percentOf(classification?.confidence ?? -1)]),
        ...wrongNumbers(telling, /\bcertainty of the cause (\d+) %/gi, [percentOf(confidence ?? -1)]),
        ...wrongNumbers(telling, /\bIt ended: .*, after (\d+) actions/g, [actions.length]),
      ];
    },
  },
  {
    name: 'who decided and when is what the audit trail says',
    untrue: (telling) => {
      const { approvals, trail } = telling.facts;
      const decided = approvals.filter(({ state }) => state === 'rejected' || state === 'approved');
      const names = decided.map(deciderNameOf);
      const told = telling.texts.flatMap((text) =>
        [...proseOf(text).matchAll(/: (\S+) rejected: /g)].map(([, name]) => name ?? ''),
      );
      const events = trail.filter(({ event }) => event === 'approval.approved' || event === 'approval.rejected');
      return [
        ...told.filter((name) => !names.includes(name)),
        ...(events.length === decided.length
          ? []
          : [`${decided.length} decisions, ${events.length} in the audit trail`]),
      ];
    },
  },
  {
    name: 'headline of page, comment, mail and command are one',
    untrue: (telling) => {
      const { headline } = telling.details.briefing;
      const squeezed = (text: string): string => text.replace(/[\s`'"]+/g, ' ').trim();
      return telling.texts
        .filter(({ channel }) => channel === 'comment' || channel === 'mail' || channel === 'show')
        .filter((text) => !squeezed(proseOf(text)).includes(squeezed(headline).slice(0, 150)))
        .map(({ channel }) => `${channel} without "${headline}"`);
    },
  },
  {
    name: 'nothing has tried a re-run only where none was made',
    untrue: (telling) =>
      telling.facts.actions.some(
        ({ receipt, verified }) => typeof receipt?.facts.attempt === 'number' && verified !== null,
      )
        ? saying(telling, /nothing has tried it/)
        : [],
  },
  {
    name: 'a failure of the default branch is not compared with the default branch',
    untrue: (telling) => {
      const { target } = telling.facts.incident;
      const isThere = target.kind === 'run' && target.onDefaultBranch;
      return isThere ? saying(telling, /passes on the default branch|fails on the default branch too/) : [];
    },
  },
  {
    name: 'two sentences of one text do not contradict each other',
    untrue: ({ texts }) =>
      texts
        .filter(({ channel }) => channel !== 'explain')
        .flatMap((text) => {
          const prose = proseOf(text);
          return CONTRADICTIONS.filter(([one, other]) => one.test(prose) && other.test(prose)).map(
            ([one, other]) => `${text.channel}: ${one} beside ${other}`,
          );
        }),
  },
  {
    name: 'no sentence stands twice in one text',
    untrue: ({ texts, details, facts }) =>
      texts
        .filter(({ channel }) => channel === 'mail' || channel === 'show')
        .flatMap((text) => {
          // The headline says in short what follows; what helped is listed among what was done, and may be advised again.
          const repeated = [
            details.briefing.headline,
            'It did not help and was undone.',
            ...facts.actions.map(({ receipt }) => receipt?.summary ?? ''),
            ...(facts.diagnosis?.seenBefore ?? []).map(({ resolution }) => resolution),
          ];
          const sentences = sentencesIn(text).filter(
            (sentence) => sentence.length > 30 && !repeated.some((one) => one.includes(sentence.slice(0, 30))),
          );
          return sentences
            .filter((sentence, at) => sentences.indexOf(sentence) !== at)
            .map((one) => `${text.channel}: ${one}`);
        }),
  },
  {
    name: 'while the kill switch is on, whatever is written says so',
    untrue: ({ facts, texts }) =>
      facts.isStopped
        ? texts
            .filter(({ channel }) => channel === 'mail' || channel === 'page' || channel === 'approval')
            .filter(({ text }) => !/kill switch is on/i.test(text.replace(/\s+/g, ' ')))
            .map(({ channel }) => `${channel} does not tell of the kill switch`)
        : [],
  },
  {
    name: 'once the kill switch is off, no page says that it is on',
    untrue: (telling) =>
      telling.facts.isStopped
        ? []
        : // The record's own field, and dated entries of the audit trail, quote what was true then.
          telling.texts
            .filter(({ channel }) => channel === 'page' || channel === 'show')
            .flatMap(({ text }) => text.split('\n').filter((line) => /kill switch is on/i.test(line)))
            .filter((line) => !line.startsWith('reason: ')),
  },
  {
    name: 'an alarm of another place is told with its account and region, and nothing own is blamed',
    untrue: (telling) => {
      const { target } = telling.facts.incident;
      if (target.kind !== 'alarm' || (target.account === HOME.account && target.region === HOME.region)) return [];
      const silent = telling.texts
        .filter(({ channel }) => channel === 'mail' || channel === 'page')
        .filter(({ text }) => !text.includes(target.account) || !text.includes(target.region))
        .map(({ channel }) => `${channel} names neither account nor region`);
      return [...silent, ...saying(telling, /no deployment could be rolled back|checkout-api/)];
    },
  },
];

/** Account and region of the local runtime. */
const HOME = { account: '000000000000', region: 'us-east-1' };

const CONTRADICTIONS: readonly (readonly [one: RegExp, other: RegExp])[] = [
  [/A re-run would not help/, /Only the message suggests that a re-run may pass/],
  [/there is nothing to do/, /A person has to (?:look|fix)/],
  [/passes on the default branch/, /default branch ended with failure/],
  [/No similar failure/, /The same failure (?:once|\d+ times) before/],
  [/Selfheal changed nothing\./, /\b(?:Re-ran|Pointed|Raised) .*(?:as attempt|back to|to \d)/],
  [/The cause is not known/, /Found by the built-in rules/],
];

/** Each untrue sentence of a telling, with the rule that it breaks. */
export function untrueIn(telling: Telling): string[] {
  return RULES.flatMap(({ name, untrue }) =>
    untrue(telling).map((sentence) => `${telling.moment}: ${name}: ${sentence}`),
  );
}
