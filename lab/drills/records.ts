import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import type { Served } from '#apps/local/serve-runtime.ts';
import { TargetContext } from '#shared/domain/incident/target-context.ts';

const IncidentFacts = z.object({
  id: z.string(),
  status: z.string(),
  target: TargetContext,
  attempt: z.number(),
  occurrences: z.number(),
  outcomeReason: z.string().nullable(),
});
const ActionFacts = z.object({ incidentId: z.string(), actionId: z.string(), state: z.string() });
export type IncidentFacts = z.infer<typeof IncidentFacts>;
type ActionFacts = z.infer<typeof ActionFacts>;

/** Reads the incidents table directly, without the product's own code. */
export interface Records {
  incidents(): Promise<IncidentFacts[]>;
  actions(): Promise<ActionFacts[]>;
  /** Sets the incident's last update to an hour ago, so that it counts as stalled. */
  makeStalled(incidentId: string): Promise<void>;
}

type Attribute = Readonly<Record<string, unknown>>;

/** Calls `served` for each request, because a restarted runtime has other keys. */
export function makeRecords(served: () => Served): Records {
  const scan = async (keyBeginsWith: string): Promise<unknown[]> => {
    const found: unknown[] = [];
    let start: unknown;
    do {
      const answer = await call(served(), 'Scan', {
        TableName: served().outputs.IncidentsTableName,
        ConsistentRead: true,
        FilterExpression: 'begins_with(pk, :incident) AND begins_with(sk, :kind)',
        ExpressionAttributeValues: { ':incident': { S: 'INC#' }, ':kind': { S: keyBeginsWith } },
        ...present({ ExclusiveStartKey: start }),
      });
      const page = Page.parse(answer);
      found.push(...page.Items.map((item) => plain({ M: item })));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return found;
  };
  return {
    incidents: async () => z.array(IncidentFacts).parse(await scan('META')),
    actions: async () => z.array(ActionFacts).parse(await scan('ACTION#')),
    async makeStalled(incidentId) {
      await call(served(), 'UpdateItem', {
        TableName: served().outputs.IncidentsTableName,
        Key: { pk: { S: `INC#${incidentId}` }, sk: { S: 'META' } },
        UpdateExpression: 'SET updatedAt = :then',
        ExpressionAttributeValues: { ':then': { S: new Date(Date.now() - 3_600_000).toISOString() } },
      });
    },
  };
}

const Page = z.object({ Items: z.array(z.record(z.string(), z.unknown())), LastEvaluatedKey: z.unknown().optional() });

/** One call of the tables' API, past the product's own code. */
export async function call(
  { endpoint, adminKey }: Pick<Served, 'endpoint' | 'adminKey'>,
  operation: string,
  input: unknown,
): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20200101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${adminKey}/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${operation}: ${await response.text()}`);
  return response.json();
}

/** A plain value in DynamoDB's notation. */
function marshalled(value: unknown): Attribute {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(marshalled) };
  return { M: marshalledFields(value as object) };
}

export function marshalledFields(record: object): Record<string, Attribute> {
  return Object.fromEntries(Object.entries(record).map(([name, each]) => [name, marshalled(each)]));
}

/** Converts an attribute value of DynamoDB to a plain value. */
function plain(attribute: Attribute): unknown {
  const [[type, value] = ['NULL', true]] = Object.entries(attribute);
  switch (type) {
    case 'N':
      return Number(value);
    case 'NULL':
      return null;
    case 'L':
      return (value as Attribute[]).map(plain);
    case 'M':
      return Object.fromEntries(
        Object.entries(value as Record<string, Attribute>).map(([name, each]) => [name, plain(each)]),
      );
    default:
      return value;
  }
}
