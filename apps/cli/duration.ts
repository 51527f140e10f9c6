import { UsageError } from '@selfheal/cli-kit/command.ts';
import { Resolution } from '#shared/domain/learning/resolution.ts';

/** Seconds of `300`, `300s`, `5m`, `1h 30m`: a plain number is seconds, in every option alike. Null without one. Throws `UsageError`. */
export function secondsOf(name: string, given: string | undefined): number | null {
  if (given === undefined) return null;
  const read = Resolution.shape.resolution_time.safeParse(given.trim());
  if (read.success && read.data !== null) return read.data;
  throw new UsageError(`--${name} ${given}: expected seconds, or a time with its unit such as 300s, 5m or 1h 30m.`);
}

/** The same as whole seconds from 1 to `limits.atMost`. Throws `UsageError`. */
export function durationOption(
  name: string,
  given: string | undefined,
  limits: { readonly otherwise: number; readonly atMost: number },
): number {
  const seconds = secondsOf(name, given) ?? limits.otherwise;
  if (Number.isInteger(seconds) && seconds >= 1 && (seconds <= limits.atMost || limits.otherwise === seconds))
    return seconds;
  throw new UsageError(`--${name} ${given}: expected from 1 to ${limits.atMost} seconds (also 300s, 5m, 1h).`);
}
