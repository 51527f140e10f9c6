import type { PolicyView } from '#shared/domain/configuration/policy-view.ts';

type Mode = PolicyView['github']['defaultMode'];

/** From the one that allows least. */
export const MODES: Readonly<Record<Mode, string>> = {
  off: 'Off',
  observe: 'Observe',
  suggest: 'Suggest',
  act: 'Act',
};

export const FEATURES: Readonly<Record<keyof PolicyView['features'], readonly [label: string, meaning: string]>> = {
  automation: ['Automation', 'Off: nothing is changed anywhere; proposals are still made.'],
  languageModel: ['Language model', 'Off: diagnoses come from the rules alone.'],
  codeChanges: ['Code changes', 'Off: no patch is tested or pushed.'],
  learning: ['Learning', 'Off: no pattern is learned from a verified action.'],
  experiments: ['Experiments', 'Off: no incident takes part in one.'],
  riskAssessment: ['Risk assessment', 'On: load and deployments of a service may raise the risk of an action.'],
};

/** Shares from 0 to 1, or counts. */
export const NUMBERS: Readonly<
  Record<
    string,
    { readonly label: string; readonly narrower: 'higher' | 'lower'; readonly max: number; readonly share?: true }
  >
> = {
  actAtConfidence: { label: 'Acts without asking from this confidence', narrower: 'higher', max: 1, share: true },
  escalateBelowConfidence: { label: 'Hands over below this confidence', narrower: 'higher', max: 1, share: true },
  maxActionsPerIncident: { label: 'Actions per incident, at most', narrower: 'lower', max: 20 },
  maxActionsPerHour: { label: 'Actions per hour, at most', narrower: 'lower', max: 1000 },
  maxActionsPerDay: { label: 'Actions per day, at most', narrower: 'lower', max: 10_000 },
  maxActionsPerTargetPerHour: { label: 'Actions per target and hour, at most', narrower: 'lower', max: 100 },
  breakerFailures: { label: 'Pause after N failed actions', narrower: 'lower', max: 1000 },
  breakerWindowMinutes: { label: 'Window (minutes)', narrower: 'higher', max: 10_080 },
};

export const RISKS = ['low', 'medium', 'high'] as const;

/** A value as the table shows it. */
export function valueWords(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
