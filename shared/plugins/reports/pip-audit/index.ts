import { type JsonReader, listOf, objectOf, openJson, textOf } from '../common/json.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

/** https://github.com/pypa/pip-audit, `--format json`; before version 2.5 a list without the object around it. */
export const pipAudit: ReportFormat = {
  id: 'pip-audit',
  title: 'pip-audit JSON',
  kind: 'findings',
  writers: 'pip-audit --format json',
  recognizes: ({ json, text }) =>
    /^\s*(?:\{\s*"dependencies"\s*:\s*)?\[\s*\{\s*"name"\s*:\s*"[^"]*"\s*,\s*"(?:version"|skip_reason")/.test(text) ||
    (json === 'object' && /^\s*\{\s*"dependencies"\s*:\s*\[/.test(text) && /"(?:vulns|fixes)"\s*:/.test(text)),
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
