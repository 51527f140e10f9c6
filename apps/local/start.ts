import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outliveFullDisk } from '@selfheal/local-cloud/disk-full.ts';
import type { Backend } from '@selfheal/local-cloud/gateway/gateway.ts';
import { loadEnvironmentFile } from '#infra/environment-file.ts';
import { Role } from '#shared/domain/access/caller.ts';
import { prepareAssembly } from './assembly.ts';
import { makeCompletionQueue } from './completion-queue.ts';
import {
  actAtConfidenceOf,
  type LocalModel,
  modelFromEnvironment,
  providerOf,
  writeWithSettings,
} from './model-from-environment.ts';
import { makeProgress } from './progress.ts';
import { healSamples, warmUp } from './sample/heal-samples.ts';
import { checkStageFolder, openStage, outputOf, type Stage } from './stage.ts';
import { makeTerminal } from './terminal.ts';

const ROOT = join(import.meta.dirname, '../..');
const SAMPLE_CONFIGURATION = join(ROOT, 'apps/local/sample/selfheal.json');
const LOCAL_USER = 'local@example.com';
const USAGE = `Usage: npm start -- [--once] [--port N] [--data DIR] [--config FILE]
Deploys the synthesized template to this machine, heals sample incidents, and stays up for more until Ctrl-C.
  --once         ends when the samples are healed: exit code 0, or 1 when one was not; with --config it may also wait for a person
  --port N       listens on 127.0.0.1:N (default: a free port)
  --data DIR     keeps state in DIR and goes on with it the next time (default: a fresh folder, removed at the end)
  --config FILE  another selfheal.json (default: the one of the samples)
OLLAMA_URL, ANTHROPIC_API_KEY, OPENAI_API_KEY, AI_API_KEY or AWS credentials let a real model diagnose; AI_MODEL names another
model than the default, SELFHEAL_MODEL=rules asks for none; AI_MAX_TOKENS bounds its answers. AI_CONFIDENCE_THRESHOLD says from which confidence on it acts.`;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        port: { type: 'string' },
        data: { type: 'string' },
        config: { type: 'string', default: SAMPLE_CONFIGURATION },
        help: { type: 'boolean', default: false },
      },
    });
    const { port, config } = values;
    if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
      throw new Error(`--port ${port} is not a port number; give one from 1 to 65535.`);
    }
    if (!existsSync(config)) {
      throw new Error(`--config ${config} does not exist; config/selfheal.example.json shows what goes into one.`);
    }
    return values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return process.exit(2);
  }
}

async function main(): Promise<void> {
  loadEnvironmentFile();
  const args = readArguments();
  if (args.help) return console.log(USAGE);
  if (args.data !== undefined) checkStageFolder(args.data);
  const write = (line: string) => console.log(line);
  write('Selfheal on this machine: the template that deploys, without AWS, Docker or keys\n');
  const model = modelFromEnvironment(process.env);
  const realModel = model === null ? null : { key: model.key, ...(await bedrockFor(model)) };
  const actAtConfidence = actAtConfidenceOf(process.env);
  // A model that nobody can be asked on this machine is not played: the rules diagnose.
  const named = providerOf(args.config);
  const isChanged = model !== null || actAtConfidence !== null || named !== 'rules';
  const changed = join(ROOT, 'dist/with-model/selfheal.json');
  if (isChanged) writeWithSettings(args.config, { model, actAtConfidence }, changed);
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
    onEvent: makeTerminal({ write, colours: process.stdout.isTTY === true, onEnd: ends.add }),
    ...(args.port === undefined ? {} : { port: Number(args.port) }),
    ...(args.data === undefined ? {} : { dataDir: args.data }),
    ...(realModel === null ? {} : { realModel }),
  });
  present(stage, modelLine(model, named), (performance.now() - started) / 1000, write);
  void warmUp(stage);
  const healed = await healSamples(stage, ends.next, write, args.config !== SAMPLE_CONFIGURATION);
  if (args.once) {
    await stage.stop();
    process.exit(healed ? 0 : 1);
  }
  write(`\nStays up for more. Webhooks go to ${stage.webhookUrl}`);
  write(`  signed with ${stage.webhookSecret}; Ctrl-C ends it.`);
  write(`Sign in as ${LOCAL_USER} with ${await createLocalUser(stage)}: an account of this start with every role.`);
  write('What happened in an incident, by the id at the beginning of its lines:');
  write(`  ${explainCommand(stage)}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stage.stop().then(() => process.exit(0)));
  }
}

function modelLine(model: LocalModel | null, named: string): string {
  if (model !== null) return `${model.settings.modelId} (${model.by} is set)`;
  const unasked = named === 'rules' ? '' : `; ${named} of the configuration needs a key or credentials`;
  return `none: diagnosis by rules${unasked}`;
}

function present({ runtime, world }: Stage, model: string, seconds: number, write: (line: string) => void) {
  write(`  runtime    ${runtime.endpoint}, ready in ${seconds.toFixed(2)} s`);
  write(`  mailbox    ${runtime.endpoint}/mail`);
  write(`  model      ${model}`);
  write(`  GitHub     ${world.url} (local, as are CloudWatch, Lambda and ECS)\n`);
}

/** Gives the password, of this start alone. */
async function createLocalUser({ runtime }: Stage): Promise<string> {
  const password = randomBytes(12).toString('base64url');
  await runtime.createUser('local', LOCAL_USER, password, Role.options);
  return password;
}

/** A line to copy: the command reads the tables of this runtime. */
function explainCommand({ runtime, adminKey }: Stage): string {
  const environment = `AWS_ENDPOINT_URL=${runtime.endpoint} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=${adminKey} AWS_SECRET_ACCESS_KEY=local`;
  return `${environment} npx selfheal incident explain <id> --table ${outputOf(runtime, 'IncidentsTableName')}`;
}

async function bedrockFor({ settings }: LocalModel): Promise<{ bedrock?: Backend }> {
  if (settings.provider !== 'bedrock') return {};
  const { makeRealBedrock } = await import('./real-bedrock.ts');
  return { bedrock: await makeRealBedrock() };
}

await main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
