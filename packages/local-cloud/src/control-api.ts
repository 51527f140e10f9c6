import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusalOfHost } from '@selfheal/fake-server/same-machine.ts';
import type { Mail, Runtime } from './runtime-contract.ts';
import type { GatewayFault } from './wire/faults.ts';
import type { ExecutionSummary } from './workflow/contract.ts';

/** A fault of the runtime's own AWS services, as `Runtime.faults.inject` takes it. */
export interface PlannedFault {
  readonly operation: string;
  readonly fault: GatewayFault;
  readonly times?: number;
  readonly skip?: number;
}

/** What a runtime in another process tells of itself. */
export interface RuntimeState {
  /** Nothing is running, queued or under way, executions included. */
  readonly quiet: boolean;
  /** Messages in the queues that feed functions. */
  readonly waitingMessages: number;
  readonly executions: readonly ExecutionSummary[];
  readonly mails: readonly Mail[];
  readonly deadLetters: readonly { readonly queue: string; readonly body: string }[];
  readonly denials: number;
}

export interface SideDoor {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A way into the runtime for other processes on this machine, apart from its own address: `POST /events` takes one event of the
 * default bus (on disk once answered), `POST /schedules/<function>` fires the schedule of a function (`reconciler`), `PUT /faults` plans
 * faults in place of those before, `GET /state` tells the `RuntimeState`.
 */
export async function openControlApi(runtime: Runtime, port: number): Promise<SideDoor> {
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
          return answer(404, { message: `There is no ${incoming.method} ${incoming.url}.` });
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

/** Logical ids begin with the function's name: `FunctionsReconcilerHandler...`. */
function scheduledFunction(runtime: Runtime, name: string): string {
  const wanted = `functions${name.replaceAll('-', '')}handler`;
  const found = Object.keys(runtime.resources()).find((id) => id.toLowerCase().startsWith(wanted));
  if (found === undefined) throw new Error(`There is no function ${name}.`);
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
