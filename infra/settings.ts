import { resolve } from 'node:path';
import type { Node } from 'constructs';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { PLUGINS, type Plugins } from '#shared/plugins/plugins.ts';
import { readConfiguration } from './configuration.ts';
import { deployedChannels } from './deployed-channels.ts';
import { deployedModel, refuseKeys } from './deployed-model.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** Settings of a deployment, from the CDK context (`--context name=value`, else `cdk.json`). */
export interface Settings {
  readonly configuration: Configuration;
  /** The same as the file has it, without what variables set. */
  readonly fileConfiguration: Configuration;
  /** The operator's secret with the key of the model; null: the deployment makes one when its provider needs a key. */
  readonly modelKeySecretName: string | null;
  /** The operator's secret with what is stored for the channels; null: the deployment makes one when a channel needs it. */
  readonly channelSecretName: string | null;
  /** For whoever deploys: which model, and which variables change nothing. */
  readonly remarks: readonly string[];
  /** E-mail subscribers of the escalation topic. */
  readonly emails: readonly string[];
  /** Folder with one bundle folder per function. */
  readonly bundlesDir: string;
  /** Folder with the built dashboard. */
  readonly dashboardDir: string;
  /** Days for which redacted logs and evidence are kept. */
  readonly evidenceDays: number;
  /** Days after its last change that a document of quality checks is kept. */
  readonly qualityDays: number;
  /** Reserved concurrency of each public function, taken from the account's limit; null reserves none. */
  readonly publicConcurrency: number | null;
  /** How long a sign-in lasts before its token is refreshed. */
  readonly tokenMinutes: number;
  /** Whether everybody needs the code of an authenticator (TOTP) beside the password. */
  readonly mfa: 'required' | 'optional';
  /** Minimum level that the functions log. */
  readonly logLevel: LogLevel;
  /** The VPC in which every function runs; null: Lambda's own network. */
  readonly network: FunctionNetwork | null;
}

/** Of one VPC. Its route tables and security groups say what functions reach; nobody reaches them. */
export interface FunctionNetwork {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

const LogLevel = z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']);
type LogLevel = z.infer<typeof LogLevel>;

const idsOf = (prefix: string) =>
  z
    .string()
    .default('')
    .transform((list) => [...new Set(list.split(',').map((id) => id.trim()))].filter((id) => id !== ''))
    .pipe(
      z.array(
        z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `each must be like ${prefix}-0123456789abcdef0`),
      ),
    );

const Addresses = z.array(z.email('each must be an e-mail address'));

function addressesOf(emails: readonly string[]): string[] {
  const parsed = Addresses.safeParse([...new Set(emails)]);
  if (parsed.success) return parsed.data;
  throw new Error(
    `ALERT_EMAIL_TO, EMAIL_TO and ONCALL_EMAILS hold e-mail addresses:\n${z.prettifyError(parsed.error)}`,
  );
}

const Context = z.object({
  config: z.string().min(1).default('config/selfheal.json'),
  emails: z
    .string()
    .default('')
    .transform((list) => list.split(',').map((email) => email.trim()))
    .transform((emails) => [...new Set(emails.filter((email) => email !== ''))])
    .pipe(Addresses),
  bundles: z.string().min(1).default('dist/functions'),
  dashboard: z.string().min(1).default('dist/dashboard'),
  evidenceDays: z.coerce.number().int().min(1).max(3650).default(90),
  qualityDays: z.coerce.number().int().min(30).max(3650).default(400),
  publicConcurrency: z.coerce.number().int().min(1).max(1000).nullable().default(null),
  // Cognito's limits; a refresh token lives at least an hour.
  tokenMinutes: z.coerce.number().int().min(5).max(60).default(30),
  mfa: z.enum(['required', 'optional']).default('required'),
  logLevel: LogLevel.default('INFO'),
  subnets: idsOf('subnet'),
  securityGroups: idsOf('sg'),
});

/** Reads and checks the context, and the variables for model and channels of `environment`; relative paths start at the repository's root. Throws an error that lists every wrong field. */
export function readSettings(
  node: Node,
  plugins: Plugins = PLUGINS,
  environment: Readonly<Record<string, string | undefined>> = {},
): Settings {
  refuseKeys(node);
  const given = Object.keys(Context.shape).map((name) => [name, node.tryGetContext(name) ?? undefined]);
  const context = Context.safeParse(Object.fromEntries(given));
  if (!context.success) throw new Error(`The CDK context is not valid:\n${z.prettifyError(context.error)}`);
  const {
    config,
    emails,
    bundles,
    dashboard,
    evidenceDays,
    qualityDays,
    publicConcurrency,
    tokenMinutes,
    mfa,
    logLevel,
  } = context.data;
  const { subnets: subnetIds, securityGroups: securityGroupIds } = context.data;
  if ((subnetIds.length === 0) !== (securityGroupIds.length === 0))
    throw new Error('The CDK context is not valid: subnets and securityGroups are given together, or neither of them.');
  const read = readConfiguration(resolve(ROOT, config), undefined, plugins);
  const { configuration, keySecretName, lines } = deployedModel(read, node, environment);
  const channels = deployedChannels(configuration, node, environment);
  return {
    configuration: { ...configuration, notifiers: channels.notifiers },
    fileConfiguration: read,
    modelKeySecretName: keySecretName,
    channelSecretName: channels.secretName,
    remarks: [...lines, ...channels.lines],
    emails: addressesOf([...emails, ...channels.emails]),
    bundlesDir: resolve(ROOT, bundles),
    dashboardDir: resolve(ROOT, dashboard),
    evidenceDays,
    qualityDays,
    publicConcurrency,
    tokenMinutes,
    mfa,
    logLevel,
    network: subnetIds.length === 0 ? null : { subnetIds, securityGroupIds },
  };
}
