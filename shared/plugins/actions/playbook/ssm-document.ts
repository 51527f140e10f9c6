import { digestOf } from '@selfheal/kernel/digest.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import type { DocumentRun, SsmDocumentPlaybook } from '#shared/domain/playbook/playbook.ts';
import { fillText, type Values } from '#shared/domain/playbook/template.ts';
import type { Automation } from '#shared/ports/playbook-effects.ts';
import type { ActionPorts, Grant } from '../contract.ts';
import { type Mechanics, type PlaybookParameters, valuesOf } from './mechanics.ts';

/** Name prefix of Selfheal's own documents. */
export const OWN_DOCUMENTS = 'Selfheal-';
/** Name prefix of the role that these assume; the region follows, because role names are global. */
export const AUTOMATION_ROLE = 'Selfheal-Automation';

/** Runs an SSM Automation document of the account, once per alarm. */
export function documentRun(playbook: SsmDocumentPlaybook): Mechanics {
  const { undo } = playbook;
  return {
    repeat: { kind: 'harmless', because: 'Systems Manager starts one execution for each client token' },
    observe: async (parameters, ports) => {
      const found = await findRun(playbook, valuesOf(playbook.id, parameters), parameters, ports);
      return found === null
        ? { kind: 'not-started' }
        : { kind: 'happened', receipt: receiptOf(playbook, found.id, found.startedAt) };
    },
    execute: async (parameters, ports) => {
      const values = valuesOf(playbook.id, parameters);
      const id = await start(playbook, values, String(values.key), ports);
      return receiptOf(playbook, id, ports.clock.now().toISOString());
    },
    succeeded: async (parameters, { at }, ports) => {
      const run = await findRun(playbook, valuesOf(playbook.id, parameters), parameters, ports);
      const isOverdue = ports.clock.now().getTime() - Date.parse(at) > playbook.timeoutSeconds * 1000;
      const waiting = isOverdue ? 'failed' : 'pending';
      // Lists show an execution only a little later.
      if (run === null) return { state: waiting, summary: `The execution of ${playbook.document} cannot be found.` };
      const summary = `The execution of ${playbook.document} is ${run.status}.`;
      if (run.state !== 'running') return { state: run.state === 'succeeded' ? 'recovered' : 'failed', summary };
      const late = isOverdue ? ` It takes longer than ${playbook.timeoutSeconds} seconds.` : '';
      return { state: waiting, summary: `${summary}${late}` };
    },
    ...(undo === undefined
      ? {}
      : {
          describeUndo: () =>
            `If it does not help, Selfheal starts ${undo.document}, which restores the previous state.`,
          undo: async (parameters: PlaybookParameters, _receipt: Receipt, ports: ActionPorts) => {
            // With the same token a repeated undo is the same execution.
            const values = valuesOf(playbook.id, parameters);
            const id = await start(undo, values, digestOf(`undo#${String(values.key)}`, 32), ports);
            return `${playbook.title}: started ${undo.document} to restore the previous state (${id}).`;
          },
        }),
    grants: () => ({
      execute: [startOf(playbook), ...passOf(playbook)],
      observe: READ_RUNS,
      undo: undo === undefined ? [] : [startOf(undo), ...passOf({ ...undo, role: playbook.role })],
    }),
  };
}

const argumentsOf = (run: DocumentRun, values: Values): Record<string, string> =>
  Object.fromEntries(Object.entries(run.arguments).map(([name, template]) => [name, fillText(template, values)]));

function start(run: DocumentRun, values: Values, token: string, { automations }: ActionPorts): Promise<string> {
  const { document, version } = run;
  return automations.start({ document, version, arguments: argumentsOf(run, values), token });
}

function findRun(
  run: DocumentRun,
  values: Values,
  { since }: PlaybookParameters,
  { automations }: ActionPorts,
): Promise<Automation | null> {
  return automations.find(run.document, new Date(since), argumentsOf(run, values));
}

const receiptOf = ({ title, document }: SsmDocumentPlaybook, executionId: string, at: string): Receipt => ({
  summary: redactOutgoing(`${title}: started ${document} (${executionId}).`),
  at,
  facts: { executionId },
});

const HERE = `arn:\${Partition}:ssm:\${Region}:\${Account}`;

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html */
const startOf = ({ document }: DocumentRun): Grant => ({
  actions: ['ssm:StartAutomationExecution'],
  resources: [`${HERE}:document/${document}`, `${HERE}:automation-execution/*`],
});

/** Starting a document passes the role that it assumes. */
function passOf({ document, role }: { readonly document: string; readonly role?: string | undefined }): Grant[] {
  const own = document.startsWith(OWN_DOCUMENTS);
  const passed = own ? `arn:\${Partition}:iam::\${Account}:role/${AUTOMATION_ROLE}-\${Region}` : role;
  if (passed === undefined) return [];
  const conditions = { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } };
  return [{ actions: ['iam:PassRole'], resources: [passed], conditions }];
}

/**
 * Systems Manager has no resource-level permissions for listing executions, and an execution's id is unknown before it runs. Read-only.
 */
const READ_RUNS: readonly Grant[] = [
  { actions: ['ssm:GetAutomationExecution'], resources: [`${HERE}:automation-execution/*`] },
  { actions: ['ssm:DescribeAutomationExecutions'], resources: ['*'] },
];
