import { InvalidInput } from '@selfheal/kernel/errors.ts';

const cutShort = () => new InvalidInput('The protobuf message is cut short.');

/** How a field is written. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/**
 * Reads the fields of protobuf messages in their order ("Encoding", protobuf.dev), without a copy or an object for each. `next` goes to the next field and throws
 * `InvalidInput` when the message ends within it, or uses groups, which proto3 does not have.
 */
export class ProtobufReader {
  /** Number of the field that `next` found. */
  field = 0;
  #wire = -1;
  /** Where the value is: of a field with a length, its content. */
  #from = 0;
  #to = 0;
  #at: number;
  readonly #end: number;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = from;
    this.#end = end;
  }

  /** Whether there is a field. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    if (this.field === 0) throw new InvalidInput('The body is no protobuf message: it has a field with number 0.');
    this.#wire = tag % 8;
    this.#from = this.#at;
    if (this.#wire === LENGTH) {
      const length = this.#varint();
      this.#from = this.#at;
      this.#take(length);
    } else if (this.#wire === VARINT) this.#varint();
    else if (this.#wire === FIXED64) this.#take(8);
    else if (this.#wire === FIXED32) this.#take(4);
    else throw new InvalidInput(`The body is no protobuf message: wire type ${this.#wire} of field ${this.field}.`);
    this.#to = this.#at;
    return true;
  }

  /** Whether the field has a length: a text, bytes or a message. */
  get hasLength(): boolean {
    return this.#wire === LENGTH;
  }

  /** Whether the field is a varint or fixed 64 bits. */
  get isNumber(): boolean {
    return this.#wire === VARINT || this.#wire === FIXED64;
  }

  /** The field's 64 bits, unsigned. */
  bits(): bigint {
    if (this.#wire === FIXED64) return this.#bytes.readBigUInt64LE(this.#from);
    let value = 0n;
    for (let at = this.#from, shift = 0n; at < this.#to; at += 1, shift += 7n)
      value |= BigInt((this.#bytes[at] as number) & 127) << shift;
    return BigInt.asUintN(64, value);
  }

  /** The field's message. */
  message(): ProtobufReader {
    return new ProtobufReader(this.#bytes, this.#from, this.#to);
  }

  /** The field's bytes: a view, no copy. */
  content(): Buffer {
    return this.#bytes.subarray(this.#from, this.#to);
  }

  /** The field's text in UTF-8. */
  text(): string {
    // Most texts are ASCII, which is read several times faster as Latin-1.
    for (let at = this.#from; at < this.#to; at += 1)
      if ((this.#bytes[at] as number) > 127) return decoder.decode(this.content());
    return this.#bytes.toString('latin1', this.#from, this.#to);
  }

  /** A varint as a number, exact up to 2^53. */
  #varint(): number {
    let value = 0;
    let factor = 1;
    for (let bytes = 0; bytes < MAX_VARINT_BYTES; bytes += 1) {
      if (this.#at >= this.#end) throw cutShort();
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
    throw new InvalidInput('The protobuf message has a number of more than ten bytes.');
  }

  #take(length: number): void {
    if (this.#at + length > this.#end) throw cutShort();
    this.#at += length;
  }
}

const MAX_VARINT_BYTES = 10;
const decoder = new TextDecoder();

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
