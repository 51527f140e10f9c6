import { OutcomeUnknown, Refused } from '@selfheal/kernel/errors.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { type AllowedEndpoint, resolveEndpoint } from '#shared/domain/playbook/http-endpoints.ts';
import { type ApiCallPlaybook, type Call, meets, type Observe } from '#shared/domain/playbook/playbook.ts';
import { fillAddress, fillPayload, type Values } from '#shared/domain/playbook/template.ts';
import type { EndpointCaller } from '#shared/ports/playbook-effects.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import type { ActionPorts, Grant, Observation, Verification } from '../contract.ts';
import { type Mechanics, NOTHING_TO_CHECK, type PlaybookParameters, valuesOf } from './mechanics.ts';

/** After this time the effect of a call is visible in what `observe` reads. */
const SHOWS_WITHIN_SECONDS = 30;

/** Calls an allowed endpoint. Its only AWS grant is to read the endpoint's credentials. */
export function apiCall(playbook: ApiCallPlaybook): Mechanics {
  const { observe: look, undo, timeoutSeconds } = playbook;
  const observe = (parameters: PlaybookParameters, ports: ActionPorts): Promise<Observation> =>
    look === undefined ? Promise.resolve({ kind: 'not-started' }) : observeBy(look, parameters, ports);
  const observeBy = async (by: Observe, parameters: PlaybookParameters, ports: ActionPorts): Promise<Observation> => {
    const values = valuesOf(playbook.id, parameters);
    const answer = await ports.endpoints.read(fillAddress(by.endpoint, values), playbook.timeoutSeconds);
    if (meets(answer, by.done, values)) return { kind: 'happened', receipt: receiptOf(playbook, ports) };
    if (meets(answer, by.before, values)) return { kind: 'not-started' };
    return {
      kind: 'superseded',
      reason: `${playbook.title}: the endpoint shows neither the state before nor the state after the call. It answers with status ${answer.status}.`,
    };
  };
  return {
    repeat: playbook.idempotent
      ? { kind: 'harmless', because: 'its author declares that repeating it is harmless' }
      : { kind: 'harmful', showsWithinSeconds: SHOWS_WITHIN_SECONDS },
    observe,
    execute: async (parameters, ports) => {
      const values = valuesOf(playbook.id, parameters);
      await perform(playbook, values, { key: String(values.key), timeoutSeconds, endpoints: ports.endpoints });
      return receiptOf(playbook, ports);
    },
    succeeded: (parameters, _receipt, ports) => succeeded(playbook, valuesOf(playbook.id, parameters), ports),
    ...(undo === undefined
      ? {}
      : {
          describeUndo: () => `If it does not help, Selfheal undoes it by ${undo.method} ${undo.endpoint}.`,
          undo: async (parameters: PlaybookParameters, _receipt: Receipt, ports: ActionPorts) => {
            const seen = await observe(parameters, ports);
            if (seen.kind === 'not-started') return `${playbook.title}: the previous state is already restored.`;
            if (seen.kind !== 'happened')
              throw new Refused('Somebody else has changed it meanwhile, so it was left unchanged.');
            const values = valuesOf(playbook.id, parameters);
            await perform(undo, values, {
              key: `${String(values.key)}-undo`,
              timeoutSeconds,
              endpoints: ports.endpoints,
            });
            return `${playbook.title}: undone by ${undo.method} ${undo.endpoint}.`;
          },
        }),
    grants: (_values, { http }) => {
      const secrets = secretsOf(playbook, http.allowedEndpoints);
      return { execute: secrets, observe: secrets, undo: undo === undefined ? [] : secrets };
    },
  };
}

/** A placeholder is never part of the host, and no value leads to another entry, so any value identifies the endpoint. */
function secretsOf({ endpoint, observe, verify, undo }: ApiCallPlaybook, allowed: readonly AllowedEndpoint[]): Grant[] {
  const resources = [endpoint, observe?.endpoint, verify?.endpoint, undo?.endpoint].flatMap((text) => {
    const answer = resolveEndpoint((text ?? '').replace(/[{}]/g, ''), allowed);
    return answer.kind === 'allowed' ? (answer.endpoint.authorizationSecretArn ?? []) : [];
  });
  return resources.length === 0
    ? []
    : [{ actions: ['secretsmanager:GetSecretValue'], resources: [...new Set(resources)] }];
}

interface Sending {
  readonly key: string;
  readonly timeoutSeconds: number;
  readonly endpoints: EndpointCaller;
}

async function perform(call: Call, values: Values, { key, timeoutSeconds, endpoints }: Sending): Promise<void> {
  const endpoint = fillAddress(call.endpoint, values);
  const payload = call.payload === undefined ? undefined : fillPayload(call.payload, values);
  const answer = await endpoints.send({ endpoint, method: call.method, payload, timeoutSeconds, key });
  if (meets(answer, call.success, values)) return;
  const what = `${call.method} ${call.endpoint} was answered with status ${answer.status}`;
  // The request was accepted with an unexpected answer, so the target must show the result.
  if (answer.status < 300) throw new OutcomeUnknown(`${what} and unexpected content.`);
  throw new Refused(`${what}.`);
}

async function succeeded(
  { verify, timeoutSeconds, title }: ApiCallPlaybook,
  values: Values,
  ports: ActionPorts,
): Promise<Verification> {
  if (verify === undefined) return NOTHING_TO_CHECK;
  const answer = await ports.endpoints.read(fillAddress(verify.endpoint, values), timeoutSeconds);
  const shows = `The endpoint answers with status ${answer.status}.`;
  if (meets(answer, verify.success, values)) return { state: 'recovered', summary: shows };
  const hasFailed = verify.failed !== undefined && meets(answer, verify.failed, values);
  return hasFailed
    ? { state: 'failed', summary: `${title}: it ended without success. ${shows}` }
    : { state: 'pending', summary: `${title}: the success check does not pass yet. ${shows}` };
}

const receiptOf = ({ title, method, endpoint }: ApiCallPlaybook, { clock }: ActionPorts): Receipt =>
  makeReceipt(`${title}: ${method} ${endpoint}.`, clock.now(), {});
