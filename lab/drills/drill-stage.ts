import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '@selfheal/kernel/present.ts';
import type { RuntimeState } from '@selfheal/local-cloud/control-api.ts';
import type { RuntimeEvent } from '@selfheal/local-cloud/runtime-contract.ts';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '@selfheal/local-cloud/template/deployment.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeRecords, type Records } from './records.ts';
import { type ServedRuntime, serveRuntime } from './served-runtime.ts';

/** The outside world in this process, and the runtime in a separate process that can be killed. */
export interface DrillStage {
  readonly world: World;
  readonly runtime: ServedRuntime;
  readonly records: Records;
  /** Waits until no execution, message or delivery is in progress. Throws an error that lists the running executions after the timeout. */
  quiet(timeoutSeconds: number): Promise<RuntimeState>;
  stop(): Promise<void>;
}

export interface DrillOptions {
  readonly assemblyDir: string;
  onEvent?(event: RuntimeEvent): void;
}

export async function openDrillStage({ assemblyDir, onEvent }: DrillOptions): Promise<DrillStage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'selfheal-drill-'));
  const receiver: { runtime?: ServedRuntime } = {};
  const world = await startWorld({
    account: DEFAULT_ACCOUNT,
    region: DEFAULT_REGION,
    onEvent: (event) => void receiver.runtime?.putEvent(event),
  });
  const secret = randomBytes(24).toString('hex');
  const { githubApiUrl, awsUrl } = world;
  const runtime = await serveRuntime({
    assemblyDir,
    dataDir,
    githubApiUrl,
    awsWorldUrl: awsUrl,
    webhookSecret: secret,
    ...present({ onEvent }),
  });
  receiver.runtime = runtime;
  world.github.setWebhook({ url: runtime.served.webhookUrl, secret });
  return {
    world,
    runtime,
    records: makeRecords(() => runtime.served),
    quiet: (timeoutSeconds) => untilQuiet(world, runtime, timeoutSeconds),
    async stop() {
      await world.stop();
      await runtime.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const POLL_MS = 50;
/** Consecutive quiet polls required, because nothing is in progress for a moment between an answer and its consequence. */
const QUIET_POLLS = 4;

async function untilQuiet(world: World, runtime: ServedRuntime, timeoutSeconds: number): Promise<RuntimeState> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  for (let quietPolls = 0; ; ) {
    await world.github.delivered();
    const state = await runtime.state();
    quietPolls = state.quiet ? quietPolls + 1 : 0;
    if (quietPolls >= QUIET_POLLS) return state;
    if (performance.now() > deadline) {
      const running = state.executions.filter(({ status }) => status === 'RUNNING').map(({ name }) => name);
      throw new Error(`Not quiet after ${timeoutSeconds} s; running: ${running.join(', ') || 'no execution'}.`);
    }
    await sleep(POLL_MS);
  }
}
