import type { HealthCheck, LearningHealth } from '#shared/domain/learning/learning-health.ts';
import type { LearningReport } from '#shared/domain/learning/learning-report.ts';
import type { SelfTest } from '#shared/domain/learning/self-test.ts';
import { type Proportion, shareText } from '#shared/kernel/numbers/proportion.ts';

function words(share: Proportion | null): string {
  if (share === null) return 'nothing counted';
  const [low, high] = share.interval;
  return `${shareText(share.value)} of ${share.cases} (${shareText(low)} to ${shareText(high)})`;
}
const minutesText = (minutes: number | null): string =>
  minutes === null ? 'not known' : `${minutes.toFixed(0)} minutes`;

/** The report for reading. */
export function renderLearning({ from, to, patterns, movements, incidents, outcomes }: LearningReport): string {
  const { byStage, topClasses, diversity } = patterns;
  const stages = Object.entries(byStage).map(([stage, count]) => `${count} ${stage}`);
  return [
    `learning from ${from.slice(0, 10)} to ${to.slice(0, 10)}`,
    `patterns: ${patterns.active} (${patterns.atStart} before), ${patterns.learned} new, ${patterns.takenBack} taken back; ${patterns.perWeek.toFixed(1)} new a week`,
    `  ${stages.join(', ')}; ${patterns.imported} from other places, ${patterns.merged} made of several, ${patterns.acrossServices} that helped other services`,
    `  diversity ${diversity === null ? 'not known' : diversity.toFixed(2)}: ${topClasses.map((top) => `${top.class} ${top.patterns}`).join(', ') || 'none'}`,
    `incidents: ${incidents.ended} ended; Selfheal healed ${words(incidents.healed)}; people had to act in ${words(incidents.byPeople)}`,
    `  recognised by a pattern ${words(incidents.covered)}; as what they were ${words(incidents.recognisedRight)}; as something else ${words(incidents.falsePositives)}`,
    `  time to resolve on average: ${minutesText(incidents.meanMinutes)}`,
    `outcomes of patterns: ${outcomes.cases}; helped ${words(outcomes.helped)}; told by people ${words(outcomes.byPeople)}`,
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

/** The health check for reading, what to do last. */
export function renderHealth({ checks, weak, recommendations, healthy }: LearningHealth): string {
  return [
    ...checks.map(({ name, state, text }) => `${MARKS[state]}${name}: ${text}`),
    ...weak.map(
      ({ patternId, title, helped, failedIn, advice }) =>
        `weak   ${patternId}  ${title}: helped in ${words(helped)}; not in ${failedIn.join(', ')}. ${advice}`,
    ),
    ...recommendations.map((advice) => `do     ${advice}`),
    healthy ? 'learning is healthy' : 'learning needs a look',
    '',
  ].join('\n');
}

/** The self-test for reading: what was not recognised, or as something else, by the lines of the file. */
export function renderSelfTest(test: SelfTest, name: string): string {
  const wrong = test.cases.filter((one) => one.said !== one.class);
  return [
    `${test.incidents} simulated incidents: identified ${words(test.identified)}`,
    `  without a model ${words(test.byThemselves)}; taken for something else ${words(test.falsePositives)}`,
    `  confidence on average ${test.meanConfidence?.toFixed(2) ?? 'not known'}; time to resolve on average ${minutesText(test.meanMinutes)}`,
    ...wrong.map(
      ({ line, title, class: failureClass, said }) =>
        `  ${name}, line ${line}: ${title} (${failureClass}): ${said === null ? 'not recognised' : `taken for ${said}`}`,
    ),
    '',
  ].join('\n');
}
