import type { EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import { carriedStep } from '@selfheal/log-reading/logs/step-sections.ts';

/** What runners say when a step's command failed; it names neither. GitHub Actions, GitLab, Azure Pipelines, Buildkite. */
const CLOSER =
  /^(?:##\[error\]|Error: |ERROR: ){0,2}(?:Process completed with exit code [1-9]|Job failed: exit (?:code|status) [1-9]|(?:Bash|PowerShell|Cmd\.exe) exited with code '?[1-9]|The command exited with status [1-9])/;
/** Closing lines that name the command, target or script that failed: Travis CI, GNU Make, npm, Bun, just, Task, nox, Turborepo. */
const NAMED: readonly RegExp[] = [
  /^The command "(?<step>[^"]{1,160})" (?:failed and )?exited with [1-9]/,
  /^\s{0,8}g?make(?:\[\d{1,3}\])?: \*\*\* \[(?:[^\]]{0,80}:\d{1,6}: )?(?<step>[^\]]{1,100})\] Error (?:[1-9]\d?|1[01]\d)\b/,
  /(?:Lifecycle script|^error: script) [`"](?<step>[\w:.-]{1,60})[`"] (?:failed|exited)/,
  /^error: Recipe `(?<step>[\w-]{1,60})` failed/,
  /^task: Failed to run task "(?<step>[\w:.-]{1,60})"/,
  /^nox > Session (?<step>\S{1,60}) failed\.$/,
  /#(?<step>[\w:.-]{1,60}): command \([^)]{1,200}\) .{1,200} exited \([1-9]/,
];
/** What such lines contain. */
const MAY_NAME = /exited|error [1-9]|lifecycle script|recipe `|failed to run task|nox > session/i;
/** The line with which a step begins, or with which a shell echoes a command. */
const COMMAND = /^(?:##\[group\](?:Run )?|\$ |\+ |Run )(?<command>[\w./@-].{0,160})/;
const MAX_LINES_BACK = 400;

export interface FailingStep {
  /** `failing step: name: command`, as far as the log has them. */
  readonly text: string;
  /** Index of the line that names it. */
  readonly at: number;
}

/**
 * The name or command of the step that a closing line ends; null for other lines. What a step is for tells how it failed where no line of it does.
 */
export function failingStepOf(lines: readonly EvidenceLine[], at: number): FailingStep | null {
  const line = lines[at];
  if (line === undefined) return null;
  const named = MAY_NAME.test(line.text) ? NAMED.map((form) => form.exec(line.text)?.groups?.step) : [];
  const own = named.find((step) => step !== undefined);
  if (own !== undefined) return { text: `failing step: ${own}`, at };
  return CLOSER.test(line.text) ? stepBefore(lines, at, line) : null;
}

function stepBefore(lines: readonly EvidenceLine[], at: number, line: EvidenceLine): FailingStep | null {
  const carried = carriedStep(line.prefix);
  const named = carried === null ? [] : [carried.step.replace(/^Run /, '')];
  for (let before = at - 1; before >= Math.max(0, at - MAX_LINES_BACK); before -= 1) {
    const command = COMMAND.exec(lines[before]?.text ?? '')?.groups?.command;
    if (command !== undefined) return { text: `failing step: ${[...named, command].join(': ')}`, at: before };
  }
  return named.length === 0 ? null : { text: `failing step: ${named.join(': ')}`, at };
}
