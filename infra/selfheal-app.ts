import { modelSettingsOf } from '@selfheal/diagnosis/diagnosis/model-settings.ts';
import { App, type AppProps, Aspects, CfnOutput, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { callsNeedSecret } from '#shared/domain/on-call/on-call-settings.ts';
import { configuredActions } from '#shared/plugins/actions/registry.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import { readSettings, type Settings } from './settings.ts';
import { DashboardStack } from './stacks/dashboard-stack.ts';
import { type Parts, SelfhealStack } from './stacks/selfheal-stack.ts';
import { StateStack } from './stacks/state-stack.ts';

/** Where the model variables are read from, and who is told what they do. */
export interface Surroundings {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly say?: (line: string) => void;
}

/** Makes the CDK app with its stacks; cdk-nag checks it with AwsSolutions at synthesis. Throws on an invalid context or configuration. */
export function makeSelfhealApp(
  parts: Parts,
  props: AppProps,
  { environment = {}, say = () => {} }: Surroundings = {},
): App {
  const app = new App({ analyticsReporting: false, autoSynth: false, ...props });
  const settings = readSettings(app.node, parts, environment);
  for (const line of settings.remarks) say(line);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const state = new StateStack(app, 'SelfhealState', {
    evidenceDays: settings.evidenceDays,
    qualityDays: settings.qualityDays,
    tokenMinutes: settings.tokenMinutes,
    mfa: settings.mfa,
    modelKey: needsModelKey(parts, settings),
    modelKeySecretName: settings.modelKeySecretName,
    channels:
      callsNeedSecret(settings.configuration.onCall) ||
      notifiersOf(settings.configuration, parts.notifiers).some(({ uses }) => uses?.channelSecret !== undefined),
    channelSecretName: settings.channelSecretName,
  });
  const selfheal = new SelfhealStack(app, 'Selfheal', {
    state: state.resources,
    settings,
    parts: { ...parts, actions: [...parts.actions, ...configuredActions(settings.configuration)] },
  });
  selfheal.addStackDependency(state);
  new DashboardStack(app, 'SelfhealDashboard', {
    dashboardDir: settings.dashboardDir,
    bucket: selfheal.dashboardBucket,
  }).addStackDependency(selfheal);
  Aspects.of(app).add({ visit: describeExport });
  return app;
}

/** Outputs that CDK adds for other stacks of the app say so, because they cannot be deleted while those stacks exist. */
function describeExport(node: IConstruct): void {
  if (node instanceof CfnOutput && node.exportName !== undefined)
    node.description ??= 'Read by the other stacks of this deployment.';
}

function needsModelKey({ modelProviders }: Parts, { configuration }: Settings): boolean {
  const settings = modelSettingsOf(configuration);
  if (settings === null) return false;
  return modelProviders.find(({ id }) => id === settings.provider)?.needsKey(settings) ?? false;
}
