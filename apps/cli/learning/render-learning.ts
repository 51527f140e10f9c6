import type { HealthCheck, LearningHealth } from '#shared/domain/learning/learning-health.ts';
import type { LearningReport } from '#shared/domain/learning/learning-report.ts';
import type { SelfTest } from '#shared/domain/learning/self-test.ts';
import { type Proportion, shareText } from '#shared/kernel/numbers/proportion.ts';

function words(share: Proportion | null): string {
  if (share === null) return 'no cases';
  const [low, high] = share.interval;
  return `${shareText(share.value)} of ${share.cases} (${shareText(low)} to ${shareText(high)})`;
}
const minutesText = (minutes: number | null): string =>
  minutes === null ? 'unknown' : `${minutes.toFixed(0)} minutes`;

/** The report as text. */
export function renderLearning({ from, to, patterns, movements, incidents, outcomes }: LearningReport): string {
  const { byStage, topClasses, diversity } = patterns;
  const stages = Object.entries(byStage).map(([stage, count]) => `${count} ${stage}`);
  return [
    `learning from ${from.slice(0, 10)} to ${to.slice(0, 10)}`,
    `patterns: ${patterns.active} (${patterns.atStart} before), ${patterns.learned} new, ${patterns.takenBack} retired; ${patterns.perWeek.toFixed(1)} new per week`,
    `  ${stages.join(', ')}; ${patterns.imported} imported, ${patterns.merged} merged, ${patterns.acrossServices} helped several services`,
    `  diversity ${diversity === null ? 'unknown' : diversity.toFixed(2)}: ${topClasses.map((top) => `${top.class} ${top.patterns}`).join(', ') || 'none'}`,
    `incidents: ${incidents.ended} ended; healed by Selfheal ${words(incidents.healed)}; resolved by people ${words(incidents.byPeople)}`,
    `  matched by a pattern ${words(incidents.covered)}; right class ${words(incidents.recognisedRight)}; wrong class ${words(incidents.falsePositives)}`,
    `  mean time to resolve: ${minutesText(incidents.meanMinutes)}`,
    `outcomes of patterns: ${outcomes.cases}; helped ${words(outcomes.helped)}; reported by people ${words(outcomes.byPeople)}`,
    ...movements.map(
      ({ patternId, title, before, after }) => `  ${patternId}  ${before.toFixed(2)} -> ${after.toFixed(2)}  ${title}`,
    ),
    '',
  ].join('\n');
}

const MARKS = { good: 'ok     ', bad: 'BAD    ', unknown: '?      ' } as const satisfies Record<
  HealthCheck['state'],
  string
>;

/** The health check as text; recommendations come last. */
export function renderHealth({ checks, weak, recommendations, healthy }: LearningHealth): string {
  return [
    ...checks.map(({ name, state, text }) => `${MARKS[state]}${name}: ${text}`),
    ...weak.map(
      ({ patternId, title, helped, failedIn, advice }) =>
        `weak   ${patternId}  ${title}: helped in ${words(helped)}; did not help in ${failedIn.join(', ')}. ${advice}`,
    ),
    ...recommendations.map((advice) => `do     ${advice}`),
    healthy ? 'learning is healthy' : 'learning needs attention',
    '',
  ].join('\n');
}

/** The self-test as text; lists incidents that were not recognised or recognised as the wrong class, with their lines. */
export function renderSelfTest(test: SelfTest, name: string): string {
  const wrong = test.cases.filter((one) => one.said !== one.class);
  return [
    `${test.incidents} simulated incidents: identified ${words(test.identified)}`,
    `  without a model ${words(test.byThemselves)}; wrong class ${words(test.falsePositives)}`,
    `  mean confidence ${test.meanConfidence?.toFixed(2) ?? 'unknown'}; mean time to resolve ${minutesText(test.meanMinutes)}`,
    ...wrong.map(
      ({ line, title, class: failureClass, said }) =>
        `  ${name}, line ${line}: ${title} (${failureClass}): ${said === null ? 'not recognised' : `recognised as ${said}`}`,
    ),
    '',
  ].join('\n');
}
