import { type Faults, makeFaults } from '@selfheal/fake-server/faults.ts';
import { AwsFault } from './request.ts';

/** A planned fault of an AWS call that policies allow. */
export type GatewayFault =
  /** Answers with this AWS error (`InternalServerError`). `after`: the call takes effect, but its answer is lost. */
  | { readonly kind: 'error'; readonly code: string; readonly status: number; readonly when: 'before' | 'after' }
  /** The connection breaks. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** Done, and answered so many milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number };
export type GatewayFaults = Faults<GatewayFault>;

export function makeGatewayFaults(): GatewayFaults {
  return makeFaults<GatewayFault>();
}

const THROTTLED: Readonly<Record<string, readonly [code: string, status: number]>> = {
  dynamodb: ['ProvisionedThroughputExceededException', 400],
  s3: ['SlowDown', 503],
  sqs: ['RequestThrottled', 400],
  sns: ['Throttled', 429],
  lambda: ['TooManyRequestsException', 429],
  bedrock: ['ThrottlingException', 429],
  cloudwatch: ['Throttling', 400],
};

/** The throttling error of a service, by the IAM action of the call. */
export function throttlingOf(action: string): GatewayFault {
  const [code, status] = THROTTLED[action.split(':')[0] ?? ''] ?? ['ThrottlingException', 400];
  return { kind: 'error', code, status, when: 'before' };
}

/** The first planned fault for one of the actions that a call needs, or null. */
export function firstFault(actions: readonly string[], faults: GatewayFaults): GatewayFault | null {
  for (const action of actions) {
    const fault = faults.take(action);
    if (fault !== null) return fault;
  }
  return null;
}

/** The server closes the connection instead of answering. */
export class BrokenConnection extends Error {
  override readonly name = 'BrokenConnection';
}

/** Performs the call under the fault. Throws `AwsFault` or `BrokenConnection`. */
export async function performWith<T>(fault: GatewayFault | null, perform: () => Promise<T>): Promise<T> {
  if (fault === null) return perform();
  if (fault.kind === 'slow') {
    const response = await perform();
    await new Promise((resolve) => setTimeout(resolve, fault.ms).unref());
    return response;
  }
  if (fault.when === 'after') await perform();
  const what = 'A planned fault of the local runtime.';
  throw fault.kind === 'reset' ? new BrokenConnection(what) : new AwsFault(fault.code, what, fault.status);
}
