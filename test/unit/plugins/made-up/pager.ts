import * as z from 'zod';
import { ANNOUNCEMENT_KINDS } from '#shared/domain/workflow/function-config.ts';
import { defineNotifier } from '#shared/plugins/notifiers/contract.ts';

/** A notifier that is made up: it calls a pager behind an endpoint of the owner's account. */
export const pager = defineNotifier({
  id: 'pager',
  title: 'A pager',
  repeatable: true,
  settings: z.strictObject({ team: z.string().min(1) }),
  uses: { githubTokenSecret: ['secretsmanager:GetSecretValue'] },
  grants: () => [
    { actions: ['execute-api:Invoke'], resources: ['arn:aws:execute-api:eu-west-1:123456789012:pager/*'] },
  ],
  needs: [],
  takes: ANNOUNCEMENT_KINDS,
  wants: () => true,
  notify: async (_announcement, _ports, { team }) => ({ where: `the pager of ${team}` }),
});
