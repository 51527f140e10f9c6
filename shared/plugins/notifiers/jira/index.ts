import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { storedFields } from '../common/stored-fields.ts';
import { CodeKeywords, codeRoutingOf, isRecovered, mappedFor, wantsTicket } from '../common/ticket-routing.ts';
import { defineNotifier } from '../contract.ts';
import { sample } from './sample.ts';

const Key = z.string().regex(/^[A-Z][A-Z0-9_]{1,30}$/, 'the key of a project, such as OPS');
const JiraSettings = z.strictObject({
  edition: z.enum(['cloud', 'data-center']).default('cloud').describe('Jira Cloud, or Jira Data Center.'),
  project: Key.describe('Project that gets the tickets.'),
  projects: z
    .record(z.string(), Key)
    .default({})
    .describe('Other projects, by the name of a repository or an alarm, or the service of a report.'),
  issueType: z.string().min(1).max(60).default('Bug').describe('Type of the tickets.'),
  assignee: z.string().min(1).max(128).optional().describe('Account id (Data Center: name) of who gets the tickets.'),
  assignees: z
    .record(z.string(), z.string().min(1).max(128))
    .default({})
    .describe('Who gets those of a repository, alarm or service instead.'),
  fields: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Values for fields that the project demands, by field id, as Jira takes them.'),
  only: z.enum(['all', 'code']).default('all').describe('Tickets for every failure, or for those that code causes.'),
  codeKeywords: CodeKeywords,
});
type JiraSettings = z.output<typeof JiraSettings>;

/**
 * A ticket in Jira for what a person has to mend: found by its label before it is created, closed when the incident recovered, reopened when it
 * comes back. The caller prevents repeats, and after a lost answer the ticket is looked for.
 */
export const jira = defineNotifier<JiraSettings>({
  id: 'jira',
  title: 'Jira',
  settings: JiraSettings,
  sample,
  environment: {
    settings: { project: { names: ['JIRA_PROJECT'], kind: 'text' } },
    secrets: { url: ['JIRA_URL'], user: ['JIRA_USER'], token: ['JIRA_API_TOKEN'] },
  },
  uses: { channelSecret: ['secretsmanager:GetSecretValue'] },
  needs: ['poster'],
  takes: ['progress', 'escalation', 'workflow-failure'],
  repeatable: false,
  staysOpen: true,
  wants: (announcement, settings?: unknown) => settings !== undefined && wantsTicket(announcement),
  async notify(announcement, { poster }, settings) {
    if (!('story' in announcement)) return null;
    // On demand: functions near their ceiling tell Jira rarely.
    const [{ JiraFields, makeJiraClient }, { adfOf, ticketTextOf, wikiOf }] = await Promise.all([
      import('./client.ts'),
      import('./ticket-text.ts'),
    ]);
    const { story } = announcement;
    const stored = await storedFields('jira', JiraFields, poster);
    const client = makeJiraClient(stored, settings.edition, poster);
    const { id } = story.incident;
    const label = `selfheal-${id}`;
    const bodyOf = settings.edition === 'cloud' ? adfOf : wikiOf;
    const routing = codeRoutingOf(story, settings.codeKeywords);
    const ticket = ticketTextOf(announcement, routing.words);
    if (ticket === null) return null;
    const earlier = story.incident.recurrence?.earlier;
    // A failure that came back goes on in the ticket that it had.
    const existing =
      (await client.find(label)) ?? (earlier === undefined ? null : await client.find(`selfheal-${earlier}`));
    const where = (key: string) => ({ where: `${stored.url.replace(/\/+$/, '')}/browse/${key}` });
    if (isRecovered(story)) {
      if (existing === null || existing.isDone) return null;
      await client.comment(existing.key, bodyOf(ticket));
      if (await client.move(existing.key, ['done'])) return where(existing.key);
      return { ...where(existing.key), problem: `${existing.key} recovered, but its workflow has no way to close it.` };
    }
    if (existing !== null) {
      await client.comment(existing.key, bodyOf(ticket));
      if (!existing.isDone || (await client.move(existing.key, ['new', 'indeterminate']))) return where(existing.key);
      return {
        ...where(existing.key),
        problem: `${existing.key} came back, but its workflow has no way to reopen it.`,
      };
    }
    if (settings.only === 'code' && !routing.isCode) return null;
    const project = mappedFor(settings.projects, story) ?? settings.project;
    const assignee = mappedFor(settings.assignees, story) ?? settings.assignee;
    const fields = {
      project: { key: project },
      issuetype: { name: settings.issueType },
      summary: ticket.summary,
      description: bodyOf(ticket),
      labels: ['selfheal', label],
      ...(assignee === undefined
        ? {}
        : { assignee: settings.edition === 'cloud' ? { accountId: assignee } : { name: assignee } }),
      ...settings.fields,
    };
    // Jira fills in the reporter.
    const given = new Set([...Object.keys(fields), 'reporter']);
    const unmapped = await client.unmapped(project, settings.issueType, given);
    if (unmapped.length > 0)
      throw new Refused(
        `Jira demands fields of ${project} that nobody mapped: ${unmapped.join(', ')}. Give their values in notifiers.jira.fields.`,
      );
    return where(await client.create(fields, id, label));
  },
});
