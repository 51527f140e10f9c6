import { makeDeclaredCounts } from '../common/declared-count.ts';
import { type JsonDocument, type JsonReader, listOf, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { severityOf } from '../common/severity.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

type Fields = Readonly<Record<string, unknown>>;

/** https://docs.npmjs.com/cli/commands/npm-audit: the form of npm 7 and later, and that of npm 6. */
export const npmAudit: ReportFormat = {
  id: 'npm-audit',
  title: 'npm audit JSON',
  kind: 'findings',
  writers: 'npm audit --json, pnpm audit --json',
  recognizes: ({ json, keys: [outer] }) =>
    json === 'object' &&
    (outer.has('auditReportVersion') ||
      (outer.has('advisories') && (outer.has('metadata') || outer.has('actions') || outer.has('muted'))) ||
      (outer.has('vulnerabilities') && outer.has('metadata') && !outer.has('version'))),
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

/** The severities by which npm counts vulnerable packages. */
const SEVERITIES = ['critical', 'high', 'moderate', 'low', 'info'] as const;

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  const counts = makeDeclaredCounts(document);
  let isOfPackages = false;
  let declares = false;
  let declared = 0;
  return {
    wanted: [
      ['vulnerabilities', '*'],
      ['advisories', '*'],
      ['auditReportVersion'],
      ...SEVERITIES.map((severity) => ['metadata', 'vulnerabilities', severity]),
    ],
    value(pattern, value, [key = '']) {
      if (pattern === 0) {
        const fields = objectOf(value);
        counts.listed(PACKAGE);
        takePackage(fields, key, sink);
      } else if (pattern === 1) takeAdvisory(objectOf(value), sink);
      else if (pattern === 2) isOfPackages = true;
      else declared += numberOf(value) ?? 0;
      if (pattern > 2) declares = true;
    },
    // npm 6 and pnpm count the paths to an advisory, which they do not list one by one.
    end() {
      // Their sum: a package counts with a severity of its own, which may differ from those of its advisories.
      if (declares) counts.declared(PACKAGE, declared);
      if (isOfPackages) counts.check();
    },
  };
}

const PACKAGE = 'vulnerable package';

/** A package stands here for its own advisories, as objects, and for those of its dependencies, as names that have entries of their own. */
function takePackage({ name, via, severity, fixAvailable }: Fields, key: string, sink: ReportSink): void {
  const fix = objectOf(fixAvailable);
  const own = textOf(name) ?? key;
  const fixed = textOf(fix.name);
  const version = textOf(fix.version);
  // The fix may be one of the package that depends on it.
  const fixedIn = fixed === null || fixed === own || version === null ? version : `${fixed} ${version}`;
  for (const one of listOf(via)) {
    if (typeof one !== 'object') continue;
    const advisory = objectOf(one);
    sink.finding({
      tool: 'npm audit',
      category: 'vulnerability',
      rule: advisoryOf(textOf(advisory.url)) ?? String(advisory.source ?? ''),
      severity: severityOf(textOf(advisory.severity) ?? textOf(severity)),
      message: textOf(advisory.title) ?? '',
      package: { name: own, version: textOf(advisory.range), fixedIn },
    });
  }
}

function takeAdvisory(advisory: Fields, sink: ReportSink): void {
  const { version } = objectOf(listOf(advisory.findings)[0]);
  sink.finding({
    tool: 'npm audit',
    category: 'vulnerability',
    rule: textOf(advisory.github_advisory_id) ?? advisoryOf(textOf(advisory.url)) ?? String(advisory.id ?? ''),
    severity: severityOf(textOf(advisory.severity)),
    message: textOf(advisory.title) ?? '',
    package: {
      name: textOf(advisory.module_name) ?? '',
      version: textOf(version) ?? textOf(advisory.vulnerable_versions),
      fixedIn: textOf(advisory.patched_versions),
    },
  });
}

const advisoryOf = (url: string | null): string | null => /GHSA(?:-[\w]{4}){3}/.exec(url ?? '')?.[0] ?? null;
