import { readFile } from 'node:fs/promises';
import { defineCommand, UsageError } from '@selfheal/cli-kit/command.ts';
import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { jsonIn } from '#apps/workbench/input/json-file.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { withHelpfulFixes } from '#shared/domain/triage/troubleshooting-page.ts';

const Report = z.object({
  logs: z.array(
    z.object({ fingerprint: z.string().nullable(), class: FailureClass, signature: z.string().nullable() }),
  ),
});
const PAGE = /^(?!.*\.\.)[\w][\w./-]{0,200}\.md$/;

export const fixDocument = defineCommand({
  name: 'fix document',
  summary: "add the fixes that helped to the project's troubleshooting page, as a draft",
  details:
    'Takes the pull requests of Selfheal that were merged and after which every workflow passed, and adds an entry for each that the page does not\n' +
    'have: the fingerprint of the failure, the pull request, the files. Every word comes from these facts, none from a log. With --draft it opens a\n' +
    'draft pull request (Contents and Pull requests: write), which a person completes and merges; without, it writes the page to --out or prints it.\n' +
    'With --report it names the class of a failure and the signature that recognises it.',
  options: {
    repo: { type: 'string', value: 'OWNER/NAME', about: 'the repository; GITHUB_REPOSITORY by default' },
    page: { type: 'string', value: 'PATH', about: 'the page in the repository; docs/troubleshooting.md by default' },
    report: { type: 'string', value: 'FILE', about: 'a triage_report.json that knows the failures' },
    out: { type: 'string', value: 'FILE', about: 'write the page with the new entries here' },
    draft: { type: 'boolean', about: 'open a draft pull request with them' },
  },
  async run({ options: { repo, page = 'docs/troubleshooting.md', report, out, draft } }, terminal) {
    const repository = repo ?? terminal.environment.GITHUB_REPOSITORY ?? '';
    if (!RepositoryName.safeParse(repository).success)
      throw new UsageError('Name the repository: --repo owner/name, or GITHUB_REPOSITORY.');
    if (!PAGE.test(page))
      throw new UsageError(`--page ${page}: expected the path of a Markdown file, such as docs/troubleshooting.md.`);
    const logs = report === undefined ? [] : (await jsonIn(report, Report, 'triage report', terminal)).logs;
    const known = new Map(
      logs.flatMap(({ fingerprint, ...rest }) => (fingerprint === null ? [] : [[fingerprint, rest] as const])),
    );
    const { connectFixes } = await import('#apps/workbench/triage/document-fixes.ts');
    const { find, propose } = connectFixes(repository, terminal.environment);
    const fixes = await find(known);
    if (draft === true) {
      const proposed = fixes.length === 0 ? null : await propose(page, fixes);
      await terminal.write(
        proposed === null ? 'There is no fix to add.\n' : `Draft pull request #${proposed.number}: ${proposed.url}\n`,
      );
      return 0;
    }
    const text = withHelpfulFixes(await readFile(page, 'utf8').catch(() => '# Troubleshooting\n'), fixes);
    if (text === null) terminal.say('There is no fix to add.');
    else if (out === undefined) await terminal.write(text);
    else await writeOutput(out, text, '--out');
    return 0;
  },
});
