import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import type { Variables } from './compose.ts';
import { onDemand } from './on-demand.ts';

/* The ways to send a message: a deployment uses one or two of them. */
export const mailer = ({ escalationTopic: topicArn }: Variables<'escalationTopic'>) =>
  onDemand(async () => (await import('#shared/adapters/aws/sns-mailer.ts')).makeSnsMailer({ topicArn }));
export const texter = () => onDemand(async () => (await import('#shared/adapters/aws/sns-texter.ts')).makeSnsTexter());
export const smtp = ({ channelSecret: channels }: Variables<'channelSecret'>) =>
  onDemand(async () => {
    const { makeSmtpSender } = await import('#shared/adapters/mail/smtp-sender.ts');
    return makeSmtpSender({ secrets: makeSecretReader({ channels }), local: localMailServer(process.env) });
  });

/** Set by the local runtime alone. */
function localMailServer({ LOCAL_SMTP_PORT: port, LOCAL_SMTP_CERTIFICATE: certificate }: NodeJS.ProcessEnv) {
  return port === undefined || certificate === undefined ? undefined : { port: Number(port), certificate };
}
