import { config as actAutoscaling } from '#functions/act-autoscaling/config.ts';
import { config as actBuilds } from '#functions/act-builds/config.ts';
import { config as actEcs } from '#functions/act-ecs/config.ts';
import { config as actGithub } from '#functions/act-github/config.ts';
import { config as actHttp } from '#functions/act-http/config.ts';
import { config as actLambda } from '#functions/act-lambda/config.ts';
import { config as actRds } from '#functions/act-rds/config.ts';
import { config as actSsm } from '#functions/act-ssm/config.ts';
import { config as analyze } from '#functions/analyze/config.ts';
import { config as answers } from '#functions/answers/config.ts';
import { config as api } from '#functions/api/config.ts';
import { config as classify } from '#functions/classify/config.ts';
import { config as escalate } from '#functions/escalate/config.ts';
import { config as forecast } from '#functions/forecast/config.ts';
import { config as gather } from '#functions/gather/config.ts';
import { config as guard } from '#functions/guard/config.ts';
import { config as inspectPatch } from '#functions/inspect-patch/config.ts';
import { config as intake } from '#functions/intake/config.ts';
import { config as knowledge } from '#functions/knowledge/config.ts';
import { config as logIntake } from '#functions/log-intake/config.ts';
import { config as logSubscription } from '#functions/log-subscription/config.ts';
import { config as logWatch } from '#functions/log-watch/config.ts';
import { config as mcp } from '#functions/mcp/config.ts';
import { config as notify } from '#functions/notify/config.ts';
import { config as onCall } from '#functions/on-call/config.ts';
import { config as plan } from '#functions/plan/config.ts';
import { config as receiver } from '#functions/receiver/config.ts';
import { config as reconciler } from '#functions/reconciler/config.ts';
import { config as record } from '#functions/record/config.ts';
import { config as redeliverWebhooks } from '#functions/redeliver-webhooks/config.ts';
import { config as repositoryData } from '#functions/repository-data/config.ts';
import { config as requestApproval } from '#functions/request-approval/config.ts';
import { config as setDatabaseSize } from '#functions/set-database-size/config.ts';
import { config as setMemory } from '#functions/set-memory/config.ts';
import { config as slack } from '#functions/slack/config.ts';
import { config as undo } from '#functions/undo/config.ts';
import { config as verify } from '#functions/verify/config.ts';
import { config as webhook } from '#functions/webhook/config.ts';
import type { FunctionConfig } from '#shared/domain/workflow/function-config.ts';

/** Every Lambda function. To add one, add its folder and a line here. */
export const FUNCTIONS: readonly FunctionConfig[] = [
  webhook,
  intake,
  gather,
  classify,
  knowledge,
  analyze,
  inspectPatch,
  setMemory,
  setDatabaseSize,
  repositoryData,
  plan,
  requestApproval,
  api,
  mcp,
  receiver,
  logIntake,
  logSubscription,
  logWatch,
  guard,
  actGithub,
  actLambda,
  actEcs,
  actAutoscaling,
  actRds,
  actHttp,
  actSsm,
  actBuilds,
  verify,
  undo,
  record,
  notify,
  escalate,
  redeliverWebhooks,
  reconciler,
  onCall,
  slack,
  answers,
  forecast,
];
