import * as z from 'zod';
import { RepositoryIdentity } from '../incident/repository-identity.ts';
import { Signal } from '../incident/signal.ts';
import { Change } from './change.ts';

/** A change on its way to the intake, with what it says about trouble, if anything. */
export const ChangeMessage = z.strictObject({
  version: z.literal(1),
  kind: z.literal('change'),
  /** Equal for repeats of one delivery. */
  deliveryId: z.string().min(1).max(200),
  change: Change.nullable(),
  /** The repository that the sender names, to be confirmed before anything is stored; null where it names none. */
  repository: RepositoryIdentity.nullable(),
  signal: Signal.nullable(),
});
export type ChangeMessage = z.infer<typeof ChangeMessage>;
