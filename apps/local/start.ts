import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepareAssembly } from './assembly.ts';
import type { Backend } from './gateway/gateway.ts';
import { type LocalModel, modelFromEnvironment, writeWithModel } from './model-from-environment.ts';
import { healSamples, warmUp } from './sample/heal-samples.ts';
import { openStage } from './stage.ts';
import { type Ended, makeTerminal } from './terminal.ts';

const ROOT = join(import.meta.dirname, '../..');
const USAGE = `Usage: npm start -- [--once] [--port N] [--data DIR] [--config FILE]
Deploys the synthesized template to this machine, heals sample incidents, and stays up for more until Ctrl-C.
  --once         ends when the samples are healed: exit code 0, or 1 when one was not
  --port N       listens on 127.0.0.1:N (default: a free port)
  --data DIR     keeps state in DIR and goes on with it the next time (default: a fresh folder, removed at the end)
  --config FILE  another selfheal.json (default: the one of the samples)
OLLAMA_URL, ANTHROPIC_API_KEY, OPENAI_API_KEY or AWS credentials let a real model diagnose; SELFHEAL_MODEL names another one than the
default, or rules for none.`;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        port: { type: 'string' },
        data: { type: 'string' },
        config: { type: 'string', default: join(ROOT, 'apps/local/sample/selfheal.json') },
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
  const args = readArguments();
  if (args.help) return console.log(USAGE);
  const write = (line: string) => console.log(line);
  write('Selfheal on this machine: the template that deploys, without AWS, Docker or keys\n');
  const model = modelFromEnvironment(process.env);
  const withModel = join(ROOT, 'dist/with-model/selfheal.json');
  if (model !== null) writeWithModel(args.config, model, withModel);
  const assembly = await prepareAssembly({
    configurationFile: model === null ? args.config : withModel,
    outDir: join(ROOT, 'dist/local'),
    context: { emails: 'on-call@example.com' },
  });
  write(`  template   ${assembly.reused ? 'unchanged' : 'bundled and synthesized'}, ${assembly.seconds.toFixed(1)} s`);
  const realModel = model === null ? null : { key: model.key, ...(await bedrockFor(model)) };
  const ends = makeEnds();
  const started = performance.now();
  const stage = await openStage({
    assemblyDir: assembly.assemblyDir,
    onEvent: makeTerminal({ write, colours: process.stdout.isTTY === true, onEnd: ends.add }),
    ...(args.port === undefined ? {} : { port: Number(args.port) }),
    ...(args.data === undefined ? {} : { dataDir: args.data }),
    ...(realModel === null ? {} : { realModel }),
  });
  write(`  runtime    ${stage.runtime.endpoint}, ready in ${((performance.now() - started) / 1000).toFixed(2)} s`);
  write(`  mailbox    ${stage.runtime.endpoint}/mail`);
  write(
    `  model      ${model === null ? 'none: diagnosis by rules' : `${model.settings.modelId} (${model.by} is set)`}`,
  );
  write(`  GitHub     ${stage.world.url} (local, as are CloudWatch, Lambda and ECS)\n`);
  void warmUp(stage);
  const healed = await healSamples(stage, ends.next, write);
  if (args.once) {
    await stage.stop();
    process.exit(healed ? 0 : 1);
  }
  write(`\nStays up for more. Webhooks go to ${stage.webhookUrl}`);
  write(`  signed with ${stage.webhookSecret}; Ctrl-C ends it.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stage.stop().then(() => process.exit(0)));
  }
}

async function bedrockFor({ settings }: LocalModel): Promise<{ bedrock?: Backend }> {
  if (settings.provider !== 'bedrock') return {};
  const { makeRealBedrock } = await import('./gateway/real-bedrock.ts');
  return { bedrock: await makeRealBedrock() };
}

/** Hands out ended incidents, whoever comes first: the end or the one who waits for it. */
function makeEnds() {
  const ended: Ended[] = [];
  const waiting: ((end: Ended) => void)[] = [];
  return {
    add(end: Ended): void {
      const waiter = waiting.shift();
      if (waiter === undefined) ended.push(end);
      else waiter(end);
    },
    /** Resolves with the next end; rejects after `timeoutSeconds`. */
    next(timeoutSeconds: number): Promise<Ended> {
      const first = ended.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve, reject) => {
        const waiter = (end: Ended) => {
          clearTimeout(timer);
          resolve(end);
        };
        const timer = setTimeout(() => {
          // Or it would take the next end, which somebody else waits for.
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(new Error(`No incident ended within ${timeoutSeconds} s.`));
        }, timeoutSeconds * 1000);
        waiting.push(waiter);
      });
    },
  };
}

await main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
