import { type Policy, parsePolicy } from './policy.ts';

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const QUEUE = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const TRACES = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
];

/** Actions of the AWS managed policies that Lambda roles usually have; each is granted on every resource. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': LOGS,
  'service-role/AWSLambdaSQSQueueExecutionRole': [...QUEUE, ...LOGS],
  AWSXRayDaemonWriteAccess: TRACES,
};

/** Throws for a managed policy that is missing in the list above. */
export function awsManagedPolicy(arn: string): Policy {
  const name = arn.replace(/^arn:aws:iam::aws:policy\//, '');
  const actions = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (actions === undefined) throw new Error(`The managed policy ${arn} is not known to the local runtime.`);
  return parsePolicy({ Statement: { Effect: 'Allow', Action: actions, Resource: '*' } }, arn);
}
