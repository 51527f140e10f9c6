import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { NotifierPlugin } from './notifiers/contract.ts';
import { NOTIFIERS } from './notifiers/registry.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Sections = Configuration['notifiers'];

const settingsOf = ({ environment }: NotifierPlugin) => Object.entries(environment?.settings ?? {});
const secretsOf = ({ environment }: NotifierPlugin) => Object.entries(environment?.secrets ?? {});

/** Variables whose values are never part of a deployment. */
export const CHANNEL_SECRET_VARIABLES: readonly string[] = NOTIFIERS.flatMap((one) =>
  secretsOf(one).flatMap(([, names]) => names),
);
/** Every variable that speaks of a channel. */
export const CHANNEL_VARIABLES: readonly string[] = [
  ...NOTIFIERS.flatMap((one) => settingsOf(one).flatMap(([, { names }]) => names)),
  ...CHANNEL_SECRET_VARIABLES,
];
/** Addresses for mail; without a mail server they subscribe to the topic. */
const ADDRESSES = ['ALERT_EMAIL_TO', 'EMAIL_TO', 'ONCALL_EMAILS'] as const;

export interface ResolvedChannels {
  /** The sections of the configuration, with what the environment sets. */
  readonly notifiers: Sections;
  /** Addresses that get mail through the topic, because no mail server is set. */
  readonly emails: readonly string[];
  /** Variables with a value that belongs into the secret, by channel and field. */
  readonly secrets: readonly { readonly channel: string; readonly field: string; readonly variable: string }[];
}

/**
 * The channels that variables of the environment set, over those of the configuration; an empty variable counts as not set. Throws `InvalidInput` that names the
 * variable for a value that does not fit, and for a channel that is set by half.
 */
export function resolveChannels(configured: Sections, environment: Environment): ResolvedChannels {
  const given = (name: string) => environment[name]?.trim() || undefined;
  const pick = (names: readonly string[]) => names.find((name) => given(name) !== undefined);
  const hasServer = configured.smtp !== undefined || pick(['SMTP_SERVER', 'SMTP_HOST']) !== undefined;
  const notifiers: Record<string, unknown> = { ...configured };
  const secrets: ResolvedChannels['secrets'][number][] = [];
  for (const plugin of NOTIFIERS) {
    if (plugin.environment === undefined || (plugin.id === 'smtp' && !hasServer)) continue;
    const set: Record<string, unknown> = {};
    const by: Record<string, string> = {};
    for (const [field, { names, kind }] of settingsOf(plugin)) {
      const name = pick(names);
      if (name === undefined) continue;
      set[field] = valueFor(name, given(name) ?? '', kind);
      by[field] = name;
    }
    const stored = secretsOf(plugin).flatMap(([field, names]) => {
      const variable = pick(names);
      return variable === undefined ? [] : [{ channel: plugin.id, field, variable }];
    });
    if (Object.keys(set).length + stored.length === 0) continue;
    secrets.push(...stored);
    const section = { ...plugin.environment.base, ...(configured[plugin.id] as object | undefined), ...set };
    notifiers[plugin.id] = plugin.id === 'smtp' ? withSender(section) : section;
    check(plugin, notifiers[plugin.id], by);
  }
  const emails = hasServer ? [] : ADDRESSES.flatMap((name) => listIn(given(name) ?? ''));
  return { notifiers: notifiers as Sections, emails: [...new Set(emails)], secrets };
}

const listIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,;\s]+/)
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  ),
];

function valueFor(name: string, text: string, kind: 'text' | 'number' | 'list'): unknown {
  if (kind === 'text') return text;
  if (kind === 'list') return listIn(text);
  if (!/^\d{1,6}$/.test(text)) throw new InvalidInput(`${name} is ${text}. Set it to a number.`);
  return Number(text);
}

/** Who signs in with an address sends from it, unless another one is set. */
function withSender(section: Record<string, unknown>): Record<string, unknown> {
  const { from, user } = section;
  return from === undefined && typeof user === 'string' && user.includes('@') ? { ...section, from: user } : section;
}

/** Throws with the variable of each wrong field; of a missing one with the variable that would set it. */
function check(plugin: NotifierPlugin, section: unknown, by: Readonly<Record<string, string>>): void {
  const parsed = plugin.settings?.safeParse(section);
  if (parsed === undefined || parsed.success) return;
  const words = parsed.error.issues.map(({ path, message }: z.core.$ZodIssue) => {
    const field = String(path[0] ?? '');
    const setBy = by[field] ?? plugin.environment?.settings?.[field]?.names[0];
    if (setBy === undefined) return `notifiers.${[plugin.id, ...path].join('.')}: ${message}`;
    return by[field] === undefined
      ? `Set ${setBy} too (or notifiers.${plugin.id}.${field} of the configuration): ${message}`
      : `${setBy}: ${message}`;
  });
  const hint =
    plugin.id === 'smtp' && by.host !== undefined && by.to === undefined && by.onCall === undefined
      ? ' (ALERT_EMAIL_TO or ONCALL_EMAILS set who gets the mails)'
      : '';
  throw new InvalidInput(`${words.join('\n')}${hint}.`);
}
