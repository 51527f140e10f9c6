import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';

/**
 * Minimum evidence for each class: tools, forms of their findings, words. Deliberately broad: a match says little, but
 * without any match the class is a guess.
 */
const WORDINGS: Readonly<Record<Exclude<FailureClass, 'unknown'>, RegExp>> = {
  resource_exhaustion:
    /\bmemory\b|\bheap\b|\boom|\bdisk\b|no space|quota|\bENOSPC|\bEMFILE|too many|\bexhaust|\bthrottl|time(?:d[ -]?|[ -])?out|time limit|\bslow\b|took (?:too )?long|\bkilled\b|\blatency\b|\bCPU\b|\blimit/i,
  network_connectivity:
    /\bconnect|\bnetwork|\bsocket|\bDNS\b|\bresolv|\bhost\b|\bECONN|\bENOTFOUND|\bEAI_AGAIN|\btimed? ?out|\bproxy\b|\btransfer|\bdownload|\bfetch|\bRPC\b|\bTLS\b|\bSSL\b|\bcurl\b|\bpeer\b/i,
  storage_issues:
    /\bdisk\b|\bstorage\b|\bvolume|\bfile ?system|\bread-only|\bI\/O\b|\bchecksum|\bcorrupt|\bmount|\bartifact|\bcache\b|\bbucket|\bS3\b|\bquota|\btar:|\bstale\b/i,
  service_unavailability:
    /\b5\d\d\b|\b429\b|unavailab|\bgateway\b|\brate limit|\bconnect|\brefused|not responding|\breach|\bserver\b|\bservice\b|\bdaemon\b|\bhealth|\bprobe|\brunner\b|\bpull|\btimed? ?out|\bregistry\b|\bmirror|\brepositor/i,
  dependency_conflicts:
    /\bdependenc|\bpackage|\bmodule|\bversion|\bresol[uv]|\bartifact|\brequire|\bimport|\block ?file|\bsymbol|\bclass(?:path| not found|NotFound)|NoSuchMethod|NoClassDef|\bmaven\b|\bgradle\b|\bnpm\b|\bpip\b|\bcargo\b|\bconflict|incompatib|cannot (?:find|access|be applied)/i,
  configuration_errors:
    /\bconfig|\bsetting|\boption|\bvariable|\benv\b|\bargument|\bparameter|\bproperty|\bya?ml\b|\bjson\b|\btoml\b|\bnot found|\bmissing|no such|\bundefined|\binvalid|\bunknown|\bunrecogni|\bdoes not exist|\bnot set\b|\bkey\b/i,
  runtime_exceptions:
    /\bexception|\w(?:Error|Exception)\b|\berror:|\bpanic|\btraceback|\bsegmentation|\bsegfault|core dumped|\bcrash|\babort|\buncaught|\bunhandled|\bfatal\b|\bsignal \d|\bSIG[A-Z]{3,4}\b|\bstack\b|\bat [\w$.]{1,200}[(:]|\bstart/i,
  memory_leaks: /\bleak|\bheap\b|\bmemory\b|\bGC\b|\bgarbage|definitely lost|\bsanitizer/i,
  flaky_tests: /\bflak|\bretr(?:y|ies|ied)|\bintermittent|\brandom|\border\b|\brace\b|\btest|\bspec\b|\bsession\b/i,
  test_environment_issues:
    /\btest|\bspec\b|\bfixture|\bport\b|\baddress already|\bdisplay\b|\bbrowser|\bdriver|\bcontainer|\bdocker|\bsimulator|\bemulator|\bdatabase|\bsetup\b|\binstalled\b|\blibrar|\bshared object|\bcommand not found/i,
  timing_dependencies:
    /\btime|\bdeadlock|\block\b|\bwait|\bdelay|\bclock|\brace\b|\basync|\bdate\b|\bms\b|\bseconds?\b|\bserializ|\bbenchmark/i,
  external_service_failures:
    /\bAPI\b|\bservice\b|\bwebhook|\bSMTP\b|\bmail|\bthird|\bexternal|\bupstream|\brequest|\bresponse|\bHTTP|\bstatus|\btunnel/i,
  vulnerability_blocking:
    /\bvulnerab|\bCVE-|\bGHSA-|\bCWE-|\badvisor|\baudit|\bseverity|\bHIGH\b|\bCRITICAL\b|\bsecurity|\bIssue: \[B/i,
  certificate_expiration:
    /\bcertificate|\bcert\b|\bSSL\b|\bTLS\b|\bx509|\bexpired|\bGPG\b|\bsignature|\bhandshake|\bself[- ]signed/i,
  access_control_failures:
    /\bdenied|\bforbidden|\bunauthori|\bauthenti|\bauthori[sz]|\bpermission|\bcredential|\b40[13]\b|\bpassword|\btoken|\bprivilege|\bprotected|\blogin|\baccess|\brole\b/i,
  compliance_violations:
    /\blicen[cs]e|\bcomplian|\bpolicy|\bpolicies|\brule|\bsecret|\bsign-?off|\bDCO\b|\bCLA\b|\bquality gate|\bcoverage|\bcommit message|\bprotected branch|\bverified result/i,
  test_failure:
    /\btests?\b|\bspecs?\b|\bassert|\bexpect|\bFAIL(?:ED|URE)?S?\b|\bfailures?\b|not ok \d|[✗✘✖●]|\w+Tests?\b|\btest_\w|\bexamples?\b.{0,40}\bfail|\bscenario|\bsuite\b/i,
  compilation_error:
    /\bcompil|\berror(?: TS\d|\[E\d|: )|\bsyntax|\bundefined (?:reference|symbol|function|method|variable)|\bundeclared|\bcannot find symbol|\bdoes not exist|\blinker?\b|\bld(?:\.lld|: | returned)|\bparse error|\bunexpected token|\btype ?check|\bmake(?:\[\d+\])?: \*\*\*|\bclang|\bgcc|\bg\+\+|\bjavac|\brustc|\bunresolved|\bnot in scope|\bsymbols?\b|\btranslation unit|\bexpected .{1,40}(?:before|found|but)/i,
  lint_violation:
    /\b(?:lint|eslint|tslint|stylelint|biome|prettier|rubocop|standardrb|flake8|pylint|pycodestyle|pydocstyle|ruff|black|isort|mypy|pyright|checkstyle|spotless|ktlint|detekt|scalafmt|scalastyle|scalafix|golangci|gofmt|goimports|gofumpt|staticcheck|clippy|rustfmt|phpcs|phpcbf|phpmd|phpstan|psalm|shellcheck|markdownlint|yamllint|hadolint|actionlint|swiftlint|swiftformat|clang-(?:format|tidy)|cppcheck|cpplint|codespell|credo|hlint|ormolu|jshint|jscs|jsonlint|pmd|spotbugs|findbugs|pre-commit|editorconfig)\w{0,12}\b|\blint(?:er|ing|s)?\b|\b(?:code|coding)[ -]?(?:style|standard)|\bstyle (?:check|guide|error|violation)|\boffen[cs]es?\b|\bformat(?:ted|ting)?\b.{0,60}(?:check|fix|differ|incorrect|fail)|\bwould (?:be )?reformat|\b[A-Z]{1,4}\d{3,4}\b.{0,120}$|^\s{0,8}\d{1,6}:\d{1,6}\s{1,12}(?:error|warning|info)\b|^(?:---|\+\+\+) (?:old|new|a|b|before|after|original|formatted)\/\S|^\S{1,200}:\d{1,6}:\d{1,5}:? .{0,200}(?:\b[a-z]+(?:-[a-z]+){1,6}|\[[\w/-]{3,60}\])$/im,
};

/** Longer lines are read up to here. */
const MAX_READ_LENGTH = 600;

/** Whether any line contains minimum evidence for the class. */
export function isWorded(failureClass: FailureClass, evidence: Evidence): boolean {
  if (failureClass === 'unknown') return false;
  const pattern = WORDINGS[failureClass];
  return evidence.sources.some(({ lines }) => lines.some(({ text }) => pattern.test(text.slice(0, MAX_READ_LENGTH))));
}
