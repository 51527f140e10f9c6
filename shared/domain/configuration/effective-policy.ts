import { narrowedLearning } from '../learning/learning-settings.ts';
import { type Features, Mode, type Policy } from '../policy/policy-settings.ts';
import { type Configuration, MAX_POLLS } from './configuration.ts';
import type { OverlaySettings, PlaceSettings } from './overlay.ts';
import { repositoryModeOf } from './scope.ts';

/** Numbers of the policy that the overlay may change, and in which direction from the deployed value. */
export const NARROWER = {
  actAtConfidence: 'higher',
  escalateBelowConfidence: 'higher',
  maxActionsPerIncident: 'lower',
  maxActionsPerHour: 'lower',
  maxActionsPerDay: 'lower',
  maxActionsPerTargetPerHour: 'lower',
  breakerFailures: 'lower',
  breakerWindowMinutes: 'higher',
} as const satisfies Partial<Record<keyof Policy, 'higher' | 'lower'>>;
export type NarrowedNumber = keyof typeof NARROWER;
export const NARROWED_NUMBERS = Object.keys(NARROWER) as NarrowedNumber[];

/** Of two modes the one that allows less. */
export function lowestMode(...modes: readonly Mode[]): Mode {
  return Mode.options[Math.min(...modes.map((mode) => Mode.options.indexOf(mode)))] ?? 'off';
}

/**
 * The configuration that holds at `now`: the deployed one, narrowed by the overlay. Never wider than deployed, in no field and for no overlay,
 * also one that was stored before the deployment was narrowed: of two values the more careful one counts.
 */
export function effectivePolicy(deployed: Configuration, overlay: OverlaySettings, now: Date): Configuration {
  const features = narrowedFeatures(deployed.features, overlay.features);
  const { learning, fixes } = deployed;
  return {
    ...deployed,
    ...narrowedPlaces(deployed, overlay, { features, now }),
    features,
    policy: narrowedPolicy(features.riskAssessment ? deployed.policy : withoutAssessment(deployed.policy), overlay),
    verification: tunedVerification(deployed.verification, overlay.verification?.intervalSeconds),
    model: features.languageModel ? deployed.model : { provider: 'rules' },
    learning: {
      ...narrowedLearning(learning, overlay.learning),
      fromOutcomes: learning.fromOutcomes && features.learning,
      review: overlay.learningReview ?? learning.review,
    },
    experiments: features.experiments ? deployed.experiments : [],
    fixes: features.codeChanges
      ? fixes
      : {
          ...fixes,
          repositories: fixes.repositories.map((one) => ({ ...one, patches: false, sandboxWorkflow: null })),
        },
  };
}

/** What holds while the overlay cannot be used: nothing is changed, people get proposals. */
export function denyingPolicy(deployed: Configuration, now: Date): Configuration {
  return effectivePolicy(deployed, { features: { automation: false, languageModel: false } }, now);
}

/** An assessment of risks only adds questions, so it may be switched on; everything else may be switched off. */
function narrowedFeatures(deployed: Features, overlay: OverlaySettings['features'] = {}): Features {
  const both = (name: keyof Features): boolean => deployed[name] && overlay[name] !== false;
  return {
    automation: both('automation'),
    languageModel: both('languageModel'),
    codeChanges: both('codeChanges'),
    learning: both('learning'),
    experiments: both('experiments'),
    riskAssessment: deployed.riskAssessment || overlay.riskAssessment === true,
  };
}

function narrowedPlaces(
  deployed: Configuration,
  { github: overlay = {}, services = {} }: OverlaySettings,
  { features, now }: { readonly features: Features; readonly now: Date },
): Pick<Configuration, 'github' | 'services'> {
  const { automation, riskAssessment: assessesRisks } = features;
  const ceiling = automation ? 'act' : 'suggest';
  const narrowed = (mode: Mode, settings: readonly PlaceSettings[]): Mode =>
    lowestMode(
      mode,
      ceiling,
      ...settings.map(({ mode: own = 'act', mute }) => (isMuted(mute, now) ? lowestMode(own, 'observe') : own)),
    );
  const { github } = deployed;
  // Names of repositories differ in case only by how people write them.
  const tuned = Map.groupBy(Object.entries(overlay.repositories ?? {}), ([name]) => name.toLowerCase());
  const settingsOfRepository = (name: string) => (tuned.get(name.toLowerCase()) ?? []).map(([, settings]) => settings);
  const listed = new Set(github.repositories.map(({ name }) => name.toLowerCase()));
  return {
    github: {
      ...github,
      defaultMode: narrowed(github.defaultMode, [
        overlay.defaultMode === undefined ? {} : { mode: overlay.defaultMode },
      ]),
      repositories: [
        ...github.repositories.map(({ name, mode }) => ({ name, mode: narrowed(mode, settingsOfRepository(name)) })),
        ...[...tuned.keys()]
          .filter((name) => !listed.has(name))
          .map((name) => ({ name, mode: narrowed(repositoryModeOf(deployed, name), settingsOfRepository(name)) })),
      ],
    },
    services: deployed.services.map((service) => {
      const settings = Object.hasOwn(services, service.id) ? services[service.id] : undefined;
      const mode = narrowed(service.mode, settings === undefined ? [] : [settings]);
      return { ...service, mode, load: assessesRisks ? service.load : null };
    }),
  };
}

export function isMuted(mute: PlaceSettings['mute'], now: Date): boolean {
  return mute !== undefined && (mute.until === undefined || Date.parse(mute.until) > now.getTime());
}

function narrowedPolicy(
  deployed: Policy,
  { policy = {}, actions = {}, freezes = {}, alerts = {} }: OverlaySettings,
): Policy {
  const numbers = Object.fromEntries(
    NARROWED_NUMBERS.map((name) => [name, narrowerOf(name, deployed[name], policy[name])]),
  );
  const asked = [...deployed.approvalRequiredRisks, ...(policy.approvalRequiredRisks ?? [])];
  return {
    ...deployed,
    ...(numbers as Pick<Policy, NarrowedNumber>),
    approvalRequiredRisks: [...new Set(asked)],
    freezes: [...deployed.freezes, ...Object.values(freezes)],
    alerts: [...deployed.alerts, ...Object.values(alerts)],
    autonomy: { ...deployed.autonomy, actions: narrowedActions(deployed.autonomy.actions, actions) },
  };
}

/** The more careful of two numbers; null is no limit. */
export function narrowerOf(name: NarrowedNumber, deployed: number | null, overlay: number | undefined): number | null {
  if (overlay === undefined) return deployed;
  if (deployed === null) return overlay;
  return NARROWER[name] === 'higher' ? Math.max(deployed, overlay) : Math.min(deployed, overlay);
}

/** The policy without the rules by which circumstances raise a risk. */
function withoutAssessment(policy: Policy): Policy {
  const rules = { askAfterDeploymentMinutes: 0, riskierFromDeploymentsInDay: null, riskierFromIncidentsInDay: null };
  return { ...policy, circumstances: { ...policy.circumstances, ...rules } };
}

type Verification = Configuration['verification'];

/** The longest interval by which an alarm can still be seen to be OK often enough in the time that is deployed. */
export function maxIntervalSeconds({ runIntervalSeconds, runMaxPolls, ...alarm }: Verification): number {
  const { alarmIntervalSeconds, alarmMaxPolls, alarmOkPolls } = alarm;
  return Math.floor(Math.min(runIntervalSeconds * runMaxPolls, (alarmIntervalSeconds * alarmMaxPolls) / alarmOkPolls));
}

/** Another interval within the same time: never longer than deployed. An interval that leaves too few polls has no effect. */
function tunedVerification(deployed: Verification, seconds: number | undefined): Verification {
  if (seconds === undefined || seconds > maxIntervalSeconds(deployed)) return deployed;
  const polls = (interval: number, maxPolls: number): number =>
    Math.min(MAX_POLLS, Math.floor((interval * maxPolls) / seconds));
  return {
    ...deployed,
    runIntervalSeconds: seconds,
    runMaxPolls: polls(deployed.runIntervalSeconds, deployed.runMaxPolls),
    alarmIntervalSeconds: seconds,
    alarmMaxPolls: polls(deployed.alarmIntervalSeconds, deployed.alarmMaxPolls),
  };
}

type ActionAutonomy = Policy['autonomy']['actions'][number];

function narrowedActions(
  deployed: readonly ActionAutonomy[],
  overlay: NonNullable<OverlaySettings['actions']>,
): ActionAutonomy[] {
  const ids = new Set([...deployed.map(({ id }) => id), ...Object.keys(overlay)]);
  return [...ids].map((id) => {
    const own = deployed.find((action) => action.id === id);
    const tuned = Object.hasOwn(overlay, id) ? overlay[id] : undefined;
    const act = highest(own?.actAtConfidence, tuned?.actAtConfidence);
    const ask = highest(own?.askAtConfidence, tuned?.askAtConfidence);
    return {
      id,
      ...(act === null ? {} : { actAtConfidence: act }),
      ...(ask === null ? {} : { askAtConfidence: ask }),
      alwaysAsk: own?.alwaysAsk === true || tuned?.alwaysAsk === true,
      off: own?.off === true || tuned?.off === true,
    };
  });
}

function highest(...shares: readonly (number | undefined)[]): number | null {
  const given = shares.filter((share) => share !== undefined);
  return given.length === 0 ? null : Math.max(...given);
}
