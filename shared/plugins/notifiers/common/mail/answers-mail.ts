import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import type { Retraining } from '#shared/domain/answers/watch.ts';
import type { AnnouncementOf } from '#shared/ports/announcement.ts';
import { stopLines } from '../briefing-facts.ts';
import { type Mail, messageOf, subjectOfWords } from './mail.ts';

/** The mail about answers that got worse: numbers and ids only, nothing from a log. */
export function renderDegradationMail({ report, retraining, stopped }: AnnouncementOf<'quality-degraded'>): Mail {
  const { accuracy, model, retrain, mix, judged, unknown } = report;
  const measured =
    accuracy === null
      ? 'Nothing was judged yet.'
      : `Of the last ${accuracy.cases} judged answers ${shareText(accuracy.value)} were right (95 % interval ${shareText(accuracy.interval[0])} to ${shareText(accuracy.interval[1])}).`;
  const drift = mix?.drifted
    ? ` The mix of failures has changed, most of all ${mix.changes
        .slice(0, 2)
        .map(({ class: name, before, now }) => `${name} from ${shareText(before)} to ${shareText(now)}`)
        .join(', ')}.`
    : '';
  const paragraphs = [
    `Selfheal's answers about failures are right less often than promised when its model (${model}) was promoted. ${retrain.reasons.join(' ')}`,
    `${measured} ${judged} answers were judged in all; the outcome of ${unknown} is unknown.${drift}`,
    ...stopLines({ stopped, timeZone: 'UTC' }).slice(1),
    retrainingText(retraining),
    'What to do: look at `selfheal answers report`. If an older version was better, restore it with `selfheal model rollback`. The runbook says more under "Answers got worse".',
    'Nothing was turned off: the policy still limits actions. You are told once, and again only if answers get better and then worse.',
  ];
  return {
    subject: subjectOfWords('[Selfheal] Its answers are right less often than promised'),
    message: messageOf(paragraphs),
  };
}

function retrainingText(retraining: Retraining | null): string {
  if (retraining === null || retraining.kind === 'no-model')
    return 'No new version was trained, because training failed; the log of the function `answers` says why. `selfheal train` trains one from labelled logs.';
  if (retraining.kind === 'too-few')
    return `No new version was trained: people have named the class of ${retraining.cases} failures, and ${retraining.needed} are needed. \`selfheal answers correct\` names one.`;
  const { id, cases, rights, reasonsAgainst } = retraining;
  const compared = `A new version, ${id}, was trained with these failures and is a candidate. Of ${cases} failures whose class people named, it got ${rights.after} right without having learned from them; the version in production got ${rights.before} right.`;
  return reasonsAgainst.length === 0
    ? `${compared} Promote it with \`selfheal model promote ${id} --to production\`.`
    : `${compared} It would not be promoted yet: ${reasonsAgainst.join(' ')}`;
}
