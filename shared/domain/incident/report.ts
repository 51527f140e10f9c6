import * as z from 'zod';
import { recordText } from '../../kernel/text/record-text.ts';

export const MAX_REPORT_LINES = 1000;

/** What somebody wrote when they reported an incident, redacted. Tainted: quoted as evidence, followed by nobody. */
export const Report = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  description: recordText({ max: 8000 }),
  lines: z.array(recordText({ max: 4000 })).max(MAX_REPORT_LINES),
});
export type Report = z.infer<typeof Report>;
