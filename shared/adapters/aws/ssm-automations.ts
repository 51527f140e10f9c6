import {
  type AutomationExecution,
  DescribeAutomationExecutionsCommand,
  GetAutomationExecutionCommand,
  SSMClient,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { Automation, AutomationRunner } from '#shared/ports/playbook-effects.ts';
import { ONCE, REPEATABLE } from './client-settings.ts';
import { callAws, sendEffect } from './errors.ts';

const FAILED: readonly string[] = [
  'Cancelled',
  'Cancelling',
  'CompletedWithFailure',
  'Exited',
  'Failed',
  'Rejected',
  'TimedOut',
  'ChangeCalendarOverrideRejected',
];
const SUCCEEDED: readonly string[] = ['Success', 'CompletedWithSuccess'];
/** Maximum executions of one document since an alarm to read. More of them, with other arguments, were started by somebody else. */
const MAX_LOOKED_AT = 50;

/**
 * Runs documents once per token: a repeated start with the same token returns the same execution.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html
 */
export function makeSsmAutomations(
  options: { readonly client?: SSMClient; readonly effects?: SSMClient } = {},
): AutomationRunner {
  const { client = new SSMClient(REPEATABLE), effects = new SSMClient(ONCE) } = options;
  const read = async (id: string): Promise<Automation | null> => {
    const command = new GetAutomationExecutionCommand({ AutomationExecutionId: id });
    const answer = await callAws(`Reading the automation ${id}`, () => client.send(command).catch(absent));
    return answer?.AutomationExecution === undefined ? null : automationOf(id, answer.AutomationExecution);
  };
  return {
    start: async ({ document, version, arguments: given, token }) => {
      const command = new StartAutomationExecutionCommand({
        DocumentName: document,
        DocumentVersion: version,
        Parameters: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]])),
        ClientToken: uuidOf(token),
      });
      const { AutomationExecutionId } = await sendEffect(`Starting ${document}`, () => effects.send(command));
      return AutomationExecutionId ?? '';
    },
    find: async (document, since, given) => {
      const command = new DescribeAutomationExecutionsCommand({
        Filters: [
          { Key: 'DocumentNamePrefix', Values: [document] },
          { Key: 'StartTimeAfter', Values: [since.toISOString().replace(/\.\d{3}Z$/, 'Z')] },
        ],
        MaxResults: MAX_LOOKED_AT,
      });
      const listed = await callAws(`Listing the automations of ${document}`, () => client.send(command));
      const own = (listed.AutomationExecutionMetadataList ?? []).filter(
        ({ DocumentName }) => DocumentName === document,
      );
      for (const { AutomationExecutionId } of own) {
        const found = AutomationExecutionId === undefined ? null : await read(AutomationExecutionId);
        // The filter supports whole seconds only.
        const isLater = found !== null && Date.parse(found.startedAt) >= since.getTime();
        if (isLater && isSame(found.arguments, given)) return found;
      }
      return null;
    },
  };
}

/** The token must look like a UUID (RFC 9562, version 8: made by the application). */
function uuidOf(token: string): string {
  const hex = `${token.slice(0, 12)}8${token.slice(13, 16)}8${token.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function absent(error: unknown): null {
  if (error instanceof Error && error.name === 'AutomationExecutionNotFoundException') return null;
  throw error;
}

function automationOf(id: string, execution: AutomationExecution): Automation {
  const status = execution.AutomationExecutionStatus ?? 'Pending';
  const given = Object.entries(execution.Parameters ?? {}).map(([name, values]) => [name, values.join(',')]);
  return {
    id,
    status,
    state: SUCCEEDED.includes(status) ? 'succeeded' : FAILED.includes(status) ? 'failed' : 'running',
    startedAt: (execution.ExecutionStartTime ?? new Date(0)).toISOString(),
    arguments: Object.fromEntries(given),
  };
}

/** An execution lists omitted parameters with their defaults. */
function isSame(found: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>): boolean {
  return Object.entries(given).every(([name, value]) => found[name] === value);
}
