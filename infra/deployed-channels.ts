import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { Node } from 'constructs';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { CHANNEL_SECRET_VARIABLES, CHANNEL_VARIABLES, resolveChannels } from '#shared/plugins/resolve-channels.ts';
import { SECRET_NAME } from './deployed-model.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment and the context change in the channels of a deployment. */
export interface DeployedChannels {
  readonly notifiers: Configuration['notifiers'];
  /** Addresses that subscribe to the topic. */
  readonly emails: readonly string[];
  /** Secret of the operator with what is stored for the channels; null: the deployment makes one. */
  readonly secretName: string | null;
  /** For whoever deploys. */
  readonly lines: readonly string[];
}

const SECRET = 'channelSecret';
const DEFAULT_SECRET = 'selfheal/channels';

/**
 * Applies the channel variables of the environment, and those of the context, which win. Addresses of webhooks, keys and passwords are never taken:
 * they only turn their channel on, and the lines say how to store them. Throws `InvalidInput` for one of them in the context, which is written into
 * templates and the shell's history, and for values that do not fit.
 */
export function deployedChannels(
  { notifiers: configured }: Pick<Configuration, 'notifiers'>,
  node: Node,
  environment: Environment,
): DeployedChannels {
  const contextOf = (name: string) => (node.tryGetContext(name) as unknown)?.toString().trim() || undefined;
  const secretName = contextOf(SECRET) ?? null;
  if (secretName !== null && (!SECRET_NAME.test(secretName) || /^(?:https?:|whsec_)/.test(secretName)))
    throw new InvalidInput(
      `The context ${SECRET} is not the name of a secret of Secrets Manager, such as ${DEFAULT_SECRET}.`,
    );
  const leaked = CHANNEL_SECRET_VARIABLES.find((name) => contextOf(name) !== undefined);
  if (leaked !== undefined)
    throw new InvalidInput(
      `The context ${leaked} is a secret, and no secret goes into a deployment. Set the variable ${leaked} in .env instead; the deployment says how to store it.`,
    );
  const given = Object.fromEntries(CHANNEL_VARIABLES.map((name) => [name, contextOf(name) ?? environment[name]]));
  const { notifiers, emails, secrets } = resolveChannels(configured, given);
  return {
    notifiers,
    emails,
    secretName,
    lines:
      secrets.length === 0
        ? []
        : [
            `${secrets.map(({ variable }) => variable).join(', ')}: not deployed, because no secret goes into a template. Store what the channels need (this replaces what is stored):\n  ${storeCommand(secrets, secretName)}`,
          ],
  };
}

/** Reads the values from `.env` or the shell, so that they are neither in the history nor in the list of processes. */
function storeCommand(secrets: ReturnType<typeof resolveChannels>['secrets'], name: string | null): string {
  const fields = [...Map.groupBy(secrets, ({ channel }) => channel)].map(
    ([channel, own]) => `${channel}:{${own.map(({ field, variable }) => `${field}:e.${variable}`).join(',')}}`,
  );
  const value = `node --env-file-if-exists=.env -p 'const e=process.env;JSON.stringify({${fields.join(',')}})'`;
  const query = `"Stacks[0].Outputs[?OutputKey=='ChannelSecretName'].OutputValue"`;
  const id =
    name ?? `"$(aws cloudformation describe-stacks --stack-name SelfhealState --query ${query} --output text)"`;
  return `${value} | aws secretsmanager put-secret-value --secret-id ${id} --secret-string file:///dev/stdin`;
}
