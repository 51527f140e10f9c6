import { type AccessRequest, evaluate } from '@selfheal/local-cloud/iam/evaluate.ts';
import { parsePolicy } from '@selfheal/local-cloud/iam/policy.ts';
import type { StatementDocument } from './policies.ts';

/** Everything as one policy of the role, and one of the resource. */
export function verdict(
  asked: AccessRequest,
  own: readonly StatementDocument[],
  ofResource: readonly StatementDocument[] = [],
) {
  return evaluate(
    asked,
    [parsePolicy({ Statement: own }, 'role')],
    [parsePolicy({ Statement: ofResource }, 'resource')],
  );
}

export const everything = { Action: ['*'], Resource: ['*'] } as const;
export const allowAll: StatementDocument = { Effect: 'Allow', ...everything };
