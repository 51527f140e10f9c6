import { digestOf } from '../../kernel/digest.ts';

/** The step whose failure means that the tests fail with the change; a failure of any other step says nothing about it. */
export const SANDBOX_TEST_STEP = 'Test without a network';

/** What a run of a sandbox is given. */
export interface SandboxInputs {
  readonly base_sha: string;
  /** A unified diff in base64. */
  readonly patch: string;
  readonly correlation_id: string;
}

/** GitHub takes no more characters of inputs, names and values together. https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event */
const MAX_INPUT_CHARACTERS = 65_535;

/** By which the run of a try is found again: of one change, for one attempt of the run that failed. */
export function correlationIdOf(fixDigest: string, attempt: number): string {
  return digestOf(`${fixDigest} ${attempt}`, 32);
}

/** The title of a run, as the workflow words it. */
export const sandboxTitle = (correlationId: string): string => `Selfheal try ${correlationId}`;

/** Whether a run is a try: whoever may start one may push as well. */
export function isSandboxRun(event: string, title: string): boolean {
  return event === 'workflow_dispatch' && /^Selfheal try [0-9a-f]{32}$/.test(title);
}

/** The inputs of a try, or null when GitHub takes no change as large as this. */
export function sandboxInputs(baseSha: string, diff: string, correlationId: string): SandboxInputs | null {
  const bytes = new TextEncoder().encode(diff);
  const patch = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const inputs = { base_sha: baseSha, patch, correlation_id: correlationId };
  return JSON.stringify(inputs).length > MAX_INPUT_CHARACTERS ? null : inputs;
}
