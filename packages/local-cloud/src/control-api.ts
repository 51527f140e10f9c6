import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusalOfHost } from '@selfheal/fake-server/same-machine.ts';
import type { Mail, Runtime } from './runtime-contract.ts';
import type { GatewayFault } from './wire/faults.ts';
import type { ExecutionSummary } from './workflow/contract.ts';

/** A fault for `Runtime.faults.inject`. */
export interface PlannedFault {
  readonly operation: string;
  readonly fault: GatewayFault;
  readonly times?: number;
  readonly skip?: number;
}

/** The state of a runtime, as shown to another process. */
export interface RuntimeState {
  /** True when nothing is running, queued or in delivery, executions included. */
  readonly quiet: boolean;
  /** Messages in the queues that feed functions. */
  readonly waitingMessages: number;
  readonly executions: readonly ExecutionSummary[];
  readonly mails: readonly Mail[];
  readonly deadLetters: readonly { readonly queue: string; readonly body: string }[];
  readonly denials: number;
}

export interface ControlApi {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens the control API for other processes on this machine, on a port of its own. `POST /events` puts one event on the default bus
 * (stored on disk before the answer), `POST /schedules/<function>` fires a function's schedule (`reconciler`), `PUT /faults` replaces the
 * planned faults, `GET /state` returns `RuntimeState`.
 */
export async function openControlApi(runtime: Runtime, port: number): Promise<ControlApi> {
  const server = createServer(async (incoming, outgoing) => {
    const answer = (status: number, body: unknown = null) => {
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(body));
    };
    const foreign = refusalOfHost(incoming.headers);
    if (foreign !== null) return answer(403, { message: foreign });
    try {
      const [, service, name = ''] = (incoming.url ?? '').split('/');
      switch (`${incoming.method} ${service}`) {
        case 'POST events':
          await runtime.putEvent((await readJson(incoming)) as Record<string, unknown>);
          return answer(200);
        case 'POST schedules':
          await runtime.schedules.trigger(scheduledFunction(runtime, name));
          return answer(200);
        case 'PUT faults':
          planFaults(runtime, (await readJson(incoming)) as PlannedFault[]);
          return answer(200);
        case 'GET state':
          return answer(200, stateOf(runtime));
        default:
          return answer(404, { message: `The control API has no ${incoming.method} ${incoming.url}.` });
      }
    } catch (error) {
      answer(400, { message: error instanceof Error ? error.message : String(error) });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readJson(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function planFaults(runtime: Runtime, planned: readonly PlannedFault[]): void {
  runtime.faults.clear();
  for (const { operation, fault, ...when } of planned) runtime.faults.inject(operation, fault, when);
}

/** The function's logical id, which begins with its name: `FunctionsReconcilerHandler...`. */
/** Logical id of the function of this name: `FunctionsHealthCheckHandler1A2B` for `health-check`. */
export function functionNamed(runtime: Pick<Runtime, 'resources'>, name: string): string | undefined {
  const wanted = `functions${name.replaceAll('-', '')}handler`;
  return Object.keys(runtime.resources()).find((id) => id.toLowerCase().startsWith(wanted));
}

function scheduledFunction(runtime: Runtime, name: string): string {
  const found = functionNamed(runtime, name);
  if (found === undefined) throw new Error(`The deployment has no function ${name}.`);
  return found;
}

function stateOf(runtime: Runtime): RuntimeState {
  const executions = runtime.executions();
  return {
    quiet: runtime.isIdle() && executions.every(({ status }) => status !== 'RUNNING'),
    waitingMessages: runtime.waitingMessages(),
    executions,
    mails: runtime.mailbox.list(),
    deadLetters: runtime.deadLetters().map(({ queue, body }) => ({ queue, body })),
    denials: runtime.denials.length,
  };
}
