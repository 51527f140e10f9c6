import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { FIRST_HOST } from '#shared/domain/incident/target-context.ts';
import type { IncidentStory } from '#shared/ports/announcement.ts';
import { channelMessageOf } from '../common/channel-message.ts';
import { storedFields } from '../common/stored-fields.ts';
import { CodeKeywords, codeRoutingOf, isRecovered, mappedFor, wantsTicket } from '../common/ticket-routing.ts';
import { defineNotifier } from '../contract.ts';
import { sample } from './sample.ts';

const Repository = z.string().regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, 'a repository, such as acme/operations');
const Login = z.string().regex(/^[\w-]{1,60}$/, 'a login at GitHub');
const GithubIssueSettings = z.strictObject({
  repository: Repository.describe('Repository that gets the tickets of alarms, alerts and reports.'),
  repositories: z
    .record(z.string(), Repository)
    .default({})
    .describe('Other repositories, by repository, alarm, or service of a report. A failed run otherwise gets its own.'),
  labels: z.array(z.string().min(1).max(50)).max(10).default([]).describe('Labels beside `selfheal`.'),
  assignee: Login.optional().describe('Who gets tickets of which nobody else is known to have the cause.'),
  assignees: z
    .record(z.string(), Login)
    .default({})
    .describe('Who gets those of a repository, alarm or service instead.'),
  only: z.enum(['all', 'code']).default('all').describe('Tickets for every failure, or for those that code causes.'),
  codeKeywords: CodeKeywords,
});
type GithubIssueSettings = z.output<typeof GithubIssueSettings>;

/** The author of the suspected change: of a failure that code causes, on the branch that everybody uses. A program is no assignee. */
function suspectedAuthor({ incident: { target } }: IncidentStory, isCode: boolean): string | undefined {
  if (!isCode || target.kind !== 'run' || target.host !== FIRST_HOST) return undefined;
  const login = target.people?.author ?? target.actor ?? undefined;
  return login !== undefined && Login.safeParse(login).success ? login : undefined;
}

/**
 * A GitHub issue for what a person has to mend: found by the incident's id before it is created, wherever it was transferred to; closed when the incident
 * recovered, reopened when it comes back. The caller prevents repeats, and after a lost answer the issue is looked for.
 */
export const githubIssue = defineNotifier<GithubIssueSettings>({
  id: 'github-issue',
  title: 'GitHub issue',
  settings: GithubIssueSettings,
  sample,
  uses: { channelSecret: ['secretsmanager:GetSecretValue'] },
  needs: ['poster'],
  takes: ['progress', 'escalation', 'workflow-failure'],
  repeatable: false,
  staysOpen: true,
  wants: (announcement, settings?: unknown) => settings !== undefined && wantsTicket(announcement),
  async notify(announcement, { poster }, settings) {
    const message = channelMessageOf(announcement);
    if (message === null || !('story' in announcement)) return null;
    // On demand: functions near their ceiling write issues rarely.
    const [{ GithubIssueFields, makeIssueClient, TICKET_LABEL }, { bodyOf, ticketBodyOf, titleOf }] = await Promise.all(
      [import('./client.ts'), import('./issue-text.ts')],
    );
    const { story } = announcement;
    const { target, id, recurrence } = story.incident;
    const client = makeIssueClient(await storedFields('github-issue', GithubIssueFields, poster), poster);
    const own = target.kind === 'run' && target.host === FIRST_HOST ? target.repository : undefined;
    const repository = mappedFor(settings.repositories, story) ?? own ?? settings.repository;
    const routing = codeRoutingOf(story, settings.codeKeywords);
    // A failure that came back goes on in the ticket that it had.
    const earlier = recurrence?.earlier;
    const existing =
      (await client.find(repository, id)) ?? (earlier === undefined ? null : await client.find(repository, earlier));
    if (existing !== null) {
      if (isRecovered(story) && !existing.isOpen) return null;
      await client.comment(existing, bodyOf(message, routing.words));
      if (isRecovered(story)) await client.close(existing);
      else if (!existing.isOpen) await client.reopen(existing);
      return { where: existing.url };
    }
    if (isRecovered(story) || (settings.only === 'code' && !routing.isCode)) return null;
    const assignee =
      mappedFor(settings.assignees, story) ?? suspectedAuthor(story, routing.isCode) ?? settings.assignee;
    const issue = {
      title: titleOf(message),
      body: ticketBodyOf(message, routing.words, id),
      labels: [TICKET_LABEL, ...settings.labels],
      assignees: assignee === undefined ? [] : [assignee],
    };
    try {
      return { where: (await client.create(repository, issue, id)).url };
    } catch (error) {
      // Whoever left, or may not see the repository, cannot be assigned (422). The ticket is worth more than its assignee.
      if (!(error instanceof Refused) || assignee === undefined || !error.message.includes('422')) throw error;
      const { url } = await client.create(repository, { ...issue, assignees: [] }, id);
      return { where: url, problem: `${url} was created, but GitHub refuses to assign it to ${assignee}.` };
    }
  },
});
