/** `build 2/3` and `build: [linux, amd64]` are the job `build`, run in parallel. */
const PARALLEL = / \d+\/\d+$|: \[.*\]$/s;
const MAX_LINES = 40;

/**
 * What a `.gitlab-ci.yml` says about a job, in one line without comments: `image: node:24; script:; - npm ci`. Null where the file has no section of that name, as with
 * jobs that another file includes. Read as text, not as YAML: what anchors, `extends` and `default` bring in is not followed.
 * https://docs.gitlab.com/ci/yaml/#job-keywords
 */
export function jobSection(file: string, jobName: string): string | null {
  const lines = file.split(/\r?\n/);
  const names = new Set([jobName, jobName.replace(PARALLEL, '')]);
  const start = lines.findIndex((line) => names.has(keyOf(line) ?? ''));
  if (start < 0) return null;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^[^\s#]/.test(line));
  const section = rest
    .slice(0, end < 0 ? rest.length : end)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  return section.slice(0, MAX_LINES).join('; ');
}

/** The key of a line at the margin, with or without quotes. */
function keyOf(line: string): string | null {
  const [, double, single, plain] = /^(?:"([^"]+)"|'([^']+)'|([^\s#'"][^#]*?))\s*:\s*(?:[&#].*)?$/.exec(line) ?? [];
  return double ?? single ?? plain ?? null;
}
