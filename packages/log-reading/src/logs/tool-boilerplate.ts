/** What tools put before their words: a runner's command, a level, their own name, a bullet. */
const PREFIX =
  /^(?:\s|##\[\w{1,12}\]|\[(?:error|info|warn(?:ing)?|notice|help \d{1,2})\]|npm (?:err!|error|warn)|(?:error|info|notice|note|hint|help|elifecycle)\b:?|ℹ|[>*=•|-])*/i;

/** Each without the prefix. Lines that point elsewhere, or give the help that the tool gives with every failure. */
const HELP: readonly RegExp[] = [
  // That a step failed, without more: code 1 (2) is what nearly every tool ends with.
  /^(?:process completed|command failed|script failed|the process .{0,200} failed|exited) with (?:exit )?code [12]\b\W*$/i,
  // Where more is to be read.
  /^a complete log of this run can be found in\b/i,
  /^(?:for|get|find|learn|see) (?:more|further|full|additional) (?:information|details?|insights?|help|context)\b/i,
  /^(?:more|further|additional) (?:information|details|help) (?:is|are|can|at|about)\b/i,
  /^(?:for help,? |to get help,? )/i,
  /^(?:get )?more help at\b/i,
  /^(?:visit|see|read|view|check)(?: the)?(?: documentation| docs| build details| full log| logs?)?(?: at| in|:)? ?\(?(?:https?|docker-desktop):\/\/\S{1,500}(?: for (?:\w{1,20} ){1,6}\w{1,20})?\W?$/i,
  /^see above for (?:output|details)\b/i,
  /^(?:the )?(?:full |build |debug )?(?:log|report|output) (?:file )?(?:can be found|is available|was written|has been written|is saved) (?:at|in|to)\b/i,
  /^https?:\/\/\S{1,500}$/i,
  // How to run the tool again.
  /^(?:re-?run|run) \S{1,40}(?: \S{1,40})?(?: using| with)(?: the)? (?:--?[\w-]{1,30}|`?RUST_BACKTRACE\S{0,12})/i,
  /^to see the full stack ?trace\b/i,
  /^run with (?:the )?[`'"]?(?:--?[\w-]{1,30}|RUST_BACKTRACE=\S{1,12})\b/i,
  /^after correcting the problems,? you can resume\b/i,
  /^mvn <(?:args|goals)> -rf\b/i,
  /^try:$/i,
  /^(?:a new release of pip|to update, run:)/i,
  /^this (?:error originates from a subprocess|is an issue with the package mentioned)\b/i,
  /^-> \[help \d{1,2}\]$/i,
];

/**
 * Whether the line points elsewhere or gives the help that its tool gives with every failure: npm's path of the whole log, Gradle's `* Try:`,
 * Maven's articles, the runner's exit code 1. It says nothing about this failure.
 */
export function isToolBoilerplate(line: string): boolean {
  const words = line.slice(0, 600).replace(PREFIX, '').trim();
  return HELP.some((pattern) => pattern.test(words));
}
