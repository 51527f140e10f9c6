import { matchesPattern } from '../buses/pattern.ts';
import type { MessageAttributes } from '../storage/queue-store.ts';
import { isObject, type JsonObject, parseObject } from '../template/json.ts';

/**
 * Whether a subscription's filter policy accepts the message. The policy language is EventBridge's, applied to the message attributes
 * or to the body (SNS Developer Guide, "Subscription filter policies").
 */
export function passesFilter(policy: unknown, scope: unknown, message: string, attributes: MessageAttributes): boolean {
  const parsed = typeof policy === 'string' ? parseObject(policy, 'FilterPolicy') : policy;
  if (!isObject(parsed) || Object.keys(parsed).length === 0) return true;
  if (scope !== 'MessageBody') return matchesPattern(attributeValues(attributes), parsed);
  try {
    return matchesPattern(JSON.parse(message), parsed);
  } catch {
    return false;
  }
}

function attributeValues(attributes: MessageAttributes): JsonObject {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType: type, StringValue: value = '' }]) => {
      if (type === 'Number') return [name, Number(value)];
      return [name, type === 'String.Array' ? JSON.parse(value) : value];
    }),
  );
}
