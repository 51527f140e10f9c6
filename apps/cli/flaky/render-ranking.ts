import { type Terminal, writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type { JobTest, RecordedTests } from '@selfheal/pull-request-quality/app/flaky-tests/test-history.ts';
import { historyQuarantineState } from '@selfheal/pull-request-quality/domain/flaky-tests/history-quarantine.ts';
import type { TestOwner } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';

const MAX_NAME = 200;

/** Writes tests in this order: JSON Lines, or two lines of text each. */
export async function writeRanked(tests: readonly JobTest[], json: boolean, terminal: Terminal): Promise<void> {
  const now = new Date(terminal.now());
  const print = json
    ? (test: JobTest) => `${JSON.stringify(rankedAsJson(test, now))}\n`
    : (test: JobTest) => rankedAsText(test, now);
  await writeTogether(terminal, tests.map(print));
}

const ownerText = (owner: TestOwner): string => {
  switch (owner.kind) {
    case 'code-owners':
      return owner.names.join(', ');
    case 'author':
      return `@${owner.login}`;
    case 'nobody':
      return 'nobody';
    default:
      return owner satisfies never;
  }
};

/** A test of a history as JSON: what its results show, what it cost, and its quarantine. */
function rankedAsJson({ key, job, test, judged, runs, failures, commits, cost }: JobTest, now: Date) {
  const { quarantine } = test;
  return {
    key,
    test: test.name,
    file: test.file,
    job,
    flaky: judged.kind === 'flaky',
    kind: judged.kind,
    score: Number(judged.score.toFixed(6)),
    runs,
    failures,
    commits,
    cost: { ...cost, minutes: cost.minutes === null ? null : Number(cost.minutes.toFixed(1)) },
    quarantine:
      quarantine === null
        ? null
        : {
            state: historyQuarantineState(quarantine, now),
            since: quarantine.since,
            until: quarantine.until,
            owner: quarantine.owner,
            released: quarantine.released,
          },
  };
}

/** The same as two lines of text. */
function rankedAsText({ key, job, test, judged, runs, failures, cost }: JobTest, now: Date): string {
  const minutes = cost.minutes === null ? 'no duration known' : `${cost.minutes.toFixed(1)} minutes lost`;
  const lost =
    judged.kind === 'flaky'
      ? `; ${minutes}, ${counted(cost.reruns, 're-run', 're-runs')}, ${counted(cost.heldUp, 'branch', 'branches')} held up`
      : '';
  const where = job === '' ? '' : ` in ${cleanText(job, 60)}`;
  const facts = `failed ${failures} of ${runs}${where}, ${shareText(judged.score)} by chance${lost}${quarantineText(test.quarantine, now)}`;
  return `${key}  ${judged.kind.padEnd(6)}  ${cleanText(test.name, MAX_NAME)}\n${' '.repeat(26)}${facts}\n`;
}

function quarantineText(quarantine: JobTest['test']['quarantine'], now: Date): string {
  if (quarantine === null) return '';
  const { until, owner, released } = quarantine;
  if (released !== null) return `; released by ${cleanText(released.by, 100)}: ${cleanText(released.reason, 300)}`;
  const word = historyQuarantineState(quarantine, now) === 'expired' ? 'quarantine ended on' : 'in quarantine until';
  return `; ${word} ${until}, owner ${ownerText(owner)}`;
}

/** What recording the reports of a run changed. */
export function recordedText({ runs, excluded, entered, released }: RecordedTests, tests: number): string {
  const lines = [
    `Recorded ${counted(tests, 'test', 'tests')}; ${counted(runs, 'run is', 'runs are')} known of this job.`,
  ];
  if (excluded === 'infrastructure')
    lines.push('The run failed for a reason outside its code: its results do not count.');
  if (excluded === 'mass-failure')
    lines.push('So many tests failed at once that none of these failures counts as chance.');
  for (const name of entered) lines.push(`In quarantine from now on: ${cleanText(name, MAX_NAME)}`);
  for (const name of released) lines.push(`Released, because it always fails by now: ${cleanText(name, MAX_NAME)}`);
  return `${lines.join('\n')}\n`;
}
