import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { percentOf } from '@selfheal/kernel/numbers/proportion.ts';
import { counted, durationWords } from '@selfheal/kernel/time-words.ts';
import type { Advice, Mark, Outcome } from '#shared/domain/replay/past-failure.ts';
import type { ReplayReport } from './replay-report.ts';
import type { ReplayedRun } from './replay-run.ts';

export const ADVICE_WORDS: Readonly<Record<Advice, string>> = {
  rerun: 're-run',
  ask: 'ask to re-run',
  change: 'fix the code',
  nothing: 'explain only',
};

export const MARK_WORDS: Readonly<Record<Mark, string>> = { right: 'right', wrong: 'wrong', unknown: '-' };

export function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'passed-again':
      return {
        're-run': 'a re-run passed',
        'same-commit': 'passed on the same commit',
        'empty-commit': 'passed after an empty commit',
      }[outcome.how];
    case 'changed':
      return outcome.rerunFailed ? 're-run failed, then a change passed' : 'a change passed';
    case 'failed-again':
      return 'a re-run failed';
    case 'open':
      return 'not green since';
    default:
      return outcome satisfies never;
  }
}

/** What was said, in a few words: `test failure (regression), 83 %`. */
export function answerWords({ answer, unread }: ReplayedRun): string {
  if (answer === null) return unread ?? '';
  return answer.class === 'unknown'
    ? 'no known cause'
    : `${answer.class.replaceAll('_', ' ')} (${answer.verdict}), ${percentOf(answer.confidence)} %`;
}

export const fileWords = ({ answer, fileMark }: ReplayedRun): string => {
  const [file] = answer?.files ?? [];
  if (file === undefined) return '';
  return { right: `${file} (changed)`, wrong: `${file} (not changed)`, unknown: file }[fileMark];
};

const dollars = (microdollars: number): string => `$${(microdollars / 1_000_000).toFixed(2)}`;
const minutes = (count: number): string => (count < 1 ? 'under a minute' : durationWords(count * 60_000));

const rightAndWrong = ({ right, wrong }: { readonly right: number; readonly wrong: number }): string =>
  `${right} right, ${wrong} wrong`;

/** The answer in sentences, most important first. */
export function summaryOf({ repository, totals, looked, wanted, model, stopped }: ReplayReport): string[] {
  const { failures, explained, byAdvice, byOutcome, marks, wrong, wrongReruns, files, medianMinutesToGreen, cost } =
    totals;
  const advice = (['rerun', 'ask', 'change', 'nothing'] as const)
    .filter((one) => byAdvice[one].runs > 0)
    .map((one) => `${ADVICE_WORDS[one]} ${byAdvice[one].runs}`);
  const judged = marks.right + marks.wrong;
  const checked = files.right + files.wrong;
  return [
    failures === 0
      ? `No failed run among the newest ${counted(looked, 'run')} of ${repository}.`
      : `${counted(failures, 'failed run')} of ${repository}${failures < wanted ? `, all among its newest ${counted(looked, 'run')}` : ''}. ${explained === failures ? 'All could be read' : `${explained} could be read, ${failures - explained} could not`}.`,
    ...(stopped === null ? [] : [stopped]),
    ...(explained === 0 ? [] : [`Selfheal would have advised: ${advice.join(', ')}.`]),
    ...(failures === 0
      ? []
      : [
          `What happened: passed again without a change ${byOutcome['passed-again']}, passed after a change ${byOutcome.changed}, failed when run again ${byOutcome['failed-again']}, not green since ${byOutcome.open}.`,
        ]),
    ...(wrong === null
      ? []
      : [
          `What happened later judges ${judged} of these answers: ${marks.right} right, ${marks.wrong} wrong (${shareText(wrong.value)}, 95 % interval ${shareText(wrong.interval[0])} to ${shareText(wrong.interval[1])}).`,
        ]),
    ...(wrongReruns === null
      ? []
      : [
          `Re-runs, which it makes without asking: ${rightAndWrong(byAdvice.rerun)} (${shareText(wrongReruns.value)}).`,
        ]),
    ...(byAdvice.change.right + byAdvice.change.wrong === 0
      ? []
      : [`Advice to fix the code, which is only said: ${rightAndWrong(byAdvice.change)}.`]),
    ...(medianMinutesToGreen === null
      ? []
      : [`Where such a re-run was right, it took people ${minutes(medianMinutesToGreen)} (median) to get it green.`]),
    ...(checked === 0 ? [] : [`Named files: the change touched one of them in ${files.right} of ${checked} cases.`]),
    ...(explained === 0
      ? []
      : [
          `Cost: ${cost.awsMicrodollars < 5_000 ? 'less than $0.01' : `about ${dollars(cost.awsMicrodollars)}`} of AWS, ${cost.modelMicrodollars === null ? 'a model without a price' : model === null ? 'no language model' : `${dollars(cost.modelMicrodollars)} for ${model}`}, at most ${counted(cost.runnerMinutes, 'runner minute')} for re-runs.`,
        ]),
  ];
}

/** How to read the figures; the same for every report. */
export const NOTES: readonly string[] = [
  'Each failure was explained from what was known when it failed: no later run, attempt or result was looked at.',
  'Re-run advice counts as wrong when the next run that passed has other code, although nobody knows whether a re-run would have passed, too.',
  'Advice to fix the code counts as wrong when the same code passed later. "Explain only" promises nothing and is not judged.',
  'The policy is the shipped one with mode act. Fixes by pull request are not replayed. AWS is an estimate by list prices; logs and memory of functions are not in it.',
];
