import { defineFunction } from '#shared/domain/workflow/function-config.ts';

/** Its role alone may remove records and objects for good; the API checks who asks, and calls it. */
export const config = defineFunction({
  name: 'repository-data',
  description:
    'Exports or deletes what is held of one repository, or lists deletions, when an administrator asks for it.',
  timeoutSeconds: 25,
  memoryMb: 1024,
  trigger: { kind: 'function' },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:DeleteItem'],
    targetIndex: ['dynamodb:Query'],
    knowledgeTable: ['dynamodb:Query', 'dynamodb:DeleteItem'],
    statsTable: ['dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:DeleteItem'],
    controlTable: [
      'dynamodb:GetItem',
      'dynamodb:BatchGetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      'dynamodb:DeleteItem',
    ],
    eventRecords: ['dynamodb:Query', 'dynamodb:DeleteItem'],
    requestRecords: ['dynamodb:Query', 'dynamodb:DeleteItem'],
    dataTrail: ['dynamodb:PutItem', 'dynamodb:Query'],
    evidenceBucket: ['s3:ListBucket', 's3:ListBucketVersions'],
    incidentObjects: ['s3:GetObject', 's3:DeleteObjectVersion'],
    qualityObjects: ['s3:GetObject', 's3:DeleteObjectVersion'],
    workflow: ['states:DescribeExecution', 'states:StopExecution'],
  },
});
