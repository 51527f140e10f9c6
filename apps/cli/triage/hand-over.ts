import type { HandOver } from '#shared/domain/triage/hand-over.ts';
import { contentOf, openApi, RefusedByApi } from '../api/api-client.ts';
import type { Terminal } from '../terminal.ts';

/** What became of a handover, as one sentence for a person. */
export interface HandedOver {
  readonly kind: 'requested' | 'in-progress' | 'not-requested';
  readonly words: string;
}

const GUIDE = 'docs/guide/fixes.md, "When no pull request appears"';
const MAX_LISTED = 100;

/**
 * Asks the deployment to try a fix for the run. The deployment decides by its own policy, tests the change and asks a person; this only tells it to
 * look. Without a deployment nothing is asked, and the words say how to get one.
 */
export async function handOverRun(
  decision: Pick<HandOver, 'kind'> & { readonly reason?: string },
  { repository, runId }: { readonly repository: string; readonly runId: number },
  terminal: Terminal,
): Promise<HandedOver> {
  if (decision.kind === 'keep') return notRequested(decision.reason ?? '');
  const { SELFHEAL_URL, SELFHEAL_TOKEN } = terminal.environment;
  if (!SELFHEAL_URL || !SELFHEAL_TOKEN)
    return notRequested(
      `There is no deployment to hand it to: set SELFHEAL_URL and SELFHEAL_TOKEN, an API key that may run actions (docs/guide/deploy.md, ${GUIDE}).`,
    );
  try {
    return await ask(repository, runId, terminal);
  } catch (error) {
    if (error instanceof RefusedByApi) return notRequested(`${error.detail} See ${GUIDE}.`);
    // An outage of Selfheal fails no job.
    return notRequested(`The deployment cannot be asked: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}

const notRequested = (reason: string): HandedOver => ({
  kind: 'not-requested',
  words: `No fix was requested. ${reason}`,
});

async function ask(repository: string, runId: number, terminal: Terminal): Promise<HandedOver> {
  const { api } = await openApi({}, terminal);
  const { incidents } = await contentOf(
    await api.incidents.$get({ query: { repository, order: 'newest', limit: String(MAX_LISTED) } }),
  );
  const about = incidents.find(({ subject }) => subject.kind === 'github-run' && subject.runId === runId);
  if (about === undefined)
    return notRequested(
      `The deployment has no incident of run ${runId} yet: it opens one when the run has ended and the webhook of ${repository} reports it, and tries a fix then by itself where fixes.repositories allows it. See ${GUIDE}.`,
    );
  if (about.status === 'open')
    return {
      kind: 'in-progress',
      words: `Incident ${about.id} is looking for a fix: the deployment has the run already.`,
    };
  const json = { action: 'try-fix', incident: about.id, reason: 'Triage is sure enough of the cause.' };
  const requested = await contentOf(await api.actions.execute.$post({ json }));
  return { kind: 'requested', words: `A fix was requested: incident ${requested.id}.` };
}
