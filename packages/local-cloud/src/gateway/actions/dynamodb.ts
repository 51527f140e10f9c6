import type { Need } from '../../iam/authorizer.ts';
import type { Deployment } from '../../template/deployment.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../../template/json.ts';
import { type ActionMapping, regional } from './mapping.ts';

const ON_ITEMS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'];
const ON_TABLES = ['Query', 'Scan', 'DescribeTable', 'DescribeTimeToLive'];
const TRANSACTED: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

export const dynamodbActions: ActionMapping = ({ operation, input }, deployment) => {
  if (ON_ITEMS.includes(operation) || ON_TABLES.includes(operation)) return [tableNeed(operation, input, deployment)];
  if (operation === 'BatchGetItem' || operation === 'BatchWriteItem') {
    return Object.entries(objectOf(input.RequestItems)).map(([TableName, requests]) =>
      tableNeed(operation, { TableName, Keys: batchedKeys(requests) }, deployment),
    );
  }
  if (operation === 'TransactGetItems' || operation === 'TransactWriteItems') {
    return listOf(input.TransactItems).flatMap((item) =>
      Object.entries(objectOf(item)).map(([kind, inner]) =>
        tableNeed(TRANSACTED[kind] ?? kind, objectOf(inner), deployment),
      ),
    );
  }
  return operation === 'ListTables' ? [{ action: 'dynamodb:ListTables', resource: '*' }] : null;
};

function tableNeed(operation: string, input: JsonObject, deployment: Deployment): Need {
  const name = textOf(input.TableName) ?? '';
  const table = name.startsWith('arn:') ? name : regional('dynamodb', `table/${name}`, deployment);
  const index = textOf(input.IndexName);
  const leading = leadingKeys(operation, input, table, deployment);
  return {
    action: `dynamodb:${operation}`,
    resource: index === undefined ? table : `${table}/index/${index}`,
    context: {
      ...(leading.length === 0 ? {} : { 'dynamodb:LeadingKeys': leading }),
      ...(operation === 'UpdateItem' ? { 'dynamodb:Attributes': updatedAttributes(input) } : {}),
    },
  };
}

/** Words of update and condition expressions that are no attributes. */
const RESERVED = /^(?:SET|REMOVE|ADD|DELETE|AND|OR|NOT|IN|BETWEEN)$/i;

/** Names of the attributes that an update names, its keys included, for conditions on `dynamodb:Attributes`. */
function updatedAttributes(input: JsonObject): string[] {
  const names = objectOf(input.ExpressionAttributeNames);
  const expressions = [textOf(input.UpdateExpression), textOf(input.ConditionExpression)].join(' ');
  // Not a value (`:at`), a function (`attribute_exists(`), or a part of a path (`a.b`).
  const paths = expressions.match(/(?<![:#\w.])#?[A-Za-z_]\w*(?![\w(]|\s*\()/g) ?? [];
  const attributes = paths.filter((path) => !RESERVED.test(path)).map((path) => textOf(names[path]) ?? path);
  return [
    ...new Set([...Object.keys(objectOf(input.Key)), ...attributes, ...Object.keys(objectOf(input.AttributeUpdates))]),
  ];
}

/** Partition key values of the items that a call touches, for conditions on `dynamodb:LeadingKeys`. */
function leadingKeys(operation: string, input: JsonObject, tableArn: string, deployment: Deployment): string[] {
  const properties = deployment.byArn(tableArn)?.properties ?? {};
  const index = listOf(properties.GlobalSecondaryIndexes)
    .map(objectOf)
    .find((each) => each.IndexName === input.IndexName);
  const schema = listOf((index ?? properties).KeySchema).map(objectOf);
  const key = textOf(schema.find((each) => each.KeyType === 'HASH')?.AttributeName);
  if (key === undefined) return [];
  if (operation === 'Query') return queriedKey(input, key);
  const items = input.Keys === undefined ? [objectOf(input.Key ?? input.Item)] : listOf(input.Keys).map(objectOf);
  return [...new Set(items.flatMap((item) => scalar(item[key])))];
}

/** The keys of a batch of reads, or the keys and items of a batch of writes. */
function batchedKeys(requests: JsonObject[string]): JsonObject[] {
  if (!Array.isArray(requests)) return listOf(objectOf(requests).Keys).map(objectOf);
  return requests
    .map(objectOf)
    .map(({ PutRequest, DeleteRequest }) =>
      PutRequest === undefined ? objectOf(objectOf(DeleteRequest).Key) : objectOf(objectOf(PutRequest).Item),
    );
}

function queriedKey(input: JsonObject, key: string): string[] {
  const names = objectOf(input.ExpressionAttributeNames);
  const values = objectOf(input.ExpressionAttributeValues);
  for (const [, name = '', value = ''] of (textOf(input.KeyConditionExpression) ?? '').matchAll(
    /([#\w.-]+)\s*=\s*(:\w+)/g,
  )) {
    if ((names[name] ?? name) === key) return scalar(values[value]);
  }
  return [];
}

function scalar(value: unknown): string[] {
  const [inner] = isObject(value) ? Object.values(value) : [];
  return inner === undefined ? [] : [String(inner)];
}
