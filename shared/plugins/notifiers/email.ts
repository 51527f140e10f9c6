import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import { defineNotifier } from './contract.ts';
import { renderMail } from './mail.ts';

/**
 * One mail at the end of incidents that no pull request speaks of. Escalations are mailed by the escalate step already, so they are
 * left out; so are proposals about runs of pull requests from forks, which GitHub reports without their pull request: anybody can make
 * those fail. SNS cannot be read back: the caller fences it, and after a crash it may be sent twice, never not at all.
 */
export const email = defineNotifier({
  id: 'email',
  title: 'E-mail through SNS',
  repeatable: false,
  wants: ({ incident, stage }) =>
    stage === 'final' &&
    (incident.status === 'resolved' || incident.status === 'suggested') &&
    !(incident.target.kind === 'github-run' && isContributed(incident.target)),
  async notify(story, { mailer }) {
    const headline = story.incident.status === 'resolved' ? 'Resolved' : 'Needs a change';
    const { subject, message } = renderMail(headline, story.incident.outcomeReason, story);
    await mailer.publish(subject, message);
    return { where: 'e-mail' };
  },
});

/** A run of a pull request; of one from a fork GitHub tells only the event. */
function isContributed({ pullRequest, event }: GithubRunTarget): boolean {
  return pullRequest !== null || event.startsWith('pull_request');
}
