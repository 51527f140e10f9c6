import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from './gateway/gateway.ts';
import { startRuntime } from './runtime.ts';
import type { Runtime, RuntimeEvent } from './runtime-contract.ts';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from './template/deployment.ts';
import { startWorld, type World } from './world/world.ts';

/**
 * An access key of a fresh start. Calls signed with it may do everything: for tools on this machine that look at the tables,
 * never for a function, and nobody can guess it.
 */
export function newAdminKey(): string {
  return `LOCAL${randomBytes(16).toString('hex').toUpperCase()}`;
}

export interface StageOptions {
  readonly assemblyDir: string;
  /** Kept and resumed when given; otherwise a fresh folder that is removed at the end. */
  readonly dataDir?: string;
  readonly port?: number;
  readonly timeScale?: number;
  readonly maxWorkersPerFunction?: number;
  /** The configured model is asked where it really is, with this key; otherwise the outside world plays it. */
  readonly realModel?: { readonly key: string | null; readonly bedrock?: Backend };
  onEvent?(event: RuntimeEvent): void;
}

/** The deployed template and the outside world it looks at, wired to each other. */
export interface Stage {
  readonly runtime: Runtime;
  readonly world: World;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  /** Of this start alone. */
  readonly adminKey: string;
  stop(): Promise<void>;
}

/** Starts the outside world and the runtime and introduces them: webhook URL and secret, token, alarm events. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'selfheal-'));
  const receiver: { runtime?: Runtime } = {};
  const world = await startWorld({
    account: DEFAULT_ACCOUNT,
    region: DEFAULT_REGION,
    ...(options.dataDir === undefined ? {} : { dataDir: join(dataDir, 'world') }),
    onEvent: (event) => void receiver.runtime?.putEvent({ ...event }),
  });
  const { assemblyDir, port, timeScale, maxWorkersPerFunction, realModel, onEvent } = options;
  const adminKey = newAdminKey();
  const runtime = await startRuntime({
    assemblyDir,
    dataDir: join(dataDir, 'runtime'),
    awsWorldUrl: world.awsUrl,
    githubApiUrl: world.githubApiUrl,
    httpOrigin: world.url,
    ...(realModel === undefined ? { modelOrigin: world.url } : {}),
    ...(realModel?.bedrock === undefined ? {} : { bedrock: realModel.bedrock }),
    adminAccessKeyId: adminKey,
    ...(port === undefined ? {} : { port }),
    ...(timeScale === undefined ? {} : { timeScale }),
    ...(maxWorkersPerFunction === undefined ? {} : { maxWorkersPerFunction }),
    ...(onEvent === undefined ? {} : { onEvent }),
  });
  receiver.runtime = runtime;
  const webhookUrl = outputOf(runtime, 'WebhookUrl');
  const webhookSecret = introduce(runtime, undefined, realModel?.key ?? undefined);
  world.github.setWebhook({ url: webhookUrl, secret: webhookSecret });
  return {
    runtime,
    world,
    webhookUrl,
    webhookSecret,
    adminKey,
    async stop() {
      await runtime.stop();
      await world.stop();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Puts a fresh webhook secret, a token for the local GitHub and the model's key into the template's secrets; gives the first. */
export function introduce(
  runtime: Runtime,
  webhookSecret = randomBytes(24).toString('hex'),
  modelKey = 'local-key',
): string {
  runtime.overrideSecret(outputOf(runtime, 'WebhookSecretName'), { current: webhookSecret });
  runtime.overrideSecret(outputOf(runtime, 'GithubTokenSecretName'), { token: 'local-token' });
  const { ModelKeySecretName: modelKeySecret } = runtime.outputs;
  if (modelKeySecret !== undefined) runtime.overrideSecret(modelKeySecret, { key: modelKey });
  return webhookSecret;
}

/** An output of the template; throws when the template has none of this name. */
export function outputOf(runtime: Runtime, name: string): string {
  const value = runtime.outputs[name];
  if (value === undefined) throw new Error(`The template has no output ${name}; infra and the local runtime disagree.`);
  return value;
}
