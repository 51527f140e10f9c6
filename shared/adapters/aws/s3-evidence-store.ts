import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { Telemetry } from '@selfheal/log-reading/logs/telemetry.ts';
import { digestOfFix, ProposedFix } from '@selfheal/patch-guard/proposed-fix.ts';
import {
  digestOfQuarantine,
  QuarantinedTest,
} from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { Report } from '#shared/domain/incident/annotations.ts';
import { Known } from '#shared/domain/knowledge/known.ts';
import { Offer } from '#shared/domain/plan/candidates.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws, parseRecord } from './errors.ts';

interface Schema<T> {
  parse(value: unknown): T;
}

/**
 * JSON objects `incidents/<id>/{report,evidence,telemetry,known,offer,diagnosis,fix-<digest>,quarantine-<digest>}.json`. A missing object is only told apart from a forbidden one
 * when the role may `s3:ListBucket`: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html. The client addresses
 * buckets by path, because the local runtime has no wildcard host names.
 */
export function makeS3EvidenceStore(options: { readonly bucket: string; readonly client?: S3Client }): EvidenceStore {
  const { bucket, client = new S3Client({ ...REPEATABLE, forcePathStyle: true }) } = options;
  const put = async <T>(incidentId: string, name: string, schema: Schema<T>, value: T): Promise<void> => {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: keyOf(incidentId, name),
      Body: JSON.stringify(schema.parse(value)),
      ContentType: 'application/json',
    });
    await callAws(`Writing the ${name} of incident ${incidentId}`, () => client.send(command));
  };
  const get = async <T>(incidentId: string, name: string, schema: Schema<T>): Promise<T | null> => {
    const what = `The ${name} of incident ${incidentId}`;
    const text = await readObject(client, bucket, keyOf(incidentId, name), what);
    return text === null ? null : parseRecord(schema, parseJson(text, what), what);
  };
  return {
    putReport: (report) => put(report.incidentId, 'report', Report, report),
    getReport: (incidentId) => get(incidentId, 'report', Report),
    putEvidence: (evidence) => put(evidence.incidentId, 'evidence', Evidence, evidence),
    getEvidence: (incidentId) => get(incidentId, 'evidence', Evidence),
    putTelemetry: (incidentId, telemetry) => put(incidentId, 'telemetry', Telemetry, telemetry),
    getTelemetry: (incidentId) => get(incidentId, 'telemetry', Telemetry),
    putOffer: (offer) => put(offer.incidentId, 'offer', Offer, offer),
    getOffer: (incidentId) => get(incidentId, 'offer', Offer),
    putKnown: (known) => put(known.incidentId, 'known', Known, known),
    getKnown: (incidentId) => get(incidentId, 'known', Known),
    putDiagnosis: (incidentId, diagnosis) => put(incidentId, 'diagnosis', Diagnosis, diagnosis),
    getDiagnosis: (incidentId) => get(incidentId, 'diagnosis', Diagnosis),
    putFix: async (fix) => {
      const digest = digestOfFix(fix);
      await put(fix.incidentId, `fix-${digest}`, ProposedFix, fix);
      return digest;
    },
    getFix: async (incidentId, digest) => {
      const fix = await get(incidentId, `fix-${digest}`, ProposedFix);
      if (fix !== null && digestOfFix(fix) !== digest) {
        throw new CorruptRecord(`The stored fix ${digest} of incident ${incidentId} does not match its digest.`);
      }
      return fix;
    },
    putQuarantine: async (test) => {
      const digest = digestOfQuarantine(test);
      await put(test.incidentId, `quarantine-${digest}`, QuarantinedTest, test);
      return digest;
    },
    getQuarantine: async (incidentId, digest) => {
      const test = await get(incidentId, `quarantine-${digest}`, QuarantinedTest);
      if (test !== null && digestOfQuarantine(test) !== digest) {
        throw new CorruptRecord(`The stored flaky test ${digest} of incident ${incidentId} does not match its digest.`);
      }
      return test;
    },
  };
}

const keyOf = (incidentId: string, name: string): string => `incidents/${incidentId}/${name}.json`;

async function readObject(client: S3Client, bucket: string, key: string, what: string): Promise<string | null> {
  return callAws(what, async () => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body ? await Body.transformToString('utf-8') : null;
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return null;
      throw error;
    }
  });
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be evidence.
    throw new CorruptRecord(`${what} is not JSON.`);
  }
}
