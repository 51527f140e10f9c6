import { defineFunction } from '#shared/domain/workflow/function-config.ts';

export const config = defineFunction({
  name: 'approval',
  description: 'Lists pending approvals, takes decisions of signed-in people and leads to the dashboard.',
  timeoutSeconds: 15,
  memoryMb: 512,
  trigger: {
    kind: 'http',
    routes: [
      { method: 'GET', path: '/approvals/{incidentId}/{digest}', authorized: false },
      { method: 'GET', path: '/approvals/{incidentId}/{digest}/details', authorized: true },
      { method: 'POST', path: '/approvals/{incidentId}/{digest}', authorized: true },
      { method: 'GET', path: '/approvals', authorized: true },
      { method: 'POST', path: '/delegations', authorized: true },
    ],
  },
  uses: {
    incidentsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
    evidenceBucket: ['s3:GetObject', 's3:ListBucket'],
    openIncidents: ['dynamodb:Query'],
    workflow: ['states:SendTaskSuccess'],
    dashboardUrl: [],
  },
});
