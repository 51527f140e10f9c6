import { digestOf } from '@selfheal/kernel/digest.ts';

/**
 * The step whose failure means that the tests fail with the change; a failure of any other step says nothing about the
 * change.
 */
export const SANDBOX_TEST_STEP = 'Test without a network';

/** Inputs of a sandbox run. */
export interface SandboxInputs {
  readonly base_sha: string;
  /** A unified diff in base64. */
  readonly patch: string;
  readonly correlation_id: string;
}

/**
 * Maximum characters that GitHub accepts for inputs, names and values together.
 * https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
 */
const MAX_INPUT_CHARACTERS = 65_535;

/** Id by which a sandbox run is found again: of one change, for one attempt of the failed run. */
export function correlationIdOf(fixDigest: string, attempt: number): string {
  return digestOf(`${fixDigest} ${attempt}`, 32);
}

/** The title of a run, as the workflow sets it. */
export const sandboxTitle = (correlationId: string): string => `Selfheal try ${correlationId}`;

/** Whether a run is a sandbox run: anybody who may start one may also push. */
export function isSandboxRun(event: string, title: string): boolean {
  return event === 'workflow_dispatch' && /^Selfheal try [0-9a-f]{32}$/.test(title);
}

/** The inputs of a sandbox run, or null when the change is too large for GitHub. */
export function sandboxInputs(baseSha: string, diff: string, correlationId: string): SandboxInputs | null {
  const bytes = new TextEncoder().encode(diff);
  const patch = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const inputs = { base_sha: baseSha, patch, correlation_id: correlationId };
  return JSON.stringify(inputs).length > MAX_INPUT_CHARACTERS ? null : inputs;
}
