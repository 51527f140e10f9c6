import { type JsonReader, type JsonValue, listOf, objectOf, openJson, textOf } from '../common/json.ts';
import { severityOf } from '../common/severity.ts';
import type { RawFinding, ReportFormat, ReportSink } from '../contract.ts';

/** https://github.com/anchore/grype, `grype -o json` */
export const grype: ReportFormat = {
  id: 'grype',
  title: 'Grype JSON',
  kind: 'findings',
  writers: 'grype -o json',
  recognizes: ({ json, keys: [outer, inner] }) =>
    json === 'object' &&
    outer.has('matches') &&
    (inner.has('artifact') || ['source', 'descriptor', 'distro', 'ignoredMatches'].some((key) => outer.has(key))),
  open: (sink) => openJson(() => makeReader(sink)),
};

function makeReader(sink: ReportSink): JsonReader {
  return {
    wanted: [['matches', '*']],
    value: (_pattern, value) => sink.finding(findingOf(value)),
    missing: () => sink.unfinished('Grype: it has no list of matches'),
  };
}

function findingOf(value: JsonValue): RawFinding {
  const { vulnerability, artifact } = objectOf(value);
  const { id, severity, description, fix } = objectOf(vulnerability);
  const { name, version, locations } = objectOf(artifact);
  const fixedIn = listOf(objectOf(fix).versions).flatMap((one) => textOf(one) ?? []);
  const { path, layerID } = objectOf(listOf(locations)[0]);
  return {
    tool: 'Grype',
    category: 'vulnerability',
    rule: textOf(id) ?? '',
    severity: severityOf(textOf(severity)),
    message: textOf(description) ?? '',
    // In an image the path is none of the repository. In a folder it begins with a slash, which means that folder.
    file: layerID === undefined ? (textOf(path)?.replace(/^\/+/, '') ?? null) : null,
    package: {
      name: textOf(name) ?? '',
      version: textOf(version),
      fixedIn: fixedIn.length === 0 ? null : fixedIn.join(', '),
    },
  };
}
