import { type JsonReader, listOf, objectOf, openJson, textOf } from '../common/json.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** https://github.com/pypa/pip-audit, `--format json`; before version 2.5 a list without the object around it. */
export const pipAudit: ReportFormat = {
  id: 'pip-audit',
  title: 'pip-audit JSON',
  kind: 'findings',
  writers: 'pip-audit --format json',
  recognizes: ({ json, keys: [outer, inner] }) =>
    (json === 'list' && outer.has('name') && (outer.has('vulns') || outer.has('skip_reason'))) ||
    (json === 'object' &&
      outer.has('dependencies') &&
      (outer.has('fixes') || inner.has('vulns') || inner.has('skip_reason'))),
  namesOfEmptyList: ['pip-audit', 'pip_audit', 'pipaudit'],
  open: (sink) => openJson(() => makeReader(sink)),
};

function makeReader(sink: ReportSink): JsonReader {
  return {
    wanted: [['dependencies', '*'], ['*']],
    value(pattern, value) {
      // An object's own parts come here, too.
      if (pattern === 1 && Array.isArray(value)) return;
      const { name, version, vulns } = objectOf(value);
      for (const one of listOf(vulns)) {
        const { id, aliases, description, fix_versions } = objectOf(one);
        const fixedIn = listOf(fix_versions).flatMap((fix) => textOf(fix) ?? []);
        const cve = listOf(aliases).find((alias) => /^CVE-/.test(String(alias)));
        sink.finding({
          tool: 'pip-audit',
          category: 'vulnerability',
          rule: textOf(cve) ?? textOf(id) ?? '',
          // It does not say.
          severity: 'unknown',
          message: textOf(description) ?? '',
          package: {
            name: textOf(name) ?? '',
            version: textOf(version),
            fixedIn: fixedIn.length === 0 ? null : fixedIn.join(', '),
          },
        });
      }
    },
  };
}
