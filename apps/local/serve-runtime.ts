import { parseArgs } from 'node:util';
import { openControlApi } from '@selfheal/local-cloud/control-api.ts';
import { outliveFullDisk } from '@selfheal/local-cloud/disk-full.ts';
import { startRuntime } from '@selfheal/local-cloud/runtime.ts';
import type { RuntimeEvent } from '@selfheal/local-cloud/runtime-contract.ts';
import { introduce, newAdminKey, outputOf, STATE_WRITER } from './stage.ts';

const USAGE = `Usage: node apps/local/serve.ts --assembly DIR --data DIR --port N --event-port N
         --github-api-url URL --aws-world-url URL --webhook-secret TEXT [--time-scale N] [--trace]
Runs only the local runtime, so that it can be stopped while the outside world keeps running. Prints one JSON line when it is ready; with
--trace also one for every event. Accepts EventBridge events by POST /events on the event port. Ends on SIGTERM.`;

/** The line that is printed when the runtime is ready. */
export interface Served {
  readonly pid: number;
  readonly endpoint: string;
  readonly webhookUrl: string;
  readonly controlUrl: string;
  /** An access key that may do everything; valid until the runtime ends. */
  readonly adminKey: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A line of `--trace`. */
export interface Traced {
  readonly traced: RuntimeEvent;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        assembly: { type: 'string' },
        data: { type: 'string' },
        port: { type: 'string', default: '0' },
        'event-port': { type: 'string', default: '0' },
        'github-api-url': { type: 'string' },
        'aws-world-url': { type: 'string' },
        'webhook-secret': { type: 'string' },
        'time-scale': { type: 'string', default: '1' },
        trace: { type: 'boolean', default: false },
      },
    });
    const { assembly, data } = values;
    if (assembly === undefined || data === undefined) throw new Error('--assembly DIR and --data DIR are required.');
    return { ...values, assembly, data };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error(USAGE);
    return process.exit(2);
  }
}

const values = readArguments();
const print = (line: Served | Traced) => process.stdout.write(`${JSON.stringify(line)}\n`);
outliveFullDisk((line) => console.error(line));
const adminKey = newAdminKey();
const runtime = await startRuntime({
  assemblyDir: values.assembly,
  dataDir: values.data,
  writer: STATE_WRITER,
  port: Number(values.port),
  awsWorldUrl: values['aws-world-url'] ?? null,
  githubApiUrl: values['github-api-url'] ?? null,
  adminAccessKeyId: adminKey,
  timeScale: Number(values['time-scale']),
  ...(values.trace ? { onEvent: (event: RuntimeEvent) => void print({ traced: event }) } : {}),
}).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return process.exit(1);
});
introduce(runtime, values['webhook-secret']);
const controlApi = await openControlApi(runtime, Number(values['event-port']));
print({
  pid: process.pid,
  endpoint: runtime.endpoint,
  webhookUrl: outputOf(runtime, 'WebhookUrl'),
  controlUrl: controlApi.url,
  adminKey,
  outputs: runtime.outputs,
});

async function end(): Promise<void> {
  await controlApi.close();
  await runtime.stop();
  process.exit(0);
}
process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());
