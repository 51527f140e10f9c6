import { readFile } from 'node:fs/promises';
import { defineCommand, JSON_OPTION, type OptionValues, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import * as z from 'zod';
import { API_OPTIONS } from '#apps/workbench/api/api-client.ts';
import { Freeze } from '#shared/domain/policy/policy-settings.ts';
import type { ConnectionCheck } from '../analyze/check-connections.ts';
import { checkDeployment, checkMail, checkToken, sayChecks } from '../doctor/check-environment.ts';
import { openPolicy, type RuntimePolicy } from '../policy/policy-api.ts';

const MAX_REASON = 300;

/** Whether `selfheal.json` may be deployed. */
async function checkConfiguration(path: string): Promise<ConnectionCheck> {
  const name = 'Configuration';
  try {
    const { parseConfiguration } = await import('#shared/adapters/aws/configuration-file.ts');
    const { github, services, policy } = parseConfiguration(await readFile(path, 'utf8'), path);
    const acting = [
      ...github.repositories.filter(({ mode }) => mode === 'act').map(({ name: one }) => one),
      ...services.filter(({ mode }) => mode === 'act').map(({ id }) => id),
    ];
    if (policy.escalateBelowConfidence > policy.actAtConfidence) {
      const detail = `${path}: policy.escalateBelowConfidence is above policy.actAtConfidence, so nothing is ever asked: lower it`;
      return { name, state: 'failed', detail };
    }
    const detail = `${path} is valid; ${acting.length === 0 ? 'nothing is named that Selfheal may change' : `may change ${acting.join(', ')}`}`;
    return { name, state: 'ok', detail: cleanText(detail, MAX_REASON) };
  } catch (error) {
    if (error instanceof InvalidInput) return { name, state: 'failed', detail: cleanText(error.message, MAX_REASON) };
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { name, state: 'unknown', detail: `${path} does not exist: name it with --config FILE` };
  }
}

/** The policy of a deployment: whether it is readable, nothing is stopped, and something may act. */
async function checkPolicy(options: OptionValues<typeof OPTIONS>, terminal: Terminal): Promise<ConnectionCheck[]> {
  try {
    return judgePolicy((await openPolicy(options, terminal)).policy, terminal.now());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [{ name: 'Policy', state: 'failed', detail: cleanText(error.message, MAX_REASON) }];
  }
}

function judgePolicy({ unreadable, killSwitch, effective, origins }: RuntimePolicy, now: number): ConnectionCheck[] {
  const frozen = z
    .array(Freeze)
    .parse(effective.freezes)
    .find(({ from, to }) => Date.parse(from) <= now && now < Date.parse(to));
  const wider = origins.filter(({ from }) => from.includes('narrower')).map(({ field }) => field);
  const acts = origins.some(({ field, value }) => /(?:mode|defaultMode)$/i.test(field) && value === 'act');
  const check = (name: string, problem: string | null, fine: string, state: 'failed' | 'unknown' = 'failed') => ({
    name,
    state: problem === null ? ('ok' as const) : state,
    detail: cleanText(problem ?? fine, MAX_REASON),
  });
  return [
    check(
      'Policy',
      unreadable === null ? null : `${unreadable} Run "selfheal config reset" or restore a revision`,
      'it can be read',
    ),
    check(
      'Kill switch',
      killSwitch.killSwitch ? `it is on (${killSwitch.reason}): run "selfheal policy resume" when that is over` : null,
      'it is off',
    ),
    check(
      'Freeze',
      frozen === undefined ? null : `changes are frozen until ${frozen.to}: ${frozen.reason}`,
      'none now',
      'unknown',
    ),
    check(
      'Autonomy',
      acts ? null : 'no mode is act: Selfheal proposes only. Set a mode in selfheal.json and deploy it',
      'at least one mode is act',
      'unknown',
    ),
    check(
      'Overlay',
      wider.length === 0
        ? null
        : `wider than deployed, so without effect: ${wider.join(', ')}. Take it back with "selfheal config set FIELD=null"`,
      'every setting has effect',
      'unknown',
    ),
  ];
}

const OPTIONS = {
  config: { type: 'string', value: 'FILE', about: 'selfheal.json; config/selfheal.json by default' },
  topic: { type: 'string', value: 'ARN', about: 'EscalationTopicArn: whether somebody gets the mails' },
  repo: {
    type: 'string',
    aliases: ['repository'],
    value: 'OWNER/NAME',
    about: 'on which the rights of GITHUB_TOKEN are tried',
  },
  ...API_OPTIONS,
  ...JSON_OPTION,
} as const;

export const productionCheck = defineCommand({
  name: 'production check',
  aliases: ['production-readiness-check'],
  summary: 'whether a deployment is ready to be left alone: configuration, reachability, policy, subscriptions',
  details:
    'Each check says how to mend what it found. With --json: {ready, checks: [{name, state, detail}]}; state is ok, failed or unknown.\n' +
    'Exit code 1 when something failed.',
  options: OPTIONS,
  async run({ options }, terminal) {
    const deployment = await checkDeployment(options, terminal);
    const checks: ConnectionCheck[] = [
      await checkConfiguration(options.config ?? 'config/selfheal.json'),
      deployment,
      ...(deployment.state === 'ok' ? await checkPolicy(options, terminal) : []),
      ...(await checkToken(options.repo ?? (terminal.environment.GITHUB_REPOSITORY || null), terminal)),
      options.topic === undefined
        ? {
            name: 'Mail',
            state: 'unknown',
            detail: 'give --topic with the output EscalationTopicArn to check who gets the mails',
          }
        : await checkMail(options.topic),
    ];
    const ready = checks.every(({ state }) => state !== 'failed');
    return await sayChecks(checks, options.json === true ? { ready, checks } : null, terminal);
  },
});
