import type { Configuration, Service } from '#shared/domain/configuration/configuration.ts';
import { repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import { readRemedy } from '#shared/domain/plan/remedies.ts';
import { alwaysAsks, isOff } from '#shared/domain/policy/autonomy.ts';
import { isSwitchedOn } from '#shared/domain/policy/fix-settings.ts';
import type { Mode } from '#shared/domain/policy/policy-settings.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';

/** A service that an action may change, as deployed. */
export interface AllowedService {
  readonly service: string;
  readonly mode: Mode;
  /** Alarms for which it may be done. */
  readonly alarms: readonly string[];
  /** Of an action that scales: the owner's bound. */
  readonly maximum: number | null;
  /** Whether people may ask for it while the alarms are quiet. */
  readonly onRequest: boolean;
}

/** An action and where the configuration allows it. */
export interface ActionSummary {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  readonly risk: ActionPlugin['risk'];
  readonly reversible: boolean;
  /** What it would do and how it is undone, with sample values. */
  readonly example: string;
  readonly undo: string;
  /** What has to be configured before it is used. */
  readonly needs: string;
  /** That policy always asks a person before it. */
  readonly alwaysAsks: boolean;
  readonly switchedOff: boolean;
  readonly allowed: boolean;
  readonly services: readonly AllowedService[];
  readonly repositories: readonly { readonly repository: string; readonly mode: Mode }[];
  /** For runs of repositories that are not listed; null for everything else. */
  readonly otherRepositories: Mode | null;
}

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
    alarms: remedy === undefined ? service.alarms : [...new Set(entries.flatMap(({ alarms }) => alarms))],
    maximum: maxima.length === 0 ? null : Math.max(...maxima),
    onRequest: entries.some(({ onRequest }) => onRequest === true),
  };
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
  return family === 'http' || family === 'ssm'
    ? 'the playbook in the list of a service'
    : 'a deployment of its kind on a service';
}
