import { type Faults, makeFaults } from '../world/server/faults.ts';
import { AwsFault } from './fault.ts';

/** An AWS error that a call gets although it is allowed. */
export interface GatewayFault {
  /** Name of the error: `ProvisionedThroughputExceededException`, `InternalServerError`. */
  readonly code: string;
  readonly status: number;
  /** `after`: it was done, and its answer is lost. */
  readonly when: 'before' | 'after';
}
export type GatewayFaults = Faults<GatewayFault>;

export function makeGatewayFaults(): GatewayFaults {
  return makeFaults<GatewayFault>();
}

/** The first planned fault that fits one of the actions a call needs, or null. */
export function firstFault(actions: readonly string[], faults: GatewayFaults): GatewayFault | null {
  for (const action of actions) {
    const fault = faults.take(action);
    if (fault !== null) return fault;
  }
  return null;
}

export function asAwsFault({ code, status }: GatewayFault): AwsFault {
  return new AwsFault(code, 'A planned fault of the local runtime.', status);
}
