import { messageOf, Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Contact, Schedule } from '#shared/domain/on-call/on-call-settings.ts';
import type { Poster } from '#shared/ports/poster.ts';

const PagerdutyAnswer = z.object({
  oncalls: z.array(
    z.object({
      user: z.object({
        id: z.string(),
        summary: z.string().nullish(),
        name: z.string().nullish(),
        email: z.email().nullish(),
      }),
    }),
  ),
});
/** The participants of `flat=true`: account ids, bare or with their type. */
const JiraAnswer = z.object({
  onCallParticipants: z.array(z.object({ id: z.string(), type: z.string() })).optional(),
  onCallUsers: z.array(z.string()).optional(),
});
const PagerdutyFields = z.object({ apiToken: z.string().min(1) });
const JiraFields = z.object({ user: z.email(), token: z.string().min(1) });
const MAX_WORDS = 200;

/**
 * Whom a schedule names at this moment, with the phone and the address of `people` where the person is listed there; a sentence when it could not be read, so
 * that a pager which is down never keeps people from being called. PagerDuty: GET /oncalls, https://developer.pagerduty.com/api-reference/.
 * Jira Service Management: GET on-calls, https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/api-group-schedule-on-calls/.
 */
export async function readSchedule(
  schedule: Schedule,
  people: readonly Contact[],
  now: Date,
  poster: Poster | undefined,
): Promise<readonly Contact[] | string> {
  const what = 'pagerduty' in schedule ? 'the schedule of PagerDuty' : 'the schedule of Jira Service Management';
  if (poster === undefined) return `${what} cannot be read by this function`;
  try {
    return 'pagerduty' in schedule
      ? await fromPagerduty(schedule, people, now, poster)
      : await fromJira(schedule, people, poster);
  } catch (error) {
    return `${what} could not be read (${messageOf(error).slice(0, MAX_WORDS)})`;
  }
}

async function fromPagerduty(
  { pagerduty: id }: Extract<Schedule, { pagerduty: string }>,
  people: readonly Contact[],
  now: Date,
  poster: Poster,
): Promise<readonly Contact[]> {
  const { apiToken } = fieldsOf(
    PagerdutyFields,
    await poster.secretOf('pagerduty'),
    '"pagerduty": {"apiToken": "..."}',
  );
  const at = now.toISOString();
  // Without this, an answer names the next people, too.
  const query = new URLSearchParams([
    ['schedule_ids[]', id],
    ['include[]', 'users'],
    ['since', at],
    ['until', at],
    ['limit', '100'],
  ]);
  const answer = await poster.send({
    what: 'PagerDuty',
    method: 'GET',
    url: `https://api.pagerduty.com/oncalls?${query}`,
    headers: {
      authorization: `Token token=${apiToken}`,
      accept: 'application/vnd.pagerduty+json;version=2',
      'content-type': 'application/json',
    },
    body: '',
  });
  const { oncalls } = PagerdutyAnswer.parse(JSON.parse(answer.text));
  return oncalls.flatMap(({ user }) => {
    const email = user.email?.toLowerCase();
    const listed = people.find(
      (one) => one.pagerduty === user.id || (email !== undefined && one.email?.toLowerCase() === email),
    );
    if (listed !== undefined) return [listed];
    return email === undefined ? [] : [{ name: user.name ?? user.summary ?? email, email }];
  });
}

async function fromJira(
  { jiraServiceManagement: id, cloudId }: Extract<Schedule, { cloudId: string }>,
  people: readonly Contact[],
  poster: Poster,
): Promise<readonly Contact[]> {
  const stored = await poster.secretOf('jira-service-management');
  const { user, token } = fieldsOf(JiraFields, stored, '"jira-service-management": {"user": "...", "token": "..."}');
  const answer = await poster.send({
    what: 'Jira Service Management',
    method: 'GET',
    url: `https://api.atlassian.com/jsm/ops/api/${cloudId}/v1/schedules/${id}/on-calls?flat=true`,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`,
      accept: 'application/json',
    },
    body: '',
  });
  const { onCallParticipants = [], onCallUsers = [] } = JiraAnswer.parse(JSON.parse(answer.text));
  const ids = [...onCallUsers, ...onCallParticipants.filter(({ type }) => type === 'user').map((one) => one.id)];
  const found = people.filter(({ atlassian }) => atlassian !== undefined && ids.includes(atlassian));
  if (ids.length > 0 && found.length === 0)
    throw new Refused('nobody of onCall.people has the Atlassian account id that it names');
  return found;
}

function fieldsOf<T>(schema: z.ZodType<T>, stored: unknown, form: string): T {
  const fields = schema.safeParse(stored);
  if (fields.success) return fields.data;
  throw new Refused(`Add ${form} to the secret of the channels.`);
}
