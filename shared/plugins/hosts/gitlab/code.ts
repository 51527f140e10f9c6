import { rawNameOf } from '@selfheal/kernel/text/raw-name.ts';
import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { makeRedactor, redactName } from '@selfheal/redaction/redact.ts';
import { redactLines } from '@selfheal/redaction/redacted-lines.ts';
import * as z from 'zod';
import type { CodeHost, RepositoryDirectory } from '#shared/ports/code-host.ts';
import type { ChangedFile, CodeReader } from '#shared/ports/code-reader.ts';
import { type HostApi, NotThere } from '#shared/ports/host-api.ts';
import { jobSection } from './ci-file.ts';
import { projectPath } from './project.ts';

const MAX_FILES = 100;
const MAX_PATH = 300;
const MAX_TITLE = 200;
const MAX_LOGIN = 60;

const Project = z.object({
  id: z.number().int(),
  path_with_namespace: z.string(),
  default_branch: z.string().nullish(),
});
/** https://docs.gitlab.com/api/merge_requests/#list-merge-request-diffs */
const Diff = z.object({
  new_path: z.string(),
  new_file: z.boolean().nullish(),
  deleted_file: z.boolean().nullish(),
  renamed_file: z.boolean().nullish(),
  diff: z.string().nullish(),
});
const Commit = z.object({
  id: z.string(),
  title: z.string().nullish(),
  author_name: z.string().nullish(),
  committed_date: z.string().nullish(),
});

/** Projects by their names. */
export function directory(api: HostApi): RepositoryDirectory {
  return {
    lookUp: async (name) => {
      const { id, path_with_namespace } = await api.read(projectPath(name), Project);
      return { id, name: `gitlab:${path_with_namespace}` };
    },
  };
}

/** Files of the default branch. */
export function files(api: HostApi): Pick<CodeHost, 'defaultBranch' | 'defaultBranchFile'> {
  return {
    defaultBranch: async (repository) => {
      const WithVisibility = z.object({ default_branch: z.string(), visibility: z.string() });
      const { default_branch, visibility } = await api.read(projectPath(repository), WithVisibility);
      return { name: new RawRef(default_branch), isPublic: visibility === 'public' };
    },
    defaultBranchFile: async (repository, path, maxBytes) => {
      const at = `${projectPath(repository)}/repository/files/${encodeURIComponent(path)}/raw?ref=HEAD`;
      let bytes: Uint8Array | null;
      try {
        bytes = await api.bytes(at, maxBytes);
      } catch (error) {
        if (!(error instanceof NotThere)) throw error;
        // The same answer hides a project from a token that may not read it, which must not look like a missing file.
        await api.read(projectPath(repository), Project);
        return { kind: 'missing' };
      }
      if (bytes === null) return { kind: 'unusable', problem: `it is larger than ${maxBytes} bytes` };
      try {
        return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
      } catch {
        return { kind: 'unusable', problem: 'it is not UTF-8 text' };
      }
    },
  };
}

const MAX_CI_FILE = 300_000;
const MAX_SECTION = 200;

/** The definitions of jobs in the project's `.gitlab-ci.yml`; of a project that keeps it elsewhere there are none. */
export function jobDefinitions(api: HostApi): Pick<CodeHost, 'jobDefinitions'> {
  return {
    jobDefinitions: async (repository, sha, names) => {
      const ref = encodeURIComponent(sha);
      const at = `${projectPath(repository)}/repository/files/${encodeURIComponent('.gitlab-ci.yml')}/raw?ref=${ref}`;
      const bytes = await api.bytes(at, MAX_CI_FILE).catch((error: unknown) => {
        if (error instanceof NotThere) return null;
        throw error;
      });
      if (bytes === null) return [];
      const file = new TextDecoder().decode(bytes);
      return names.flatMap(({ ref: name, shown }) => {
        const section = jobSection(file, rawNameOf(name));
        return section === null
          ? []
          : [phrase`.gitlab-ci.yml defines ${shown} as: ${redactName(section, MAX_SECTION)}`];
      });
    },
  };
}

/** Changes of merge requests and commits. */
export function codeReader(api: HostApi): CodeReader {
  return {
    changedFiles: async (repository, { sha, pullRequest }) => {
      const at =
        pullRequest === null
          ? `repository/commits/${encodeURIComponent(sha)}/diff`
          : `merge_requests/${pullRequest}/diffs`;
      const found = await api.list(`${projectPath(repository)}/${at}`, Diff, {}, 1);
      return found.slice(0, MAX_FILES).map(changedFile);
    },
    commitsOf: async (repository, sha, path, limit) => {
      const query = { ref_name: sha, path: rawNameOf(path), per_page: limit };
      const found = await api.list(`${projectPath(repository)}/repository/commits`, Commit, query, 1);
      return found.slice(0, limit).map(({ id, title, author_name, committed_date }) => ({
        sha: id,
        at: committed_date ?? null,
        author: author_name ? redactName(author_name, MAX_LOGIN) : null,
        title: redactName(title ?? '', MAX_TITLE),
      }));
    },
  };
}

function changedFile({ new_path, new_file, deleted_file, renamed_file, diff }: z.infer<typeof Diff>): ChangedFile {
  const lines = (diff ?? '').split('\n');
  const status = new_file ? 'added' : deleted_file ? 'removed' : renamed_file ? 'renamed' : 'modified';
  return {
    path: new RawRef(new_path),
    shown: redactName(new_path, MAX_PATH),
    status: redactName(status, MAX_LOGIN),
    additions: lines.filter((line) => line.startsWith('+')).length,
    deletions: lines.filter((line) => line.startsWith('-')).length,
    patch: diff ? redactLines(diff, makeRedactor()) : null,
  };
}
