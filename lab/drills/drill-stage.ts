import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RuntimeState } from '@selfheal/local-cloud/control-api.ts';
import type { RuntimeEvent } from '@selfheal/local-cloud/runtime-contract.ts';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '@selfheal/local-cloud/template/deployment.ts';
import { startWorld, type World } from '#apps/local/world/world.ts';
import { makeRecords, type Records } from './records.ts';
import { type ServedRuntime, serveRuntime } from './served-runtime.ts';

/** The outside world in this process, and the runtime in another one that may be killed. */
export interface DrillStage {
  readonly world: World;
  readonly runtime: ServedRuntime;
  readonly records: Records;
  /** Waits until nothing moves any more: no execution, message or delivery. Throws with what still moves. */
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
    ...(onEvent === undefined ? {} : { onEvent }),
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

const LOOK_MS = 50;
/** Between an answer and what follows from it nothing seems to move for a moment. */
const QUIET_LOOKS = 4;

async function untilQuiet(world: World, runtime: ServedRuntime, timeoutSeconds: number): Promise<RuntimeState> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  for (let looks = 0; ; ) {
    await world.github.delivered();
    const state = await runtime.state();
    looks = state.quiet ? looks + 1 : 0;
    if (looks >= QUIET_LOOKS) return state;
    if (performance.now() > deadline) {
      const running = state.executions.filter(({ status }) => status === 'RUNNING').map(({ name }) => name);
      throw new Error(`Not quiet after ${timeoutSeconds} s; running: ${running.join(', ') || 'no execution'}.`);
    }
    await sleep(LOOK_MS);
  }
}
