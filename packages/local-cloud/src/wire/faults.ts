import { type Faults, makeFaults } from '@selfheal/fake-server/faults.ts';
import { AwsFault } from './request.ts';

/** What goes wrong with an AWS call although it is allowed. */
export type GatewayFault =
  /** Answered with this AWS error (`InternalServerError`). `after`: it was done, and its answer is lost. */
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

/** The refusal of a service that is asked too often, by the IAM action of the call. */
export function throttlingOf(action: string): GatewayFault {
  const [code, status] = THROTTLED[action.split(':')[0] ?? ''] ?? ['ThrottlingException', 400];
  return { kind: 'error', code, status, when: 'before' };
}

/** The first planned fault that fits one of the actions a call needs, or null. */
export function firstFault(actions: readonly string[], faults: GatewayFaults): GatewayFault | null {
  for (const action of actions) {
    const fault = faults.take(action);
    if (fault !== null) return fault;
  }
  return null;
}

/** The server breaks the connection instead of answering. */
export class BrokenConnection extends Error {
  override readonly name = 'BrokenConnection';
}

/** Does the call by `perform` as the fault lets it. Throws `AwsFault` or `BrokenConnection`. */
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
