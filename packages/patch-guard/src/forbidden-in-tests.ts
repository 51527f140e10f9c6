import { forbiddenPatternsOf, perLanguage } from './forbidden-pattern.ts';

const JVM_SKIP =
  /@(?:Disabled\w*|Ignore\w*|Enabled(?:If|On|For)\w*)\b|(?<!\w)assum(?:e|ing|eThat)\w*\s*\(|\bAssum(?:e|ptions)\b|\benabled\s*=|\bSkipException\b|\bTestAbortedException\b|(?<!\w)x(?:it|test|context|describe)\s*\(/g;
const JVM_RETRY =
  /@(?:Timeout|RetryingTest|RepeatedIfExceptionsTest|Retry\w*|Flaky\w*)\b|\btimeout\s*=|\bretryAnalyzer\b|\bRetryAnalyzer\b|\bRetryRule\b/gi;
const JVM_RUNNER =
  /\bsetAccessible\b|\bTestExecutionExceptionHandler\b|\bTestWatcher\b|\bInvocationInterceptor\b|@ExtendWith\b|@RegisterExtension\b|@RunWith\b|\b(?:void|fun|boolean)\s+(?:assert\w*|fail|equals|verify)\s*\(|@TestInstance\b|@FixMethodOrder\b/g;
const JVM_SWALLOW =
  /\bcatch\s*[({]|\brunCatching\b|\bassertThrows\s*\(\s*(?:Throwable|Exception|Error)\b|\bexpected\s*=|\bassertThrows<(?:Throwable|Exception)>|\bassertDoesNotThrow\b|\bassertAll\b/g;
const JVM_MOCK =
  /(?<!\w)(?:when|doReturn|doNothing|doThrow|doAnswer|mockStatic|mockConstruction|mockkStatic|mockkObject|spyk?|every|coEvery)\s*[({`]|\.thenReturn\b|@(?:Mock|MockBean|MockitoBean|Spy|SpyBean)\b/g;

const SKIP = perLanguage(
  {
    javascript:
      /\b(?:it|test|describe|context|suite|specify|bench)\s*(?:\.\s*\w+)*\.\s*(?:skip|todo|fixme|fails?|failing|skipIf|runIf)\b|(?<![\w$.])x(?:it|test|describe|context|specify)\b|(?<![\w$.])(?:pending|skip)\s*\(|\bthis\s*\.\s*skip\b|\b(?:t|ctx|context|task|testInfo)\s*\.\s*(?:skip|todo|fixme)\b|\b(?:skip|todo|fails)\s*:|\b(?:it|test|describe|suite)\s*(?:\?\.)?\[/g,
    python:
      /\bpytest\.(?:skip|xfail|importorskip)\b|\bmark\.(?:skip|skipif|xfail)\b|\bunittest\.(?:skip\w*|expectedFailure)\b|@(?:skip\w*|expectedFailure|xfail)\b|\bSkipTest\b|\.skipTest\b|\b__test__\b|\bcollect_ignore\w*|^\s*del\s|\bpytestmark\b|\bpy_test\b|\bimport\s+skip\b/g,
    java: JVM_SKIP,
    kotlin: JVM_SKIP,
    go: /\b[tbf]\.(?:Skip|Skipf|SkipNow)\b|\btesting\.(?:Short|Verbose)\s*\(|(?<![\w.])[PX](?:It|Describe|Context|Entry|Specify|DescribeTable|When)\s*\(|(?<![\w.])Skip\s*\(|\bPending\b/g,
    rust: /#!?\[\s*(?:ignore|cfg_attr|cfg)\b|\bcfg!\s*\(/g,
    ruby: /(?<![\w.:])(?:skip|pending|omit|pend|xit|xdescribe|xcontext|xspecify|xscenario|xfeature|xexample|xtest)\b|\b(?:skip|pending|if|unless):|:(?:skip|pending)\b|^__END__/g,
    csharp:
      /\bSkip\s*=|\[\s*(?:\w+\s*(?:\([^)]*\))?\s*,\s*)*(?:Ignore|Explicit|Skip\w*|Platform|Conditional\w*)\b|\bAssert\s*\.\s*(?:Ignore|Inconclusive|Pass|Warn|Skip\w*)\b|\bIgnore\s*=|\bSkippable\w+|(?<!\w)Skip\s*\.\s*(?:If|IfNot|When|Unless)\b|\bAssume\s*\.|\bExplicit\s*=/g,
    php: /->markTest(?:Skipped|Incomplete)\b|::markTest(?:Skipped|Incomplete)\b|#\[\s*(?:\w*\\)*(?:Requires\w*|Group|Ticket|DoesNotPerformAssertions)\b|->(?:skip|todo|skipOn\w*|skipLocally)\s*\(|\bexpectNotToPerformAssertions\b/g,
  },
  { rule: 'test-skipped', reason: 'A test is skipped, expected to fail, or run under a condition.', view: 'code' },
);

const SKIP_SAID = perLanguage(
  {
    go: /^\/\/\s*(?:go:build|\+build)\b/g,
    php: /@(?:requires|group|doesNotPerformAssertions)\b/g,
    javascript: /@(?:jest|vitest)-environment\b|\bjest-config\b/g,
  },
  { rule: 'test-skipped', reason: 'A comment prevents tests from running.', view: 'comment' },
);

const FOCUS = perLanguage(
  {
    javascript:
      /\b(?:it|test|describe|context|suite|specify)\s*(?:\.\s*\w+)*\.\s*only\b|(?<![\w$.])f(?:it|describe|context|test)\b|\bonly\s*:/g,
    ruby: /(?<![\w.])f(?:it|describe|context|specify|example|scenario)\b|:focus\b|\bfocus:/g,
    go: /(?<![\w.])F(?:It|Describe|Context|Entry|Specify|DescribeTable|When)\s*\(|\bFocus\b/g,
    php: /->only\s*\(/g,
    kotlin: /(?<!\w)f(?:it|test|describe|context)\s*\(/g,
  },
  { rule: 'test-focused', reason: 'One test is focused, so all others are not run.', view: 'code' },
);

const RETRY = perLanguage(
  {
    javascript:
      /\bjest\s*\.\s*(?:retryTimes|setTimeout)\b|\bthis\s*\.\s*(?:retries|timeout|slow)\b|\b(?:vi|vitest)\s*\.\s*setConfig\b|\b(?:retry|retries|repeats|testTimeout|hookTimeout)\s*:|\bsetDefaultTimeout\b|\bDEFAULT_TIMEOUT_INTERVAL\b|\btest\.(?:slow|setTimeout)\b|\}\s*,\s*\d[\d_]*\s*\)/g,
    python:
      /@(?:\w+\.)*(?:flaky|retry\w*|timeout|repeat|rerun\w*)\b|\bmark\.(?:flaky|timeout|repeat)\b|\breruns\b|(?<!\w)retry\w*\s*\(/g,
    java: JVM_RETRY,
    kotlin: JVM_RETRY,
    go: /(?<!\w)(?:Flaky|FlakeAttempts|MustPassRepeatedly)\w*\s*\(|(?<!\w)[rR]etry\w*(?:\.\w+)?\s*\(/g,
    rust: /#\[\s*(?:flaky|retry)\w*/g,
    ruby: /\bretry(?:_wait|_times)?:|(?<![\w.])retry\b|\bdefault_retry_count\b/g,
    csharp: /\[\s*(?:\w+\s*,\s*)*(?:Retry\w*|Timeout|MaxTime|Flaky)\b|\bTimeout\s*=|\bRetryFact\b|\bMaxRetries\b/g,
    php: /->(?:retry|repeat)\s*\(|#\[\s*(?:\w*\\)*Retry/g,
  },
  { rule: 'retry-or-timeout', reason: 'A test gets retries or more time.', view: 'code' },
);

/** Ends the program or the test run. */
export const LEAVE = perLanguage(
  {
    javascript: /\bprocess\s*\.\s*(?:exit|exitCode|abort|kill|reallyExit|on|once|removeAllListeners)\b|\bprocess\s*\[/g,
    python:
      /\bsys\.exit\b|\bos\.(?:_exit|abort|kill)\b|(?<![\w.])(?:quit|exit)\s*\(|\bpytest\.exit\b|\bSystemExit\b|\batexit\b/g,
    java: /\bSystem\.exit\b|\bRuntime\.getRuntime\b/g,
    kotlin: /\bexitProcess\b|\bSystem\.exit\b|\breturn@(?:test|it|runTest|runBlocking)\b/g,
    go: /\bos\.Exit\b|\bruntime\.Goexit\b|\bsyscall\.(?:Exit|Kill)\b/g,
    rust: /\bprocess::(?:exit|abort)\b|\bstd::process\b/g,
    ruby: /(?<![\w.:])(?:exit!?|abort|at_exit|throw)\b(?!:)/g,
    csharp: /\bEnvironment\s*\.\s*(?:Exit|FailFast)\b|^\s*#\s*(?:if|elif|else|endif|define|undef)\b/g,
    php: /(?<![\w>$:])(?:exit|die)\b|__halt_compiler|\bregister_shutdown_function\b/g,
  },
  { rule: 'assertion-bypassed', reason: 'The test run would end before its assertions.', view: 'code' },
);

const SWALLOW = perLanguage(
  {
    javascript:
      /(?<![\w$.])try\s*\{|(?<![\w$.])catch\b|\.\s*catch\s*\(|\bPromise\s*\.\s*(?:allSettled|race)\b|\buncaughtException\b|\bunhandledRejection\b/g,
    python:
      /^\s*(?:try|except|finally)\b|\bsuppress\s*\(|\braises\s*\(\s*(?:\(?\s*)?(?:Base)?Exception\b|\bassertRaises\s*\(\s*(?:Base)?Exception\b|\bsubTest\b/g,
    java: JVM_SWALLOW,
    kotlin: JVM_SWALLOW,
    go: /(?<![\w.])recover\s*\(/g,
    rust: /\bcatch_unwind\b|#\[\s*should_panic\b|\.ok\(\)\s*;|\blet\s+_\s*=/g,
    ruby: /^\s*(?:rescue|ensure)\b|\srescue\s|\braise_error\s*(?:$|\(?\s*(?:StandardError|Exception)\b)|\bassert_raises\s*\(?\s*(?:StandardError|Exception)\b|\baggregate_failures\b/g,
    csharp:
      /\bcatch\b|\bRecord\s*\.\s*Exception|\bThrowsAny\b|\bExpectedException\b|\bThrows(?:Async)?<(?:System\.)?Exception>/g,
    php: /\bcatch\s*\(|\bexpectException\s*\(\s*\\?(?:Throwable|Exception)\b|\bset_(?:error|exception)_handler\b/g,
  },
  { rule: 'swallowed-error', reason: 'A failing assertion could be caught and ignored.', view: 'code' },
);

const RUNNER = perLanguage(
  {
    javascript:
      /(?<![\w$.])(?:expect|it|test|describe|assert|beforeEach|afterEach|jest|vi)\s*=(?![=>])|\b(?:globalThis|global|window)\s*(?:\.\s*(?:expect|it|test|describe|assert|jest|vi|console|Promise|Date|Math)\b|\[)|\bexpect\s*\.\s*(?:extend|setState|addEqualityTesters|addSnapshotSerializer)\b|\b(?:assert|expect|Promise|Object|Array|Function|Error|Number|String|JSON)\s*\.\s*(?:prototype\b|\w+\s*=(?![=>]))|\bObject\s*\.\s*(?:defineProperty|assign|setPrototypeOf)\b|\brequire\s*\.\s*cache\b|\bModule\s*\._load\b|\bjasmine\b|\bfunction\s+(?:expect|it|test|describe|assert)\b|\b(?:toString|valueOf|asymmetricMatch|Symbol\s*\.\s*toPrimitive)\s*[(:\]]/g,
    python:
      /(?<!\w)setattr\s*\(|\b(?:unittest|pytest|TestCase|builtins|_pytest)(?:\.\w+)*\s*=(?!=)|\bpytest_\w+\b|\bsys\.modules\b|\bbuiltins\b|\bload_tests\b|\b__(?:eq|bool|ne|hash|contains)__\b|\bdef\s+__\w+__|\bsys\.\w+\s*=(?!=)|\bautouse\b|(?<!\w)(?:globals|locals|vars)\s*\(|\bdef\s+assert\w*\s*\(|\bself\.assert\w+\s*=(?!=)|\bsys\.settrace\b|\blongMessage\b|\b__unittest\b|\bANY\b/g,
    java: JVM_RUNNER,
    kotlin: JVM_RUNNER,
    go: /\bfunc\s+(?:TestMain|init)\s*\(|\bflag\.Set\b|\bmonkey\.Patch|\bgo:linkname\b|\btype\s+T\s+/g,
    rust: /\bmacro_rules!\s*\w|\bset_hook\b|\bas\s+assert\w*|\bimpl\b.*\bPartialEq\b/g,
    ruby: /\bRSpec\.(?:configure|world|configuration)\b|\b(?:class|module|instance)_eval\b|\bdefine_method\b|\balias(?:_method)?\b|\b(?:class|module)\s+(?:Minitest|RSpec|Test::Unit|Object|Kernel|BasicObject)\b|\bprepend\b|\b(?:undef(?:_method)?|remove_method|private|protected|remove_const)\b|\bdef\s+(?:assert\w*|expect|refute\w*|==|eql\?|equal\?)|\bMinitest\.\w+/g,
    csharp:
      /\bclass\s+(?:Assert|Should\w*)\b|\bModuleInitializer\b|\busing\s+(?:Assert|Xunit)\s*=|\bHarmony\b|\bBindingFlags\b|\boverride\s+bool\s+Equals\b|\bTestCaseOrderer\b/g,
    php: /\bfunction\s+(?:assert\w+|expect\w*|fail|runTest|runBare|setResult)\b|\brunkit|\buopz_|\bReflection(?:Property|Method|Class)\b/gi,
  },
  {
    rule: 'runner-patched',
    reason: 'The test runner, its assertions or the compared values would behave differently.',
    view: 'code',
  },
);

/** Assertions that are not the framework's own. */
const OWN_ASSERTIONS = perLanguage(
  {
    javascript: /\b(?:expect|it|test|describe|assert)\b[^'"]*(?:\bfrom\s*|\brequire\s*\(\s*)['"][./]/g,
    python:
      /^\s*from\s+[.\w]+\s+import\s.*\b(?:as\s+(?:assert\w*|pytest|unittest|raises)|assert\w*)\b|^\s*import\s+\w+\s+as\s+(?:pytest|unittest)\b/g,
    go: /^\s*(?:assert|require|is|testing)\s+"(?!github\.com\/(?:stretchr\/testify|matryer\/is)|gotest\.tools|testing")/g,
    csharp: /\busing\s+\w+\s*=\s*/g,
  },
  {
    rule: 'runner-patched',
    reason: 'The assertions would not come from the test framework.',
    view: 'text',
  },
);

/** Patterns for test files only. */
export const FORBIDDEN_IN_TESTS = forbiddenPatternsOf([
  SKIP,
  SKIP_SAID,
  FOCUS,
  RETRY,
  LEAVE,
  SWALLOW,
  RUNNER,
  OWN_ASSERTIONS,
]);

/** Replacements of the tested code; a new test file may contain them. */
export const FORBIDDEN_IN_MOCKS = forbiddenPatternsOf([
  perLanguage(
    {
      javascript:
        /\b(?:jest|vi)\s*\.\s*(?:mock|doMock|unmock|spyOn|replaceProperty|stubGlobal|stubEnv|setMock|createMockFromModule)\b|\bsinon\s*\.\s*(?!assert)\w+|\bproxyquire\b|\brewire\b|\.mock(?:Implementation|Return|Resolved|Rejected)\w*|\btd\.replace\b|\bmock\.(?:method|module)\b/g,
      python:
        /\bmock(?:er)?\.patch\b|@patch\b|(?<!\w)patch(?:\.object|\.dict)?\s*\(|\bmonkeypatch\b|\b(?:Magic|Async)?Mock\s*\(|\breturn_value\b|\bside_effect\b/g,
      java: JVM_MOCK,
      kotlin: JVM_MOCK,
      go: /\bgomock\b|\.EXPECT\(\)|\.On\(|\.Return\(|\bgomonkey\b/g,
      rust: /\bmock!|\bautomock\b|\.expect_\w+\(|\.returning\(/g,
      ruby: /(?<!\w)(?:allow|allow_any_instance_of|stub|stub_const|stub_request|double|instance_double|spy)\b|\.stubs?\b|\.and_return\b|\.returns\b|\bto\s+receive\b/g,
      csharp: /\bMock<|\.Setup\w*\(|\.Returns\w*\(|\bSubstitute\.For\b|\bA\.Fake\b/g,
      php: /->(?:createMock|createStub|createPartialMock|getMockBuilder|willReturn\w*|shouldReceive|andReturn)\b|\bMockery::/g,
    },
    {
      rule: 'mock-added',
      reason: 'Code that an existing test runs would be mocked.',
      view: 'code',
    },
  ),
]);

/** Leaves the enclosing block. */
export const LEAVES =
  /(?:^|[;{}]|\bthen\b|\belse\b|\)|=>)\s*(?:return|break|continue|goto|next|yield)\b|^\s*(?:return|break|continue|next)\b|^\s*(?:done|next|resolve)\s*\(\s*\)|\breturn\s+(?:if|unless)\b/;

/** The next line belongs to it, or runs under its condition, without a bracket to show it. */
export const TAKES_NEXT_LINE =
  /(?:=>|&&|\|\||\?\?|[?:=,+(]|\b(?:else|do|return|void|typeof|not|and|or|then))\s*$|^\s*(?:\}?\s*else\s+)?(?:if|while|for|foreach|unless|when|switch|using|lock)\b.*[^{;}\s]\s*$/;
