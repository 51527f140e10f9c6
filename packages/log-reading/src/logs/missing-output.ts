/**
 * How runners and tools say that a part of a log is not in it: Travis, GitLab, GitHub Actions, Jenkins, BuildKit, and what people and tools write in place
 * of lines that they took out. A value that a test runner shortens is no part of a log.
 */
const MISSING =
  /^The job exceeded the maximum log length|\bJob's log exceeded limit\b|\bThis step has been truncated due to its large size\b|^Skipping [\d,.]{1,12} (?:[KMG]B|KiB|MiB)\.\.|\[output clipped, log limit|(?:^|[[(<.…]\s{0,3})(?:(?:the )?(?:log|logs|output|lines?) (?:was |were |has been |have been )?(?:truncated|clipped|omitted|cut off|snipped|skipped)\b|(?:truncated|omitted|skipped|snipped) [\d,.]{1,12} (?:lines?|bytes|characters)\b|[\d,.]{1,12} (?:more )?lines? (?:were |was )?(?:omitted|truncated|skipped|hidden|cut|not shown)\b)/i;
const OF_A_VALUE = /\buse '-vv'|\bmaxDiff\b/;
/** Whether the line says that a part of the log was left out, so that the cause may be missing. */
export function saysOutputIsMissing(line: string): boolean {
  return MISSING.test(line) && !OF_A_VALUE.test(line);
}
