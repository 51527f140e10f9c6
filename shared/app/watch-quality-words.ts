import { shareText } from '#shared/domain/kernel/percent.ts';
import type { QualityReport } from '#shared/domain/quality/quality-report.ts';
import { COLUMNS, wrapText } from '#shared/plugins/notifiers/wrap.ts';

/** The one mail about answers that got worse. Numbers and ids only; nothing in it was read from a log. */
export function renderDegradationMail(report: QualityReport): { subject: string; message: string } {
  const { accuracy, model, retrain, mix, judged, unknown } = report;
  const measured =
    accuracy === null
      ? 'Nothing was judged yet.'
      : `Of the last ${accuracy.cases} judged answers ${shareText(accuracy.value)} were right (95% interval ${shareText(accuracy.interval[0])} to ${shareText(accuracy.interval[1])}).`;
  const drift = mix?.drifted
    ? ` The failures are of another kind than before: most of all ${mix.changes
        .slice(0, 2)
        .map(({ class: name, before, now }) => `${name} from ${shareText(before)} to ${shareText(now)}`)
        .join(', ')}.`
    : '';
  const paragraphs = [
    `What Selfheal says about failures is right less often than its model ${model} promised when it was put to work. ${retrain.reasons.join(' ')}`,
    `${measured} ${judged} were judged in all; of ${unknown} nobody knows.${drift}`,
    'What to do: look at `selfheal quality report`, train again with the failures that came since (`selfheal train`) and promote the new version, or bring back the one before with `selfheal model rollback`. The runbook speaks of it under "Quality degraded".',
    'Nothing was switched off: actions are still bounded by the policy. This mail comes once; the next one comes when this is mended and happens again.',
  ];
  return {
    subject: "Selfheal's answers got worse than promised",
    message: paragraphs.map((one) => wrapText(one, COLUMNS)).join('\n\n'),
  };
}
