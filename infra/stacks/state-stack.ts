import { Aws, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { Approvers, type ApproversProps } from '../constructs/approvers.ts';
import { EvidenceBucket } from '../constructs/evidence-bucket.ts';
import { ChannelSecret, GithubSecrets, ModelKey, NameKey } from '../constructs/secrets.ts';
import { Tables } from '../constructs/tables.ts';

export interface NamedArn {
  readonly name: string;
  readonly arn: string;
}

/** Resources of the stateful stack that the stateless one uses, as imported values. */
export interface StateResources {
  readonly incidentsTable: NamedArn;
  readonly knowledgeTable: NamedArn;
  readonly statsTable: NamedArn;
  readonly controlTable: NamedArn;
  readonly evidenceBucket: NamedArn;
  readonly webhookSecretArn: string;
  readonly githubTokenSecretArn: string;
  readonly nameKeySecretArn: string;
  /** Null when the configured model provider takes no key. */
  readonly modelKeySecretArn: string | null;
  /** The operator's own secret in its place; null when there is none. */
  readonly modelKeySecretName: string | null;
  /** Null when no configured notifier needs one. */
  readonly channelSecretArn: string | null;
  /** The operator's own secret in its place; null when there is none. */
  readonly channelSecretName: string | null;
  /** Issuer of the approvers' tokens: `https://cognito-idp.<region>.amazonaws.com/<pool>`. */
  readonly approverIssuerUrl: string;
  readonly userPoolClientId: string;
  /** Where people sign in with a browser, without a trailing slash. */
  readonly signInUrl: string;
}

export interface StateStackProps extends StackProps {
  readonly evidenceDays: number;
  readonly qualityDays: number;
  readonly tokenMinutes: number;
  readonly mfa: ApproversProps['mfa'];
  /** Whether the model provider needs a key. */
  readonly modelKey: boolean;
  /** The operator's own secret with it; then none is made. */
  readonly modelKeySecretName: string | null;
  /** Whether a configured notifier needs what is stored for the channels. */
  readonly channels: boolean;
  /** The operator's own secret with it; then none is made. */
  readonly channelSecretName: string | null;
}

/** The stateful stack: everything that must survive a redeployment and is deleted only by hand. */
export class StateStack extends Stack {
  readonly resources: StateResources;

  constructor(scope: Construct, id: string, props: StateStackProps) {
    super(scope, id, { terminationProtection: true, ...props });
    const tables = new Tables(this, 'Tables');
    const { bucket } = new EvidenceBucket(this, 'Evidence', props);
    const secrets = new GithubSecrets(this, 'GithubSecrets');
    const nameKey = new NameKey(this, 'NameKey').secret;
    const modelKey = props.modelKey && props.modelKeySecretName === null ? new ModelKey(this, 'ModelKey').secret : null;
    const channels =
      props.channels && props.channelSecretName === null ? new ChannelSecret(this, 'Channels').secret : null;
    const approvers = new Approvers(this, 'Approvers', { tokenMinutes: props.tokenMinutes, mfa: props.mfa });
    this.resources = {
      incidentsTable: this.exportTable(tables.incidents),
      knowledgeTable: this.exportTable(tables.knowledge),
      statsTable: this.exportTable(tables.stats),
      controlTable: this.exportTable(tables.control),
      evidenceBucket: { name: this.exportValue(bucket.bucketName), arn: this.exportValue(bucket.bucketArn) },
      webhookSecretArn: this.exportValue(secrets.webhook.secretArn),
      githubTokenSecretArn: this.exportValue(secrets.token.secretArn),
      nameKeySecretArn: this.exportValue(nameKey.secretArn),
      modelKeySecretArn: modelKey === null ? null : this.exportValue(modelKey.secretArn),
      modelKeySecretName: props.modelKey ? props.modelKeySecretName : null,
      channelSecretArn: channels === null ? null : this.exportValue(channels.secretArn),
      channelSecretName: props.channels ? props.channelSecretName : null,
      approverIssuerUrl: this.exportValue(approvers.userPool.userPoolProviderUrl),
      userPoolClientId: this.exportValue(approvers.client.userPoolClientId),
      signInUrl: `https://${this.exportValue(approvers.domain.domainName)}.auth.${Aws.REGION}.amazoncognito.com`,
    };
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output(
      'IncidentsTableName',
      tables.incidents.tableName,
      'Table of incidents and their audit trails: --table of "selfheal incident".',
    );
    output('KnowledgeTableName', tables.knowledge.tableName, 'Table of patterns, advice and past incidents.');
    output('StatsTableName', tables.stats.tableName, 'Table of outcomes, predictions and counts.');
    output('ControlTableName', tables.control.tableName, 'Table of policy, kill switch, locks and API keys.');
    output('EvidenceBucketName', bucket.bucketName, 'Bucket of redacted evidence, models and quality documents.');
    output(
      'WebhookSecretName',
      secrets.webhook.secretName,
      'Secret that webhooks are signed with. Put its value here and at GitHub.',
    );
    output(
      'GithubTokenSecretName',
      secrets.token.secretName,
      'Secret with the token or the GitHub App that Selfheal acts as.',
    );
    if (modelKey !== null)
      output('ModelKeySecretName', modelKey.secretName, 'Secret with the key of the language model.');
    if (channels !== null)
      output(
        'ChannelSecretName',
        channels.secretName,
        'Secret with the addresses, keys and passwords of chat, pager, mail server and webhook.',
      );
    output('UserPoolId', approvers.userPool.userPoolId, 'User pool of the people who sign in.');
    output(
      'UserPoolClientId',
      approvers.client.userPoolClientId,
      'Client of the user pool that the dashboard and the command line use.',
    );
  }

  private exportTable(table: TableV2): NamedArn {
    return { name: this.exportValue(table.tableName), arn: this.exportValue(table.tableArn) };
  }
}
