import type { Stage } from '../stage.ts';
import type { Ended } from '../terminal.ts';

interface Sample {
  readonly title: string;
  /** The outcome that counts as healed here. */
  readonly outcome: string;
  /** Starts it; gives where to look afterwards and whether the world shows the effect. */
  begin(stage: Stage): { where(): string; effectIsThere(): boolean };
}

const SAMPLES: readonly Sample[] = [
  {
    title: 'A pull request of acme/shop fails its tests.',
    outcome: 'suggested',
    begin: (stage) => failedRun(stage, 'regression', { comments: 1, reruns: 0 }),
  },
  {
    title: 'Another pull request fails because the package registry hung up.',
    outcome: 'resolved',
    begin: (stage) => failedRun(stage, 'transient', { comments: 1, reruns: 1 }),
  },
  {
    title: 'The alarm checkout-errors rings, minutes after a deployment.',
    outcome: 'resolved',
    begin(stage) {
      stage.world.aws.fireAlarm('checkout', { okAfterMs: OUTSIDE_MS });
      const moved = () => stage.world.journal.count('lambda.alias.updated', 'checkout-api:live') === 1;
      return { where: () => mailPage(stage), effectIsThere: () => moved() && mails(stage, 'checkout') === 1 };
    },
  },
  {
    title: 'The alarm ledger-latency rings; nothing was deployed, nothing safe fits.',
    outcome: 'escalated',
    begin(stage) {
      stage.world.aws.fireAlarm('ledger');
      const untouched = () => stage.world.journal.count('lambda.alias.updated', 'ledger-api:live') === 0;
      return { where: () => mailPage(stage), effectIsThere: () => untouched() && mails(stage, 'ledger') === 1 };
    },
  },
];

/** Functions in the order in which the samples meet them, but for the webhook, which starts at once anyway. */
const MET = [
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

/** Loads the functions that the samples will meet, while the first of them are at work already. */
export function warmUp({ runtime }: Stage): Promise<void> {
  const ids = Object.keys(runtime.resources());
  return runtime.warm(MET.flatMap((name) => ids.filter((id) => id.startsWith(`Functions${name}Handler`)).slice(0, 1)));
}

/** How long a re-run and the way back of an alarm take: shorter than the first look at them. */
const OUTSIDE_MS = 700;
/** Seconds a sample may take before it counts as not healed. */
const PATIENCE_SECONDS = 60;

/**
 * Lets each sample happen in turn and tells how it ended. False when one ended otherwise than it should; `mayAsk`: that a person is
 * asked is no failure, since the configuration is not the one of the samples.
 */
export async function healSamples(
  stage: Stage,
  nextEnd: (timeoutSeconds: number) => Promise<Ended>,
  write: (line: string) => void,
  mayAsk: boolean,
): Promise<boolean> {
  let healed = 0;
  let asked = 0;
  for (const [index, sample] of SAMPLES.entries()) {
    write(`${index === 0 ? '' : '\n'}${index + 1}. ${sample.title}`);
    const { where, effectIsThere } = sample.begin(stage);
    const end = await nextEnd(PATIENCE_SECONDS).catch((error: Error) => error);
    if (end instanceof Error) {
      write(`  ✘ ${end.message} Look at ${where()}`);
      continue;
    }
    if (end.waits) {
      asked += 1;
      write(`  ${mayAsk ? '?' : '✘'} asks a person: the mail with the link to decide is at ${mailPage(stage)}`);
      continue;
    }
    const asExpected = end.succeeded && end.outcome === sample.outcome && effectIsThere();
    if (asExpected) healed += 1;
    write(`  ${asExpected ? '✔' : '✘'} ${end.outcome}: ${end.reason}`);
    write(`    look at ${where()}`);
  }
  write(
    `\n${healed} of ${SAMPLES.length} samples ended as they should${asked === 0 ? '' : `, ${asked} wait for a person`}.`,
  );
  return healed + (mayAsk ? asked : 0) === SAMPLES.length;
}

function failedRun(stage: Stage, kind: 'regression' | 'transient', expected: { comments: number; reruns: number }) {
  const { repository, pullRequest, runId } = stage.world.samples.failRun(kind, { rerunMs: OUTSIDE_MS });
  const comments = () => stage.world.github.comments(repository, pullRequest ?? 0);
  const reruns = () => stage.world.journal.count('github.run.rerun', `${repository}/runs/${runId}`);
  return {
    where: () => `${stage.world.url}/${repository}/pull/${pullRequest}`,
    effectIsThere: () => comments().length === expected.comments && reruns() === expected.reruns,
  };
}

function mails(stage: Stage, subjectPart: string): number {
  return stage.runtime.mailbox.list().filter(({ subject }) => subject.includes(subjectPart)).length;
}

function mailPage(stage: Stage): string {
  return `${stage.runtime.endpoint}/mail`;
}
