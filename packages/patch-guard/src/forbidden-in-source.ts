import { forbiddenPatternsOf, perLanguage } from './forbidden-pattern.ts';

const JVM_SUPPRESS = /@(?:file:)?(?:SuppressWarnings|Suppress\w*|SuppressFBWarnings|SuppressLint|Generated)\b/g;
const JVM_SAID =
  /NOSONAR|CHECKSTYLE\s*:?\s*OFF|\bNOPMD\b|\bnoinspection\b|detekt:|ktlint-disable|@formatter:off|spotless:off|LCOV_EXCL/gi;

const SUPPRESSED = {
  rule: 'suppression',
  reason: 'A check of the compiler, linter, scanner or coverage is switched off.',
} as const;

const SAID = perLanguage(
  {
    javascript:
      /\beslint-(?:disable|env)\S*.*|@ts-(?:ignore|expect-error|nocheck)\b|\btslint:disable|\b(?:istanbul|c8|v8|node:coverage)\s+(?:ignore|disable)|\b(?:biome|prettier|oxlint|deno-lint|deno-coverage|dprint|rome)-(?:ignore|disable)\S*|\bNOSONAR\b|\$Flow(?:FixMe|Ignore|Issue)|\bjs(?:hint|lint|cpd)\b|@noflow|Stryker disable|webpackIgnore|\bnosemgrep\b|\blgtm\b|@vite-ignore/gi,
    python:
      /\bnoqa\b.*|\btype:\s*ignore|\bpylint:\s*(?:disable|skip)|\bpyright:|\bmypy:|\bpragma:\s*no\s*(?:cover|branch|mutate)|\bnosec\b|\bnosemgrep\b|\bflake8\s*:|\bruff\s*:|\bfmt:\s*(?:off|skip)|\bisort:\s*skip|\bNOSONAR\b|coding[:=]|\blgtm\b|\bty:\s*ignore|\bpyre-\w+/gi,
    java: JVM_SAID,
    kotlin: JVM_SAID,
    go: /\bnolint\b.*|#\s*nosec\b|\blint:ignore\b|\brevive:disable|\bgosec\b|\bcoverage-ignore\b|\bgo:(?:generate|linkname|embed|noescape|cgo_\w+|nosplit|uintptrescapes)\b/gi,
    rust: /\bgrcov-excl|\bLCOV_EXCL|\bclippy::|\brustfmt-skip\b/gi,
    ruby: /\brubocop:\s*(?:disable|todo)\b|:nocov:|\bsteep:ignore|\btyped:\s*(?:ignore|false)|\bstandard:disable|\breek:|\bbrakeman\b|\bsimplecov\b/gi,
    csharp: /\bReSharper\s+disable|\bNOSONAR\b|\bnoinspection\b|\bStryker disable|\bcsharpier-ignore/gi,
    php: /@(?:phpstan|psalm|phan)-(?:ignore|suppress)\S*|@codeCoverageIgnore\w*|\bphpcs:(?:disable|ignore)|@phpcs|@?SuppressWarnings\b|\bNOSONAR\b|\bnoinspection\b|@noinspection|@infection-ignore\S*/gi,
  },
  { ...SUPPRESSED, view: 'comment' },
);

const WRITTEN = perLanguage(
  {
    javascript: /\bas\s+(?:any|never)\b|\bas\s+unknown\s+as\b|<any>/g,
    python:
      /\bwarnings\s*\.\s*(?:filterwarnings|simplefilter|catch_warnings)\b|\bno_type_check\b|\bcast\s*\(\s*(?:typing\.)?Any\b|\blogging\.disable\b/g,
    java: JVM_SUPPRESS,
    kotlin: JVM_SUPPRESS,
    rust: /#!?\[\s*(?:allow|expect|warn|cfg_attr|rustfmt::skip|coverage|no_coverage)\b/g,
    csharp:
      /#\s*pragma\s+warning\b|#\s*nullable\s+disable\b|\[\s*(?:assembly:\s*)?(?:\w+\.)*(?:SuppressMessage|ExcludeFromCodeCoverage|UnconditionalSuppressMessage)\b/g,
    php: /(?<![\w@'"*])@\$?[A-Za-z_\\]+\s*[([-]|\berror_reporting\s*\(|\bini_set\s*\(/g,
    ruby: /\$VERBOSE\s*=|\bWarning\[|\bT\.unsafe\b/g,
  },
  { ...SUPPRESSED, view: 'code' },
);

/** Names that exist only in test runs and pipelines. */
const AWARE = perLanguage(
  {
    javascript:
      /\bNODE_ENV\b|\bJEST_WORKER_ID\b|\bVITEST\w*|\bimport\.meta\.vitest\b|\b(?:is|in|under)_?test(?:s|ing|env|mode|run)?\b|\bprocess\.env\.CI\b|\bGITHUB_ACTIONS\b|\btypeof\s+(?:jest|describe|it|expect)\b/gi,
    python:
      /\bPYTEST_\w+|['"]pytest['"]|['"]unittest['"]|\bsys\.modules\b|\b(?:is|in|under)_test(?:s|ing)?\b|['"](?:CI|GITHUB_ACTIONS|TESTING)['"]/gi,
    java: /\borg\.junit\b|\bsurefire\b|\bgetStackTrace\s*\(|"(?:CI|GITHUB_ACTIONS)"/g,
    kotlin: /\borg\.junit\b|\bsurefire\b|\bstackTrace\b|"(?:CI|GITHUB_ACTIONS)"/g,
    go: /\btesting\.Testing\s*\(|\bflag\.Lookup\s*\(\s*"test|\bos\.Args\b|"(?:CI|GITHUB_ACTIONS)"|"testing"/g,
    rust: /\bcfg!\s*\(\s*(?:not\()?test|#\[\s*cfg(?:_attr)?\s*\(\s*(?:not\()?test|"(?:CI|GITHUB_ACTIONS|CARGO_TARGET_TMPDIR)"/g,
    ruby: /\bRails\.env\b|\bdefined\?\s*\(?\s*(?:RSpec|Minitest|Test)\b|\b(?:RAILS_ENV|RACK_ENV|GITHUB_ACTIONS)\b|\bENV\[['"]CI['"]\]|\$PROGRAM_NAME\b|\bcaller\b/g,
    csharp: /\b(?:xunit|nunit|mstest|testhost)\b|\bUnitTestDetector\b|"(?:CI|GITHUB_ACTIONS)"|\bGetAssemblies\s*\(/gi,
    php: /\bPHPUNIT\w*|\brunningUnitTests\b|\bPHPUnit\\|['"](?:CI|GITHUB_ACTIONS|APP_ENV)['"]|\bdebug_backtrace\b/g,
  },
  { rule: 'test-aware', reason: 'The product would behave differently under test.', view: 'text' },
);

/** Patterns for all files. */
export const FORBIDDEN_IN_SOURCE = forbiddenPatternsOf(
  [SAID, WRITTEN],
  [
    {
      rule: 'assertion-bypassed',
      reason: 'A condition would be always true or always false.',
      view: 'code',
      pattern:
        /\|\|\s*(?:true|True|!0)\b(?!\s*[.\w(])|\|\|\s*1\s*\)|\bor\s+(?:True|true)\b|&&\s*(?:false|0)\b|\band\s+(?:False|false)\b|\b(?:if|while|unless)\s*\(?\s*(?:false|False|0|true|True|1)\s*\)?\s*(?:[:{]|$|\|\||&&|then\b)/g,
    },
  ],
);

/** Patterns for files that are not tests. */
export const FORBIDDEN_IN_PRODUCT = forbiddenPatternsOf([AWARE]);

/** Errors that are caught and ignored; matched over the added lines together. */
export const SWALLOWED =
  /\bcatch\s*(?:\([^)\n]{0,200}\))?\s{0,200}\{\s*(?:return\s*(?:null|undefined|true|false)?;?\s*)?\}|\.catch\s*\(\s*(?:\(\w*\)|\w+)\s*=>\s*(?:\{\s*\}|null|undefined|void 0)\s*\)|\bexcept\b[^:\n]{0,200}:\s{0,200}(?:pass|\.\.\.|continue|return(?:\s+None)?)\s*(?:$|\n)|\brescue\b[^\n]{0,200}\n\s*(?:nil|end)\b|\brescue\s+(?:nil|true|false)\b|\bsuppress\s*\(\s*(?:Base)?Exception\b/m;

/** Objects that equal everything satisfy every assertion; matched over the added lines together. */
export const EQUALS_ALL =
  /(?:\b__(?:eq|lt|le|gt|ge|contains|bool)__|\bequals\s*\(|\bEquals\s*\(|\bdef\s+(?:==|===|eql\?)|\bfn\s+eq\s*\(|\bcompareTo\s*\()[^\n]{0,200}[{:=]?\s{0,200}(?:return\s+)?(?:true|True)\b/;
