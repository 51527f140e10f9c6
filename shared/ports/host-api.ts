import { Refused } from '@selfheal/kernel/errors.ts';
import type * as z from 'zod';

/** The host has nothing at this address, or hides it from the token. */
export class NotThere extends Refused {}

export type QueryValue = string | number | boolean;

/** A file of logs that is packed into an archive as `CodeHost.downloadLogs` gives it. */
export interface JobText {
  /** The job's name. */
  readonly job: string;
  readonly bytes: Uint8Array;
}

/**
 * The REST API of one code host, with its base address, its token, and this project's rules for retries. Paths are relative to the base
 * address. Throws `Retryable` (`Unreachable` for 5xx, network and time-out; `RateLimited` for 429) and `Refused` (other statuses, redirects and
 * answers of an unknown form).
 */
export interface HostApi {
  /** A repeatable read. */
  read<T>(path: string, schema: z.ZodType<T>, query?: Readonly<Record<string, QueryValue>>): Promise<T>;
  /** The items of all pages that the `link` header names, at most `maxPages`. */
  list<T>(
    path: string,
    item: z.ZodType<T>,
    query: Readonly<Record<string, QueryValue>>,
    maxPages: number,
  ): Promise<T[]>;
  /** The bytes of a text; null when there are more than `maxBytes`. Read once, within the time, where one is given. */
  bytes(path: string, maxBytes: number, withinMilliseconds?: number): Promise<Uint8Array | null>;
  /** A write whose repeat changes nothing. */
  write<T>(method: 'POST' | 'PUT', path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
  /** A write that must not be done twice: a lost answer is `OutcomeUnknown`, never a second attempt. */
  effect<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
  /** Packs texts into the form that `CodeHost.downloadLogs` gives. */
  packLogs(texts: readonly JobText[]): Uint8Array;
}
