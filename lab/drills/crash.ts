import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { RuntimeState } from '@selfheal/local-cloud/control-api.ts';
import type { DrillStage } from './drill-stage.ts';
import {
  atMoment,
  describeMoment,
  type EventFeed,
  FAILURES,
  type FailureName,
  type Moment,
  randomMoment,
} from './moments.ts';
import { mailedTwice, type StartedFailure, type Tally, tally } from './tally.ts';

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  /** Receives one line for each kill. */
  log?(line: string): void;
}

export interface CrashFacts extends Tally {
  readonly kills: number;
  readonly seed: number;
  /** Number of kills by kind of moment. */
  readonly moments: Readonly<Record<string, number>>;
  /** Actions with an unknown outcome, about which a person was asked. */
  readonly unknown: number;
  /** Deliveries whose redelivery was requested from GitHub. */
  readonly askedAgain: number;
  /** Incidents that ended only with the help of the reconciler. */
  readonly reconciled: number;
  readonly mailedTwice: number;
  readonly deadLetters: number;
}

/**
 * Starts failures and kills the runtime repeatedly, each time at a random moment of an incident. Then runs redelivery and reconciler until
 * everything has ended. `stage` must pass its events to `events`.
 */
export async function killAtRandom(stage: DrillStage, events: EventFeed, options: CrashOptions): Promise<CrashFacts> {
  const next = numbersFrom(options.seed);
  const started: StartedFailure[] = [];
  const moments: string[] = [];
  for (let round = 1; round <= options.kills; round += 1) {
    const failure = await dueFailure(stage, FAILURES[(round - 1) % FAILURES.length] ?? 'regression');
    const moment = randomMoment(failure, next);
    const withStore = next() < 0.3;
    started.push(startFailure(stage, failure, round));
    const came = await strike(stage, events, moment, withStore);
    const what = came ? describeMoment(moment) : `late for ${describeMoment(moment)}`;
    moments.push(what);
    options.log?.(`kill ${round}: ${failure}, ${what}${withStore ? ', with its store' : ''}`);
    // A redelivery amid the kills may itself be killed.
    if (next() < 0.2) await stage.runtime.trigger('redeliver-webhooks');
  }
  const { state, reconciled } = await settle(stage);
  const { journal } = stage.world;
  return {
    ...tally(started, await stage.records.incidents(), journal.entries()),
    kills: options.kills,
    seed: options.seed,
    moments: Object.fromEntries([...Map.groupBy(moments, (name) => name)].map(([name, own]) => [name, own.length])),
    unknown: (await stage.records.actions()).filter((action) => action.state === 'unknown').length,
    askedAgain: journal.count('github.delivery.redelivered'),
    reconciled,
    mailedTwice: mailedTwice(state.mails),
    deadLetters: state.deadLetters.length,
  };
}

async function strike(stage: DrillStage, events: EventFeed, moment: Moment, withStore: boolean): Promise<boolean> {
  const { runtime, world } = stage;
  const killing: { done?: Promise<void> } = {};
  const came = await atMoment(moment, events, world, () => {
    killing.done = runtime.kill(withStore);
  });
  await killing.done;
  if (moment.kind === 'start') {
    const starting = runtime.start().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, moment.afterMs));
    await runtime.kill(withStore);
    await starting;
  }
  await runtime.start();
  return came;
}

const ALARMS = {
  checkout: { name: 'checkout-errors', kind: 'lambda.alias.updated', target: 'checkout-api:live' },
  orders: { name: 'orders-5xx', kind: 'ecs.service.updated', target: 'shop/orders' },
} as const;

/** The failure to start: the given one, or a failing run if the alarm's previous incident has not ended yet. */
async function dueFailure(stage: DrillStage, failure: FailureName): Promise<FailureName> {
  if (failure !== 'checkout' && failure !== 'orders') return failure;
  const { world, runtime, records } = stage;
  await stage.quiet(QUIET_SECONDS);
  const { name } = ALARMS[failure];
  if (world.aws.alarm(name)?.state.value === 'ALARM') return 'transient';
  const own = (await records.incidents()).filter(
    ({ target }) => target.kind === 'alarm' && target.alarmArn.endsWith(name),
  );
  const { executions } = await runtime.state();
  const running = new Set(executions.flatMap((each) => (each.status === 'RUNNING' ? [each.name] : [])));
  const busy = own.some(({ id, status, attempt }) => status === 'open' || running.has(`${id}-${attempt}`));
  return busy ? 'transient' : failure;
}

function startFailure({ world }: DrillStage, failure: FailureName, round: number): StartedFailure {
  const at = Date.now();
  if (failure === 'checkout' || failure === 'orders') {
    const { name, kind, target } = ALARMS[failure];
    const { state } = world.aws.fireAlarm(failure, { okAfterMs: 300 }).detail as { state: { timestamp: string } };
    const subject = `alarm ${name} ${new Date(state.timestamp).toISOString()}`;
    return { failure, round, at, subject, effects: [{ kind, target }] };
  }
  const run = world.samples.failRun(failure, { rerunMs: 400 });
  const comment = { kind: 'github.comment.created', target: `${run.repository}/issues/${run.pullRequest}` } as const;
  const rerun = { kind: 'github.run.rerun', target: `${run.repository}/runs/${run.runId}` } as const;
  const effects = failure === 'transient' ? [comment, rerun] : [comment];
  return { failure, round, at, subject: `run ${run.runId}`, effects };
}

const QUIET_SECONDS = 180;
const MAX_REDELIVERY_ROUNDS = 4;

/** Waits until everything has ended, with the schedules that a deployment has: redelivery of webhooks, then the reconciler. */
async function settle(stage: DrillStage): Promise<{ state: RuntimeState; reconciled: number }> {
  const { runtime, world, records } = stage;
  await stage.quiet(QUIET_SECONDS);
  for (let rounds = 0; rounds < MAX_REDELIVERY_ROUNDS; rounds += 1) {
    const asked = world.journal.count('github.delivery.redelivered');
    await runtime.trigger('redeliver-webhooks');
    await stage.quiet(QUIET_SECONDS);
    if (world.journal.count('github.delivery.redelivered') === asked) break;
  }
  const open = (await records.incidents()).filter(({ status }) => status === 'open');
  for (const { id } of open) await records.makeStalled(id);
  if (open.length > 0) await runtime.trigger('reconciler');
  return { state: await stage.quiet(QUIET_SECONDS), reconciled: open.length };
}
