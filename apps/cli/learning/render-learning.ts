import { percentText, shareText } from '@selfheal/kernel/numbers/number-words.ts';
import type { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import { counted, measuredTimeWords } from '@selfheal/kernel/time-words.ts';
import type { HealthCheck, LearningHealth } from '#shared/domain/learning/learning-health.ts';
import type { Goal, LearningReport } from '#shared/domain/learning/learning-report.ts';
import type { SelfTest } from '#shared/domain/learning/self-test.ts';

function words(share: Proportion | null): string {
  if (share === null) return 'no cases';
  const [low, high] = share.interval;
  return `${shareText(share.value)} of ${share.cases} (${shareText(low)} to ${shareText(high)})`;
}
const minutesText = (minutes: number | null): string =>
  minutes === null ? 'unknown' : measuredTimeWords(60_000 * minutes);

/** The mean of all, and apart what was measured and what people or records state. */
function timeText({ meanMinutes, measured, stated }: LearningReport['incidents']): string {
  if (measured.incidents === 0 && stated.incidents === 0) return 'unknown';
  if (stated.incidents === 0)
    return `${minutesText(meanMinutes)}, measured in ${counted(measured.incidents, 'incident')}`;
  if (measured.incidents === 0)
    return `${minutesText(meanMinutes)}, as stated for ${counted(stated.incidents, 'incident')}`;
  const parts = [
    `${minutesText(measured.meanMinutes)} measured in ${measured.incidents}`,
    `${minutesText(stated.meanMinutes)} stated for ${stated.incidents}`,
  ];
  return `${minutesText(meanMinutes)}; ${parts.join(', ')}`;
}

const signed = (share: number): string => `${share > 0 ? '+' : ''}${percentText(share)}`;
const STATES: Readonly<Record<Goal['state'], string>> = {
  reached: 'reached',
  missed: 'missed',
  unclear: 'not shown yet: the intervals overlap',
  unknown: 'not measurable: fewer than 20 incidents in either period, or none of the kind before',
};

const goalText = ({ now, before, change, target, state }: Goal): string =>
  `${words(now)}, before ${words(before)}: ${change === null ? 'no change known' : signed(change)}, aimed at ${signed(target)}; ${STATES[state]}`;

const goalRows = ({ healed, byPeople }: LearningReport['goals']): readonly (readonly [string, string])[] => [
  ['healed by Selfheal', goalText(healed)],
  ['left to people', goalText(byPeople)],
];

/** The review of a period as a page of Markdown, for the people who answer for the programme. */
export function renderReview(report: LearningReport): string {
  const { from, to, patterns, movements, incidents, goals, outcomes, improvements } = report;
  const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] => [
    `| ${head.join(' | ')} |`,
    `|${'---|'.repeat(head.length)}`,
    ...rows.map((row) => `| ${row.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`),
    '',
  ];
  return [
    `# Review of learning, ${from.slice(0, 10)} to ${to.slice(0, 10)}`,
    '',
    `Compared with the same time before, from ${goals.baselineFrom.slice(0, 10)} on. Intervals are 95 %.`,
    '',
    '## Goals',
    '',
    ...table(['goal', 'measured'], goalRows(goals)),
    '## Incidents',
    '',
    ...table(
      ['figure', 'value'],
      [
        ['ended', incidents.ended],
        ['matched by a pattern', words(incidents.covered)],
        ['right class', words(incidents.recognisedRight)],
        ['wrong class', words(incidents.falsePositives)],
        ['mean time to resolve', timeText(incidents)],
      ],
    ),
    '## Patterns',
    '',
    ...table(
      ['figure', 'value'],
      [
        ['active', `${patterns.active} (${patterns.atStart} before)`],
        ['new', patterns.learned],
        ['retired', patterns.takenBack],
        ['outcomes that helped', words(outcomes.helped)],
      ],
    ),
    ...(movements.length === 0
      ? []
      : table(
          ['pattern', 'confidence before', 'now'],
          movements.map(({ title, before, after }) => [title, before.toFixed(2), after.toFixed(2)]),
        )),
    '## Areas for improvement',
    '',
    ...(improvements.length === 0 ? ['Nothing stands out.'] : improvements.map((text) => `- ${text}`)),
    '',
  ].join('\n');
}

/** The report as text. */
export function renderLearning(report: LearningReport): string {
  const { from, to, patterns, movements, incidents, goals, outcomes, improvements } = report;
  const { byStage, topClasses, diversity } = patterns;
  const stages = Object.entries(byStage).map(([stage, count]) => `${count} ${stage}`);
  return [
    `learning from ${from.slice(0, 10)} to ${to.slice(0, 10)}`,
    `patterns: ${patterns.active} (${patterns.atStart} before), ${patterns.learned} new, ${patterns.takenBack} retired; ${patterns.perWeek.toFixed(1)} new per week`,
    `  ${stages.join(', ')}; ${patterns.imported} imported, ${patterns.merged} merged into general ones, ${patterns.acrossServices} helped several services`,
    `  diversity ${diversity === null ? 'unknown' : diversity.toFixed(2)}: ${topClasses.map((top) => `${top.class} ${top.patterns}`).join(', ') || 'none'}`,
    `incidents: ${incidents.ended} ended; healed by Selfheal ${words(incidents.healed)}; left to people ${words(incidents.byPeople)}`,
    `  matched by a pattern ${words(incidents.covered)}; right class ${words(incidents.recognisedRight)}; wrong class ${words(incidents.falsePositives)}`,
    `  mean time to resolve: ${timeText(incidents)}`,
    ...goalRows(goals).map(([name, text]) => `goal ${name}: ${text}`),
    `outcomes of patterns: ${outcomes.cases}; helped ${words(outcomes.helped)}; reported by people ${words(outcomes.byPeople)}`,
    ...(movements.length === 0 ? [] : ['confidence that changed most:']),
    ...movements.map(
      ({ patternId, title, before, after }) => `  ${patternId}  ${before.toFixed(2)} -> ${after.toFixed(2)}  ${title}`,
    ),
    ...improvements.map((text) => `improve: ${text}`),
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
    healthy ? healthyText(checks) : 'learning needs attention',
    '',
  ].join('\n');
}

function healthyText(checks: readonly HealthCheck[]): string {
  const told = checks.filter(({ state }) => state !== 'unknown').length;
  return told === checks.length
    ? 'learning is healthy'
    : `learning is healthy, as far as ${told} of ${checks.length} checks can tell`;
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
