import type { FailedRun } from '#apps/local/world/samples/samples.ts';
import type { DrillStage } from './drill-stage.ts';

/** Effects of one failed run. */
export interface RunFacts {
  readonly incidents: number;
  readonly comments: number;
  readonly reruns: number;
}

/** Sends the same delivery of a failed run `times` times, all but the first concurrently. */
export async function sendDuplicates(stage: DrillStage, times: number): Promise<RunFacts> {
  const run = stage.world.samples.failRun('transient', { rerunMs: 200 });
  const [delivery] = await run.delivered;
  if (delivery === undefined) throw new Error('The run was not delivered.');
  await Promise.all(Array.from({ length: times - 1 }, () => resend(stage, delivery)));
  await stage.quiet(120);
  return factsOf(stage, run);
}

/** Sends the four events of a failed run in every order, each order for a run of its own, without waiting for the run before. */
export async function sendAllOrders(stage: DrillStage): Promise<RunFacts[]> {
  const { github, samples } = stage.world;
  const runs: FailedRun[] = [];
  for (const order of permutations(['requested', 'in_progress', 'jobs', 'completed'] as const)) {
    const run = samples.failRun('transient', { deliver: 'none', rerunMs: 200 });
    runs.push(run);
    for (const step of order) {
      await (step === 'jobs' ? github.announceJobs(run.runId) : github.announceRun(run.runId, step, 1));
    }
  }
  await stage.quiet(240);
  return Promise.all(runs.map((run) => factsOf(stage, run)));
}

interface Delivery {
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly payload: string;
}

async function resend({ runtime }: DrillStage, { requestHeaders, payload }: Delivery): Promise<void> {
  const response = await fetch(runtime.served.webhookUrl, { method: 'POST', headers: requestHeaders, body: payload });
  await response.text();
  if (!response.ok) throw new Error(`The webhook answered with status ${response.status}.`);
}

async function factsOf({ world, records }: DrillStage, run: FailedRun): Promise<RunFacts> {
  const incidents = await records.incidents();
  return {
    incidents: incidents.filter(({ target }) => target.kind === 'run' && target.runId === run.runId).length,
    comments: world.journal.count('github.comment.created', `${run.repository}/issues/${run.pullRequest}`),
    reruns: world.journal.count('github.run.rerun', `${run.repository}/runs/${run.runId}`),
  };
}

/** Every order of the items. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
