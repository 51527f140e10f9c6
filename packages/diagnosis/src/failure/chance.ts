import { type Chance, FAMILY_OF, type FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { SignatureMatch } from './matching.ts';
import type { ClassScore } from './scoring.ts';

/** A status that an HTTP server answered with, as tools quote it. */
const STATUS =
  /(?:\bstatus(?:[ _-]?code)?|\bHTTP(?:\/\d(?:\.\d)?)?(?: (?:error|status|code))?|\bresponse(?:[ _-](?:code|status))?|\bresponded with|\breturned error|\banswered|\berror code)["']?[ :=]{1,4}["']?(?<named>[45]\d\d)\b|(?<![\d.:])(?<worded>[45]\d\d)[ )]{1,2}\(?(?:Unauthorized|Forbidden|Not Found|Method Not Allowed|Proxy Authentication|Conflict|Gone|Too Many Requests|Internal Server Error|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out)\b/i;
/** Statuses after which the same request may succeed (RFC 9110, section 15; RFC 6585): a time-out, too early, too many, a server's error. */
const PASSING: ReadonlySet<number> = new Set([408, 421, 423, 425, 429, 500, 502, 503, 504, 507, 509]);
/** From here statuses are those of a proxy before the server (nginx, Cloudflare). */
const OF_PROXY = 520;

/** Whether a request that was answered with this status may succeed when it is repeated. */
function chanceOfStatus(status: number): Chance {
  if (PASSING.has(status) || (status >= OF_PROXY && status < 600)) return 'may-pass';
  return status >= 400 && status < 500 ? 'lasts' : 'unknown';
}

function statusIn(text: string): number | null {
  const { named, worded } = STATUS.exec(text.slice(0, 2_000))?.groups ?? {};
  const status = named ?? worded;
  return status === undefined ? null : Number(status);
}

/** Classes in which a status in the log is one that a test or the program expected or gave itself. */
function speaksOfItself(failureClass: FailureClass): boolean {
  const family = FAMILY_OF[failureClass];
  return (
    family === 'code' || family === 'unknown' || failureClass === 'runtime_exceptions' || failureClass === 'flaky_tests'
  );
}

/**
 * Whether waiting or repeating can help, where a rule answers that whatever else the log looks like: the deciding signature says so, or its
 * line quotes the status with which a server answered, of which the same request brings the same (RFC 9110). Null where no rule does.
 */
export function ruledChance(score: ClassScore | undefined): Chance | null {
  const [first] = score?.leading ?? [];
  if (first === undefined) return null;
  const { signature } = first.compiled;
  if (signature.chance !== undefined) return signature.chance;
  if (signature.verdict === 'regression' || speaksOfItself(signature.class)) return null;
  return ruledByStatus(score?.leading ?? []);
}

function ruledByStatus(matches: readonly SignatureMatch[]): Chance | null {
  const statuses = matches.map(({ line }) => statusIn(line.text)).filter((status) => status !== null);
  if (statuses.length === 0) return null;
  return statuses.every((status) => chanceOfStatus(status) === 'lasts') ? 'lasts' : null;
}
