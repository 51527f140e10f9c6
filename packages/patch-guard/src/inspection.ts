import * as z from 'zod';

/** Input of the function that parses. `before`: null for a new file. */
export const InspectedFiles = z.strictObject({
  incidentId: z.string(),
  files: z
    .array(z.strictObject({ path: z.string().max(500), before: z.string().nullable(), after: z.string() }))
    .min(1)
    .max(20),
});

/**
 * Why a person has to look at a change before it runs anywhere; empty when it does nothing that its files did not do.
 */
export const Inspection = z.strictObject({
  reasons: z
    .array(
      z.strictObject({
        path: z.string().max(500),
        line: z.number().int().positive(),
        reason: z.string().max(300),
      }),
    )
    .max(50),
});
export type Inspection = z.infer<typeof Inspection>;
