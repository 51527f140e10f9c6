import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { waitForDebugger } from 'node:inspector';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { present } from '@selfheal/kernel/present.ts';
import { nearestValue } from '@selfheal/kernel/text/nearest-value.ts';
import { functionNamed } from '@selfheal/local-cloud/control-api.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { prepareAssembly } from './assembly.ts';
import { openStage } from './stage.ts';

const ROOT = join(import.meta.dirname, '../..');
const USAGE = `Usage: npm run debug -- FUNCTION EVENT.json [--data DIR] [--wait]
Runs the source of one function (a folder of functions/) on an event, with the environment, rights and services of the local deployment,
under Node's inspector on 127.0.0.1:9229. Prints what the function returns; errors name file and line of the source.
  --data DIR  use the state that npm start -- --data DIR keeps (stop it first): its incidents, evidence and secrets
  --wait      start the function only when a debugger is attached`;

/** A Lambda handler as the runtime calls it. */
type Handler = (event: unknown, context: Readonly<Record<string, unknown>>) => unknown;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      config: { type: 'string', default: join(ROOT, 'apps/local/sample/selfheal.json') },
      wait: { type: 'boolean', default: false },
    },
  });
  const [name, eventFile] = positionals;
  if (name === undefined || eventFile === undefined) throw new InvalidInput(USAGE);
  const names = readdirSync(join(ROOT, 'functions')).filter((each) =>
    existsSync(join(ROOT, 'functions', each, 'main.ts')),
  );
  if (!names.includes(name)) {
    const nearest = nearestValue(name, names);
    throw new InvalidInput(
      `There is no function "${name}"${nearest === null ? '' : `; did you mean "${nearest}"?`} They are: ${names.join(', ')}.`,
    );
  }
  return { name, event: readEvent(eventFile), ...values };
}

function readEvent(file: string): unknown {
  if (!existsSync(file)) throw new InvalidInput(`${file}: no such file. Samples are in events/.`);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InvalidInput(`${file} is not valid JSON: ${(error as Error).message}`);
  }
}

async function main(): Promise<void> {
  const { name, event, data, config, wait } = readArguments();
  const assembly = await prepareAssembly(
    { configurationFile: config, outDir: join(ROOT, 'dist/local'), context: { emails: 'on-call@example.com' } },
    (step) => console.error(`${step} ...`),
  );
  const stage = await openStage({
    assemblyDir: assembly.assemblyDir,
    ...present({ dataDir: data }),
  });
  try {
    const id = functionNamed(stage.runtime, name);
    if (id === undefined)
      throw new InvalidInput(`The sample configuration deploys no function ${name}. Name another with --config.`);
    Object.assign(process.env, stage.runtime.environmentOf(id));
    Object.assign(globalThis, { SELFHEAL_VERSION: packageFile.version });
    if (wait) waitForDebugger();
    const { handler } = (await import(join(ROOT, 'functions', name, 'main.ts'))) as { readonly handler: Handler };
    const context = { awsRequestId: 'debug', functionName: name, getRemainingTimeInMillis: () => 900_000 };
    console.log(JSON.stringify(await handler(event, context), null, 2));
  } finally {
    await stage.stop();
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof InvalidInput ? error.message : error);
  process.exitCode = 1;
});
process.exit();
