import { afterAll, beforeAll } from 'vitest';
import { makeDynamoApiKeyStore } from '#shared/adapters/aws/dynamo-api-key-store.ts';
import { makeDynamoApprovalQueue } from '#shared/adapters/aws/dynamo-approval-queue.ts';
import { makeDynamoChangeStore } from '#shared/adapters/aws/dynamo-change-store.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoDelegationStore } from '#shared/adapters/aws/dynamo-delegation-store.ts';
import { makeDynamoEscalationChains } from '#shared/adapters/aws/dynamo-escalation-chains.ts';
import { makeDynamoExperienceStore } from '#shared/adapters/aws/dynamo-experience-store.ts';
import { makeDynamoHealingStore } from '#shared/adapters/aws/dynamo-healing-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoModelRegistry } from '#shared/adapters/aws/dynamo-model-registry.ts';
import { makeDynamoPersonStore } from '#shared/adapters/aws/dynamo-person-store.ts';
import { makeDynamoPolicyStore } from '#shared/adapters/aws/dynamo-policy-store.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { makeDynamoRepeatedRequests } from '#shared/adapters/aws/dynamo-repeated-requests.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import {
  makeMemoryApiKeyStore,
  makeMemoryControlStore,
  makeMemoryDelegationStore,
  makeMemoryEscalationChains,
  makeMemoryExperienceStore,
  makeMemoryHealingStore,
  makeMemoryIncidentStore,
  makeMemoryIncidents,
  makeMemoryKnowledgeStore,
  makeMemoryModelRegistry,
  makeMemoryPersonStore,
  makeMemoryPolicyStore,
  makeMemoryPredictionStore,
  makeMemoryRepeatedRequests,
  makeMemoryStatsStore,
} from '#test/fakes/index.ts';
import { MemoryChangeStore } from '#test/fakes/memory-change-store.ts';
import { apiKeyStoreContract } from './contract/api-key-store.ts';
import { approvalQueueContract } from './contract/approval-queue.ts';
import { changeStoreContract } from './contract/change-store.ts';
import { controlStoreContract } from './contract/control-store.ts';
import { delegationStoreContract } from './contract/delegation-store.ts';
import { escalationChainsContract } from './contract/escalation-chains.ts';
import { experienceStoreContract } from './contract/experience-store.ts';
import { healingStoreContract } from './contract/healing-store.ts';
import { incidentStoreContract } from './contract/incident-store.ts';
import { knowledgeStoreContract } from './contract/knowledge-store.ts';
import { modelRegistryContract } from './contract/model-registry.ts';
import { personStoreContract } from './contract/person-store.ts';
import { policyStoreContract } from './contract/policy-store.ts';
import { predictionStoreContract } from './contract/prediction-store.ts';
import { repeatedRequestsContract } from './contract/repeated-requests.ts';
import { statsStoreContract } from './contract/stats-store.ts';
import { type DynamoServer, startDynamo } from './dynamo-server.ts';

let dynamo: DynamoServer;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());
const access = async (): Promise<{ table: string; client: DynamoServer['client'] }> => ({
  table: await dynamo.createTable(),
  client: dynamo.client,
});

incidentStoreContract('incident store in memory', async (clock) => makeMemoryIncidentStore(clock));
incidentStoreContract('incident store in DynamoDB', async (clock) =>
  makeDynamoIncidentStore({ ...(await access()), clock }),
);
apiKeyStoreContract('API keys in memory', async () => makeMemoryApiKeyStore());
apiKeyStoreContract('API keys in DynamoDB', async () => makeDynamoApiKeyStore(await access()));
personStoreContract('people in memory', async () => makeMemoryPersonStore());
personStoreContract('people in DynamoDB', async () => makeDynamoPersonStore(await access()));
repeatedRequestsContract('requests with a key in memory', async () => makeMemoryRepeatedRequests());
repeatedRequestsContract('requests with a key in DynamoDB', async () => makeDynamoRepeatedRequests(await access()));
approvalQueueContract('approval queue in memory', async () => makeMemoryIncidents());
approvalQueueContract('approval queue in DynamoDB', async () => {
  const dynamoAccess = await access();
  return { incidents: makeDynamoIncidentStore(dynamoAccess), approvals: makeDynamoApprovalQueue(dynamoAccess) };
});
controlStoreContract('control store in memory', async (clock) => makeMemoryControlStore(clock));
controlStoreContract('control store in DynamoDB', async (clock) =>
  makeDynamoControlStore({ ...(await access()), clock }),
);
controlStoreContract('control store in DynamoDB, where records are read together', async (clock) =>
  makeDynamoControlStore({ ...(await access()), clock, readsTogether: true }),
);
policyStoreContract('policy in memory', async () => makeMemoryPolicyStore());
policyStoreContract('policy in DynamoDB', async () => makeDynamoPolicyStore(await access()));
policyStoreContract('policy in DynamoDB, read together with other records', async () =>
  makeDynamoPolicyStore({ ...(await access()), readsTogether: true }),
);
knowledgeStoreContract('knowledge store in memory', async () => makeMemoryKnowledgeStore());
knowledgeStoreContract('knowledge store in DynamoDB', async () => makeDynamoKnowledgeStore(await access()));
statsStoreContract('stats store in memory', async () => makeMemoryStatsStore());
statsStoreContract('stats store in DynamoDB', async () => makeDynamoStatsStore(await access()));
experienceStoreContract('experience store in memory', async () => makeMemoryExperienceStore());
experienceStoreContract('experience store in DynamoDB', async () => makeDynamoExperienceStore(await access()));
delegationStoreContract('delegations in memory', async () => makeMemoryDelegationStore());
delegationStoreContract('delegations in DynamoDB', async () => makeDynamoDelegationStore(await access()));
healingStoreContract('healing store in memory', async () => makeMemoryHealingStore());
healingStoreContract('healing store in DynamoDB', async () => makeDynamoHealingStore(await access()));
predictionStoreContract('prediction store in memory', async () => makeMemoryPredictionStore());
predictionStoreContract('prediction store in DynamoDB', async () => makeDynamoPredictionStore(await access()));
modelRegistryContract('model registry in memory', async () => makeMemoryModelRegistry());
modelRegistryContract('model registry in DynamoDB', async () => makeDynamoModelRegistry(await access()));

escalationChainsContract('escalation chains in memory', async () => makeMemoryEscalationChains());
escalationChainsContract('escalation chains in DynamoDB', async () => makeDynamoEscalationChains(await access()));
changeStoreContract('in memory', async () => new MemoryChangeStore());
changeStoreContract('in DynamoDB', async () => makeDynamoChangeStore(await access()));
