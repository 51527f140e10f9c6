import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import type { HandOver } from '#shared/domain/triage/hand-over.ts';
import { contentOf, openApi, RefusedByApi } from '../api/api-client.ts';

/** What became of a handover, as one sentence for a person. */
export interface HandedOver {
  readonly kind: 'requested' | 'in-progress' | 'after-run' | 'not-requested';
  readonly words: string;
}

const GUIDE = 'docs/guide/fixes.md, "When no pull request appears"';
const MAX_LISTED = 100;
type OpenedApi = Awaited<ReturnType<typeof openApi>>['api'];

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

/**
 * A job of the run itself always comes before the incident, which is opened when the run has ended. The deployment then looks for a fix without
 * being asked, if its configuration allows one there.
 */
async function afterRun(repository: string, runId: number, api: OpenedApi): Promise<HandedOver> {
  const { actions } = await contentOf(await api.actions.$get());
  const fix = actions.find(({ id }) => id === 'try-fix');
  const place = fix?.repositories.find((one) => one.repository.toLowerCase() === repository.toLowerCase());
  const opens = `the deployment opens the incident of run ${runId} when the run has ended and the webhook of ${repository} reports it`;
  if (place === undefined)
    return notRequested(
      `${capitalized(opens)}, and tries no fix: fixes.repositories does not allow patches there. See ${GUIDE}.`,
    );
  if (place.mode !== 'act' || fix?.switchedOff === true)
    return notRequested(
      `${capitalized(opens)}, and only suggests: ${fix?.switchedOff === true ? 'the action try-fix is switched off' : `its mode is ${place.mode}`}. See ${GUIDE}.`,
    );
  return { kind: 'after-run', words: `Nothing more to ask for: ${opens}, and tries a fix then by itself.` };
}

const capitalized = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

async function ask(repository: string, runId: number, terminal: Terminal): Promise<HandedOver> {
  const { api } = await openApi({}, terminal);
  const { incidents } = await contentOf(
    await api.incidents.$get({ query: { repository, order: 'newest', limit: String(MAX_LISTED) } }),
  );
  const about = incidents.find(({ subject }) => subject.kind === 'run' && subject.runId === runId);
  if (about === undefined) return await afterRun(repository, runId, api);
  if (about.status === 'open')
    return {
      kind: 'in-progress',
      words: `Incident ${about.id} is looking for a fix: the deployment has the run already.`,
    };
  const json = { action: 'try-fix', incident: about.id, reason: 'Triage is sure enough of the cause.' };
  const requested = await contentOf(await api.actions.execute.$post({ json }));
  return { kind: 'requested', words: `A fix was requested: incident ${requested.id}.` };
}
