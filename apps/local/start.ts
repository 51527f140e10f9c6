import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { outliveFullDisk } from '@selfheal/local-cloud/disk-full.ts';
import type { Backend } from '@selfheal/local-cloud/gateway/gateway.ts';
import { isBlockedPort } from '@selfheal/local-cloud/wire/blocked-ports.ts';
import { loadEnvironmentFile } from '#infra/environment-file.ts';
import { Role } from '#shared/domain/access/caller.ts';
import { resolveChannels } from '#shared/plugins/resolve-channels.ts';
import { confidenceThresholdOf, type ModelChoice, resolveModel } from '#shared/plugins/resolve-model.ts';
import { prepareAssembly } from './assembly.ts';
import { makeCompletionQueue } from './completion-queue.ts';
import { providerOf, writeWithSettings } from './configuration-with-model.ts';
import { makeProgress } from './progress.ts';
import { healSamples, warmUp } from './sample/heal-samples.ts';
import { checkStageFolder, openStage, resetStageFolder, type Stage } from './stage.ts';
import { makeTerminal } from './terminal.ts';

const ROOT = join(import.meta.dirname, '../..');
const SAMPLE_CONFIGURATION = join(ROOT, 'apps/local/sample/selfheal.json');
const LOCAL_USER = 'local@example.com';
const USAGE = `Usage: npm start -- [--once] [--port N] [--data DIR [--reset]] [--config FILE]
Deploys the synthesized template to this machine, heals sample incidents, and keeps running until Ctrl-C.
  --once         exit after the samples, with code 0 if all ended as expected, else 1; with --config they may also wait for an approval
  --port N       listen on 127.0.0.1:N (default: a free port)
  --data DIR     keep the state in DIR and resume it at the next start (default: a temporary folder)
  --reset        delete the state in DIR first
  --config FILE  use another selfheal.json (default: the one of the samples)
To diagnose with a real model, set OLLAMA_URL, AI_API_KEY (or ANTHROPIC_API_KEY, OPENAI_API_KEY) or AWS credentials. AI_MODEL selects another
model and its provider, SELFHEAL_MODEL=rules selects none, AI_MAX_TOKENS limits answers. AI_CONFIDENCE_THRESHOLD sets the confidence from
which Selfheal acts by itself.`;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        port: { type: 'string' },
        data: { type: 'string' },
        reset: { type: 'boolean', default: false },
        config: { type: 'string', default: SAMPLE_CONFIGURATION },
        help: { type: 'boolean', default: false },
      },
    });
    const { port, config, data, reset } = values;
    if (reset && data === undefined) throw new Error('--reset needs --data DIR, the folder of the state.');
    if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
      throw new Error(`--port ${port}: expected a port number from 1 to 65535.`);
    }
    if (port !== undefined && isBlockedPort(Number(port))) {
      throw new Error(`--port ${port}: browsers and fetch refuse to open this port. Choose another, such as 8080.`);
    }
    if (!existsSync(config)) {
      throw new Error(`--config ${config}: no such file. Start from config/selfheal.example.json.`);
    }
    return values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return process.exit(2);
  }
}

/** The channels that variables set, which local servers answer; null when they set none. */
function localChannels(file: string) {
  const { notifiers = {} } = JSON.parse(readFileSync(file, 'utf8')) as { notifiers?: Record<string, unknown> };
  const resolved = resolveChannels(notifiers, process.env);
  return isDeepStrictEqual(resolved.notifiers, notifiers) ? null : { notifiers: resolved.notifiers };
}

async function main(): Promise<void> {
  loadEnvironmentFile();
  const args = readArguments();
  if (args.help) return console.log(USAGE);
  if (args.data !== undefined) prepareFolder(args.data, args.reset);
  const write = (line: string) => console.log(line);
  write('Selfheal on this machine: the same template as on AWS, without AWS, Docker or keys\n');
  const { choice: model, unused } = resolveModel(process.env, {
    withAwsCredentials: true,
    reads: ['AI_CONFIDENCE_THRESHOLD'],
  });
  for (const line of unused) write(`  ${line}`);
  const realModel = model === null ? null : { key: model.key || null, ...(await bedrockFor(model)) };
  const actAtConfidence = confidenceThresholdOf(process.env);
  // If the configured model cannot be reached from here, rules diagnose; it is not faked.
  const named = providerOf(args.config);
  const channels = localChannels(args.config);
  const isChanged = model !== null || actAtConfidence !== null || named !== 'rules' || channels !== null;
  const changed = join(ROOT, 'dist/with-model/selfheal.json');
  if (isChanged) writeWithSettings(args.config, { model, actAtConfidence, ...channels }, changed);
  const progress = makeProgress({
    write: (text) => process.stdout.write(text),
    inPlace: process.stdout.isTTY === true,
  });
  const assembly = await prepareAssembly(
    {
      configurationFile: isChanged ? changed : args.config,
      outDir: join(ROOT, 'dist/local'),
      context: { emails: 'on-call@example.com' },
    },
    progress.begin,
  ).finally(progress.end);
  write(`  template   ${assembly.reused ? 'unchanged' : 'bundled and synthesized'}, ${assembly.seconds.toFixed(1)} s`);
  outliveFullDisk(write);
  const ends = makeCompletionQueue();
  const started = performance.now();
  const stage = await openStage({
    assemblyDir: assembly.assemblyDir,
    user: LOCAL_USER,
    onEvent: makeTerminal({ write, colours: process.stdout.isTTY === true, onEnd: ends.add }),
    ...(args.port === undefined ? {} : { port: Number(args.port) }),
    ...(args.data === undefined ? {} : { dataDir: args.data }),
    ...(realModel === null ? {} : { realModel }),
  });
  // Who ends it while the samples are being healed learns from the exit code that they were not.
  let interrupted = 130;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stage.stop().then(() => process.exit(interrupted)));
  }
  const password = await createLocalUser(stage);
  present(stage, modelLine(model, named), (performance.now() - started) / 1000, write);
  void warmUp(stage);
  const healed = await healSamples(stage, ends.next, write, args.config !== SAMPLE_CONFIGURATION);
  if (args.once) {
    await stage.stop();
    process.exit(healed ? 0 : 1);
  }
  write(`\nRunning until Ctrl-C. Send webhooks to ${stage.webhookUrl}`);
  write(`  signed with the secret ${stage.webhookSecret}`);
  const { endpoint } = stage.runtime;
  write(
    `\nThe dashboard is at ${endpoint}/. The command line signs in with the password ${password}, new at each start:`,
  );
  write(`  npx selfheal login --url ${endpoint} --user ${LOCAL_USER}`);
  write('  npx selfheal incident show <id at the beginning of its lines>');
  write('  npx selfheal incident explain <id>');
  write(`The API is described at ${endpoint}/api/docs`);
  interrupted = 0;
}

function prepareFolder(dataDir: string, reset: boolean): void {
  if (reset)
    console.log(
      resetStageFolder(dataDir) ? `The state in ${dataDir} was deleted.` : `There is no state in ${dataDir}.`,
    );
  checkStageFolder(dataDir);
}

function modelLine(model: ModelChoice | null, named: string): string {
  if (model !== null) return `${model.settings.modelId} (${model.by} is set)`;
  const missing = named === 'rules' ? '' : `; the configured provider ${named} needs a key or credentials`;
  return `none: diagnosis by rules${missing}`;
}

function present({ runtime, world }: Stage, model: string, seconds: number, write: (line: string) => void) {
  write(`  runtime    ${runtime.endpoint}, ready in ${seconds.toFixed(2)} s`);
  write(`  dashboard  ${runtime.endpoint}/`);
  write(`  mailbox    ${runtime.endpoint}/mail`);
  write(`  slack      ${runtime.endpoint}/slack`);
  write(`  model      ${model}`);
  write(`  GitHub     ${world.url} (local, as are CloudWatch, Lambda and ECS)\n`);
}

/** Creates a user with every role. Returns the password, which is new at each start. */
async function createLocalUser({ runtime }: Stage): Promise<string> {
  const password = randomBytes(12).toString('base64url');
  await runtime.createUser('local', LOCAL_USER, password, Role.options);
  return password;
}

async function bedrockFor({ settings }: ModelChoice): Promise<{ bedrock?: Backend }> {
  if (settings.provider !== 'bedrock') return {};
  const { makeRealBedrock } = await import('./real-bedrock.ts');
  return { bedrock: await makeRealBedrock() };
}

await main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
