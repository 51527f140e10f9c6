import type { Evidence } from './evidence.ts';

/** How loggers and kernels begin a line: time since boot, date and time, time of day, syslog, klog, structured with a time. */
const STAMPED =
  /^(?:<\d{1,3}>)?\W{0,3}(?:\[ {0,6}\d{1,9}\.\d{1,9}\]|\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|\[?\d{1,2}[A-Z][a-z]{2}\d{4} \d\d:\d\d|\[?\d\d:\d\d:\d\d|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|[FEWI]\d{4} \d\d:\d\d|ts=\d{4}-|\{"(?:ts|time|timestamp|@timestamp|level)")/;
/** What only builds, tests and their runners print. */
const OF_RUN =
  /^(?:##\[|The command |\[ERROR\] |BUILD (?:FAILED|FAILURE|SUCCESS)|make(?:\[\d{1,3}\])?: |npm (?:ERR!|error)|FAIL\b|FAILED\b|ERROR: Job failed|.{0,200}exited with (?:code )?[1-9]|E {3,}|not ok |\* What went wrong)/;
const MIN_STAMPED_SHARE = 0.2;

/**
 * Whether the evidence looks like the log of something that runs, not of a build or a test: its lines have times of their own, and no
 * runner speaks in it. Whether a change is to blame does not show in such a log.
 */
export function isServiceLog({ sources }: Evidence): boolean {
  const lines = sources.flatMap((source) => source.lines).filter(({ text }) => text.trim() !== '');
  const stamped = lines.filter(({ text }) => STAMPED.test(text)).length;
  return stamped >= Math.max(1, lines.length * MIN_STAMPED_SHARE) && !lines.some(({ text }) => OF_RUN.test(text));
}
