import { appendFile } from 'node:fs/promises';
import { defineCommand, UsageError } from '@selfheal/cli-kit/command.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { unwritable, writeOutput } from '#shared/adapters/system/output-files.ts';

export const REPO_OPTION = {
  repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository', aliases: ['repository'] },
} as const;

/** The repository that `--repo` names. */
export function repositoryOf(options: { readonly repo?: string | undefined }): string {
  if (options.repo !== undefined) return options.repo;
  throw new UsageError('Name the repository: --repo OWNER/NAME.');
}

export const dataExport = defineCommand({
  name: 'data export',
  summary: 'write everything that a deployment holds of a repository, as JSON lines',
  details:
    'One line for each record or object: {"kind", "place", "record"}. Changes nothing. It needs the role admin of somebody who signed in.\n' +
    'docs/guide/data.md says what is held, and where.',
  options: {
    ...REPO_OPTION,
    out: { type: 'string', value: 'FILE', about: 'the file to write; stdout by default', aliases: ['output'] },
    ...API_OPTIONS,
  },
  async run({ options }, terminal) {
    const repository = repositoryOf(options);
    const { out } = options;
    const { api } = await openApi(options, terminal);
    let position: string | null = null;
    let records = 0;
    do {
      const json: { repository: string; position?: string } =
        position === null ? { repository } : { repository, position };
      const page: { records: readonly unknown[]; next: string | null } = await contentOf(
        await api.data.export.$post({ json }),
      );
      const lines = page.records.map((record) => `${JSON.stringify(record)}\n`).join('');
      if (out === undefined) await terminal.write(lines);
      else await writePart(out, lines, position === null);
      records += page.records.length;
      position = page.next;
    } while (position !== null);
    if (out !== undefined) terminal.say(`selfheal: ${counted(records, 'record')} of ${repository} written to ${out}.`);
    return 0;
  },
});

async function writePart(file: string, text: string, isFirst: boolean): Promise<void> {
  if (isFirst) return await writeOutput(file, text, '--out');
  await appendFile(file, text).catch((error: unknown) => {
    throw unwritable(file, error, '--out');
  });
}
