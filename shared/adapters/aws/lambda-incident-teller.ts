import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { Retryable } from '@selfheal/kernel/errors.ts';
import type { StepInput } from '#shared/domain/workflow/steps.ts';
import type { IncidentTeller } from '#shared/ports/incident-teller.ts';
import { callAws } from './errors.ts';

/** Calls the steps of the workflow that tell people. */
export function makeLambdaIncidentTeller(options: {
  readonly handOver: string;
  /** Absent where nobody ends an incident. */
  readonly endTeller?: string;
  readonly client?: LambdaClient;
}): IncidentTeller {
  const { client = new LambdaClient({}) } = options;
  const invoke = async (what: string, input: InvokeCommandInput) =>
    await callAws(what, () => client.send(new InvokeCommand(input)));
  return {
    async handOver(incidentId, { by, reason }) {
      const input: StepInput<'escalate'> = { incidentId, reason, error: null, askedBy: by };
      const { FunctionError: failed } = await invoke('Telling people of an incident', {
        FunctionName: options.handOver,
        Payload: JSON.stringify(input),
      });
      if (failed !== undefined)
        throw new Retryable(`Not everybody could be told of ${incidentId}; see the log of the function escalate.`);
    },
    async tellEnd(incidentId) {
      if (options.endTeller === undefined) return;
      const input: StepInput<'notify'> = { incidentId, stage: 'final', endedByPerson: true };
      await invoke('Telling the end of an incident', {
        FunctionName: options.endTeller,
        InvocationType: 'Event',
        Payload: JSON.stringify(input),
      });
    },
  };
}
