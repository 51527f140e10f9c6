import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { requestCommand } from './request-command.ts';

/** What is held of repositories. Export and deletion are commands of their own: they send a request again until all is done. */
export const DATA = [
  requestCommand({
    name: 'data history',
    request: 'GET /api/data/history',
    summary: 'which repositories were deleted, when and by whom',
    details:
      'From the audit trail, the newest first. A deletion is listed once it has ended. Exit code 1 when the trail is not as it was written. It needs the\n' +
      'role admin of somebody who signed in. With --json: {deletions: [...], broken}.',
    options: {
      repo: { field: 'repository', value: 'OWNER/NAME', aliases: ['repository'], about: 'of this repository alone' },
    },
    text: ({ deletions }) =>
      deletions.map(({ endedAt, repository, by, counts }) => {
        const records = Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0);
        const parts = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`);
        return `${endedAt.slice(0, 16)}Z  ${repository}  by ${cleanText(by.name, 200)}  ${counted(records, 'record')}: ${parts.join(', ')}\n`;
      }),
    none: ({ fields: { repository } }) => `nothing${repository === undefined ? '' : ` of ${repository}`} was deleted.`,
    note: ({ broken }) =>
      broken === null ? null : `The audit trail of deletions is not as it was written: ${broken}.`,
    code: ({ broken }) => (broken === null ? 0 : 1),
  }),
];
