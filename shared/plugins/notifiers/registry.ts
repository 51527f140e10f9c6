import { registered } from '@selfheal/kernel/plugin.ts';
import type { Configuration } from '../../domain/configuration/configuration.ts';
import type { NotifierPlugin } from './contract.ts';
import { email } from './email/index.ts';
import { githubCheck } from './github-check/index.ts';
import { githubComment } from './github-comment/index.ts';
import { githubIssue } from './github-issue/index.ts';
import { jira } from './jira/index.ts';
import { jsm } from './jsm/index.ts';
import { pagerduty } from './pagerduty/index.ts';
import { slack } from './slack/index.ts';
import { slackApp } from './slack-app/index.ts';
import { sms } from './sms/index.ts';
import { smtp } from './smtp/index.ts';
import { teams } from './teams/index.ts';
import { webhook } from './webhook/index.ts';

/** Every notifier. To add one: a folder here, named after its id, and a line below. */
export const NOTIFIERS: readonly NotifierPlugin[] = registered('notifiers', [
  githubComment,
  email,
  slack,
  slackApp,
  teams,
  pagerduty,
  jsm,
  webhook,
  jira,
  githubIssue,
  githubCheck,
  sms,
  // Last of those outside AWS: its mail names the channels that could not be told.
  smtp,
]);

/** The notifiers that a deployment uses, each with its settings. The build has refused settings that do not fit. */
export function notifiersOf(
  { notifiers }: Pick<Configuration, 'notifiers'>,
  all: readonly NotifierPlugin[] = NOTIFIERS,
): readonly NotifierPlugin[] {
  return all.flatMap((one) => {
    if (one.settings === undefined) return [one];
    const settings = one.settings.safeParse(notifiers[one.id] ?? {});
    return settings.success
      ? [
          {
            ...one,
            wants: (announcement) => one.wants(announcement, settings.data),
            notify: (announcement, ports) => one.notify(announcement, ports, settings.data),
          },
        ]
      : [];
  });
}

/** Ids of the channels that rules may name: those with a section, those without settings, but not the comment, which belongs to its pull request. */
export function channelsOf(
  { notifiers }: Pick<Configuration, 'notifiers'>,
  all: readonly NotifierPlugin[] = NOTIFIERS,
): readonly string[] {
  return all
    .filter(
      ({ id, settings, isPlaced }) => isPlaced !== true && (settings === undefined || notifiers[id] !== undefined),
    )
    .map(({ id }) => id);
}
