import { describe, expect, it } from 'vitest';
import { faultResponse } from '../../src/wire/fault-response.ts';
import { AwsFault, type GatewayRequest } from '../../src/wire/request.ts';

const asked = (headers: Record<string, string>, method = 'POST'): GatewayRequest => ({
  method,
  url: '/',
  path: '/',
  query: new URLSearchParams(),
  headers,
  body: Buffer.alloc(0),
  httpVersion: '1.1',
  sourceIp: '127.0.0.1',
  signal: new AbortController().signal,
});
const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const JSON_1_0 = { 'content-type': 'application/x-amz-json-1.0' };
const CBOR = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
const noQueue = new AwsFault('QueueDoesNotExist', 'It does not exist.', 400, 'com.amazonaws.sqs#');

describe('an error is told in the protocol of the question', () => {
  it('JSON: the type with its namespace, and the code of old in a header', () => {
    const { status, headers, body } = faultResponse(noQueue, 'sqs', asked(JSON_1_0));
    expect(status).toBe(400);
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-query-error': 'AWS.SimpleQueueService.NonExistentQueue;Sender',
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(JSON.parse(String(body))).toMatchObject({
      __type: 'com.amazonaws.sqs#QueueDoesNotExist',
      message: 'It does not exist.',
    });
  });

  it.each(['sqs', 'monitoring', 'sns'])('a form to %s: XML', (service) => {
    const { headers, body } = faultResponse(new AwsFault('Throttling', 'a & b', 503), service, asked(FORM));
    expect(headers['content-type']).toBe('text/xml');
    expect(body).toContain('<Error><Type>Receiver</Type><Code>Throttling</Code><Message>a &amp; b</Message></Error>');
    expect(body).toContain(`<RequestId>${headers['x-amzn-requestid']}</RequestId>`);
  });

  it('a form to SQS: the code of old', () => {
    expect(faultResponse(noQueue, 'sqs', asked(FORM)).body).toContain('AWS.SimpleQueueService.NonExistentQueue');
  });

  it('CBOR: a map of type and message', () => {
    const { headers, body } = faultResponse(
      new AwsFault('Throttling', 'zu schnell: ä', 400),
      'monitoring',
      asked(CBOR),
    );
    expect(headers).toMatchObject({ 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' });
    const bytes = Buffer.from(body);
    expect(bytes[0]).toBe(0xa2);
    const texts: string[] = [];
    for (let at = 1; at < bytes.length; ) {
      const length = bytes.readUInt32BE(at + 1);
      texts.push(bytes.toString('utf8', at + 5, at + 5 + length));
      at += 5 + length;
    }
    expect(texts).toEqual(['__type', 'Throttling', 'message', 'zu schnell: ä']);
  });

  it('REST: the type in a header', () => {
    const fault = new AwsFault('ResourceNotFoundException', 'Function not found', 404);
    const { headers, body } = faultResponse(fault, 'lambda', asked({}));
    expect(headers['x-amzn-errortype']).toBe('ResourceNotFoundException');
    expect(JSON.parse(String(body))).toEqual({
      Type: 'User',
      message: 'Function not found',
      Message: 'Function not found',
    });
  });

  it.each([
    ['GET', true],
    ['HEAD', false],
  ])('S3, asked with %s: XML, unless there is no body', (method, hasBody) => {
    const { headers, body } = faultResponse(new AwsFault('NoSuchKey', 'No such key.', 404), 's3', asked({}, method));
    expect(headers['x-amz-request-id']).toBeDefined();
    expect(String(body).includes('<Code>NoSuchKey</Code>')).toBe(hasBody);
  });
});
