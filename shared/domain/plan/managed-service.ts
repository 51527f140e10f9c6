import * as z from 'zod';
import type { Remedy } from './remedies.ts';

/** How a service is deployed: what a rollback or scaling changes. */
export const DeploymentRef = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('lambda-alias'),
    functionName: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
    alias: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
  }),
  z.strictObject({
    kind: z.literal('ecs-service'),
    cluster: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
    service: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
    taskDefinitionFamily: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
    taskRoleArns: z.array(z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/)).default([]),
  }),
]);
export type DeploymentRef = z.infer<typeof DeploymentRef>;

/** The configuration of a service that may be changed. */
export interface ManagedService {
  readonly id: string;
  readonly logGroup: string | null;
  readonly deployment: DeploymentRef | null;
  readonly remedies: readonly Remedy[];
  /** Builds of AWS that may be retried, as the configuration names them. */
  readonly retries: readonly string[];
  readonly playbooks: readonly { readonly id: string }[];
}
