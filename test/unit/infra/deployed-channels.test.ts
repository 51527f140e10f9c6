import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { readSettings } from '#infra/settings.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { PLUGINS } from '#shared/plugins/plugins.ts';
import { makeWorkspace } from './assembly.ts';

const settingsOf = (environment: Record<string, string>, context: Record<string, string> = {}) =>
  readSettings(new App({ context }).node, PLUGINS, environment);
const SECRET_VALUE = ['s3cr3t', 'value'].join('-');
const MAIL = { SMTP_SERVER: 'smtp.example.com', EMAIL_USER: 'robot@example.com', ALERT_EMAIL_TO: 'team@example.com' };

describe('the channels of a deployment', () => {
  it('[D181] [D184] take the mail server, the user, sender and recipients from the environment; the port is 587', () => {
    const { configuration, remarks } = settingsOf({
      ...MAIL,
      EMAIL_PASSWORD: SECRET_VALUE,
      ALERT_EMAIL_FROM: 'selfheal@example.com',
      ALERT_EMAIL_TO: 'team@example.com, lead@example.com',
      ONCALL_EMAILS: 'on-call@example.com',
    });
    expect(configuration.notifiers.smtp).toEqual({
      host: 'smtp.example.com',
      user: 'robot@example.com',
      from: 'selfheal@example.com',
      to: ['team@example.com', 'lead@example.com'],
      onCall: ['on-call@example.com'],
    });
    expect(remarks.join('\n')).toMatch(
      /EMAIL_PASSWORD: not deployed[\s\S]*smtp:\{password:e\.EMAIL_PASSWORD\}[\s\S]*put-secret-value/,
    );
  });

  it.each([
    ['SMTP_PORT', '2525', { port: 2525 }],
    ['SMTP_HOST', 'other.example.com', { host: 'smtp.example.com' }],
    ['EMAIL_FROM', 'b@example.com', { from: 'b@example.com' }],
  ])('take %s, too', (name, value, expected) => {
    expect(settingsOf({ ...MAIL, [name]: value }).configuration.notifiers.smtp).toMatchObject(expected);
  });

  it('sends from the user where no sender is set', () => {
    expect(settingsOf(MAIL).configuration.notifiers.smtp).toMatchObject({ from: 'robot@example.com' });
  });

  it.each([
    ['SLACK_WEBHOOK_URL', 'slack'],
    ['[D182] TEAMS_WEBHOOK_URL', 'teams'],
    ['PAGERDUTY_ROUTING_KEY', 'pagerduty'],
    ['[E35] INCIDENT_INTEGRATOR_URL', 'webhook'],
  ])('%s turns its channel on, and its value is nowhere in the deployment', (title, channel) => {
    const name = title.split(' ').at(-1) ?? '';
    const settings = settingsOf({ [name]: SECRET_VALUE });
    expect(settings.configuration.notifiers[channel]).toEqual({ tell: ['incidents', 'approvals'] });
    expect(JSON.stringify(settings)).not.toContain(SECRET_VALUE);
    expect(settings.remarks.join('\n')).toContain(`e.${name}`);
  });

  it('[D183] subscribes the addresses to the topic where no mail server is set', () => {
    const { emails, configuration } = settingsOf(
      { ONCALL_EMAILS: 'on-call@example.com;b@example.com', ALERT_EMAIL_TO: 'team@example.com' },
      { emails: 'team@example.com' },
    );
    expect(emails).toEqual(['team@example.com', 'on-call@example.com', 'b@example.com']);
    expect(configuration.notifiers.smtp).toBeUndefined();
  });

  it('[D183] sends text messages to ONCALL_PHONES, and refuses what is no telephone number', () => {
    const phones = (ONCALL_PHONES: string) => settingsOf({ ONCALL_PHONES }).configuration.notifiers.sms;
    expect(phones('+491700000001, +15550000002')).toEqual({ to: ['+491700000001', '+15550000002'] });
    expect(() => phones('0170-1')).toThrow(/ONCALL_PHONES: a telephone number with its country/);
  });

  it('lets the context win over the environment, and names a secret of the operator', () => {
    const settings = settingsOf(
      { ...MAIL, EMAIL_PASSWORD: SECRET_VALUE },
      { SMTP_PORT: '465', channelSecret: 'team/channels' },
    );
    expect(settings.configuration.notifiers.smtp).toMatchObject({ port: 465 });
    expect(settings.channelSecretName).toBe('team/channels');
    expect(settings.remarks.join('\n')).toContain('--secret-id team/channels');
  });

  it.each([
    [{ ...MAIL, SMTP_PORT: 'smtp' }, /SMTP_PORT is smtp\. Set it to a number/],
    [{ ...MAIL, SMTP_PORT: '99999' }, /SMTP_PORT: /],
    [{ ...MAIL, ALERT_EMAIL_TO: 'nobody' }, /ALERT_EMAIL_TO: each must be an e-mail address/],
    [{ ...MAIL, SMTP_SERVER: 'https://smtp.example.com' }, /SMTP_SERVER: the name of a mail server/],
    [{ SMTP_SERVER: 'smtp.example.com', ALERT_EMAIL_TO: 'a@example.com' }, /Set ALERT_EMAIL_FROM too/],
    [{ SMTP_SERVER: 'smtp.example.com', EMAIL_USER: 'a@example.com' }, /ALERT_EMAIL_TO or ONCALL_EMAILS/],
    [{ JIRA_URL: 'https://example.atlassian.net' }, /Set JIRA_PROJECT too/],
    [{ ONCALL_EMAILS: 'nobody' }, /ONCALL_EMAILS hold e-mail addresses/],
  ])('refuses %j by the name of the variable', (environment, words) => {
    expect(() => settingsOf(environment as Record<string, string>)).toThrow(words);
  });

  it.each(['EMAIL_PASSWORD', 'TEAMS_WEBHOOK_URL', 'SLACK_WEBHOOK_URL'])(
    'refuses %s in the context, without showing it',
    (name) => {
      const attempt = () => settingsOf({}, { [name]: SECRET_VALUE });
      expect(attempt).toThrow(new RegExp(`The context ${name} is a secret`));
      expect(attempt).not.toThrow(SECRET_VALUE);
    },
  );
});

describe('what variables of a deployment set', () => {
  it('reaches every function, over the file in its bundle', () => {
    const workspace = makeWorkspace({ version: 1, notifiers: { slack: { tell: ['upkeep'] } } });
    try {
      const context = {
        ...MAIL,
        ONCALL_PHONES: '+491700000001',
        AI_MODEL: 'claude-sonnet-4-5',
        AI_CONFIDENCE_THRESHOLD: '0.95',
      };
      const { template } = workspace.makeApp(context).synth().getStackByName('Selfheal') as {
        template: { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
      };
      const functions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
      const settings = functions.map(({ Properties }) => {
        const { Variables } = Properties.Environment as { Variables: Record<string, string> };
        return Variables.DEPLOYED_SETTINGS;
      });
      expect(new Set(settings).size).toBe(1);
      const configuration = loadConfiguration({
        LAMBDA_TASK_ROOT: join(workspace.bundles, 'notify'),
        DEPLOYED_SETTINGS: settings[0],
      });
      expect(configuration.model).toMatchObject({ provider: 'anthropic', modelId: 'claude-sonnet-4-5' });
      expect(configuration.policy.actAtConfidence).toBe(0.95);
      const texting = Object.values(template.Resources).filter(
        ({ Type, Properties }) =>
          Type === 'AWS::IAM::Role' && JSON.stringify(Properties.Policies ?? []).includes('"NotResource"'),
      );
      // Whoever announces may text telephones, and publish to no topic but its own.
      expect(texting.length).toBeGreaterThan(3);
      for (const { Properties } of texting)
        expect(JSON.stringify(Properties.Policies)).toMatch(
          /"Action":"sns:Publish","Effect":"Allow","NotResource":\{[^}]*\[[^\]]*\[[^\]]*:sns:\*:\*:\*/,
        );
      expect(configuration.notifiers).toMatchObject({
        slack: { tell: ['upkeep'] },
        smtp: { host: 'smtp.example.com', to: ['team@example.com'] },
      });
    } finally {
      workspace.remove();
    }
  });
});
