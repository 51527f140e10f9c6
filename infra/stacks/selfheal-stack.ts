import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { hasLogStream } from '#shared/domain/configuration/log-subscriptions.ts';
import type { FunctionConfig } from '#shared/domain/workflow/function-config.ts';
import { maxExecutionSeconds } from '#shared/domain/workflow/workflow-time.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import type { Plugins } from '#shared/plugins/plugins.ts';
import { pascalCase } from '#statemachines/heal.ts';
import type { ResourceCatalogue } from '../access.ts';
import { Api } from '../constructs/api.ts';
import { AutomationDocuments } from '../constructs/automation-documents.ts';
import { HealingDashboard } from '../constructs/dashboard.ts';
import { DashboardSite } from '../constructs/dashboard-site.ts';
import { EscalationTopic } from '../constructs/escalation-topic.ts';
import { ForecastAlarms } from '../constructs/forecast-alarms.ts';
import { Tracing } from '../constructs/function-role.ts';
import { Intake } from '../constructs/intake.ts';
import { LambdaFunction } from '../constructs/lambda-function.ts';
import { LogStream, LogSubscriptions } from '../constructs/log-subscriptions.ts';
import { Monitoring } from '../constructs/monitoring.ts';
import { Schedules } from '../constructs/schedules.ts';
import { Workflow } from '../constructs/workflow.ts';
import { usedDocuments } from '../documents.ts';
import { resourceCatalogue, withCalledFunctions, withWorkflow } from '../resource-catalogue.ts';
import type { Settings } from '../settings.ts';
import type { NamedArn, StateResources } from './state-stack.ts';

/** The parts of a deployment: the plug-in registries and the configs of the functions. */
export interface Parts extends Plugins {
  readonly functions: readonly FunctionConfig[];
}

export interface SelfhealStackProps extends StackProps {
  readonly state: StateResources;
  readonly settings: Settings;
  readonly parts: Parts;
}

/** The stateless stack, which can be deployed again at any time: API, intake queue, functions, workflow, topic, alarms. */
export class SelfhealStack extends Stack {
  /** Where the dashboard's files go. */
  readonly dashboardBucket: NamedArn;
  private readonly site: DashboardSite;
  private readonly topic: EscalationTopic;
  private readonly intake: Intake;
  private readonly api: Api;
  private readonly schedules: Schedules;
  private readonly tracing: Tracing;
  private readonly logStream: LogStream | null;
  private readonly functions: Construct;

  constructor(scope: Construct, id: string, props: SelfhealStackProps) {
    super(scope, id, props);
    const { state, settings, parts } = props;
    this.tracing = new Tracing(this, 'Tracing');
    this.topic = new EscalationTopic(this, 'Escalation', { emails: settings.emails });
    this.intake = new Intake(this, 'Intake', {
      functionTimeoutSeconds: Math.max(...triggeredBy(parts, 'intake-queue').map((each) => each.timeoutSeconds)),
      eventSources: parts.sources
        .filter((source) => source.kind === 'event')
        .filter(({ id, optional }) => optional !== true || isListenedTo(id, settings.configuration)),
    });
    this.api = new Api(this, 'Api');
    this.site = new DashboardSite(this, 'Dashboard', { apiId: this.api.api.apiId });
    const { bucketName, bucketArn } = this.site.bucket;
    this.dashboardBucket = { name: this.exportValue(bucketName), arn: this.exportValue(bucketArn) };
    this.schedules = new Schedules(this, 'Schedules');
    const automation = usedDocuments(settings.configuration);
    if (automation.documents.length > 0) new AutomationDocuments(this, 'Automation', automation);
    const { logSubscriptions, logStream } = settings.configuration;
    this.logStream = hasLogStream(logSubscriptions) ? new LogStream(this, 'LogStream', logStream) : null;
    this.functions = new Construct(this, 'Functions');
    const base = resourceCatalogue({
      state,
      intakeQueue: this.intake.queue,
      intakeDeadLetters: this.intake.deadLetters,
      escalationTopic: this.topic.topic,
      apiUrl: this.api.url,
      dashboardUrl: this.site.url,
    });
    // The workflow calls some of them, others ask about its executions.
    const isOutside = ({ uses }: FunctionConfig) => uses.workflow !== undefined;
    const callees = triggeredBy(parts, 'function');
    const called = callees
      .filter((config) => !isOutside(config))
      .map((config) => this.addFunction(config, props, base));
    const catalogue = withCalledFunctions(base, arnsOf(called));
    const steps = triggeredBy(parts, 'workflow').map((config) => this.addFunction(config, props, catalogue));
    const workflow = new Workflow(this, 'Workflow', {
      functions: new Map(steps.map((step) => [step.config.name, step])),
      escalationTopic: this.topic.topic,
      tracing: this.tracing.policy,
      maxSeconds: maxExecutionSeconds(settings.configuration, parts.actions.length),
    });
    const aroundWorkflow = withWorkflow(this, catalogue, {
      machineArn: workflow.machine.stateMachineArn,
      machineName: workflow.machine.stateMachineName,
      aliasArn: workflow.aliasArn,
    });
    const calledOutside = callees.filter(isOutside).map((config) => this.addFunction(config, props, aroundWorkflow));
    const outside = withCalledFunctions(aroundWorkflow, arnsOf([...calledOutside, ...steps]));
    const others = parts.functions
      .filter(({ trigger }) => trigger.kind !== 'workflow' && trigger.kind !== 'function')
      .map((config) => this.addFunction(config, props, outside));
    for (const each of others) this.connect(each, settings.configuration);
    for (const subscriber of others.filter(({ config }) => config.trigger.kind === 'log-groups'))
      new LogSubscriptions(this, 'LogSubscriptions', {
        subscriber,
        logSubscriptions: settings.configuration.logSubscriptions,
        stream: this.logStream,
        deadLetters: this.schedules.deadLetters,
      });
    this.watch([...steps, ...called, ...calledOutside, ...others], workflow);
    new HealingDashboard(this, 'Healing');
    for (const forecaster of others.filter(({ config }) => config.name === 'forecast')) {
      new ForecastAlarms(this, 'Forecasts', { forecaster, services: settings.configuration.services });
    }
    this.addOutputs(parts, workflow);
  }

  private addFunction(config: FunctionConfig, props: SelfhealStackProps, resources: ResourceCatalogue): LambdaFunction {
    const { settings, parts } = props;
    return new LambdaFunction(this.functions, pascalCase(config.name), {
      config,
      bundlesDir: settings.bundlesDir,
      tracing: this.tracing.policy,
      logLevel: settings.logLevel,
      network: settings.network,
      access: {
        resources,
        configuration: settings.configuration,
        fileConfiguration: settings.fileConfiguration,
        actions: parts.actions,
        notifiers: notifiersOf(settings.configuration, parts.notifiers),
        modelProviders: parts.modelProviders,
      },
      reservedConcurrency: config.trigger.kind === 'http' ? settings.publicConcurrency : null,
      ...(config.trigger.kind === 'log-groups' && this.logStream !== null
        ? { furtherAccess: [this.logStream.readAccess] }
        : {}),
      ...(ASYNCHRONOUS.has(config.trigger.kind) ? { deadLetterQueue: this.schedules.deadLetters } : {}),
    });
  }

  /** Connects the function to its trigger: intake queue, HTTP API or schedule. */
  private connect(each: LambdaFunction, configuration: Configuration): void {
    if (each.config.trigger.kind === 'intake-queue') this.intake.feed(each);
    this.api.serve(each);
    this.schedules.run(each, configuration);
  }

  private watch(functions: readonly LambdaFunction[], workflow: Workflow): void {
    const monitoring = new Monitoring(this, 'Monitoring', { topic: this.topic.topic });
    monitoring.watchDeadLetters('IntakeDeadLetters', this.intake.deadLetters, 'intakeDeadLetters');
    monitoring.watchDeadLetters('EventDeadLetters', this.intake.eventDeadLetters, 'eventDeadLetters');
    monitoring.watchDeadLetters('AsynchronousDeadLetters', this.schedules.deadLetters, 'asynchronousDeadLetters');
    monitoring.watchWorkflow(workflow);
    monitoring.watchApi(this.api);
    monitoring.watchFunctions(functions);
    for (const each of functions.filter(({ config }) => config.name === 'answers')) monitoring.watchAnswers(each);
  }

  private addOutputs({ sources }: Parts, workflow: Workflow): void {
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    for (const { kind, id, title } of sources) {
      if (kind === 'webhook') {
        const name = id === 'github' ? 'WebhookUrl' : `WebhookUrl${pascalCase(id)}`;
        output(name, `${this.api.url}/webhooks/${id}`, `Address for the webhook of ${title}; sign with its secret.`);
      }
    }
    output('DashboardUrl', this.site.url, 'The dashboard.');
    output('ApiUrl', this.api.url, 'The API, for "selfheal login --api" and your own programs.');
    output('EscalationTopicArn', this.topic.topic.topicArn, 'Topic of the mails. Subscribe whoever is on call.');
    output('IntakeQueueUrl', this.intake.queue.queueUrl, 'Queue of signals that wait for the intake function.');
    output('IntakeQueueArn', this.intake.queue.queueArn, 'The same queue, for policies and metrics.');
    const { deadLetters, eventDeadLetters } = this.intake;
    output(
      'IntakeDeadLettersArn',
      deadLetters.queueArn,
      'Signals that failed five times. The runbook says what to do.',
    );
    output(
      'EventDeadLettersArn',
      eventDeadLetters.queueArn,
      'Events that did not reach the intake queue. See the runbook.',
    );
    output('WorkflowArn', workflow.machine.stateMachineArn, 'The workflow that heals an incident.');
    output('WorkflowAliasArn', workflow.aliasArn, 'The version of the workflow that new incidents start.');
  }
}

/** Functions that Lambda retries, and whose failed events end in the dead-letter queue. */
const ASYNCHRONOUS: ReadonlySet<FunctionConfig['trigger']['kind']> = new Set(['schedule', 'log-groups']);

function triggeredBy({ functions }: Parts, kind: FunctionConfig['trigger']['kind']): readonly FunctionConfig[] {
  return functions.filter(({ trigger }) => trigger.kind === kind);
}

const arnsOf = (functions: readonly LambdaFunction[]): ReadonlyMap<string, string> =>
  new Map(functions.map(({ config, handler }) => [config.name, handler.functionArn]));

const isListenedTo = (id: string, { awsEvents }: Configuration): boolean => awsEvents.some((one) => one === id);
