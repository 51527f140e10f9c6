import { makeDynamoDeletions } from '#shared/adapters/aws/dynamo-deletions.ts';
import { makeHeldData } from '#shared/adapters/aws/dynamo-held-data.ts';
import { makeDynamoDataTrail } from '#shared/adapters/aws/dynamo-incident-audit.ts';
import { makeHeldObjects } from '#shared/adapters/aws/held-objects.ts';
import { lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSfnWorkflowEngine } from '#shared/adapters/aws/sfn-workflow-engine.ts';
import { listDeletions } from '#shared/app/data/list-deletions.ts';
import { deleteRepository, exportRepository } from '#shared/app/data/repository-data.ts';
import { DataAnswer, DataRequest } from '#shared/ports/repository-data.ts';
import { compose } from '../compose.ts';
import { config } from './config.ts';

const deps = compose(config, {
  data: ({ incidentsTable, knowledgeTable, statsTable, controlTable, evidenceBucket }) =>
    makeHeldData({
      tables: { incidents: incidentsTable, knowledge: knowledgeTable, stats: statsTable, control: controlTable },
      objects: makeHeldObjects({ bucket: evidenceBucket }),
    }),
  deletions: ({ controlTable: table }) => makeDynamoDeletions({ table }),
  trail: ({ dataTrail: table }) => makeDynamoDataTrail({ table }),
  workflow: ({ workflow: workflowArn }) => makeSfnWorkflowEngine({ workflowArn }),
});

async function answerTo(request: DataRequest): Promise<DataAnswer> {
  switch (request.kind) {
    case 'export':
      return await exportRepository(request, deps);
    case 'delete':
      return await deleteRepository(request, deps);
    case 'history':
      return await listDeletions(request.repository, deps.trail);
    default:
      return request satisfies never;
  }
}

export const handler = stepFunction({
  config,
  input: DataRequest,
  output: DataAnswer,
  run: async (request) => {
    const answer = await answerTo(request);
    lambdaMeter.count(`repository-data-${answer.kind}`);
    return answer;
  },
});
