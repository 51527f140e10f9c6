import type { FindingSeverity } from '../../normal-form/normal-form.ts';
import {
  type JsonDocument,
  type JsonReader,
  type JsonValue,
  listOf,
  numberOf,
  objectOf,
  openJson,
  textOf,
} from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import { severityOf, severityOfScore } from '../common/severity.ts';
import type { RawFinding, ReportFormat, ReportSink } from '../contract.ts';

interface Rule {
  readonly id: string | null;
  readonly level: string | null;
  readonly score: number | null;
  readonly text: string | null;
  readonly messages: Readonly<Record<string, JsonValue>>;
  readonly tags: readonly string[];
}

interface Run {
  tool: string | null;
  /** Rules of the driver first, then of each extension. */
  components: readonly (readonly Rule[])[];
  byId: ReadonlyMap<string, Rule>;
  bases: Readonly<Record<string, JsonValue>>;
  artifacts: readonly JsonValue[];
  /** Results that came before the tool, whose rules are needed to read them. */
  readonly raw: JsonValue[];
  rawSize: number;
  /** Findings whose file depends on what is said of the run after them. */
  readonly held: { readonly finding: RawFinding; readonly place: Place }[];
  /** Whether it has a list of results, be it empty. Without one, nothing was scanned (3.14.23). */
  hasResults: boolean;
  hasOtherFiles: boolean;
  /** What its invocations say went wrong. */
  readonly failures: Set<string>;
}

interface Place {
  readonly uri: string | null;
  readonly base: string | null;
  readonly artifact: number | null;
}

const VERSION = 0;
const TOOL = 1;
const RESULT = 2;
const BASES = 3;
const ARTIFACTS = 4;
const OTHER_FILES = 5;
/** First of the patterns below `INVOCATIONS`. */
const INVOCATION = 6;
/** Memory for results that came before the tool, in characters. */
const MAX_RAW_SIZE = 64_000_000;
const MAX_HELD = 500_000;
/** What CodeQL and others call the root of the repository; it need not be defined. */
const REPOSITORY = '%SRCROOT%';
const MAX_FAILURES = 20;
const MAX_RULE_ID = 1_000;
/** Characters of a message and of what is put into it: a small report could ask for a text of gigabytes. */
const MAX_PATTERN = 10_000;
const MAX_ARGUMENT = 1_000;
/** Where a run says how its tool, or the conversion of its report, went (3.20), and what of it is read. */
const INVOCATIONS = [
  ['invocations', '*'],
  ['conversion', 'invocation'],
] as const;
const OUTCOMES: Readonly<Record<string, (value: JsonValue) => string | null>> = {
  executionSuccessful: (value) =>
    value === false ? 'its invocation was not successful (executionSuccessful: false)' : null,
  processStartFailureMessage: (value) => said('it did not start', value),
  exitSignalName: (value) => said('it was ended by a signal', value),
  toolExecutionNotifications: notified,
  toolConfigurationNotifications: notified,
};
const OUTCOME_NAMES = Object.keys(OUTCOMES);
const isList = (name: string): boolean => name.endsWith('s');
const REMEDY = 'Write the report again as SARIF 2.1.0';

/** https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export const sarif: ReportFormat = {
  id: 'sarif',
  title: 'SARIF 2.1',
  kind: 'findings',
  writers: 'CodeQL, Semgrep, Trivy, Grype, Snyk, Checkov, ESLint, Ruff, Bandit, golangci-lint and most scanners',
  recognizes: ({ json, text, fileName, keys: [outer, run, part] }) =>
    json === 'object' &&
    (/sarif/i.test(/"\$schema"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? '') ||
      (outer.has('runs') &&
        ((run.has('tool') && part.has('driver')) || /"version"\s*:\s*"2\./.test(text) || fileName.includes('sarif')))),
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  let run: Run = emptyRun();
  let hasRuns = false;
  let hasVersion = false;
  let runs = 0;
  const take = (value: JsonValue): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      document.refuse('a result that is no object', REMEDY);
    const read = findingOf(value, run);
    if (read === null) return;
    const { finding, place } = read;
    if (isResolvable(place, run)) sink.finding({ ...finding, file: fileOf(place, run) });
    else if (run.held.push(read) > MAX_HELD)
      document.refuse(`more than ${MAX_HELD} results of one run`, 'Split the report by tool or by folder');
  };
  return {
    wanted: [
      ['version'],
      ['runs', '*', 'tool'],
      ['runs', '*', 'results', '*'],
      ['runs', '*', 'originalUriBaseIds'],
      ['runs', '*', 'artifacts'],
      ['runs', '*', 'externalPropertyFileReferences', 'results'],
      ...INVOCATIONS.flatMap((place) =>
        OUTCOME_NAMES.map((name) => ['runs', '*', ...place, name, ...(isList(name) ? ['*'] : [])]),
      ),
    ],
    value(pattern, value, _keys, size) {
      if (pattern === VERSION) {
        hasVersion = true;
        if (!/^2\.[1-9]/.test(String(value)))
          document.refuse(
            `SARIF of version ${String(value).slice(0, 20)}`,
            'Only 2.1 and later are read. Let the tool write SARIF 2.1.0',
          );
      } else if (pattern === TOOL) Object.assign(run, toolOf(value));
      else if (pattern === BASES) run.bases = objectOf(value);
      else if (pattern === ARTIFACTS) run.artifacts = listOf(value);
      else if (pattern === RESULT && run.tool === null) {
        run.rawSize += size;
        run.raw.push(value);
        if (run.rawSize > MAX_RAW_SIZE)
          document.refuse(
            'a run says only after its results which tool made them',
            'Write its "tool" before its "results"',
          );
      } else if (pattern === RESULT) take(value);
      else if (pattern === OTHER_FILES) run.hasOtherFiles = true;
      else {
        const failure = OUTCOMES[OUTCOME_NAMES[(pattern - INVOCATION) % OUTCOME_NAMES.length] ?? '']?.(value) ?? null;
        if (failure !== null && run.failures.size < MAX_FAILURES) run.failures.add(failure);
      }
    },
    left(keys) {
      if (keys.length === 3 && keys[0] === 'runs' && keys[2] === 'results') run.hasResults = true;
      if (keys.length === 1 && keys[0] === 'runs') hasRuns = true;
      if (keys.length !== 2 || keys[0] !== 'runs') return;
      if (run.tool === null && run.raw.length > 0)
        document.refuse('a run does not say which tool made it', `tool.driver.name is missing. ${REMEDY}`);
      for (const result of run.raw) take(result);
      for (const { finding, place } of run.held) sink.finding({ ...finding, file: fileOf(place, run) });
      for (const failure of failuresOf(run)) sink.unfinished(`${run.tool ?? 'the tool'}: ${failure}`);
      run = emptyRun();
      runs += 1;
    },
    end() {
      if (!hasVersion) document.refuse('it does not say its version', `"version" is missing. ${REMEDY}`);
      if (!hasRuns) document.refuse('The scan did not finish: it has no runs', 'The tool that writes it has failed');
      if (runs === 0) sink.unfinished('it lists no run of a tool');
    },
  };
}

const emptyRun = (): Run => ({
  tool: null,
  components: [],
  byId: new Map(),
  bases: {},
  artifacts: [],
  raw: [],
  rawSize: 0,
  held: [],
  hasResults: false,
  hasOtherFiles: false,
  failures: new Set(),
});

/**
 * Why the results of a run are not all that there is: the conditions under which SARIF calls them useful and complete are an invocation that was
 * successful, no notification of level error, and a list of results (https://github.com/oasis-tcs/sarif-spec/issues/398).
 */
function failuresOf({ failures, hasResults, hasOtherFiles }: Run): string[] {
  if (hasResults) return [...failures];
  const missing = hasOtherFiles
    ? 'its results stand in other files, which are not read (externalPropertyFileReferences)'
    : 'it has no list of results, which means that nothing was scanned';
  return [...failures, missing];
}

function notified(value: JsonValue): string | null {
  const { level, message, descriptor, exception } = objectOf(value);
  if (level !== 'error') return null;
  const { text, markdown } = objectOf(message);
  const words =
    textOf(text) ?? textOf(markdown) ?? textOf(objectOf(exception).message) ?? textOf(objectOf(descriptor).id);
  return said('it reports an error of its own', words) ?? 'it reports an error of its own';
}

/** `what`, with the tool's own words behind it; null without any. */
function said(what: string, value: JsonValue): string | null {
  const words = textOf(value)?.slice(0, MAX_ARGUMENT).trim().replace(/\.$/, '');
  return words === undefined || words === '' ? null : `${what}: ${words}`;
}

function toolOf(value: JsonValue): Pick<Run, 'tool' | 'components' | 'byId'> {
  const { driver, extensions } = objectOf(value);
  const components = [driver, ...listOf(extensions)].map((component) => listOf(objectOf(component).rules).map(ruleOf));
  // Of two rules with one id the first counts.
  const byId = new Map(
    components
      .flat()
      .toReversed()
      .flatMap((rule) => (rule.id === null ? [] : [[rule.id, rule] as const])),
  );
  return { tool: textOf(objectOf(driver).name), components, byId };
}

function ruleOf(value: JsonValue): Rule {
  const { id, shortDescription, fullDescription, name, messageStrings, properties, defaultConfiguration } =
    objectOf(value);
  const { tags, 'security-severity': score } = objectOf(properties);
  const known = typeof score === 'string' && score.trim() !== '' ? Number(score) : numberOf(score);
  return {
    id: textOf(id),
    level: textOf(objectOf(defaultConfiguration).level),
    score: known !== null && Number.isFinite(known) ? known : null,
    text: textOf(objectOf(shortDescription).text) ?? textOf(objectOf(fullDescription).text) ?? textOf(name),
    messages: objectOf(messageStrings),
    tags: listOf(tags).flatMap((tag) => (typeof tag === 'string' ? [tag.toLowerCase()] : [])),
  };
}

/** Null for what the tool says is no problem: passes, what does not apply, and what somebody suppressed. */
function findingOf(value: JsonValue, run: Run): { finding: RawFinding; place: Place } | null {
  const tool = run.tool ?? '';
  const result = objectOf(value);
  const kind = textOf(result.kind) ?? 'fail';
  if (kind !== 'fail' && kind !== 'open' && kind !== 'review') return null;
  if (result.baselineState === 'absent' || listOf(result.suppressions).some(isInForce)) return null;
  const rule = ruleFor(result, run);
  const ruleId = textOf(result.ruleId) ?? textOf(objectOf(result.rule).id) ?? rule?.id ?? null;
  const { place, line } = locationOf(result);
  const finding = {
    tool,
    category: categoryOf(tool, ruleId ?? '', rule?.tags ?? []),
    rule: ruleId ?? 'unnamed',
    severity: severityFor(result, rule, kind),
    message: messageOf(result.message, rule) ?? rule?.text ?? '',
    line,
  };
  return { finding, place };
}

/** A suppression counts unless it was asked for and not, or not yet, accepted. */
function isInForce(suppression: JsonValue): boolean {
  const { status } = objectOf(suppression);
  return status !== 'underReview' && status !== 'rejected';
}

function ruleFor(result: Readonly<Record<string, JsonValue>>, { components, byId }: Run): Rule | null {
  const reference = objectOf(result.rule);
  const component = numberOf(objectOf(reference.toolComponent).index);
  const rules = components[component === null ? 0 : component + 1] ?? [];
  const index = numberOf(result.ruleIndex) ?? numberOf(reference.index);
  const byIndex = index === null ? undefined : rules[index];
  if (byIndex !== undefined) return byIndex;
  // A result may name a part of a rule: `CA1000/1` belongs to `CA1000` (3.27.5).
  for (
    let id = textOf(result.ruleId) ?? textOf(reference.id) ?? '';
    id !== '';
    id = id.slice(0, Math.max(id.lastIndexOf('/'), 0))
  ) {
    const rule = byId.get(id);
    if (rule !== undefined) return rule;
    if (id.length > MAX_RULE_ID) return null;
  }
  return null;
}

function severityFor(result: Readonly<Record<string, JsonValue>>, rule: Rule | null, kind: string): FindingSeverity {
  const own = objectOf(result.properties)['security-severity'];
  const score = typeof own === 'string' && own.trim() !== '' ? Number(own) : numberOf(own);
  if (score !== null && Number.isFinite(score)) return severityOfScore(score);
  if (rule?.score != null) return severityOfScore(rule.score);
  // 3.27.10: without a level of its own or of its rule, a failure is a warning and all else is none.
  return severityOf(textOf(result.level) ?? rule?.level ?? (kind === 'fail' ? 'warning' : 'none'));
}

function messageOf(value: JsonValue, rule: Rule | null): string | null {
  const { text, markdown, id, arguments: given } = objectOf(value);
  const pattern = textOf(text) ?? textOf(markdown) ?? textOf(objectOf(rule?.messages[String(id ?? '')]).text);
  if (pattern === null) return null;
  const values = listOf(given).map((value) => textOf(value)?.slice(0, MAX_ARGUMENT));
  return pattern.slice(0, MAX_PATTERN).replace(/\{(\d{1,2})\}/g, (whole, at: string) => values[Number(at)] ?? whole);
}

function locationOf(result: Readonly<Record<string, JsonValue>>): { place: Place; line: number | null } {
  const [first] = listOf(result.locations);
  const { artifactLocation, region } = objectOf(objectOf(first).physicalLocation);
  const { uri, uriBaseId, index } = objectOf(artifactLocation);
  return {
    place: { uri: textOf(uri), base: textOf(uriBaseId), artifact: numberOf(index) },
    line: lineOf(numberOf(objectOf(region).startLine)),
  };
}

/** Whether all that the place refers to was read. */
const isResolvable = ({ uri, base, artifact }: Place, { bases, artifacts }: Run): boolean =>
  (uri !== null || artifact === null || artifact in artifacts) &&
  (base === null || base === REPOSITORY || base in bases);

function fileOf({ uri, base, artifact }: Place, { bases, artifacts }: Run): string | null {
  const shared = artifact === null ? {} : objectOf(objectOf(artifacts[artifact]).location);
  const path = uri ?? textOf(shared.uri);
  return path === null ? null : located(path, base ?? textOf(shared.uriBaseId), bases);
}

/** The address with its base before it: a base may stand on another one. An unknown base is the root of the repository. */
function located(uri: string, base: string | null, bases: Run['bases']): string {
  let path = decoded(uri);
  const seen = new Set<string>();
  for (let id = base; id !== null && !/^(?:[a-z][a-z\d+.-]*:|\/)/i.test(path) && !seen.has(id); ) {
    seen.add(id);
    const { uri: folder, uriBaseId } = objectOf(bases[id]);
    const before = decoded(textOf(folder) ?? '');
    path = before === '' ? path : `${before.replace(/\/?$/, '/')}${path}`;
    id = textOf(uriBaseId);
  }
  return path;
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

const SECRET_TOOLS = /gitleaks|trufflehog|detect-secrets|secret/i;
const CONFIGURATION_TOOLS =
  /checkov|tfsec|terrascan|kics|hadolint|kube-?(?:linter|score)|cfn-?(?:lint|nag)|actionlint|zizmor/i;

function categoryOf(tool: string, rule: string, tags: readonly string[]): RawFinding['category'] {
  if (
    /^(?:CVE|GHSA|GO|RUSTSEC|PYSEC|OSV|SNYK|ALAS|ELSA|RHSA|DSA|DLA|USN|NSWG)-/i.test(rule) ||
    tags.includes('vulnerability')
  )
    return 'vulnerability';
  if (SECRET_TOOLS.test(tool) || tags.includes('secret')) return 'secret';
  if (CONFIGURATION_TOOLS.test(tool) || tags.includes('misconfiguration') || /^(?:AVD|KSV|DS|CKV)[-_\d]/.test(rule))
    return 'misconfiguration';
  return 'code';
}
