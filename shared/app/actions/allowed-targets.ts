import * as z from 'zod';
import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import { repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import { Risk } from '#shared/domain/plan/bound-action.ts';
import { readRemedy } from '#shared/domain/plan/remedies.ts';
import { alwaysAsks, isOff } from '#shared/domain/policy/autonomy.ts';
import { isSwitchedOn } from '#shared/domain/policy/fix-settings.ts';
import { Mode } from '#shared/domain/policy/policy-settings.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';

/** A service that an action may change, as deployed. */
const AllowedService = z.object({
  service: z.string(),
  mode: Mode,
  /** Alarms for which it may be done. */
  alarms: z.array(z.string()).readonly(),
  /** Of an action that scales: the owner's bound. */
  maximum: z.number().int().nullable(),
  /** Whether people may ask for it while the alarms are quiet. */
  onRequest: z.boolean(),
});
export type AllowedService = z.infer<typeof AllowedService>;

/** An action and where the configuration allows it. */
export const ActionSummary = z
  .object({
    id: z.string(),
    title: z.string(),
    family: z.string(),
    risk: Risk,
    reversible: z.boolean(),
    /** What it would do and how it is undone, with sample values. */
    example: z.string(),
    undo: z.string(),
    needs: z.string().meta({ description: 'Settings that it needs before it is used.' }),
    alwaysAsks: z.boolean().meta({ description: 'Policy always asks a person first.' }),
    switchedOff: z.boolean(),
    allowed: z.boolean().meta({ description: 'It may be executed somewhere now.' }),
    services: z.array(AllowedService).readonly(),
    repositories: z.array(z.object({ repository: z.string(), mode: Mode })).readonly(),
    /** For runs of repositories that are not listed; null for everything else. */
    otherRepositories: Mode.nullable(),
  })
  .meta({ id: 'Action' });
export type ActionSummary = z.infer<typeof ActionSummary>;

/**
 * Where the action may change this service: exactly where the deployment gives it rights. Null where it may not.
 */
export function allowedService(
  plugin: ActionPlugin,
  service: Service,
  configuration: Configuration,
): AllowedService | null {
  if (plugin.family === 'github') return null;
  const { execute, observe } = plugin.grants({ ...configuration, services: [service] });
  if (execute.length + observe.length === 0) return null;
  const { remedy } = plugin;
  const listed = service.remedies.filter(({ action }) => action === plugin.id);
  const entries = remedy === undefined ? [] : listed.flatMap((one) => readRemedy(one, remedy) ?? []);
  const maxima = entries.flatMap((entry) => remedy?.maximum?.(entry) ?? []);
  return {
    service: service.id,
    mode: service.mode,
    alarms: alarmsFor(plugin, service, entries),
    maximum: maxima.length === 0 ? null : Math.max(...maxima),
    onRequest: entries.some(({ onRequest }) => onRequest === true),
  };
}

/** None for an action on jobs and builds: no alarm tells of them. */
function alarmsFor(
  { forJobs, remedy }: ActionPlugin,
  service: Service,
  entries: readonly { readonly alarms: readonly string[] }[],
): readonly string[] {
  if (forJobs === true) return [];
  return remedy === undefined ? service.alarms : [...new Set(entries.flatMap(({ alarms }) => alarms))];
}

/** Every action, with where `configuration` allows it. */
export function listActions(actions: readonly ActionPlugin[], configuration: Configuration): ActionSummary[] {
  return actions.map((plugin) => summaryOf(plugin, configuration));
}

export function summaryOf(plugin: ActionPlugin, configuration: Configuration): ActionSummary {
  const { policy, services } = configuration;
  const onServices = services.flatMap((service) => allowedService(plugin, service, configuration) ?? []);
  const repositories = repositoriesOf(plugin, configuration);
  const otherRepositories =
    plugin.family === 'github' && plugin.switch === undefined ? configuration.github.defaultMode : null;
  const switchedOff = isOff(plugin.id, policy);
  const modes = [...onServices, ...repositories].map(({ mode }) => mode);
  return {
    id: plugin.id,
    title: plugin.title,
    family: plugin.family,
    risk: plugin.risk,
    reversible: plugin.undo !== undefined,
    example: plugin.describe(plugin.sample),
    undo: plugin.describeUndo(plugin.sample),
    needs: needsOf(plugin),
    alwaysAsks:
      alwaysAsks(plugin.id, policy) ||
      policy.approvalRequiredRisks.includes(plugin.risk) ||
      (plugin.approvalReason?.(plugin.sample) ?? null) !== null,
    switchedOff,
    allowed: !switchedOff && [...modes, otherRepositories].includes('act'),
    services: onServices,
    repositories,
    otherRepositories,
  };
}

function repositoriesOf(plugin: ActionPlugin, configuration: Configuration): ActionSummary['repositories'] {
  if (plugin.family !== 'github') return [];
  const { switch: name } = plugin;
  const { github, fixes } = configuration;
  const names = name === undefined ? github.repositories : fixes.repositories;
  return names
    .filter((one) => name === undefined || isSwitchedOn(configuration, one.name, name))
    .map((one) => ({ repository: one.name, mode: repositoryModeOf(configuration, one.name) }));
}

function needsOf({ remedy, switch: name, family }: ActionPlugin): string {
  if (remedy !== undefined) return `an entry "${remedy.action}" in the remedies of a service`;
  if (name !== undefined) return `the switch "${name}" of the repository in fixes.repositories`;
  if (family === 'github') return 'a failed run of a repository in the mode act';
  if (family === 'builds') return 'the project or pipeline in the retries of a service';
  return family === 'http' || family === 'ssm'
    ? 'the playbook in the list of a service'
    : 'a deployment of its kind on a service';
}
