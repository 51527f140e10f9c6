import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { Retryable } from '@selfheal/kernel/errors.ts';
import type { StepInput } from '#shared/domain/workflow/steps.ts';
import type { IncidentTeller } from '#shared/ports/incident-teller.ts';
import { callAws } from './errors.ts';

/** Calls the steps of the workflow that tell people. */
export function makeLambdaIncidentTeller(options: {
  readonly handOver: string;
  readonly endTeller: string;
  readonly client?: LambdaClient;
}): IncidentTeller {
  const { client = new LambdaClient({}) } = options;
  const invoke = async (what: string, input: InvokeCommandInput) =>
    await callAws(what, () => client.send(new InvokeCommand(input)));
  const tell = async (what: string, input: StepInput<'notify'>) =>
    void (await invoke(what, {
      FunctionName: options.endTeller,
      InvocationType: 'Event',
      Payload: JSON.stringify(input),
    }));
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
    tellEnd: (incidentId) =>
      tell('Telling the end of an incident', { incidentId, stage: 'final', endedByPerson: true }),
    tellAcknowledgement: (incidentId) =>
      tell('Telling who took an incident on', { incidentId, stage: 'acting', acknowledgedByPerson: true }),
  };
}
