import { type JsonReader, numberOf, objectOf, openJson, textOf } from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import { severityOf } from '../common/severity.ts';
import type { RawFinding, ReportFormat, ReportSink } from '../contract.ts';

type Fields = Readonly<Record<string, unknown>>;

const PARTS = ['Target', 'Class', 'Vulnerabilities', 'Misconfigurations', 'Secrets'] as const;
/** Parts that are no lists. */
const FIELDS = 2;
/** Where the results stand: of an image or a folder, of a cluster, and in versions before 0.20. */
const PLACES: readonly (readonly string[])[] = [['Results'], ['Resources', '*', 'Results'], []];

/** https://trivy.dev/latest/docs/configuration/reporting/#json */
export const trivy: ReportFormat = {
  id: 'trivy',
  title: 'Trivy JSON',
  kind: 'findings',
  writers: 'trivy --format json',
  recognizes: ({ json, keys: [outer] }) => {
    const has = (...names: readonly string[]): boolean => names.some((name) => outer.has(name));
    if (json === 'list')
      return has('Target') && has('Vulnerabilities', 'Misconfigurations', 'Secrets', 'Class', 'Type');
    return json === 'object' && (has('ClusterName') || (has('SchemaVersion') && has('ArtifactName', 'ArtifactType')));
  },
  namesOfEmptyList: ['trivy'],
  open: (sink) => openJson(() => makeReader(sink)),
};

function makeReader(sink: ReportSink): JsonReader {
  let target: string | null = null;
  let group: string | null = null;
  const takes: Readonly<Record<(typeof PARTS)[number], (value: unknown) => void>> = {
    Target: (value) => {
      [target, group] = [textOf(value), null];
    },
    Class: (value) => {
      group = textOf(value);
    },
    Vulnerabilities: (value) => sink.finding(vulnerability(objectOf(value), fileOf(target, group))),
    Misconfigurations: (value) => {
      const fields = objectOf(value);
      if (fields.Status !== 'PASS' && fields.Status !== 'EXCEPTION') sink.finding(misconfiguration(fields, target));
    },
    Secrets: (value) => sink.finding(secret(objectOf(value), target)),
  };
  const wanted = PLACES.flatMap((place) =>
    PARTS.map((part, at) => [...place, '*', part, ...(at >= FIELDS ? ['*'] : [])]),
  );
  return {
    // A resource of a cluster whose scan failed.
    wanted: [...wanted, ['Resources', '*', 'Error']],
    value(pattern, value) {
      if (pattern === wanted.length) {
        if (textOf(value) !== null) sink.unfinished(`Trivy could not scan a resource: ${textOf(value)}`);
        return;
      }
      const part = PARTS[pattern % PARTS.length];
      if (part !== undefined) takes[part](value);
    },
  };
}

/** The target of system packages is an image, that of language packages a lock file or a folder. */
const fileOf = (target: string | null, group: string | null): string | null =>
  group === 'lang-pkgs' && target !== null && /\.\w+$|lock/i.test(target) ? target : null;

function vulnerability(fields: Fields, file: string | null): RawFinding {
  return {
    tool: 'Trivy',
    category: 'vulnerability',
    rule: textOf(fields.VulnerabilityID) ?? '',
    severity: severityOf(textOf(fields.Severity)),
    message: textOf(fields.Title) ?? textOf(fields.Description) ?? '',
    file: textOf(fields.PkgPath) ?? file,
    package: {
      name: textOf(fields.PkgName) ?? '',
      version: textOf(fields.InstalledVersion),
      fixedIn: textOf(fields.FixedVersion),
    },
  };
}

function misconfiguration(fields: Fields, file: string | null): RawFinding {
  return {
    tool: 'Trivy',
    category: 'misconfiguration',
    rule: textOf(fields.ID) ?? textOf(fields.AVDID) ?? '',
    severity: severityOf(textOf(fields.Severity)),
    message: textOf(fields.Message) ?? textOf(fields.Title) ?? '',
    file,
    line: lineOf(numberOf(objectOf(fields.CauseMetadata).StartLine)),
  };
}

/** Its match is never taken: Trivy masks it, but not in every version. */
function secret(fields: Fields, file: string | null): RawFinding {
  return {
    tool: 'Trivy',
    category: 'secret',
    rule: textOf(fields.RuleID) ?? '',
    severity: severityOf(textOf(fields.Severity)),
    message: textOf(fields.Title) ?? '',
    file,
    line: lineOf(numberOf(fields.StartLine)),
  };
}
