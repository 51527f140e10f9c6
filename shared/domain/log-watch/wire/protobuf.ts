import { InvalidInput } from '@selfheal/kernel/errors.ts';

/** A varint or fixed 64 bits as `bigint`, fixed 32 bits as `number`, everything with a length as bytes. */
export type WireValue = bigint | number | Uint8Array;

const cutShort = () => new InvalidInput('The protobuf message is cut short.');

/**
 * The fields of one protobuf message in their order, as field number and value ("Encoding", protobuf.dev). Bytes are views, not copies. Throws
 * `InvalidInput` when the message ends within a field, or uses groups, which proto3 does not have.
 */
export function* readProtobuf(bytes: Uint8Array): Generator<readonly [field: number, value: WireValue]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    // Most are small: no bigint arithmetic for those.
    let [low, shift] = [0, 0];
    for (; shift < 28; shift += 7) {
      if (at >= bytes.length) throw cutShort();
      const byte = bytes[at++] as number;
      low += (byte & 127) << shift;
      if (byte < 128) return BigInt(low);
    }
    let value = BigInt(low);
    for (; shift < 70; shift += 7) {
      if (at >= bytes.length) throw cutShort();
      const byte = bytes[at++] as number;
      value += BigInt(byte & 127) << BigInt(shift);
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw new InvalidInput('The protobuf message has a number of more than ten bytes.');
  };
  const take = (length: number): number => {
    if (at + length > bytes.length) throw cutShort();
    at += length;
    return at - length;
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = Math.floor(tag / 8);
    if (field === 0) throw new InvalidInput('The body is no protobuf message: it has a field with number 0.');
    switch (tag % 8) {
      case 0:
        yield [field, varint()];
        break;
      case 1:
        yield [field, view.getBigUint64(take(8), true)];
        break;
      case 2: {
        const length = Number(varint());
        const from = take(length);
        yield [field, bytes.subarray(from, from + length)];
        break;
      }
      case 5:
        yield [field, view.getUint32(take(4), true)];
        break;
      default:
        throw new InvalidInput(`The body is no protobuf message: wire type ${tag % 8} of field ${field}.`);
    }
  }
}

/** A number as a varint. */
export function varintBytes(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** A field with a length: a text, bytes, or a message. */
export function lengthField(number: number, content: Uint8Array | string): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([Buffer.of(number * 8 + 2), varintBytes(bytes.length), bytes]);
}
