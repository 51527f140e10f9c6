import { makeDeclaredCounts } from '../common/declared-count.ts';
import { type JsonDocument, type JsonReader, listOf, objectOf, openJson, textOf } from '../common/json.ts';
import { severityOf } from '../common/severity.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

type Fields = Readonly<Record<string, unknown>>;

/** https://docs.npmjs.com/cli/commands/npm-audit: the form of npm 7 and later, and that of npm 6. */
export const npmAudit: ReportFormat = {
  id: 'npm-audit',
  title: 'npm audit JSON',
  kind: 'findings',
  writers: 'npm audit --json, pnpm audit --json',
  recognizes: ({ json, text }) =>
    json === 'object' && (/"auditReportVersion"\s*:/.test(text) || /^\s*\{\s*"(?:actions|advisories)"\s*:/.test(text)),
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

/** The severities by which npm counts vulnerable packages. */
const SEVERITIES = ['critical', 'high', 'moderate', 'low', 'info'] as const;

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  const counts = makeDeclaredCounts(document);
  let isOfPackages = false;
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
        counts.listed(packagesOf(textOf(fields.severity) ?? ''));
        takePackage(fields, key, sink);
      } else if (pattern === 1) takeAdvisory(objectOf(value), sink);
      else if (pattern === 2) isOfPackages = true;
      else counts.declared(packagesOf(SEVERITIES[pattern - 3] ?? ''), value);
    },
    // npm 6 and pnpm count the paths to an advisory, which they do not list one by one.
    end() {
      if (isOfPackages) counts.check();
    },
  };
}

const packagesOf = (severity: string): string => `vulnerable ${severity} package`;

/** A package stands here for its own advisories, as objects, and for those of its dependencies, as names that have entries of their own. */
function takePackage({ name, via, severity, fixAvailable }: Fields, key: string, sink: ReportSink): void {
  const { version } = objectOf(fixAvailable);
  for (const one of listOf(via)) {
    if (typeof one !== 'object') continue;
    const advisory = objectOf(one);
    sink.finding({
      tool: 'npm audit',
      category: 'vulnerability',
      rule: advisoryOf(textOf(advisory.url)) ?? String(advisory.source ?? ''),
      severity: severityOf(textOf(advisory.severity) ?? textOf(severity)),
      message: textOf(advisory.title) ?? '',
      package: { name: textOf(name) ?? key, version: textOf(advisory.range), fixedIn: textOf(version) },
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
