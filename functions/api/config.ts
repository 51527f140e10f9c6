import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'api',
  description: 'The API for people and scripts: incidents, approvals, knowledge, learning, logs, keys.',
  timeoutSeconds: 25,
  memoryMb: 1024,
  // The function verifies callers itself: an authorizer of the HTTP API knows tokens only, not API keys.
  trigger: {
    kind: 'http',
    routes: [
      { method: 'GET', path: '/api/health', maxRate: 1000 },
      { method: 'GET', path: '/api/incidents', maxRate: 200 },
      { method: 'ANY', path: '/api/{proxy+}', maxRate: 100 },
      // The requests' own paths of older programs.
      ...[
        '/incident',
        '/incidents',
        '/incidents/{proxy+}',
        '/auth/{proxy+}',
        '/config',
        '/config/{proxy+}',
        '/logs/{proxy+}',
        '/analyze',
        '/predict',
        '/search',
        '/recommend',
        '/health',
        '/metrics',
        '/docs',
      ].map((path) => ({
        method: 'ANY' as const,
        path,
      })),
    ],
  },
  uses: {
    incidentsTable: [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
    ],
    incidentIndexes: ['dynamodb:Query'],
    openIncidents: ['dynamodb:Query'],
    knowledgeTable: [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
    ],
    statsTable: [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:Query',
    ],
    accessRecords: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    connectionRecords: [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
    ],
    eventRecords: ['dynamodb:GetItem', 'dynamodb:Query'],
    /** The secrets of connections are derived from it. */
    nameKeySecret: ['secretsmanager:GetSecretValue'],
    peopleRecords: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    policyRecords: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    killSwitchRecord: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    policyTrail: ['dynamodb:PutItem', 'dynamodb:Query'],
    evidenceBucket: ['s3:ListBucket'],
    incidentObjects: ['s3:GetObject', 's3:PutObject'],
    modelObjects: ['s3:GetObject'],
    qualityObjects: ['s3:GetObject', 's3:PutObject'],
    // It alone may remove records; its role is another one.
    repositoryData: ['lambda:InvokeFunction'],
    // They alone may reach the channels.
    handOver: ['lambda:InvokeFunction'],
    endTeller: ['lambda:InvokeFunction'],
    intakeQueue: ['sqs:SendMessage'],
    workflow: ['states:SendTaskSuccess'],
    userPoolClient: [],
    userPoolIssuer: [],
    signInUrl: [],
    apiUrl: [],
    dashboardUrl: [],
  },
  // What a service is like now, and what an action would do there.
  readsServices: ['state', 'load'],
});
