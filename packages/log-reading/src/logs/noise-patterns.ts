/** Reports of success, one entry for each way of saying it. */
const PASSED: readonly RegExp[] = [
  /^\s{0,12}(?:--- (?:PASS|SKIP)|=== (?:RUN|PAUSE|CONT|NAME)|✓|✔|√|\[\+\] |ok(?: \d+)? |PASS(?:ED)?\b|test \S{1,200} \.\.\. (?:ok|ignored)$)/,
  /^\[info\] - [^*]{0,400}$/,
  /^The command .{0,400} exited with 0\.$/,
  /\.{3}\s?(?:ok|OK|Passed|Skipped)$|\s(?:OK|SKIPPED)(?: \(\d[\d.]{0,9}m?s\))?$|✓ Passed/,
  /^(?:Tests run: \d+, Failures: 0, Errors: 0|Tests Passed: \d+, Failed: 0)/,
];

/** Progress of tools: where they are, how long it took, their settings. */
const PROGRESS: readonly RegExp[] = [
  /^make(?:\[\d+\])?: (?:Entering|Leaving) directory/,
  // A test runner's dots, a progress bar, a numbered step.
  /^[.sSFE*]{8,}(?:\s{1,8}\d+ \/ \d+ \(\s{0,2}\d+%\))?$|^\s{0,8}\[?[\u2580-\u25ff\u2024#]{12,}/,
  /^\s{0,8}[A-Z]?[a-z]{1,12}ing\b.{1,120}\(\d+\/\d+\)$|^(?:Running|Testing) [\w.]+$/,
  /^(?:Finished in|Time:|Ran all test suites|Randomized with seed) ?/,
  /^\[INFO\](?:\s*$| -{20,}| (?:Reactor Summary|Total time:|Finished at:|Final Memory:|BUILD FAILURE$|.{1,100} \.{3,} (?:SUCCESS|SKIPPED)))/,
  /^\$ export \w+=/,
  /^Done\. Your build exited|^store build cache$|^changes detected, packing/,
  // What runners of GitLab and Jenkins do before a job's own commands.
  /^(?:Skipping Git submodules setup|Executing "[\w-]{1,30}" stage of the job script|Preparing the "[\w+-]{1,30}" executor|Cleaning up project directory and file based variables)/,
  /^ > (?:\/\S{1,60}\/)?git (?:rev-parse|config|fetch|checkout|rev-list|init|branch|--version)\b|^\[(?:Pipeline|WS-CLEANUP)\]/,
  // What sudo prints about its settings.
  /^(?:Sudo(?:ers)? |Configure options: |Authentication timestamp timeout|Password prompt timeout|Number of tries to enter|Length at which to wrap|Set the LOGNAME)/,
];

/** What tools print after every failure: advice, where their logs are, empty error lines, frames of the build tool. */
const AFTERWARDS: readonly RegExp[] = [
  /^\[ERROR\](?:$| (?:-> )?\[Help \d\]| (?:Re-run Maven|To see the full stack|For more information about|After correcting the|Please refer to) | {2}mvn (?:<goals>|<args>))/,
  /^npm (?:ERR!|error)(?:$| (?:errno|code ELIFECYCLE|Exit status|A complete log|This is (?:probably|most likely) not|not with npm|There is likely|Failed at the|Tell the author|Test failed\. {2}See|If you need help|Linux \d|argv |node v|npm {1,2}v| {4}(?:\/|npm |<|.{1,80}-debug\.log)))/,
  /^info Visit https|^\* (?:Try:|Get more help)|^Run with --|^note: run with `RUST_BACKTRACE/,
  /^\s{1,8}at (?:org\.gradle\.|org\.apache\.maven\.|org\.codehaus\.plexus\.)/,
];

/** Lines that never explain a failure. */
export const NOISE: readonly RegExp[] = [...PASSED, ...PROGRESS, ...AFTERWARDS];
