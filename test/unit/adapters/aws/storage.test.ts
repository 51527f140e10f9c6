import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { digestOfQuarantine } from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeSnsMailer } from '#shared/adapters/aws/sns-mailer.ts';
import { makeSqsSignalQueue } from '#shared/adapters/aws/sqs-signal-queue.ts';
import { offerOf } from '#shared/domain/plan/candidates.ts';
import { aDiagnosis, anEvidence, aSignal, aTelemetry, redactedText } from '#test/builders/index.ts';
import { makeMemoryEvidenceStore } from '#test/fakes/index.ts';
import { aCandidate } from '../../domain/plan/a-candidate.ts';
import { aQuarantinedTest } from '../../plugins/actions/fix-world.ts';
import { failure } from './failure.ts';

const ID = `gh-${'0'.repeat(24)}`;
let server: FauxqsServer;
let s3: S3Client;
const access = () => ({
  endpoint: server.address,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false, messageSpies: true });
  server.createBucket('evidence');
  s3 = new S3Client({ ...access(), forcePathStyle: true });
});
afterAll(() => server.stop());

describe.each([
  ['in memory', () => makeMemoryEvidenceStore()],
  ['in S3', () => makeS3EvidenceStore({ bucket: 'evidence', client: s3 })],
])('the evidence store %s', (_name, open) => {
  it('gives back what was put, the last one, and null for what was not', async () => {
    const store = open();
    expect(await store.getEvidence('gh-another-one')).toBeNull();
    await store.putEvidence(anEvidence());
    await store.putEvidence(anEvidence({ texts: ['E\u00df \ud83d\ude80', 'second'] }));
    await store.putTelemetry(ID, aTelemetry());
    await store.putDiagnosis(ID, aDiagnosis());
    const offer = offerOf(ID, [aCandidate()], new Date('2026-11-21T12:00:00Z'));
    expect(await store.getOffer(ID)).toBeNull();
    await store.putOffer(offer);
    expect(await store.getOffer(ID)).toEqual(offer);
    expect(await store.getEvidence(ID)).toEqual(anEvidence({ texts: ['E\u00df \ud83d\ude80', 'second'] }));
    expect(await store.getTelemetry(ID)).toEqual(aTelemetry());
    expect(await store.getDiagnosis(ID)).toEqual(aDiagnosis());
  });
});

describe('the evidence store in S3', () => {
  it('gives back a flaky test by its digest, and refuses one that was changed after it was kept', async () => {
    const store = makeS3EvidenceStore({ bucket: 'evidence', client: s3 });
    const test = aQuarantinedTest({ incidentId: ID });
    const digest = await store.putQuarantine(test);
    expect(digest).toBe(digestOfQuarantine(test));
    expect(await store.getQuarantine(ID, digest)).toEqual(test);
    expect(await store.getQuarantine(ID, '0'.repeat(64))).toBeNull();
    const Key = `incidents/${ID}/quarantine-${digest}.json`;
    const Body = JSON.stringify({ ...test, until: '2099-01-01' });
    await s3.send(new PutObjectCommand({ Bucket: 'evidence', Key, Body }));
    await expect(store.getQuarantine(ID, digest)).rejects.toMatchObject({ name: 'CorruptRecord' });
  });

  it.each(['{"version": 1}', 'not JSON: secret'])(
    'throws CorruptRecord without quoting for the object %j',
    async (body) => {
      const key = 'incidents/gh-broken-one/evidence.json';
      await s3.send(new PutObjectCommand({ Bucket: 'evidence', Key: key, Body: body }));
      const reading = makeS3EvidenceStore({ bucket: 'evidence', client: s3 }).getEvidence('gh-broken-one');
      await expect(reading).rejects.toMatchObject({ name: 'CorruptRecord' });
      await expect(reading).rejects.not.toThrow(/secret/);
    },
  );

  it('throws UnsupportedVersion for an object of another version', async () => {
    const Key = 'incidents/gh-other-version/evidence.json';
    await s3.send(new PutObjectCommand({ Bucket: 'evidence', Key, Body: '{"version": 2}' }));
    const reading = makeS3EvidenceStore({ bucket: 'evidence', client: s3 }).getEvidence('gh-other-version');
    await expect(reading).rejects.toMatchObject({ name: 'UnsupportedVersion' });
    await expect(reading).rejects.toThrow('The evidence of incident gh-other-version has record version 2');
  });

  it('throws Refused for a bucket that is not there, and Retryable while S3 slows down', async () => {
    const missing = makeS3EvidenceStore({ bucket: 'missing-bucket', client: s3 }).getEvidence(ID);
    await expect(missing).rejects.toMatchObject({ name: 'Refused' });
    const client = new S3Client(access());
    mockClient(client).on(GetObjectCommand).rejects(failure('SlowDown', 503));
    const slow = makeS3EvidenceStore({ bucket: 'evidence', client }).getEvidence(ID);
    await expect(slow).rejects.toMatchObject({ name: 'Retryable' });
  });
});

describe('the mailer', () => {
  it('publishes to the topic with a subject that SNS accepts', async () => {
    const { topicArn } = server.createTopic('escalation');
    const { queueUrl, queueName } = server.createQueue('mails');
    server.subscribe({ topic: 'escalation', queue: 'mails' });
    const mailer = makeSnsMailer({ topicArn, client: new SNSClient({ ...access(), maxAttempts: 1 }) });
    await mailer.publish(
      redactedText(`Alarm \u00fcber\nline ${'x'.repeat(200)}`),
      redactedText('What happened \u2026'),
    );
    expect(queueUrl).toContain(queueName);
    const message = await server.spy.waitForMessage({ service: 'sqs', queueName: 'mails' }, undefined, 2000);
    const mail = JSON.parse((message as { body: string }).body) as { Subject: string; Message: string };
    expect(mail.Message).toBe('What happened \u2026');
    expect(mail.Subject).toMatch(/^Alarm \?ber line x+$/);
    expect(mail.Subject).toHaveLength(100);
  });

  it('throws Refused for a topic that is not there', async () => {
    const topicArn = 'arn:aws:sns:us-east-1:000000000000:missing';
    const mailer = makeSnsMailer({ topicArn, client: new SNSClient(access()) });
    await expect(mailer.publish(redactedText('Subject'), redactedText('Message'))).rejects.toMatchObject({
      name: 'Refused',
    });
  });
});

describe('the signal queue', () => {
  it('resolves when the queue has taken the signal as JSON', async () => {
    const { queueUrl } = server.createQueue('intake');
    await makeSqsSignalQueue({ queueUrl, client: new SQSClient(access()) }).send(aSignal());
    const message = await server.spy.waitForMessage({ service: 'sqs', queueName: 'intake' }, undefined, 2000);
    expect(JSON.parse((message as { body: string }).body)).toEqual(aSignal());
  });

  it('throws Refused for a queue that is not there, and Retryable when nobody answers', async () => {
    const gone = makeSqsSignalQueue({
      queueUrl: `${server.address}/000000000000/missing`,
      client: new SQSClient(access()),
    });
    await expect(gone.send(aSignal())).rejects.toMatchObject({ name: 'Refused' });
    const client = new SQSClient({ ...access(), endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    const silent = makeSqsSignalQueue({ queueUrl: 'http://127.0.0.1:1/000000000000/intake', client });
    await expect(silent.send(aSignal())).rejects.toMatchObject({ name: 'Retryable' });
  });
});
