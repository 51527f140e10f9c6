/** A line without any of these, in either case, gets no score: it says nothing about a failure. */
export const ALARMING: readonly string[] = [
  'error',
  'fail',
  'fatal',
  'panic',
  'exception',
  'traceback',
  'assert',
  'expected',
  'undefined',
  'cannot',
  "can't",
  'could not',
  'unable to',
  'not found',
  'no such',
  'denied',
  'timed out',
  'timeout',
  'killed',
  'segmentation',
  'abort',
  'err!',
  '***',
  'exit',
  'caused by',
  'not ok',
  'invalid',
  'missing',
  'unexpected',
  'refused',
  'problem',
  'offense',
  'violation',
  'would reformat',
  'warning',
  'unresolved',
  'conflict',
  'crash',
  'core dumped',
  'mismatch',
  'does not',
  "doesn't",
  "didn't",
  'did not',
  'broken',
  'illegal',
  'terminated',
  'stalled',
  'rejected',
  'unauthorized',
  'forbidden',
  'diff',
  '--- ',
  '+++ ',
  'failing',
  'got:',
  'want:',
  'actual',
  'leak',
  'oom',
  'deprecat',
  'stderr',
  ' at ',
  '^',
  'http/1.',
  'http/2',
  'http/3',
  ' 500 ',
  ' 502 ',
  ' 503 ',
  ' 504 ',
  '____',
  'e   ',
  '[-]',
  '❌',
  '✗',
  '✘',
  '✖',
  '●',
  'skipping task',
  'never defined',
  'werror',
];

/** Lines that end a failing step. */
export const ANCHORS: readonly RegExp[] = [
  /^##\[error\]\s?(?:Process completed with exit code|The operation was canceled|The process .{0,200} failed with exit code)/,
  /^The command ".{0,400}" (?:exited with [1-9]|failed and exited with)/,
  /^The command .{0,200}(?:exited with [1-9]|failed)/,
  /^(?:ERROR: Job failed|Build step .{0,100} marked build as failure|Error: Process completed with exit code [1-9])/,
  /^Your build has been stopped\.|^No output has been received in the last \d+m/,
  /^" (?:exited with [1-9]|failed)/,
  /^The job exceeded the maximum (?:time limit|log length)/,
];

/** Weights of wordings, strongest first; the first match counts. */
export const WORDINGS: readonly (readonly [weight: number, pattern: RegExp])[] = [
  [9, /^##\[error\]/],
  [
    9,
    /^Traceback \(most recent call last\)|^(?:thread '.{1,100}' )?panicked at|^panic: |^fatal(?: error)?:|\bFATAL\b/i,
  ],
  [9, /^\s{0,4}(?:--- FAIL|FAIL(?:ED|URE)?\b|\[-\] |×|not ok \d)|^.{0,6}(?:✗|✘|✖|●|❌)/],
  [9, /\*\*\* (?:FAILED|ABORTED) \*\*\*|^_{3,} \S.{0,200} _{3,}$|\.{4}\s?Failed$/],
  [8.5, /^(?:E {3,}\S|Found [1-9]\d* errors?\b|Failing due to -Werror|.{0,80}warnings being treated as errors)/],
  [
    8.5,
    /^.{0,40}\b[1-9]\d{0,6} (?:failed|failing|failures?|errors?|problems?|offen[cs]es?)(?:,| \(| in |$)|^(?:Tests?(?: run| Suites)?|FAILED \(|Failed: Total\b).{0,80}\b(?:failed|failures|errors|failed)\b/i,
  ],
  [8.5, /\b(?:error|fatal)(?:\s?\[?[A-Z]{1,6}-?\d{1,6}\]?)?:/i],
  [8.5, /^\s{0,6}(?:error|fatal|E:|npm ERR!|yarn error|ERROR|\[ERROR\]|\[error\]|!!|Err:)(?:\s|$)/i],
  [8, /^\S{1,200}[:(]\d{1,6}[:,)]?.{0,40}\b(?:error|undefined|expected)\b/i],
  [8, /(?:Error|Exception|Failure)\b(?::|\s*$| in | at )/],
  [8, /\bAssert(?:ion)?(?:Error| failed|ion failed|ions? )|assertion .{0,80}failed/i],
  [
    7.5,
    /^make(?:\[\d+\])?: \*\*\*|\*\*\* (?:\[|Error|WARNING: )|Segmentation fault|core dumped|Bus error|Aborted|\bKilled\b/,
  ],
  [
    8,
    /\bHTTP\/[123](?:\.[01])?"? [45]\d\d\b|\b(?:GET|POST|PUT|PATCH|DELETE|HEAD) \/\S{0,200} 50\d\b|\bNever defined\b|\bTask never defined\b/,
  ],
  [7.5, /\bFAILED\b|\bFAILURE\b|\bBUILD FAILED\b|\[FAIL\]|<<< (?:FAILURE|ERROR)!/],
  [
    7,
    /\b[1-9]\d{0,6} (?:failed|failing|failures?|errors?|offen[cs]es?|problems?|violations?)\b|\b(?:Failures|Errors|Failed|failures|errors|failed)[:=] ?[1-9]/,
  ],
  [
    7,
    /command not found|No such file|not found|undefined (?:reference|method|variable|symbol|function)|cannot find|can't find|could not (?:find|resolve|connect|load|compile|open|be)|unable to|Permission denied|Connection refused|timed? ?out/i,
  ],
  [
    6,
    /^\s{0,8}(?:Expected|Actual|Got|Want|expected|actual|got|want)\b.{0,4}[:=]|\bexpected\b.{1,200}\b(?:but|got|to|found|actual|instead)\b/i,
  ],
  [6, /^Caused by:|\bcaused by\b|unexpected |\binvalid\b|\bmissing\b|mismatch|rejected|\bconflict/i],
  [7, /\bfailed (?:to|with|due|because|at|after|on)\b|\bdid not (?:complete|succeed|pass)\b/i],
  [5, /\bfail(?:ed|s|ing|ure|ures)?\b/i],
  [4.5, /\berrors?\b|\bexit(?:ed)? (?:code|status|with)[: ]{0,2}[1-9]/i],
  [
    3,
    /\b(?:cannot|can't|could not|not allowed|does not|doesn't|did not|denied|refused|crash|broken|illegal|terminated|would reformat|stalled)\b/i,
  ],
  [1, /\bwarn(?:ing)?\b/i],
];

/** Contexts in which an alarming word is harmless: nothing failed, a passing test about errors, a name, an option. */
export const HARMLESS =
  /\b(?:0|no|zero|without) (?:test )?(?:errors?|fail(?:ed|ures?)|failing|problems?|offen[cs]es?|warnings?)\b|^\s{0,12}(?:✓|✔|√|ok\b|PASS|\[ ?OK ?\]|\[PASS|\[\+\] |\[info\] - )|\.{2}\s?(?:ok|passed|PASSED|yes|no|done)\s*$|\b(?:PASS(?:ED)?|SUCCESS|passed)\b\s*(?:\(|$|\[)|--- PASS|\s-W(?:no-)?error[=\s]|--\w{0,20}-?(?:error|fail)|fail[-_]fast|allow[_-]failure|(?:Downloading|Downloaded|Fetching|Installing|Unpacking|Selecting|Get:|Setting up|Collecting|Requirement|Compiling|Copying|Using|Adding) |\berrors?[-_./]\w|\w[-_/]errors?\b|continue-on-error/i;
/** A count of zero (`0 errors`), and a non-zero count beside it. */
export const NONE_OF = /(?:errors?|failures?|failed|skipped|warnings?)[:=] ?0\b/i;
export const SOME_OF = /\b[1-9]\d{0,6} (?:failed|errors)|(?:Failures|Errors): [1-9]/i;
/** Listings of files during a build, whatever the files are called. */
export const CODE_LISTING =
  /^(?:CC|CXX|LD|AR|GEN|inflating|creating|copying|adding|extracting|x |\[\s{0,2}\d{1,3}%\]|\[CC\])\s?/i;
/** Lines of the runner about itself. */
export const RUNNER_NOISE = /^##\[(?:group|endgroup|debug|command)\]|^\[command\]|^##\[warning\]/;
