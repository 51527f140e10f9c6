import { createHmac, randomUUID } from 'node:crypto';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Stage } from '#apps/local/stage.ts';
import type { Healer, Subject } from './healer.ts';
import { logicalIdOf } from './template.ts';
import { until } from './until.ts';

export interface Posted {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Sends a webhook as anybody on the internet could. By default it is signed, JSON, and a `workflow_run`. */
export async function post(
  stage: Stage,
  body: string | Buffer,
  options: { secret?: string | null; source?: string; headers?: Record<string, string | null> } = {},
): Promise<Posted> {
  const { secret = stage.webhookSecret, source = 'github' } = options;
  const bytes = Buffer.from(body);
  const headers: Record<string, string | null> = {
    'content-type': 'application/json',
    'x-github-event': 'workflow_run',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256':
      secret === null ? null : `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`,
    ...options.headers,
  };
  const response = await fetch(stage.webhookUrl.replace(/github$/, source), {
    method: 'POST',
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
    body: bytes,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Lets the schedule of a function fire now, and waits until the function is through. */
export async function trigger(
  healer: Healer,
  functionName: 'redeliver-webhooks' | 'reconciler' | 'answers' | 'forecast' | 'log-watch' | 'on-call',
): Promise<void> {
  const runs = () =>
    healer.events.filter(
      (one) => one.type === 'function.invoked' && one.functionName === healer.functionName(functionName),
    );
  const before = runs().length;
  await healer.runtime.schedules.trigger(logicalIdOf(healer, functionName));
  await until(`the ${functionName}`, () => runs().length > before);
}

/** Ends the incident's running executions as an operator would with StopExecution. */
export async function stopExecutions(healer: Healer, subject: Subject): Promise<void> {
  const client = new SFNClient({
    endpoint: healer.runtime.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: healer.adminKey, secretAccessKey: 'local' },
  });
  const id = healer.incidentId(subject);
  for (const { executionArn, name, status } of healer.runtime.executions()) {
    if (name.startsWith(`${id}-`) && status === 'RUNNING')
      await client.send(new StopExecutionCommand({ executionArn }));
  }
  client.destroy();
}

/** Makes the incident look as if nothing had touched it for an hour. */
export async function makeStalled(healer: Healer, subject: Subject): Promise<void> {
  await healer.incidents.update(healer.incidentId(subject), {}, { at: new Date(Date.now() - 3_600_000) });
}
