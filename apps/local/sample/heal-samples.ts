import type { Stage } from '../stage.ts';
import type { EndedIncident } from '../terminal.ts';

interface Sample {
  readonly title: string;
  /** The expected outcome. */
  readonly outcome: string;
  /** Starts the sample. `page` is the page that shows its effect; `hasEffect` checks the effect in the outside world. */
  begin(stage: Stage): { page(): string; hasEffect(): boolean };
}

const SAMPLES: readonly Sample[] = [
  {
    title: 'A pull request of acme/shop fails its tests.',
    outcome: 'suggested',
    begin: (stage) => failedRun(stage, 'regression', { comments: 1, reruns: 0 }),
  },
  {
    title: 'Another pull request fails because the package registry closed the connection.',
    outcome: 'resolved',
    begin: (stage) => failedRun(stage, 'transient', { comments: 1, reruns: 1 }),
  },
  {
    title: 'The alarm checkout-errors goes off, minutes after a deployment.',
    outcome: 'resolved',
    begin(stage) {
      const isTold = oneMail(stage, 'checkout');
      const moves = () => stage.world.journal.count('lambda.alias.updated', 'checkout-api:live');
      const before = moves();
      stage.world.aws.fireAlarm('checkout', { okAfterMs: OUTSIDE_MS });
      return { page: () => mailPage(stage), hasEffect: () => moves() - before === 1 && isTold() };
    },
  },
  {
    title: 'The alarm ledger-latency goes off; nothing was deployed, and no safe action fits.',
    outcome: 'escalated',
    begin(stage) {
      const isTold = oneMail(stage, 'ledger');
      stage.world.aws.fireAlarm('ledger');
      const untouched = () => stage.world.journal.count('lambda.alias.updated', 'ledger-api:live') === 0;
      return { page: () => mailPage(stage), hasEffect: () => untouched() && isTold() };
    },
  },
];

/** Functions in the order in which the samples need them; the webhook is missing because it is loaded at once. */
const WARMED_FUNCTIONS = [
  'Intake',
  'Gather',
  'Classify',
  'Knowledge',
  'Analyze',
  'Plan',
  'Record',
  'Notify',
  'Guard',
  'ActGithub',
  'Verify',
  'ActLambda',
  'Escalate',
];

/** Loads the functions that the samples will need, while the first sample is already running. */
export function warmUp({ runtime }: Stage): Promise<void> {
  const ids = Object.keys(runtime.resources());
  return runtime.warm(
    WARMED_FUNCTIONS.flatMap((name) => ids.filter((id) => id.startsWith(`Functions${name}Handler`)).slice(0, 1)),
  );
}

/** Duration of a re-run and of an alarm's recovery; shorter than the wait before the first poll. */
const OUTSIDE_MS = 700;
/** Seconds after which a sample counts as not healed. */
const SAMPLE_TIMEOUT_SECONDS = 60;

/**
 * Plays the samples one after another and prints how each ended. Returns whether all ended as expected. With `mayAsk`, a sample that waits for a
 * person counts as expected, because the configuration is not the one of the samples.
 */
export async function healSamples(
  stage: Stage,
  nextEnd: (timeoutSeconds: number, startedSince: number) => Promise<EndedIncident>,
  write: (line: string) => void,
  mayAsk: boolean,
): Promise<boolean> {
  let healed = 0;
  let asked = 0;
  for (const [index, sample] of SAMPLES.entries()) {
    write(`${index === 0 ? '' : '\n'}${index + 1}. ${sample.title}`);
    const begunAt = Date.now();
    const { page, hasEffect } = sample.begin(stage);
    const end = await nextEnd(SAMPLE_TIMEOUT_SECONDS, begunAt).catch((error: Error) => error);
    if (end instanceof Error) {
      write(`  ✘ ${end.message} This machine may be busy. See ${page()}`);
      continue;
    }
    if (end.waits) {
      asked += 1;
      write(`  ${mayAsk ? '?' : '✘'} waits for an approval; the mail with the link is at ${mailPage(stage)}`);
      continue;
    }
    const asExpected = end.succeeded && end.outcome === sample.outcome && hasEffect();
    if (asExpected) healed += 1;
    write(`  ${asExpected ? '✔' : '✘'} ${end.outcome}: ${end.reason}`);
    write(`    see ${page()}`);
  }
  write(
    `\n${healed} of ${SAMPLES.length} samples ended as expected${asked === 0 ? '' : `, ${asked} wait for an approval`}.`,
  );
  return healed + (mayAsk ? asked : 0) === SAMPLES.length;
}

function failedRun(stage: Stage, kind: 'regression' | 'transient', expected: { comments: number; reruns: number }) {
  const { repository, pullRequest, runId } = stage.world.samples.failRun(kind, { rerunMs: OUTSIDE_MS });
  const comments = () => stage.world.github.comments(repository, pullRequest ?? 0);
  const reruns = () => stage.world.journal.count('github.run.rerun', `${repository}/runs/${runId}`);
  return {
    page: () => `${stage.world.url}/${repository}/pull/${pullRequest}`,
    hasEffect: () => comments().length === expected.comments && reruns() === expected.reruns,
  };
}

/**
 * Asked before a sample: whether there is one mail about it then. A state folder keeps the mails of earlier starts, and of
 * what they told before there may be none again.
 */
function oneMail({ runtime }: Stage, subjectPart: string): () => boolean {
  const mails = () => runtime.mailbox.list().filter(({ subject }) => subject.includes(subjectPart)).length;
  const before = mails();
  return () => mails() > 0 && mails() - before <= 1;
}

function mailPage(stage: Stage): string {
  return `${stage.runtime.endpoint}/mail`;
}
