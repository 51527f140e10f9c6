import { noMetricWords, watchedCapacity } from '../capacity/metric-alert.ts';
import { narrowedLearning } from '../learning/learning-settings.ts';
import type { Features, Mode } from '../policy/policy-settings.ts';
import type { Configuration } from './configuration.ts';
import { lowestMode, maxIntervalSeconds, NARROWED_NUMBERS, NARROWER, narrowerOf } from './effective-policy.ts';
import { leavesOf, type OverlaySettings } from './overlay.ts';
import { repositoryModeOf } from './scope.ts';

/** What the overlay can change, as a configuration has it; in the overlay's own shape, so that paths compare. Holds no secret. */
export interface PolicyView {
  readonly features: Features;
  readonly github: {
    readonly defaultMode: Mode;
    /** By name in lower case. */
    readonly repositories: Readonly<Record<string, { readonly mode: Mode }>>;
  };
  readonly services: Readonly<Record<string, { readonly mode: Mode }>>;
  readonly policy: Readonly<Record<string, unknown>>;
  readonly verification: { readonly intervalSeconds: number };
  readonly actions: Readonly<Record<string, object>>;
  readonly freezes: Configuration['policy']['freezes'];
  readonly alerts: Configuration['policy']['alerts'];
  readonly learningReview: Configuration['learning']['review'];
  readonly learning: Omit<Configuration['learning'], 'fromOutcomes' | 'rollbackCases' | 'halfLifeDays' | 'review'>;
}

export function policyView({ features, github, services, policy, verification, learning }: Configuration): PolicyView {
  return {
    features,
    github: {
      defaultMode: github.defaultMode,
      repositories: Object.fromEntries(github.repositories.map(({ name, mode }) => [name.toLowerCase(), { mode }])),
    },
    services: Object.fromEntries(services.map(({ id, mode }) => [id, { mode }])),
    policy: {
      ...Object.fromEntries(NARROWED_NUMBERS.map((name) => [name, policy[name]])),
      approvalRequiredRisks: policy.approvalRequiredRisks,
    },
    verification: { intervalSeconds: verification.runIntervalSeconds },
    actions: Object.fromEntries(policy.autonomy.actions.map(({ id, ...rest }) => [id, rest])),
    freezes: policy.freezes,
    alerts: policy.alerts,
    learningReview: learning.review,
    learning: limitsOfLearning(learning),
  };
}

function limitsOfLearning({
  fromOutcomes: _outcomes,
  rollbackCases: _cases,
  halfLifeDays: _days,
  review: _review,
  ...limits
}: Configuration['learning']): PolicyView['learning'] {
  return limits;
}

/** Where a value comes from: nobody changed it, the overlay changed it, or the overlay's value is wider than the deployed one. */
export interface ValueOrigin {
  readonly field: string;
  readonly value: unknown;
  readonly from: 'deployed' | 'overlay' | 'deployed, which is narrower than the overlay';
}

/** For each setting its value and where it comes from. */
export function originsOf(effective: Configuration, overlay: OverlaySettings): readonly ValueOrigin[] {
  const { freezes, alerts, ...view } = policyView(effective);
  const changed = leavesOf({ ...overlay, freezes: undefined, alerts: undefined, metricAlerts: undefined });
  const values = leavesOf(view);
  const tuned = [...changed].filter(([field]) => !values.has(field) && !field.includes('.mute.'));
  const isMutedBy = (field: string): boolean =>
    field.endsWith('.mode') && changed.has(`${field.slice(0, -'mode'.length)}mute.reason`);
  return [
    ...[...values].map(([field, value]): ValueOrigin => {
      const wanted = changed.get(field);
      if (wanted === undefined) return { field, value, from: isMutedBy(field) ? 'overlay' : 'deployed' };
      const holds = Array.isArray(wanted)
        ? wanted.every((one) => (value as readonly unknown[]).includes(one))
        : wanted === value || isMutedBy(field);
      return { field, value, from: holds ? 'overlay' : 'deployed, which is narrower than the overlay' };
    }),
    // Of what the configuration no longer has: a service that was removed.
    ...tuned.map(
      ([field]): ValueOrigin => ({ field, value: null, from: 'deployed, which is narrower than the overlay' }),
    ),
    ...listOrigins('freezes', freezes, overlay.freezes),
    ...listOrigins('alerts', alerts, overlay.alerts),
    ...Object.entries(overlay.metricAlerts ?? {}).map(([name, value]): ValueOrigin => {
      return { field: `metricAlerts.${name}`, value, from: 'overlay' };
    }),
  ];
}

/** Of a list to which the overlay only adds. */
function listOrigins<T>(name: string, values: readonly T[], own: Readonly<Record<string, T>> = {}): ValueOrigin[] {
  const added = new Set(Object.values(own));
  return values.map((value, at) => ({
    field: `${name}.${at}`,
    value,
    from: added.has(value) ? 'overlay' : 'deployed',
  }));
}

export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

const WIDEN = 'To widen what is deployed, change config/selfheal.json and deploy it.';

/**
 * Which of the settings a deployment does not allow, each with the way to mend it: wider than deployed, or about something that it does not
 * have. `actions`: ids of all actions.
 */
export function overlayProblems(
  deployed: Configuration,
  settings: OverlaySettings,
  actions: readonly string[],
): readonly FieldProblem[] {
  return [
    ...featureProblems(deployed, settings),
    ...modeProblems(deployed, settings),
    ...numberProblems(deployed, settings),
    ...intervalProblems(deployed, settings),
    ...actionProblems(deployed, settings, actions),
    ...alertProblems(deployed, settings),
    ...learningProblems(deployed, settings),
  ];
}

function featureProblems({ features }: Configuration, { features: wanted = {} }: OverlaySettings): FieldProblem[] {
  return (Object.keys(wanted) as (keyof Features)[]).flatMap((name) => {
    // Only the assessment of risks is more careful when it is on.
    const isWider = wanted[name] !== features[name] && wanted[name] !== (name === 'riskAssessment');
    if (!isWider) return [];
    const problem = `Is ${features[name]} as deployed and cannot become ${wanted[name]} here. ${WIDEN}`;
    return [{ field: `features.${name}`, problem }];
  });
}

function modeProblems(deployed: Configuration, { github = {}, services = {} }: OverlaySettings): FieldProblem[] {
  const ids = deployed.services.map(({ id }) => id);
  return [
    ...wider('github.defaultMode', github.defaultMode, deployed.github.defaultMode),
    ...Object.entries(github.repositories ?? {}).flatMap(([name, { mode }]) =>
      wider(`github.repositories.${name}.mode`, mode, repositoryModeOf(deployed, name)),
    ),
    ...Object.entries(services).flatMap(([id, { mode }]) => {
      const service = deployed.services.find((one) => one.id === id);
      if (service !== undefined) return wider(`services.${id}.mode`, mode, service.mode);
      return [{ field: `services.${id}`, problem: noService(id, ids) }];
    }),
  ];
}

function alertProblems({ services }: Configuration, settings: OverlaySettings): FieldProblem[] {
  const { alerts = {}, metricAlerts = {} } = settings;
  const ids = services.map(({ id }) => id);
  const ofMetrics = Object.entries(metricAlerts).flatMap(([name, alert]) => {
    const service = services.find(({ id }) => id === alert.service);
    if (service === undefined)
      return [{ field: `metricAlerts.${name}.service`, problem: noService(alert.service, ids) }];
    const problem = watchedCapacity(alert, service) === null ? noMetricWords(alert) : null;
    return problem === null ? [] : [{ field: `metricAlerts.${name}.metric`, problem }];
  });
  const ofMessages = Object.entries(alerts).flatMap(([name, { service }]) =>
    service === null || ids.includes(service)
      ? []
      : [{ field: `alerts.${name}.service`, problem: noService(service, ids) }],
  );
  return [...ofMessages, ...ofMetrics];
}

/** Of lists the overlay adds tags and leaves out classes, so only values that would have no effect are problems. */
function learningProblems({ learning }: Configuration, { learning: wanted }: OverlaySettings): FieldProblem[] {
  if (wanted === undefined) return [];
  const deployed = leavesOf(limitsOfLearning(learning));
  const narrowed = leavesOf(limitsOfLearning(narrowedLearning(learning, wanted)));
  return [...leavesOf(wanted)].flatMap(([field, value]) => {
    if (typeof value === 'number')
      return narrowed.get(field) === value
        ? []
        : [
            {
              field: `learning.${field}`,
              problem: `${value} is wider than what holds: use ${String(narrowed.get(field))}. ${WIDEN}`,
            },
          ];
    const known = deployed.get(field);
    if (field !== 'classes' || !Array.isArray(value) || !Array.isArray(known)) return [];
    const others = value.filter((one) => !known.includes(one));
    return others.length === 0
      ? []
      : [{ field: 'learning.classes', problem: `${others.join(', ')}: not learned as deployed. ${WIDEN}` }];
  });
}

const noService = (id: string, ids: readonly string[]): string =>
  `${id} is no service of the deployment${ids.length === 0 ? '; it has none' : ': use one of '}${ids.join(', ')}.`;

function wider(field: string, wanted: Mode | undefined, deployed: Mode): FieldProblem[] {
  if (wanted === undefined || lowestMode(wanted, deployed) === wanted) return [];
  return [{ field, problem: `The mode ${wanted} is wider than the deployed one: use ${deployed} or less. ${WIDEN}` }];
}

function numberProblems({ policy }: Configuration, { policy: wanted = {} }: OverlaySettings): FieldProblem[] {
  const risks = policy.approvalRequiredRisks.filter((risk) => wanted.approvalRequiredRisks?.includes(risk) === false);
  return [
    ...NARROWED_NUMBERS.flatMap((name) => {
      const value = wanted[name];
      if (value === undefined || narrowerOf(name, policy[name], value) === value) return [];
      const bound = NARROWER[name] === 'higher' ? 'at least' : 'at most';
      return [
        { field: `policy.${name}`, problem: `${value} is wider than deployed: use ${bound} ${policy[name]}. ${WIDEN}` },
      ];
    }),
    ...(risks.length === 0
      ? []
      : [
          { field: 'policy.approvalRequiredRisks', problem: `Must hold ${risks.join(' and ')}, as deployed. ${WIDEN}` },
        ]),
  ];
}

function intervalProblems(
  { verification }: Configuration,
  { verification: wanted = {} }: OverlaySettings,
): FieldProblem[] {
  const most = maxIntervalSeconds(verification);
  if (wanted.intervalSeconds === undefined || wanted.intervalSeconds <= most) return [];
  const problem = `${wanted.intervalSeconds} leaves too few looks in the time that is deployed: use at most ${most}. ${WIDEN}`;
  return [{ field: 'verification.intervalSeconds', problem }];
}

function actionProblems(
  { policy }: Configuration,
  { actions: wanted = {} }: OverlaySettings,
  known: readonly string[],
): FieldProblem[] {
  return Object.entries(wanted).flatMap(([id, settings]): FieldProblem[] => {
    const field = `actions.${id}`;
    if (!known.includes(id)) return [{ field, problem: `Is no action: use one of ${known.join(', ')}.` }];
    const own = policy.autonomy.actions.find((action) => action.id === id);
    const floors = {
      actAtConfidence: Math.max(policy.actAtConfidence, own?.actAtConfidence ?? 0),
      askAtConfidence: Math.max(policy.escalateBelowConfidence, own?.askAtConfidence ?? 0),
    };
    const numbers = (['actAtConfidence', 'askAtConfidence'] as const).flatMap((name) => {
      const value = settings[name];
      if (value === undefined || value >= floors[name]) return [];
      return [
        {
          field: `${field}.${name}`,
          problem: `${value} is wider than deployed: use at least ${floors[name]}. ${WIDEN}`,
        },
      ];
    });
    const switches = (['alwaysAsk', 'off'] as const).flatMap((name) => {
      if (settings[name] !== false || own?.[name] !== true) return [];
      return [{ field: `${field}.${name}`, problem: `Is true as deployed and cannot become false here. ${WIDEN}` }];
    });
    return [...numbers, ...switches];
  });
}
