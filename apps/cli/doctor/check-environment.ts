import { type ExitCode, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { messageOf } from '@selfheal/kernel/errors.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import * as z from 'zod';
import { type ApiOptions, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { readSession } from '#apps/workbench/api/session.ts';
import { mayDo } from '#shared/domain/access/caller.ts';
import { type AccountHost, HOST_TITLES } from '#shared/domain/access/person.ts';
import type { ConnectionCheck } from '../analyze/check-connections.ts';
import { readStop } from '../policy/policy-api.ts';

const NEEDED_MAJOR = 24;
const MAX_REASON = 300;
const reasonOf = (error: unknown): string => cleanText(messageOf(error), MAX_REASON);

export function checkNode(version: string): ConnectionCheck {
  const isNew = Number(version.split('.')[0]) >= NEEDED_MAJOR;
  return isNew
    ? { name: 'Node', state: 'ok', detail: version }
    : { name: 'Node', state: 'failed', detail: `this is ${version}: install Node ${NEEDED_MAJOR}` };
}

/** GitHub and the rights of the token one by one; unknown without a token, which only some commands need. */
export async function checkToken(repository: string | null, { environment }: Terminal): Promise<ConnectionCheck[]> {
  if (!environment.GITHUB_TOKEN && !environment.GH_TOKEN && !environment.GITHUB_APP_ID) {
    const detail = 'GITHUB_TOKEN is not set: only "selfheal analyze" and the webhook check need it';
    return [{ name: 'GitHub', state: 'unknown', detail }];
  }
  const [{ apiUrlOf, githubOptions }, { makeGithubSelfTest }, { checkGithub }] = await Promise.all([
    import('#apps/workbench/analyze/github-environment.ts'),
    import('#shared/adapters/github/self-test.ts'),
    import('../analyze/check-connections.ts'),
  ]);
  try {
    const apiUrl = apiUrlOf(environment);
    return await checkGithub(
      apiUrl,
      repository,
      makeGithubSelfTest(githubOptions(environment, apiUrl, { count() {} })),
    );
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [{ name: 'GitHub', state: 'failed', detail: reasonOf(error) }];
  }
}

/** Whether the credential may write the check runs that the configuration asks for; null where it asks for none. */
export function checkCheckRuns(
  configuration: string | null,
  { environment }: Pick<Terminal, 'environment'>,
): ConnectionCheck | null {
  if (configuration === null || !asksForCheckRuns(configuration)) return null;
  const name = 'Check runs';
  if (environment.GITHUB_APP_ID)
    return { name, state: 'unknown', detail: `${CHECK_RUNS} needs Checks: write, accepted at the app's installation` };
  const detail = `${CHECK_RUNS} needs a GitHub App in the token secret: GitHub refuses check runs of the token of an account (403)`;
  return { name, state: 'failed', detail };
}

const CHECK_RUNS = 'notifiers.github-check';
function asksForCheckRuns(configuration: string): boolean {
  try {
    const parsed: unknown = JSON.parse(configuration);
    return z.object({ notifiers: z.object({ 'github-check': z.object({}) }) }).safeParse(parsed).success;
  } catch {
    // The build says what is wrong with it.
    return false;
  }
}

/** The configured model, or the given one: whether it answers, and which variables change nothing. Unknown when there is none. */
export async function checkModels(given: string | undefined, { environment }: Terminal): Promise<ConnectionCheck[]> {
  const [{ checkModel }, { modelChoiceOf }] = await Promise.all([
    import('../analyze/check-connections.ts'),
    import('#apps/workbench/analyze/model-choice.ts'),
  ]);
  const remarks: ConnectionCheck[] = [];
  const say = (detail: string): void => void remarks.push({ name: 'Model', state: 'unknown', detail });
  try {
    const choice = modelChoiceOf(given, environment, say);
    if (choice !== null) return [...(await checkModel(choice)), ...remarks];
    if (remarks.length === 0)
      say(
        'none of AI_API_KEY, AI_MODEL, OLLAMA_URL, ANTHROPIC_API_KEY, OPENAI_API_KEY, BEDROCK_MODEL is set: rules diagnose; --model ollama tries the one on this machine',
      );
    return remarks;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [...remarks, { name: 'Model', state: 'failed', detail: reasonOf(error) }];
  }
}

/** The API of the deployment, and who the caller is there. Unknown when no address is known. */
export async function checkDeployment(options: ApiOptions, terminal: Terminal): Promise<ConnectionCheck> {
  const name = 'Deployment';
  try {
    const isNamed = Boolean(options.url ?? terminal.environment.SELFHEAL_URL);
    if (!isNamed && (await readSession({ ...terminal, profile: options.profile })) === null) {
      return { name, state: 'unknown', detail: 'nobody signed in: run "selfheal login --url URL"' };
    }
    const { api } = await openApi(options, terminal);
    const { version } = await contentOf(await api.health.$get());
    const { name: who, roles } = await contentOf(await api.auth.me.$get());
    const can = `version ${version}, you are ${who} with ${roles.length === 0 ? 'no role' : roles.join(', ')}`;
    return roles.length === 0
      ? { name, state: 'failed', detail: cleanText(`${can}: let an administrator put you into a group`, MAX_REASON) }
      : { name, state: 'ok', detail: cleanText(can, MAX_REASON) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { name, state: 'failed', detail: reasonOf(error) };
  }
}

/** Whether the kill switch lets anything happen; null where the policy cannot be read. */
export async function checkStop(options: ApiOptions, terminal: Terminal): Promise<ConnectionCheck | null> {
  const name = 'Kill switch';
  try {
    const stop = await readStop(await openApi(options, terminal));
    return stop === null
      ? { name, state: 'ok', detail: 'off' }
      : { name, state: 'failed', detail: cleanText(stop.words, 2 * MAX_REASON) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return null;
  }
}

/** Whether everybody who may approve is linked to an account on each code host of the deployment; empty for whoever may not see that. */
export async function checkApprovers(options: ApiOptions, terminal: Terminal): Promise<ConnectionCheck[]> {
  try {
    const { api } = await openApi(options, terminal);
    const { roles } = await contentOf(await api.auth.me.$get());
    if (!mayDo({ roles }, 'administer')) return [];
    const { users, hosts } = await contentOf(await api.users.$get());
    const approvers = users.filter((user) => mayDo(user, 'approve'));
    return hosts.map((host) => linksOn(host, approvers));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [];
  }
}

type Approver = { readonly name: string } & { readonly [host in AccountHost]: object | null };

function linksOn(host: AccountHost, approvers: readonly Approver[]): ConnectionCheck {
  const name = `Approvers on ${HOST_TITLES[host]}`;
  const unlinked = approvers.filter((user) => user[host] === null);
  if (unlinked.length === 0)
    return { name, state: 'ok', detail: `${counted(approvers.length, 'approver')}, none without an account there` };
  const words = `${unlinked.length} of ${counted(approvers.length, 'approver')} who signed in are linked to no account`;
  const who = unlinked.map((user) => user.name).join(', ');
  const mend = `selfheal user link ${unlinked[0]?.name ?? 'EMAIL'} --${host} LOGIN`;
  const detail = `${words} (${who}), so they cannot approve re-runs there: ${mend}`;
  return { name, state: 'failed', detail: cleanText(detail, MAX_REASON) };
}

/** AWS credentials, and whether anybody gets the mails: the confirmed subscriptions of the escalation topic. */
export async function checkMail(topicArn: string): Promise<ConnectionCheck> {
  const name = 'Mail';
  const region = /^arn:aws[\w-]*:sns:([a-z0-9-]+):\d{12}:[\w-]+$/.exec(topicArn)?.[1];
  if (region === undefined) {
    throw new UsageError(
      `--topic ${topicArn}: expected the output EscalationTopicArn, arn:aws:sns:<region>:<account>:<name>.`,
    );
  }
  const { readSubscriptions } = await import('#shared/adapters/aws/sns-mailer.ts');
  try {
    const all = await readSubscriptions(topicArn, region);
    const open = all.filter(({ confirmed }) => !confirmed);
    if (all.length === 0) {
      const mend = `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint YOUR-ADDRESS`;
      return { name, state: 'failed', detail: `nobody is subscribed: ${mend}` };
    }
    const words = `${all.length - open.length} of ${counted(all.length, 'subscription')} ${all.length - open.length === 1 ? 'is' : 'are'} confirmed`;
    const waiting = open.map(({ endpoint }) => endpoint).join(', ');
    return open.length === 0
      ? { name, state: 'ok', detail: words }
      : {
          name,
          state: 'failed',
          detail: cleanText(`${words}: ${waiting} must follow the link in AWS's mail`, MAX_REASON),
        };
  } catch (error) {
    return {
      name,
      state: 'failed',
      detail: `AWS does not list the subscriptions (${reasonOf(error)}): check the credentials and sns:ListSubscriptionsByTopic`,
    };
  }
}

const SIGNS = { ok: 'ok      ', failed: 'failed  ', unknown: 'unknown ' } as const;

/** Prints the checks, or the document in place of them; the exit code is 1 when one failed. */
export async function sayChecks(
  checks: readonly ConnectionCheck[],
  document: object | null,
  terminal: Terminal,
): Promise<ExitCode> {
  const lines = checks.map(({ name, state, detail }) => `${SIGNS[state]}${name}: ${detail}\n`);
  await terminal.write(document === null ? lines.join('') : `${JSON.stringify(document)}\n`);
  return checks.some(({ state }) => state === 'failed') ? 1 : 0;
}
