import { toXml } from '@selfheal/fake-server/xml.ts';
import type { MessageAttribute, MessageAttributes } from '../storage/queue-store.ts';
import { AwsFault } from '../wire/request.ts';
import type { Topics } from './topics.ts';

/** The SNS operations that functions use, in the query protocol; returns the XML document. */
export function makeSnsApi(topics: Topics) {
  const publish = (form: URLSearchParams, prefix = '') => {
    const phone = form.get(`${prefix}PhoneNumber`);
    if (phone !== null) return topics.text(phone, form.get(`${prefix}Message`) ?? '');
    const topicArn = form.get('TopicArn') ?? form.get('TargetArn') ?? '';
    const subject = form.get(`${prefix}Subject`);
    const attributes = readAttributes(form, prefix);
    return topics.publish(topicArn, form.get(`${prefix}Message`) ?? '', {
      attributes,
      ...(subject === null ? {} : { subject }),
    });
  };
  const operations: Record<string, (form: URLSearchParams) => Parameters<typeof toXml>[0]> = {
    Publish: (form) => ({ MessageId: publish(form) }),
    PublishBatch: (form) => {
      const prefixes = numbered(form, 'PublishBatchRequestEntries.member.', 'Id');
      const member = prefixes.map((prefix) => ({ Id: form.get(`${prefix}Id`), MessageId: publish(form, prefix) }));
      return { Successful: { member }, Failed: {} };
    },
    ListTopics: () => ({ Topics: { member: topics.arns().map((TopicArn) => ({ TopicArn })) } }),
  };
  return (form: URLSearchParams): string => {
    const action = form.get('Action') ?? '';
    const run = Object.hasOwn(operations, action) ? operations[action] : undefined;
    if (run === undefined) throw new AwsFault('InvalidAction', `${action} is not served by the local runtime.`, 400);
    const RequestId = crypto.randomUUID();
    return toXml({ [`${action}Response`]: { [`${action}Result`]: run(form), ResponseMetadata: { RequestId } } });
  };
}

function readAttributes(form: URLSearchParams, prefix: string): MessageAttributes {
  const entries = numbered(form, `${prefix}MessageAttributes.entry.`, 'Name').map(
    (entry): [string, MessageAttribute] => {
      const text = form.get(`${entry}Value.StringValue`);
      const binary = form.get(`${entry}Value.BinaryValue`);
      return [
        form.get(`${entry}Name`) ?? '',
        {
          DataType: form.get(`${entry}Value.DataType`) ?? 'String',
          ...(text === null ? {} : { StringValue: text }),
          ...(binary === null ? {} : { BinaryValue: binary }),
        },
      ];
    },
  );
  return Object.fromEntries(entries);
}

/** `prefix1.`, `prefix2.`, ... for as long as the form has the field. */
function numbered(form: URLSearchParams, prefix: string, field: string): string[] {
  const found: string[] = [];
  while (form.has(`${prefix}${found.length + 1}.${field}`)) found.push(`${prefix}${found.length + 1}.`);
  return found;
}
