import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { fakeClock } from '#test/fakes/index.ts';
import { failure } from './failure.ts';

const secretsClient = new SecretsManagerClient({ region: 'eu-west-1' });
const secrets = mockClient(secretsClient);
beforeEach(() => {
  secrets.reset();
});

describe('the secret reader', () => {
  const clock = fakeClock();
  const open = () => makeSecretReader({ 'github-webhook': 'arn:w' }, { client: secretsClient, clock });

  it('[A68] reads a secret once for callers at the same time and keeps it five minutes', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"current":"one"}' });
    const reader = open();
    await Promise.all([reader.read('github-webhook'), reader.read('github-webhook')]);
    clock.advance(299_000);
    expect(await reader.read('github-webhook')).toEqual({ current: 'one' });
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(1);
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"current":"two"}' });
    clock.advance(1000);
    expect(await reader.read('github-webhook')).toEqual({ current: 'two' });
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });

  it('hands on as JSON what is no text', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"appId":7,"repositories":{"a/b":{"current":"c"}}}' });
    expect(await open().read('github-webhook')).toEqual({ appId: '7', repositories: '{"a/b":{"current":"c"}}' });
  });

  it('does not keep a failure', async () => {
    secrets
      .on(GetSecretValueCommand)
      .rejectsOnce(failure('InternalServiceError', 500))
      .resolves({ SecretString: '{"a":"b"}' });
    const reader = open();
    await expect(reader.read('github-webhook')).rejects.toMatchObject({ name: 'Retryable' });
    expect(await reader.read('github-webhook')).toEqual({ a: 'b' });
  });

  it.each(['plain-secret-text', '["plain-secret-text"]', '1'])(
    '[D229] never quotes a malformed secret (%j)',
    async (text) => {
      secrets.on(GetSecretValueCommand).resolves({ SecretString: text });
      const reading = open().read('github-webhook');
      await expect(reading).rejects.toMatchObject({ name: 'CorruptRecord' });
      await expect(reading).rejects.not.toHaveProperty('cause');
      await expect(reading).rejects.not.toThrow(/plain-secret-text/);
    },
  );

  it('[D229] refuses a secret that the function was not given', async () => {
    await expect(open().read('github-token')).rejects.toMatchObject({ name: 'Refused' });
  });
});
