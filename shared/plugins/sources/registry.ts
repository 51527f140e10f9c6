import { registered } from '@selfheal/kernel/plugin.ts';
import { alertmanager } from './alertmanager/index.ts';
import { batch } from './batch/index.ts';
import { cloudformation } from './cloudformation/index.ts';
import { cloudwatch } from './cloudwatch/index.ts';
import { codebuild } from './codebuild/index.ts';
import { codedeploy } from './codedeploy/index.ts';
import { codepipeline } from './codepipeline/index.ts';
import type { AlertSource, EventSource, SourcePlugin, WebhookSource } from './contract.ts';
import { datadog } from './datadog/index.ts';
import { ecs } from './ecs/index.ts';
import { github } from './github/index.ts';
import { grafana } from './grafana/index.ts';
import { health } from './health/index.ts';
import { jsm } from './jsm/index.ts';
import { lambda } from './lambda/index.ts';
import { pagerduty } from './pagerduty/index.ts';
import { rds } from './rds/index.ts';
import { sentry } from './sentry/index.ts';

/*
 * Every source, by the way on which it arrives. To add one: a folder here, named after its id, and a line below. The lists stand apart, so that a
 * function's bundle holds only the sources that it reads. A code host brings its own: see `hostSourceOf`.
 */
export const WEBHOOK_SOURCES: readonly WebhookSource[] = [github];
export const ALERT_SOURCES: readonly AlertSource[] = [alertmanager, grafana, datadog, pagerduty, jsm, sentry];
export const EVENT_SOURCES: readonly EventSource[] = [
  cloudwatch,
  codepipeline,
  codebuild,
  codedeploy,
  ecs,
  batch,
  lambda,
  rds,
  health,
  cloudformation,
];

// In a function, because a bundler may leave out a call without arguments, but not one that spreads lists.
export const SOURCES: readonly SourcePlugin[] = /* @__PURE__ */ (() =>
  registered('sources', [...WEBHOOK_SOURCES, ...ALERT_SOURCES, ...EVENT_SOURCES]))();
