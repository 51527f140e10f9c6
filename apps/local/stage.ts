import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import { isDiskFull } from '@selfheal/local-cloud/disk-full.ts';
import type { Backend } from '@selfheal/local-cloud/gateway/gateway.ts';
import { startRuntime } from '@selfheal/local-cloud/runtime.ts';
import type { Runtime, RuntimeEvent, RuntimeOptions } from '@selfheal/local-cloud/runtime-contract.ts';
import { DamagedState, openDatabase } from '@selfheal/local-cloud/storage/database.ts';
import { checkStateVersion, type StateWriter } from '@selfheal/local-cloud/storage/state-version.ts';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '@selfheal/local-cloud/template/deployment.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { makeLocalRoutes } from './local-routes.ts';
import { startMailServer } from './world/mail-server.ts';
import { startWorld, type World } from './world/world.ts';

/**
 * The format of all that Selfheal keeps: raised whenever a kind of record changes its shape, together with that kind's own `version`, or the tables
 * get other keys. A state folder of a format that is no longer read is refused as a whole; in tables each record is checked by its own version.
 */
export const RECORD_FORMAT = 6;
/** Formats before it whose records are still read. Of 4: runs are of one host, alarms of one provider; of 4 and 5: audit trails lie apart from incidents. */
const READ_FORMATS = [4, 5];

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  readonly version: string;
};
/** Name and record format that the local runtime writes into its state folders. */
export const STATE_WRITER: StateWriter = {
  name: `Selfheal ${version}`,
  recordFormat: RECORD_FORMAT,
  readsFormats: READ_FORMATS,
};

/** Throws `OtherVersion` if another version wrote the state in the folder. Changes nothing. */
export function checkStageFolder(dataDir: string): void {
  checkStateVersion(join(dataDir, 'runtime'), STATE_WRITER);
}

/**
 * Deletes the state that a runtime keeps in the folder, of any version and damaged, too; nothing else in it. False when there is none. Throws
 * `DirectoryInUse` while a runtime has it.
 */
export function resetStageFolder(dataDir: string): boolean {
  const runtimeDir = join(dataDir, 'runtime');
  if (!existsSync(join(runtimeDir, 'state.db'))) return false;
  try {
    openDatabase(runtimeDir).close();
  } catch (error) {
    if (!(error instanceof DamagedState)) throw error;
  }
  for (const part of [runtimeDir, join(dataDir, 'world')]) rmSync(part, { recursive: true, force: true });
  return true;
}

/** Makes a random access key for one start. Calls signed with it may do everything. It is for tools on this machine, never for a function. */
export function newAdminKey(): string {
  return `LOCAL${randomBytes(16).toString('hex').toUpperCase()}`;
}

export interface StageOptions {
  readonly assemblyDir: string;
  /** Folder of the state, which is kept and resumed. Without it a temporary folder is used and removed at the end. */
  readonly dataDir?: string;
  readonly port?: number;
  readonly timeScale?: number;
  /** As the runtime's: default `by-clock`. */
  readonly schedules?: RuntimeOptions['schedules'];
  readonly maxWorkersPerFunction?: number;
  /** As the runtime's: default false. */
  readonly ampleMemory?: boolean;
  /** With it, calls of the configured model go to its real provider, with this key; without it, to the local fake. */
  readonly realModel?: { readonly key: string | null; readonly bedrock?: Backend };
  /** E-mail address of a user whom the dashboard is signed in as without a password; by default none. */
  readonly user?: string;
  onEvent?(event: RuntimeEvent): void;
}

/** The local runtime with the deployed template, connected to the local outside world. */
export interface Stage {
  readonly runtime: Runtime;
  readonly world: World;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  /** Valid until the stage stops. */
  readonly adminKey: string;
  stop(): Promise<void>;
}

/** Starts the outside world and the runtime and connects them: webhook URL and secret, token, alarm events. */
export async function openStage(options: StageOptions): Promise<Stage> {
  if (options.dataDir !== undefined) checkStageFolder(options.dataDir);
  const dataDir = options.dataDir === undefined ? temporaryFolder() : stateFolder(options.dataDir);
  try {
    return await openIn(dataDir, options);
  } catch (cause) {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    if (!isDiskFull(cause)) throw cause;
    throw new Error(`The disk is full: the state folder ${dataDir} cannot be written. Free some space.`, { cause });
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'selfheal-'));
  } catch (cause) {
    throw new Error(
      `No temporary folder can be made in ${tmpdir()} (${messageOf(cause)}). Set TMPDIR to a folder that can be written, or keep the state with --data DIR.`,
      { cause },
    );
  }
}

function stateFolder(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
    return dataDir;
  } catch (cause) {
    throw new Error(
      `The state folder ${dataDir} cannot be written (${messageOf(cause)}). Choose another one with --data.`,
      { cause },
    );
  }
}

async function openIn(dataDir: string, options: StageOptions): Promise<Stage> {
  const receiver: { runtime?: Runtime } = {};
  const world = await startWorld({
    account: DEFAULT_ACCOUNT,
    region: DEFAULT_REGION,
    ...(options.dataDir === undefined ? {} : { dataDir: join(dataDir, 'world') }),
    onEvent: (event) => void receiver.runtime?.putEvent({ ...event }),
    onLogs: (group, events) => void receiver.runtime?.putLogs(group, events),
  });
  const mail = await startMailServer({
    user: LOCAL_MAIL_USER,
    onMail: ({ to, subject, text, html }) =>
      receiver.runtime?.mailbox.receive({ to: to.join(', '), subject, text, html }),
  });
  const { assemblyDir, port, timeScale, schedules, maxWorkersPerFunction, ampleMemory, realModel, onEvent } = options;
  const adminKey = newAdminKey();
  const runtime = await startRuntime({
    assemblyDir,
    dataDir: join(dataDir, 'runtime'),
    writer: STATE_WRITER,
    awsWorldUrl: world.awsUrl,
    githubApiUrl: world.githubApiUrl,
    httpOrigin: world.url,
    environment: { LOCAL_SMTP_PORT: String(mail.port), LOCAL_SMTP_CERTIFICATE: mail.certificate },
    ...(realModel === undefined ? { modelOrigin: world.url } : {}),
    ...(realModel?.bedrock === undefined ? {} : { bedrock: realModel.bedrock }),
    adminAccessKeyId: adminKey,
    ownRoutes: makeLocalRoutes({ runtime: () => receiver.runtime ?? null, world, user: options.user ?? null }),
    ...present({ port, timeScale, schedules, maxWorkersPerFunction, ampleMemory, onEvent }),
  }).catch(async (error: unknown) => {
    await Promise.all([world.stop(), mail.stop()]);
    throw error;
  });
  receiver.runtime = runtime;
  const webhookUrl = outputOf(runtime, 'WebhookUrl');
  const webhookSecret = introduce(runtime, undefined, realModel?.key ?? undefined);
  world.github.setWebhook({ url: webhookUrl, secret: webhookSecret });
  world.slack.connect({ url: `${runtime.endpoint}/slack/interactions`, signingSecret: LOCAL_SLACK_APP.signingSecret });
  if (options.user !== undefined) world.slack.addPerson({ id: 'U0YOU', name: 'you', email: options.user });
  world.slack.addPerson({ id: 'U0GUEST', name: 'somebody who never signed in', email: 'guest@example.com' });
  return {
    runtime,
    world,
    webhookUrl,
    webhookSecret,
    adminKey,
    async stop() {
      await runtime.stop();
      await Promise.all([world.stop(), mail.stop()]);
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The local mail server knows this password alone, whatever the user is. */
const LOCAL_MAIL_USER = { password: 'local-password' };

/** The local Slack knows one app. */
const LOCAL_SLACK_APP = {
  botToken: ['xoxb', 'local'].join('-'),
  signingSecret: ['of', 'the', 'local', 'slack'].join('-'),
};

/** The local services answer at whatever address a sample has. */
const LOCAL_CHANNELS = {
  ...Object.fromEntries(
    NOTIFIERS.flatMap(({ id, sample }) => (sample?.secret === undefined ? [] : [[id, JSON.stringify(sample.secret)]])),
  ),
  smtp: JSON.stringify(LOCAL_MAIL_USER),
  'slack-app': JSON.stringify(LOCAL_SLACK_APP),
};

/** Sets the template's secrets: the webhook secret (random by default), a token for the local GitHub, and the model's key. Returns the first. */
export function introduce(
  runtime: Runtime,
  webhookSecret = randomBytes(24).toString('hex'),
  modelKey = 'local-key',
): string {
  runtime.overrideSecret(outputOf(runtime, 'WebhookSecretName'), { current: webhookSecret });
  runtime.overrideSecret(outputOf(runtime, 'GithubTokenSecretName'), { token: 'local-token' });
  const { ModelKeySecretName: modelKeySecret } = runtime.outputs;
  if (modelKeySecret !== undefined) runtime.overrideSecret(modelKeySecret, { key: modelKey });
  const { ChannelSecretName: channelSecret } = runtime.outputs;
  if (channelSecret !== undefined) runtime.overrideSecret(channelSecret, LOCAL_CHANNELS);
  return webhookSecret;
}

/** An output of the template. Throws if there is none with this name. */
export function outputOf(runtime: Runtime, name: string): string {
  const value = runtime.outputs[name];
  if (value === undefined)
    throw new Error(`The template has no output ${name}. Add it in infra/stacks, or remove its use in apps/local.`);
  return value;
}
