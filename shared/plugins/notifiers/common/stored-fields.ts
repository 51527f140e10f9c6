import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Poster } from '#shared/ports/poster.ts';

/** What the deployment's secret holds for a channel. Throws `Refused` naming the fields that do not fit. */
export async function storedFields<Schema extends z.ZodType>(
  channel: string,
  schema: Schema,
  poster: Pick<Poster, 'secretOf'>,
): Promise<z.output<Schema>> {
  const stored = schema.safeParse(await poster.secretOf(channel));
  if (stored.success) return stored.data;
  throw new Refused(`What is stored for the channel ${channel} does not fit: ${z.prettifyError(stored.error)}`);
}
