import type { GatewayRequest } from '../wire/request.ts';

/** Removes `aws-chunked` framing; returns the body and the trailing checksum headers (Signature V4, "chunked upload"). */
export function decodeAwsChunks({ body, headers }: Pick<GatewayRequest, 'body' | 'headers'>) {
  const chunked = (headers['content-encoding'] ?? '').includes('aws-chunked');
  const streaming = (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  if (!chunked && !streaming) return { body, trailers: {} };
  const parts: Buffer[] = [];
  let position = 0;
  for (;;) {
    const end = body.indexOf('\r\n', position);
    const size = end === -1 ? 0 : Number.parseInt(body.toString('latin1', position, end), 16);
    position = end + 2;
    if (!(size > 0)) break;
    parts.push(body.subarray(position, position + size));
    position += size + 2;
  }
  const lines = body.toString('latin1', Math.max(position, 0)).split('\r\n');
  const trailers = Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^(x-amz-checksum-[a-z0-9]+):\s*(.+)$/i.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value.trim()]];
    }),
  );
  return { body: Buffer.concat(parts), trailers };
}
