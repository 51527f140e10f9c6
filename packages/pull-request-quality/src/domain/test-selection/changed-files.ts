/** A changed file. A renamed one is a deleted and an added one. */
export interface ChangedFile {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted';
}

/** Changes between two commits, or why they cannot be told from one another file by file: one sentence. */
export type ChangedFiles = { readonly files: readonly ChangedFile[] } | { readonly unknown: string };

const SUBMODULE = '160000';
const LINK = '120000';
const MAX_SHOWN = 120;

/**
 * Reads `git diff --raw -z --no-renames`: for each file `:<old mode> <new mode> <old id> <new id> <status>`, NUL, path, NUL.
 * https://git-scm.com/docs/git-diff#_raw_output_format
 */
export function parseRawDiff(output: string): ChangedFiles {
  const parts = output.split('\0');
  if (parts.at(-1) === '') parts.pop();
  const files: ChangedFile[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const [head = '', path = ''] = [parts[at], parts[at + 1]];
    const fields = /^:(\d{6}) (\d{6}) \S+ \S+ ([A-Z])\d*$/.exec(head);
    if (fields === null || path === '') return { unknown: 'The output of "git diff" could not be read.' };
    const [, before, after, letter] = fields;
    const shown = JSON.stringify(path.slice(0, MAX_SHOWN));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a name with control characters is what is looked for
    if (/[\u0000-\u001f\u007f"'`$\\\ufffd]/.test(path))
      return { unknown: `The changed file ${shown} has a name that no test can be traced by.` };
    if (before === SUBMODULE || after === SUBMODULE) return { unknown: `The submodule ${shown} changed.` };
    if (before === LINK || after === LINK) return { unknown: `The link ${shown} changed.` };
    if (letter === 'U' || letter === 'X') return { unknown: `The file ${shown} is not merged.` };
    files.push({ path, status: letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'modified' });
  }
  return { files };
}
