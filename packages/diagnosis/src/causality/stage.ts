import { lazy } from '@selfheal/kernel/lazy.ts';
import { makePatternSet } from '@selfheal/log-reading/logs/pattern-set.ts';

/**
 * Usual position of a kind of event in a cascade: lower stages break higher ones, seldom the other way round. The order
 * follows the fault-to-failure chains of Avizienis et al., "Basic Concepts and Taxonomy of Dependable and Secure
 * Computing" (IEEE TDSC 2004): the fault (a change, a shortage), the component that stops, its clients, what the user
 * sees, and summaries.
 */
export type Stage = 'change' | 'fault' | 'crash' | 'refused' | 'timeout' | 'degraded' | 'check' | 'summary';

const ORDER: readonly Stage[] = ['change', 'fault', 'crash', 'refused', 'timeout', 'degraded', 'check', 'summary'];

/** Lines that only report an earlier failure: counts, exit codes, final messages of build tools and runners. */
const SUMMARIES: readonly RegExp[] = [
  /^##\[error\]\s?(?:Process completed with exit code|The operation was canceled|The process .{0,200} failed with exit code|Error: Process completed)/,
  /\b(?:exit(?:ed)?|returned|failed|finished|completed|terminated)(?: with)?(?: an?)?(?: non-zero)?(?: exit| error)? (?:code|status)[: =]{0,2}(?:[1-9]|12[0-8])\b(?!\d)/i,
  /^(?:npm|yarn|pnpm) ERR! (?:code ELIFECYCLE|errno \d|Exit status|Failed at the|Test failed|Lifecycle script|A complete log|command failed|Error: Command failed)|\bELIFECYCLE\b|^npm error (?:Lifecycle script|command failed|code \d|A complete log)/,
  /^(?:\[ERROR\] )?\s{0,4}(?:BUILD FAIL(?:ED|URE)|Failed to execute goal|After correcting the problems|FAILURE: Build (?:failed|completed)|Execution failed for task|Build step .{0,80} marked build)/i,
  /^\* What went wrong|^> There (?:were|was) failing tests|^> Compilation failed; see|^There (?:were|was) (?:\d+ )?(?:failing tests|failures?|errors?)/,
  /^make(?:\[\d+\])?: \*\*\* |^ninja: build stopped|^collect2: error: ld returned|^gmake|^cmake --build returned|^Error: Command failed|^error Command failed/,
  /^error: (?:could not compile|aborting due to|test failed, to rerun|build failed|Recipe|script|command .{0,120} failed)|^error: \d+ targets? failed|previous errors?\b/,
  /^\W{0,6}(?:Tests?(?: run| Suites| Files)?|Test Suites|Failures|Errors|FAILED \((?:failures|errors)|Summary|Results?|Total|Ran \d+ tests?)\b.{0,80}\d/i,
  /^\W{0,8}\d{1,6} (?:\w{1,20} )?(?:failed|failing|failures?|errors?|problems?|offen[cs]es?|violations?|examples?|tests?|passed|passing)\b/i,
  /^(?:=+ )?.{0,60}\b\d{1,6} (?:failed|errors?|failures)(?:,| in |$)/i,
  /\bFound \d{1,6} (?:errors?|problems?|warnings?|violations?|vulnerabilities)\b|^Some tests (?:failed|did not pass)|^FAIL(?:ED)?$|^FAIL\s+\S{1,120}\s+\d+\.\d+s$|^FAIL\s+\S{1,120} \[build failed\]$|^exit status \d/,
  /^The command ".{0,400}" (?:exited with [1-9]|failed)|^ERROR: (?:Job failed|executor failed|failed to solve|Service '.{1,80}' failed to build)|^script returned exit code|^Your build (?:exited|has been stopped)|^Done\. Your build exited/,
  /^(?:Error|ERROR|error):? (?:Job|Task|Step|Stage|Pipeline|Workflow|Build|Command|Script|Lint|Tests?|Check) .{0,80}\bfailed\b|^(?:Job|Task|Step|Stage|Pipeline|Workflow|Build|Tests?|Checks?) (?:has |have )?failed\b/i,
  /^\W{0,8}(?:Failures|Failed|Failed tests|Failing tests|Errors|Failed examples|The following (?:tests|checks|jobs) failed|One or more errors occurred|Failing due to -Werror|Results?: FAIL(?:ED|URE)?|Test result: FAILED|rake aborted|Tests? (?:run )?failed|There were (?:test )?(?:failures|errors)|BUILD FAILED|FAIL(?:ED|URES?)?)\W{0,8}$/i,
  /\bfinished with a non-zero exit code\b|^.{0,80}\brecipe for target .{1,120} failed\b|\bSession \S{1,80} failed\b|^npm ERR! {1,6}(?:[^`]{1,160}: `|\S{1,120}@\d|spawn ENOENT|Exit)|\bexited with [1-9]|^Test suite \S{1,120}: FAIL|\d files? inspected, [1-9]|^npm ERR! (?:A complete log|This is probably|There is likely)|\bSimpleCov failed with exit\b/,
  // What a build tool throws when a step of it failed, a code without words, what only names the output or the command that failed.
  /\b(?:Task|Work|Build|Lifecycle)ExecutionException\b|\bTestsFailedException\b|\bMojo(?:Failure|Execution)Exception\b|^> A failure occurred while executing\b/,
  /^(?:error|fatal|FAILED)\W{1,3}\[?[A-Z][A-Za-z]{0,12}-?\d{1,6}\]?\W{0,2}$|^FAILED: (?:\[code=\d{1,3}\] )?[\w./+@-]{1,200}\.\w{1,20}(?: [\w./+@-]{1,200}\.\w{1,20}){0,8}\s{0,2}$|\b[Cc]ommand failed\W{0,3}$|\bCompilation (?:error|failed)[.;:] See (?:the )?(?:log|output)\b/i,
  /\bFailed to create\/update the stack\b|^Some tests failed\b|^\W{0,8}\d\d:\d\d \+\d{1,5}(?: ~\d{1,5})? -\d{1,5}: Some tests failed\b/,
  /^note: |^help: |^hint: |^For more information about this error|^To see the full stack trace|^Re-run Maven/,
];

const KINDS: readonly (readonly [Stage, RegExp])[] = [
  [
    'fault',
    /out of memory|OutOfMemory|OOM-?kill|OOMKilled|cannot allocate memory|heap (?:space|limit|out of)|no space left|ENOSPC|disk (?:is )?(?:full|quota)|quota exceeded|too many open files|EMFILE|read-only file system|too many connections|connection slots|certificate (?:has |is )?(?:expired|not yet valid)|CERT_HAS_EXPIRED|x509:|access ?denied|permission denied|EACCES|unauthori[sz]ed|forbidden|authentication failed|invalid (?:credentials|token|api key|password)|password authentication|missing (?:required )?(?:environment|env|variable|configuration|key|secret|property)|is not set|not configured|invalid (?:configuration|config|value|option|syntax)|syntax ?error|No such file|ENOENT|ModuleNotFoundError|ImportError|Cannot find (?:module|package|symbol|name)|No module named|No matching distribution|could not (?:resolve dependenc|find (?:artifact|gem))|ERESOLVE|unresolved|undefined (?:reference|symbol|method|variable|name|function)|does not compile|\berror(?: TS\d|\[E\d| C[S\d]\d)|: (?:fatal )?error:|migration .{0,40}failed|relation ".{1,80}" does not exist|no such table|deadlock|rate limit|throttl/i,
  ],
  [
    'crash',
    /panic|segmentation fault|core dumped|SIG(?:SEGV|ABRT|KILL|BUS)|exit(?:ed)?(?: with)?(?: code| status)?[: =(]{1,2}1(?:29|3\d|4\d)\b|uncaught|unhandled|crash|stack overflow|aborted|terminated unexpectedly|shutting down|\bkilled\b|Traceback|has stopped|process died/i,
  ],
  [
    'refused',
    /refused|ECONNRESET|reset by peer|connection (?:closed|lost|aborted|broken)|broken pipe|EPIPE|unreachable|no route to host|ENOTFOUND|EAI_AGAIN|could not resolve|no such host|name resolution|name or service not known|UnknownHost|server (?:closed|is starting up|not available)|could not connect|cannot connect|can't connect|connect(?:ion)? failed|no healthy/i,
  ],
  [
    'timeout',
    /timed? ?out|timeout|ETIMEDOUT|deadline exceeded|lock wait|pool (?:exhausted|is full|timeout)|waiting for|context canceled/i,
  ],
  [
    'degraded',
    /retry|retries|retrying|circuit|unhealthy|health ?check|not ready|readiness|liveness|back-?off|degraded|\b5\d\d\b|bad gateway|service unavailable|dead ?letter|failed to process|request failed/i,
  ],
  ['check', /assert|expected|\bFAIL(?:ED)?\b|✗|✘|✖|●|not ok \d|test.{0,60}failed|mismatch|lint|offen[cs]e/i],
];

const summaries = lazy(() => makePatternSet(SUMMARIES.map((pattern) => ({ pattern }))));
const kinds = lazy(() => makePatternSet(KINDS.map(([, pattern]) => ({ pattern }))));

/** Whether a line only summarises earlier failures; a signal (exit codes above 128) is new information. */
export function isSummary(text: string): boolean {
  const head = text.slice(0, 500);
  return summaries().first(head) >= 0;
}

/** The stage of a line in a cascade; null when its words do not show it. */
export function stageOf(text: string): Stage | null {
  if (isSummary(text)) return 'summary';
  const head = text.slice(0, 500);
  return KINDS[kinds().first(head)]?.[0] ?? null;
}

/** Whether events of one stage usually cause those of the other. */
export function leadsTo(one: Stage | null, other: Stage | null): boolean {
  if (one === null || other === null) return false;
  return ORDER.indexOf(one) < ORDER.indexOf(other);
}
