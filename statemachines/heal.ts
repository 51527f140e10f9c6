import type { FunctionConfig } from '#shared/domain/workflow/function-config.ts';
import type { StepInput, StepName } from '#shared/domain/workflow/steps.ts';

/** An expression in JSONata, the query language of the definition. */
const js = (expression: string): string => `{% ${expression} %}`;

/** Errors that pass by themselves, by their names in `packages/kernel/src/errors.ts`. */
const PASSING = ['Retryable', 'Unreachable', 'RateLimited'];

/** It certainly did not happen, or Lambda was not reached: repeating is right for every step, effects included. */
const NOT_DONE = {
  ErrorEquals: [
    'Retryable',
    'Unreachable',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
  ],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxAttempts: 5,
  MaxDelaySeconds: 30,
  JitterStrategy: 'FULL',
};

/** GitHub asks to wait at least a minute. Without jitter, which would make it less. */
const RATE_LIMITED = {
  ErrorEquals: ['RateLimited'],
  IntervalSeconds: 60,
  BackoffRate: 2,
  MaxAttempts: 4,
  MaxDelaySeconds: 600,
  JitterStrategy: 'NONE',
};

/** The function hung or crashed and nobody knows how far it got: only for steps that may run twice, never for an effect. */
const LOST = {
  ErrorEquals: ['States.Timeout', 'Sandbox.Timedout', 'Lambda.Unknown', 'Runtime.ExitError'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 2,
  MaxDelaySeconds: 30,
  JitterStrategy: 'FULL',
};

/** For steps that read, or write the same again. */
const REPEATABLE = [NOT_DONE, LOST];
/** The same, for steps that ask GitHub. */
const REPEATABLE_GITHUB = [NOT_DONE, RATE_LIMITED, LOST];
/** For effects: what may have happened is not repeated. */
const EFFECT = [NOT_DONE, RATE_LIMITED];

/** Why the guard let nothing be done. */
const DENIED = js("$join($guard.reasons, ' ')");
const ERROR = js('$states.errorOutput.Error');
const RESULT = js('$states.result.Payload');
/** Requests to the code host that a step leaves to the next one to store. */
const sentOf = (output: string): string => js(`$exists(${output}.sent) ? ${output}.sent : null`);

/** Any error leads to a person, who hears what went wrong. */
const toHuman = (reason: string) => ({
  ErrorEquals: ['States.ALL'],
  Assign: { reason, error: ERROR },
  Next: 'Escalate',
});
const stepFailed = (step: string) => toHuman(`The step ${step} failed.`);

/** The way to a person failed itself: no function is left to trust. */
const toLastResort = (failedStep: string) => ({
  ErrorEquals: ['States.ALL'],
  Assign: { failedStep, error: ERROR },
  Next: 'LastResort',
});

/** The step helps and is not needed: any error leads to `next`. */
const without = (next: string) => ({ ErrorEquals: ['States.ALL'], Next: next });

const withAssigned = <C extends object>(Assign: object, catcher: C & { readonly Assign?: object }) => ({
  ...catcher,
  Assign: { ...Assign, ...catcher.Assign },
});

/** The end of the attempt, as it is recorded. */
const ending = (parentId: string | null, failedStep: string) => ({
  payload: {
    incidentId: js('$incidentId'),
    attempt: js('$attempt'),
    outcome: js('$outcome'),
    reason: js('$reason'),
    parentId,
  },
  Retry: REPEATABLE,
  Catch: [toLastResort(failedStep)],
});

/** What an execution ends with. */
const OUTPUT = {
  incidentId: js('$incidentId'),
  outcome: js('$outcome'),
  reason: js('$reason'),
  tried: js('$tried'),
};

const END = { Output: OUTPUT, End: true };

/** The variables of an execution. The first state assigns them, whichever way it ends: a state of its own would be billed. */
const BEGIN = {
  incidentId: js('$states.input.incidentId'),
  attempt: js('$states.input.attempt'),
  tried: [],
  held: false,
  sent: null,
  outcome: 'escalated',
  error: null,
};

/** Where an action that did not help leads to: the next plan, as long as there may be one. */
const toNextPlan = (condition: string, whyNot: string, assign?: Readonly<Record<string, unknown>>) => [
  {
    Condition: js(`${condition} and $not($plan.isLast)`),
    ...(assign === undefined ? {} : { Assign: assign }),
    Next: 'Plan',
  },
  {
    Condition: js(condition),
    Assign: { ...assign, reason: js(`'No further action is allowed for this incident. ' & ${whyNot}`) },
    Next: 'Escalate',
  },
];
const TRIED = { tried: js('$append($tried, [$plan.actionId])') };

/** Longer than the function itself may take, so that its own timeout, which says more, comes first. */
const SLACK_SECONDS = 5;

/** What a state gives to a step: every field of its input, as a constant or an expression. */
type Payload<N extends StepName> = { readonly [K in keyof StepInput<N>]: unknown };

interface Invocation<N extends StepName> {
  readonly payload: Payload<N>;
  readonly Comment?: string;
  readonly Retry: readonly object[];
  readonly Catch: readonly object[];
}

/**
 * The healing workflow as it is deployed, in Amazon States Language (https://states-language.net) with JSONata. `functions` are those of the
 * deployment; each family of actions among them gets a state of its own. Functions, topic and partition stay placeholders, such as
 * `${GatherFunctionArn}`. `statemachines/heal.asl.json` is what this makes of all functions; `npm run workflow` writes it.
 * Throws when a function that a state calls is not among `functions`.
 */
export function healDefinition(functions: readonly FunctionConfig[]) {
  const families = functions.flatMap(({ family, name }) => (family === undefined ? [] : [{ family, name }]));

  /** A state that calls the function of a step. */
  const invoke = <N extends StepName>(step: N, { payload, Comment, ...rest }: Invocation<N>, functionName?: string) => {
    const name = functionName ?? kebabCase(step);
    const config = functions.find((one) => one.name === name);
    if (config === undefined)
      throw new Error(`The healing workflow calls the function ${name}, which is not deployed.`);
    return {
      Type: 'Task',
      ...(Comment === undefined ? {} : { Comment }),
      Resource: 'arn:aws:states:::lambda:invoke',
      TimeoutSeconds: config.timeoutSeconds + SLACK_SECONDS,
      Arguments: { FunctionName: `\${${substitutionOf(name)}}`, Payload: payload },
      ...rest,
    };
  };

  const act = (functionName: string) => ({
    ...invoke(
      'act',
      {
        payload: {
          incidentId: js('$incidentId'),
          digest: js('$plan.digest'),
          lease: js('$guard.lease'),
          sent: sentOf('$guard'),
        },
        Retry: EFFECT,
        Catch: [toHuman('The action failed in an unforeseen way; whether it took effect is not known.')],
      },
      functionName,
    ),
    Assign: { acted: RESULT },
    Next: 'Acted',
  });

  return {
    Comment:
      'Heals one incident. Takes {incidentId, attempt}; ends with the outcome that was recorded. Evidence, plans and receipts stay in the stores.',
    QueryLanguage: 'JSONata',
    StartAt: 'Gather',
    TimeoutSeconds: 172_800,
    States: {
      // What happened.
      Gather: {
        ...invoke('gather', {
          payload: { incidentId: js('$states.input.incidentId'), acceptGaps: false },
          Retry: REPEATABLE_GITHUB,
          Catch: [
            { ErrorEquals: PASSING, Assign: BEGIN, Next: 'GatherRest' },
            withAssigned(BEGIN, stepFailed('Gather')),
          ],
        }),
        Assign: { ...BEGIN, sent: sentOf('$states.result.Payload') },
        Next: 'Classify',
      },
      GatherRest: {
        ...invoke('gather', {
          Comment: 'Repeating did not help: what cannot be read is left out, and the evidence says so.',
          payload: { incidentId: js('$incidentId'), acceptGaps: true },
          Retry: REPEATABLE,
          Catch: [stepFailed('Gather')],
        }),
        Assign: { sent: sentOf('$states.result.Payload') },
        Next: 'Classify',
      },
      Classify: {
        ...invoke('classify', {
          payload: { incidentId: js('$incidentId'), sent: js('$sent') },
          Retry: REPEATABLE,
          Catch: [stepFailed('Classify')],
        }),
        Assign: { classified: RESULT, reason: js('$states.result.Payload.reason') },
        Next: 'Classified',
      },
      Classified: {
        Type: 'Choice',
        Choices: [
          { Condition: js("$classified.next = 'continue'"), Next: 'Knowledge' },
          { Condition: js("$classified.next = 'link'"), Assign: { outcome: 'linked' }, Next: 'RecordLinked' },
          {
            Condition: js("$classified.next = 'announce'"),
            Assign: { outcome: js('$classified.status') },
            Next: 'Notify',
          },
          { Condition: js("$classified.next = 'stop'"), Assign: { outcome: js('$classified.status') }, Next: 'Done' },
        ],
        Assign: { reason: js('$classified.reason') },
        Default: 'Escalate',
      },
      RecordLinked: { ...invoke('record', ending(js('$classified.duplicateOf'), 'RecordLinked')), ...END },

      // Why it happened.
      Knowledge: {
        ...invoke('knowledge', {
          Comment: 'It helps and is not needed: nothing is known when it fails.',
          payload: { incidentId: js('$incidentId') },
          Retry: REPEATABLE_GITHUB,
          Catch: [withAssigned({ knowledge: { matchId: null, useModel: true, similar: 0 } }, without('Analyze'))],
        }),
        Assign: { knowledge: RESULT },
        Next: 'Analyze',
      },
      Analyze: {
        ...invoke('analyze', {
          payload: {
            incidentId: js('$incidentId'),
            useModel: js('$knowledge.useModel'),
            knowledgeId: js('$knowledge.matchId'),
            isKept: js('$knowledge.isKept = true'),
          },
          Retry: REPEATABLE,
          Catch: [stepFailed('Analyze')],
        }),
        Next: 'Plan',
      },

      // What is done about it.
      Plan: {
        ...invoke('plan', {
          payload: { incidentId: js('$incidentId'), tried: js('$tried'), held: js('$held') },
          Retry: REPEATABLE_GITHUB,
          Catch: [stepFailed('Plan')],
        }),
        Assign: { plan: RESULT },
        Next: 'Decide',
      },
      Decide: {
        Type: 'Choice',
        Choices: [
          { Condition: js("$plan.decision = 'act'"), Next: 'Guard' },
          { Condition: js("$plan.decision = 'approve'"), Next: 'AnnounceRequest' },
          { Condition: js("$plan.decision = 'hold'"), Assign: { held: true }, Next: 'Hold' },
          {
            Condition: js("$plan.decision = 'suggest'"),
            Assign: { outcome: 'suggested', reason: js("$join($plan.reasons, ' ')") },
            Next: 'Record',
          },
          {
            Condition: js("$plan.decision = 'recovered'"),
            Assign: { outcome: 'resolved', reason: js("$join($plan.reasons, ' ')") },
            Next: 'Record',
          },
        ],
        Assign: { reason: js("$join($plan.reasons, ' ')") },
        Default: 'Escalate',
      },
      Hold: {
        Type: 'Wait',
        Comment: 'An experiment learns what heals by itself; the next plan looks again.',
        Seconds: js('$plan.verifyIntervalSeconds'),
        Next: 'Plan',
      },
      AnnounceRequest: {
        ...invoke('notify', {
          Comment:
            'The pull request says what waits for whom; a failure changes nothing, because the request itself is mailed.',
          payload: { incidentId: js('$incidentId'), stage: 'asking', githubGone: null },
          Retry: REPEATABLE,
          Catch: [without('Approve')],
        }),
        Next: 'Approve',
      },
      Approve: {
        ...invoke('requestApproval', {
          Comment: 'Mails the link and waits for the answer of a person.',
          payload: {
            incidentId: js('$incidentId'),
            digest: js('$plan.digest'),
            taskToken: js('$states.context.Task.Token'),
            expiresInSeconds: js('$plan.approvalSeconds'),
          },
          // A timeout is the end of the time for an answer.
          Retry: [NOT_DONE],
          Catch: [
            { ErrorEquals: ['States.Timeout'], Assign: { reason: 'No approval arrived in time.' }, Next: 'Escalate' },
            stepFailed('Approve'),
          ],
        }),
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        TimeoutSeconds: js('$plan.approvalSeconds'),
        Assign: { approval: js('$states.result') },
        Next: 'Approved',
      },
      Approved: {
        Type: 'Choice',
        Choices: [{ Condition: js('$approval.approved = true and $approval.digest = $plan.digest'), Next: 'Guard' }],
        Assign: { reason: 'The plan was not approved.' },
        Default: 'Escalate',
      },
      Guard: {
        ...invoke('guard', {
          Comment: 'Last look before the effect.',
          payload: { incidentId: js('$incidentId'), digest: js('$plan.digest') },
          Retry: REPEATABLE_GITHUB,
          Catch: [stepFailed('Guard')],
        }),
        Assign: { guard: RESULT },
        Next: 'Granted',
      },
      Granted: {
        Type: 'Choice',
        Comment: 'One function and one role per family of actions.',
        Choices: [
          ...families.map(({ family, name }) => ({
            Condition: js(`$guard.next = 'act' and $plan.family = '${family}'`),
            Next: pascalCase(name),
          })),
          {
            Condition: js("$guard.next = 'suggest'"),
            Assign: { outcome: 'suggested', reason: DENIED },
            Next: 'Record',
          },
        ],
        Assign: { reason: DENIED },
        Default: 'Escalate',
      },
      ...Object.fromEntries(
        families.map(({ name }) => [
          pascalCase(name),
          { ...act(name), Comment: 'Deployed once for each family of actions.' },
        ]),
      ),
      Acted: {
        Type: 'Choice',
        Choices: [
          { Condition: js("$acted.state = 'done'"), Assign: { ...TRIED, polls: 0 }, Next: 'Announce' },
          ...toNextPlan("$acted.state = 'refused'", '$acted.summary', TRIED),
        ],
        Assign: { reason: js("'Whether the action took effect is not known. ' & $acted.summary") },
        Default: 'Escalate',
      },

      // Whether it helped.
      Announce: {
        ...invoke('notify', {
          Comment: 'Good to know, not needed: a failure changes nothing.',
          payload: { incidentId: js('$incidentId'), stage: 'acting', githubGone: null },
          Retry: REPEATABLE,
          Catch: [without('VerifyWait')],
        }),
        Next: 'VerifyWait',
      },
      VerifyWait: { Type: 'Wait', Seconds: js('$plan.verifyIntervalSeconds'), Next: 'Verify' },
      Verify: {
        ...invoke('verify', {
          payload: { incidentId: js('$incidentId'), digest: js('$plan.digest'), poll: js('$polls') },
          Retry: REPEATABLE_GITHUB,
          Catch: [stepFailed('Verify')],
        }),
        Assign: { checked: RESULT, polls: js('$polls + 1') },
        Next: 'Verified',
      },
      Verified: {
        Type: 'Choice',
        Choices: [
          {
            Condition: js("$checked.state = 'recovered'"),
            Assign: { outcome: 'resolved', reason: js('$checked.summary') },
            Next: 'Record',
          },
          { Condition: js("$checked.state = 'pending'"), Next: 'VerifyWait' },
          ...toNextPlan("$checked.state = 'advanced'", '$checked.summary'),
        ],
        Default: 'Undo',
      },
      Undo: {
        ...invoke('undo', {
          payload: { incidentId: js('$incidentId'), digest: js('$plan.digest') },
          Retry: EFFECT,
          Catch: [stepFailed('Undo')],
        }),
        Assign: { undone: RESULT },
        Next: 'Undone',
      },
      Undone: {
        Type: 'Choice',
        Choices: toNextPlan("$undone.state != 'failed'", '$checked.summary'),
        Assign: { reason: js('$undone.summary') },
        Default: 'Escalate',
      },

      // How it ends.
      Escalate: {
        ...invoke('escalate', {
          payload: { incidentId: js('$incidentId'), reason: js('$reason'), error: js('$error') },
          Retry: REPEATABLE,
          Catch: [toLastResort('Escalate')],
        }),
        Assign: { outcome: 'escalated' },
        Next: 'Record',
      },
      Record: { ...invoke('record', ending(null, 'Record')), Next: 'Notify' },
      Notify: {
        ...invoke('notify', {
          payload: { incidentId: js('$incidentId'), stage: 'final', githubGone: null },
          Retry: REPEATABLE_GITHUB,
          Catch: [
            {
              ErrorEquals: PASSING,
              Assign: {
                githubGone: {
                  since: js('$states.context.State.EnteredTime'),
                  tries: js('$states.context.State.RetryCount + 1'),
                },
              },
              Next: 'NotifyWithoutGithub',
            },
            toLastResort('Notify'),
          ],
        }),
        ...END,
      },
      NotifyWithoutGithub: {
        ...invoke('notify', {
          Comment: 'Repeating did not help: what the comment would have said is mailed.',
          payload: { incidentId: js('$incidentId'), stage: 'final', githubGone: js('$githubGone') },
          Retry: REPEATABLE,
          Catch: [toLastResort('Notify')],
        }),
        ...END,
      },
      LastResort: {
        Type: 'Task',
        Comment: 'No function left to trust: the state machine itself tells a human.',
        Resource: 'arn:aws:states:::sns:publish',
        TimeoutSeconds: 30,
        Arguments: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
          TopicArn: '${EscalationTopicArn}',
          Subject: js("'[Selfheal] The workflow failed: ' & $incidentId"),
          Message: js(
            "'Incident ' & $incidentId & ' needs a human: the workflow itself failed at ' & $failedStep & ' with ' & $error & '. Outcome so far: ' & $outcome & '. ' & $reason",
          ),
        },
        Retry: [{ ...NOT_DONE, ErrorEquals: ['States.ALL'] }],
        Catch: [without('Failed')],
        Next: 'Failed',
      },
      Failed: {
        Type: 'Fail',
        Error: 'WorkflowFailed',
        Cause: js("'The step ' & $failedStep & ' failed with ' & $error & '.'"),
      },
      Done: { Type: 'Succeed', Output: OUTPUT },
    },
  };
}

/** `request-approval` is `${RequestApprovalFunctionArn}` in the definition. */
export function substitutionOf(functionName: string): string {
  return `${pascalCase(functionName)}FunctionArn`;
}

/** `ActGithub` of `act-github`. */
export function pascalCase(name: string): string {
  return name.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

/** `request-approval` of `requestApproval`. */
function kebabCase(step: string): string {
  return step.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
