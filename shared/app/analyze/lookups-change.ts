import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { CodeReader } from '#shared/ports/code-reader.ts';
import type { Lookup } from '#shared/ports/diagnosis-model.ts';
import { defineLookup } from './lookup.ts';

export interface ChangeLookupDeps {
  readonly code: CodeReader;
}

const COMMITS = 8;
const MAX_LINE_LENGTH = 500;
const Path = z
  .string()
  .min(1)
  .max(300)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'expected a path inside the repository');

type ReadChange = () => ReturnType<CodeReader['changedFiles']>;

/** Lookups in the change under test, and in the history of its files. */
export function changeLookups(target: RunTarget, { code }: ChangeLookupDeps): Lookup[] {
  const { repository, headSha, pullRequest } = target;
  let files: ReturnType<CodeReader['changedFiles']> | null = null;
  const read: ReadChange = () => {
    files ??= code.changedFiles(repository, { sha: headSha, pullRequest });
    return files;
  };
  return [showChange(target, read), blame(target, code, read)];
}

function showChange({ pullRequest }: RunTarget, read: ReadChange): Lookup {
  const what = pullRequest === null ? phrase`the commit under test` : phrase`the pull request`;
  return defineLookup({
    name: 'show_change',
    description: phrase`Without a file: the files that ${what} changes. With one of them: its diff.`,
    input: z.strictObject({ file: Path.optional() }),
    async read({ file }) {
      const changed = await read();
      if (changed.length === 0) return { kind: 'nothing', reason: phrase`The change has no files.` };
      if (file === undefined) {
        const lines = changed.map(
          ({ shown, status, additions, deletions }) => phrase`${shown} (${status}, +${additions} -${deletions})`,
        );
        return { kind: 'found', origin: phrase`Files that ${what} changes`, lines };
      }
      const one = changed.find(({ shown }) => shown === file);
      if (one === undefined) return { kind: 'nothing', reason: phrase`${what} does not change that file.` };
      if (one.patch === null) return { kind: 'nothing', reason: phrase`The file is binary or too large for a diff.` };
      return { kind: 'found', origin: phrase`What ${what} changes in one file`, lines: one.patch };
    },
  });
}

function blame({ repository, headSha }: RunTarget, code: CodeReader, read: ReadChange): Lookup {
  /** A path that was redacted when shown is resolved only if the change has such a file. */
  const refOf = async (file: string): Promise<RawRef> => {
    const shown = file.includes('[redacted') ? (await read()).find((one) => one.shown === file) : undefined;
    return shown?.path ?? new RawRef(file);
  };
  return defineLookup({
    name: 'blame',
    description: phrase`The last ${COMMITS} commits that touched a file, newest first: when, who, and the first line of the message.`,
    input: z.strictObject({ file: Path }),
    async read({ file }) {
      const commits = await code.commitsOf(repository, headSha, await refOf(file), COMMITS);
      if (commits.length === 0) return { kind: 'nothing', reason: phrase`No commit touched this file.` };
      const lines = commits.map(({ sha, at, author, title }) => {
        const head = `${sha.slice(0, 10)}${sha === headSha ? ' (under test)' : ''} ${at ?? 'no date'}`;
        return phrase`${redactName(head, MAX_LINE_LENGTH)} ${author ?? phrase`no account`}: ${title}`;
      });
      return { kind: 'found', origin: phrase`Commits that touched one file`, lines };
    },
  });
}
