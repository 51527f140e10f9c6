import * as z from 'zod';
import { type AwsEvent, type AwsReading, consolePage, defineAwsEvents } from '../common/aws-events.ts';

/** Calls that change what runs, with the dates of their API in their names. */
const CHANGING = [
  'UpdateFunctionCode20150331v2',
  'UpdateFunctionConfiguration20150331v2',
  'PublishVersion20150331',
  'UpdateAlias20150331',
] as const;

/** A call of the API, which reaches the bus where a trail of CloudTrail records management events. */
const Call = z.object({
  eventName: z.string().max(100),
  eventID: z.string().max(100),
  errorCode: z.string().nullish(),
  requestParameters: z.object({ functionName: z.string().min(1).max(300) }),
  userIdentity: z.object({ arn: z.string().max(2000).nullish() }).nullish(),
});

const Invocation = z.object({
  requestContext: z.object({
    requestId: z.string().max(200),
    /** With the version or alias: `arn:aws:lambda:<region>:<account>:function:<name>:<version>`. */
    functionArn: z.string().max(2000),
    condition: z.string().max(60),
    approximateInvokeCount: z.number().nullish(),
  }),
  responsePayload: z
    .object({
      errorType: z.string().nullish(),
      errorMessage: z.string().nullish(),
      stackTrace: z.array(z.unknown()).nullish(),
    })
    .nullish()
    .catch(null),
});

/**
 * Asynchronous invocations that a Lambda function sends to the bus by its destinations (Lambda developer guide, "Capturing records of Lambda
 * asynchronous invocations"). Their source is `lambda`, without `aws.`: whoever may put events on the bus can word them.
 */
export const lambda = defineAwsEvents({
  id: 'lambda',
  title: 'Lambda invocations (by destinations), and changes of functions (by CloudTrail)',
  pattern: {
    source: ['lambda', 'aws.lambda'],
    detailType: [
      'Lambda Function Invocation Result - Failure',
      'Lambda Function Invocation Result - Success',
      'AWS API Call via CloudTrail',
    ],
    detail: { $or: [{ requestContext: { condition: [{ exists: true }] } }, { eventName: [...CHANGING] }] },
  },
  detail: z.union([Call, Invocation]),
  read({ detail, ...event }) {
    return 'eventName' in detail ? readCall({ ...event, detail }) : readInvocation({ ...event, detail });
  },
});

function readInvocation({
  region,
  detailType,
  detail: { requestContext, responsePayload },
}: AwsEvent<z.infer<typeof Invocation>>): AwsReading {
  const name = requestContext.functionArn.split(':')[6] ?? '';
  if (name === '') return { ignored: 'function-not-named' };
  const failed = detailType.endsWith('Failure');
  const { condition, approximateInvokeCount, requestId } = requestContext;
  const error = [responsePayload?.errorType, responsePayload?.errorMessage].filter(Boolean).join(': ');
  return {
    state: failed ? 'firing' : 'resolved',
    severity: 'medium',
    resource: `lambda/${name}`,
    title: failed
      ? `${name} failed${condition === 'EventAgeExceeded' ? ' before it could run' : ''}`
      : `${name} succeeded`,
    text: [
      error,
      ...(responsePayload?.stackTrace ?? [])
        .flat()
        .slice(0, 40)
        .map((line) => String(line)),
      `Request ${requestId}: ${condition}${approximateInvokeCount ? ` after ${approximateInvokeCount} invocations` : ''}`,
    ],
    url: consolePage(region, `lambda/home#/functions/${encodeURIComponent(name)}`),
  };
}

function readCall({ region, detail }: AwsEvent<z.infer<typeof Call>>): AwsReading {
  const { eventName, eventID, errorCode, requestParameters, userIdentity } = detail;
  if (errorCode) return { ignored: 'call-refused' };
  const what = CHANGING.find((one) => one === eventName)?.replace(/\d{8}(?:v\d)?$/, '');
  if (what === undefined) return { ignored: 'call-that-changes-nothing' };
  // A name, or the whole ARN of the function.
  const name = requestParameters.functionName.split(':')[6] ?? requestParameters.functionName;
  return {
    change: {
      id: `lambda/${name}@${eventID}`,
      kind: what === 'UpdateFunctionConfiguration' ? 'configuration-change' : 'deployment',
      resource: `lambda/${name}`,
      title: `${what} of ${name}`,
      by: userIdentity?.arn?.split('/').at(-1),
      state: 'done',
      url: consolePage(region, `lambda/home#/functions/${encodeURIComponent(name)}`),
    },
  };
}
