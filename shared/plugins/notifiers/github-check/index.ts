import * as z from 'zod';
import { FIRST_HOST } from '#shared/domain/incident/target-context.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { SHOWN_STATUSES } from '../common/github-sections.ts';
import { isContributed } from '../common/told-end.ts';
import { defineNotifier } from '../contract.ts';

const CheckSettings = z.strictObject({
  runs: z
    .enum(['without-pull-request', 'all'])
    .describe('Whether runs of pull requests, which have a comment, get a check run, too.'),
});
type CheckSettings = z.output<typeof CheckSettings>;

/** The failed run that it is about; null where there is nothing to say on a commit. */
function runIn(announcement: Announcement, { runs }: CheckSettings) {
  if (announcement.kind !== 'progress') return null;
  const { target, status } = announcement.story.incident;
  if (target.kind !== 'run' || target.host !== FIRST_HOST || !SHOWN_STATUSES.has(status)) return null;
  return runs === 'all' || !isContributed(target) ? target : null;
}

/**
 * One neutral check run an incident on the commit of its failed run, updated as the incident proceeds: a run on a branch has no comment, and people look at the
 * checks of the commit. GitHub lets only a GitHub App write check runs, so it needs the app in the token secret.
 */
export const githubCheck = defineNotifier<CheckSettings>({
  id: 'github-check',
  title: 'Check run on the commit',
  settings: CheckSettings,
  sample: { settings: { runs: 'all' } },
  uses: { githubTokenSecret: ['secretsmanager:GetSecretValue'] },
  needs: ['codeHost'],
  takes: ['progress'],
  repeatable: true,
  isPlaced: true,
  isExtra: true,
  wants: (announcement, settings?: CheckSettings) => settings !== undefined && runIn(announcement, settings) !== null,
  async notify(announcement, { codeHost }, settings) {
    const target = runIn(announcement, settings);
    if (target === null || announcement.kind !== 'progress') return null;
    // On demand: most deployments do not write check runs.
    const { checkTextOf } = await import('./check-text.ts');
    const { story } = announcement;
    const check = checkTextOf(story, target);
    const existing = await codeHost.findCheck(target.repository, check);
    if (existing !== null) return { where: (await codeHost.updateCheck(target.repository, existing.id, check)).url };
    // People of the pull request asked for nothing new.
    if (story.quiet) return null;
    return { where: (await codeHost.createCheck(target.repository, check)).url };
  },
});
