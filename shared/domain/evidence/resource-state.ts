import * as z from 'zod';

/** A thing that a remedy changes, as AWS reports it. */
export const ResourceState = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ecs-service'),
    cluster: z.string(),
    service: z.string(),
    taskDefinition: z.string(),
    /** Of the newest deployment; a forced one gets a new id. */
    deploymentId: z.string(),
    /** Whether no roll-out is under way. */
    settled: z.boolean(),
    desiredCount: z.number().int().nonnegative(),
    runningCount: z.number().int().nonnegative(),
  }),
]);
export type ResourceState = z.infer<typeof ResourceState>;
export type ResourceStateOf<K extends ResourceState['kind']> = Extract<ResourceState, { kind: K }>;
