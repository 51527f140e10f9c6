import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RuntimeEvent } from '@selfheal/local-cloud/runtime-contract.ts';
import { openStage, type Stage } from '#apps/local/stage.ts';
import { FUNCTIONS } from '#infra/functions.ts';
import { answerOn, approvalLinks, signIn } from '#lab/drills/approvals.ts';
import { prepareDrillAssembly } from '#lab/drills/drill-assembly.ts';
import type { FunctionConfig } from '#shared/domain/workflow/function-config.ts';
import { pascalCase } from '#statemachines/heal.ts';
import type { Row } from './row.ts';

/** Dollars in us-east-1: aws.amazon.com/step-functions/pricing and aws.amazon.com/lambda/pricing (arm64). */
const PRICE = { transition: 0.025 / 1000, request: 0.2 / 1e6, gigabyteSecond: 0.0000133334 };

/** What AWS would bill for one incident, without tables, buckets, logs, mails and models. */
interface Bill {
  /** States entered, plus retries. */
  readonly transitions: number;
  /** Polls of the verification. Each one after the first adds three transitions: a wait, a call and a choice. */
  readonly polls: number;
  readonly invocations: number;
  /** Memory of the functions times how long they ran on this machine. */
  readonly gigabyteSeconds: number;
}

const APPROVER = { name: 'approver', password: 'Correct-Horse-8-Battery' };

/** Plays typical incidents one at a time and computes what AWS would bill for each. */
export async function costRows(outDir: string): Promise<Row[]> {
  // With a model; whatever is done to the orders has to be approved.
  const { assemblyDir } = await prepareDrillAssembly(join(outDir, 'cost'), {}, ({ services }) => ({
    services: services.map((one) => (one.id === 'orders' ? { ...one, criticality: 'critical' } : one)),
    model: { provider: 'bedrock', modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0' },
  }));
  const events: RuntimeEvent[] = [];
  const stage = await openStage({ assemblyDir, timeScale: 0.2, onEvent: (event) => void events.push(event) });
  try {
    return await billedIncidents(stage, events);
  } finally {
    await stage.stop();
  }
}

async function billedIncidents(stage: Stage, events: RuntimeEvent[]): Promise<Row[]> {
  const { world, runtime } = stage;
  const functions = functionsByName(stage);
  const billed = async (cause: () => unknown, meanwhile?: () => Promise<void>): Promise<Bill> => {
    events.length = 0;
    const ended = runtime.executions().filter(isOver).length;
    cause();
    await meanwhile?.();
    await until(() => runtime.executions().filter(isOver).length > ended);
    await until(() => runtime.isIdle() && runtime.executions().every(isOver));
    return billOf(events, functions);
  };
  const transient = () => world.samples.failRun('transient', { rerunMs: 100 });
  world.models.setDefault({ kind: 'plausible', change: { confidence: 'high' } });
  // Not counted: a warm-up. Then the same failure is healed until the knowledge base knows it.
  await billed(() => world.samples.failRun('regression'));
  const analysed = await billed(transient);
  const isKnown = () => events.some((event) => analysisOf(event) === 'knowledge');
  let known = await billed(transient);
  for (let round = 0; round < MAX_ROUNDS && !isKnown(); round += 1) known = await billed(transient);
  if (!isKnown()) throw new Error(`The knowledge base did not know the failure after ${MAX_ROUNDS} incidents.`);
  await runtime.createUser(APPROVER.name, `${APPROVER.name}@example.com`, APPROVER.password, ['approver']);
  return [
    row('a failing run of a known kind, healed by a re-run', known, 17),
    row('a failing run, analysed by a model, healed by a re-run', analysed, 17),
    row(
      'a failing run, analysed by a model, with a fix proposed',
      await billed(() => world.samples.failRun('regression')),
      9,
    ),
    row(
      'an alarm, healed by a rollback',
      await billed(() => world.samples.fireAlarm('checkout', { okAfterMs: 400 })),
      17,
    ),
    row(
      'an alarm, healed by a rollback that a person approved',
      await billed(
        () => world.samples.fireAlarm('orders', { okAfterMs: 400 }),
        () => approveNewest(stage),
      ),
      20,
    ),
    row('an alarm that no action fits, handed to a person', await billed(() => world.samples.fireAlarm('ledger')), 10),
  ];
}

const MAX_ROUNDS = 10;
const isOver = ({ status }: { readonly status: string }): boolean => status !== 'RUNNING';

function billOf(events: readonly RuntimeEvent[], functions: ReadonlyMap<string, FunctionConfig>): Bill {
  const moves = events.flatMap((one) => (one.type === 'workflow' ? [one.event] : []));
  const called = events.flatMap((one) => {
    const config = one.type === 'function.invoked' ? functions.get(one.functionName) : undefined;
    const scheduled = config === undefined || config.trigger.kind === 'schedule';
    return one.type !== 'function.invoked' || scheduled ? [] : [{ config, milliseconds: one.milliseconds }];
  });
  return {
    transitions: moves.filter(({ type }) => type === 'StateEntered' || type === 'TaskRetried').length,
    polls: moves.filter(({ type, state }) => type === 'StateEntered' && state === 'Verify').length,
    invocations: called.length,
    gigabyteSeconds: called.reduce((sum, one) => sum + (one.config.memoryMb / 1024) * (one.milliseconds / 1000), 0),
  };
}

const TRANSITIONS_OF_A_POLL = 3;

function row(what: string, bill: Bill, goal: number): Row {
  // The number of polls depends on how long the re-run or alarm takes, so the bill is for one poll.
  const further = Math.max(0, bill.polls - 1);
  const transitions = bill.transitions - further * TRANSITIONS_OF_A_POLL;
  const invocations = bill.invocations - further;
  const dollars =
    transitions * PRICE.transition + invocations * PRICE.request + bill.gigabyteSeconds * PRICE.gigabyteSecond;
  const polled = bill.polls === 0 ? '' : ', polled once';
  return {
    measure: `${what}${polled}`,
    goal: `at most ${goal} transitions`,
    measured: `${transitions} transitions, ${invocations} Lambda invocations, ${bill.gigabyteSeconds.toFixed(2)} GB-s here: $${dollars.toFixed(6)}`,
    met: transitions <= goal,
  };
}

/** The source of a diagnosis, from the event of its step; null for other events. */
function analysisOf(event: RuntimeEvent): unknown {
  if (event.type !== 'workflow' || event.event.type !== 'TaskSucceeded' || event.event.state !== 'Analyze') return null;
  const { output } = event.event.detail as { output?: { Payload?: { source?: unknown } } };
  return output?.Payload?.source;
}

/** Configs of the template's functions by physical name. */
function functionsByName({ runtime }: Stage): Map<string, FunctionConfig> {
  const resources = Object.entries(runtime.resources());
  return new Map(
    FUNCTIONS.flatMap((config) => {
      const logicalId = new RegExp(`^Functions${pascalCase(config.name)}Handler[0-9A-F]{8}$`);
      const [, physicalName] = resources.find(([id]) => logicalId.test(id)) ?? [];
      return physicalName === undefined ? [] : [[physicalName, config] as const];
    }),
  );
}

/** Says yes on the page of the newest request for an approval. */
async function approveNewest(stage: Stage): Promise<void> {
  const page = () => approvalLinks(stage.runtime.mailbox.list())[0];
  await until(() => page() !== undefined);
  const token = await signIn(stage, APPROVER.name, APPROVER.password);
  const { status, message } = await answerOn(page() ?? '', 'approved', token);
  if (status !== 200) throw new Error(`The approval was not taken: ${status} ${message}`);
}

const TIMEOUT_MS = 120_000;

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error('An incident did not end within two minutes.');
    await sleep(20);
  }
}
