import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'intake',
  description:
    'Groups signals into incidents, starts the healing workflow, and carries out what people ask for in comments and other tools.',
  timeoutSeconds: 30,
  memoryMb: 512,
  trigger: { kind: 'intake-queue' },
  uses: {
    /** The event source mapping polls the queue with the function's role. */
    intakeQueue: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    controlTable: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    openIncidents: ['dynamodb:Query'],
    eventRecords: ['dynamodb:UpdateItem'],
    statsTable: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    workflow: ['states:StartExecution', 'states:SendTaskSuccess'],
    peopleRecords: ['dynamodb:Query'],
    policyRecords: ['dynamodb:Query'],
    controlReads: ['dynamodb:BatchGetItem'],
    githubTokenSecret: ['secretsmanager:GetSecretValue'],
    killSwitchRecord: [],
    channelSecret: [],
    handOver: [],
    endTeller: [],
  },
  // What people ask for in Slack is carried out here.
  forSlack: {
    uses: {
      killSwitchRecord: ['dynamodb:GetItem'],
      channelSecret: ['secretsmanager:GetSecretValue'],
      handOver: ['lambda:InvokeFunction'],
      endTeller: ['lambda:InvokeFunction'],
    },
  },
});
