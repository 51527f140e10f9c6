import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Texter } from '#shared/ports/cloud.ts';
import { ONCE } from './client-settings.ts';
import { sendEffect } from './errors.ts';

/**
 * Text messages by SNS, sent at once and not as advertising. Not repeated after a lost answer (`OutcomeUnknown`): a second message would be sent.
 * A deployment whose account is in the sandbox reaches only verified numbers.
 */
export function makeSnsTexter({ client = new SNSClient(ONCE) }: { readonly client?: SNSClient } = {}): Texter {
  return {
    send: async (phone, text) => {
      const command = new PublishCommand({
        PhoneNumber: phone,
        Message: text,
        MessageAttributes: {
          'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' },
          'AWS.SNS.SMS.SenderID': { DataType: 'String', StringValue: 'Selfheal' },
        },
      });
      await sendEffect('Sending a text message', () => client.send(command));
    },
  };
}
