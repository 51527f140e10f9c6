import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  /** Path inside the archive; a directory ends in `/`. */
  readonly name: string;
  readonly content: string | Buffer;
}

/** An entry as stored in the archive. Tests build invalid ones from it. */
export interface PackedEntry {
  readonly name: string;
  readonly packed: Buffer;
  /** 0 stored, 8 deflate. */
  readonly method: number;
  readonly crc: number;
  /** Bytes when unpacked. */
  readonly size: number;
  /** General purpose flags; 0x0800 marks the name as UTF-8. */
  readonly flags: number;
  /** Unix mode. */
  readonly mode: number;
}

const UTF8_NAMES = 0x0800;
/** 2026-11-20 in MS-DOS format: fixed, so that the archive's bytes depend only on its entries. */
const DOS_DATE = ((2026 - 1980) << 9) | (11 << 5) | 20;
const MAX_ENTRIES_WITHOUT_ZIP64 = 0xfffe;

export function packEntry({ name, content }: ZipEntry): PackedEntry {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const packed = bytes.length === 0 ? bytes : deflateRawSync(bytes);
  const mode = name.endsWith('/') ? 0o40755 : 0o100644;
  return {
    name,
    packed,
    method: bytes.length === 0 ? 0 : 8,
    crc: crc32(bytes),
    size: bytes.length,
    flags: UTF8_NAMES,
    mode,
  };
}

/** A zip archive (PKWARE APPNOTE 6.3.10) with deflate. */
export function writeZip(entries: readonly ZipEntry[]): Buffer {
  return joinZip(entries.map(packEntry));
}

/** Joins the entries with headers, directory and end record. The number of entries may need zip64; sizes must be below 4 GiB. */
export function joinZip(entries: readonly PackedEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, 'utf8');
    const common = commonHeader(entry, name.length);
    // Both lengths of extra fields are 0; in the directory follow comment, disk and internal attributes.
    parts.push(uint32(0x04034b50), common, uint16(0), name, entry.packed);
    const place = [uint32(entry.mode * 0x10000), uint32(offset)];
    directory.push(uint32(0x02014b50), uint16(0x0314), common, Buffer.alloc(8), ...place, name);
    offset += 30 + name.length + entry.packed.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...parts, central, endOf(entries.length, central.length, offset)]);
}

function commonHeader(entry: PackedEntry, nameLength: number): Buffer {
  const bytes = Buffer.alloc(24);
  for (const [index, value] of [20, entry.flags, entry.method, 0, DOS_DATE].entries())
    bytes.writeUInt16LE(value, index * 2);
  bytes.writeUInt32LE(entry.crc, 10);
  bytes.writeUInt32LE(entry.packed.length, 14);
  bytes.writeUInt32LE(entry.size, 18);
  bytes.writeUInt16LE(nameLength, 22);
  return bytes;
}

function endOf(count: number, size: number, offset: number): Buffer {
  const zip64 = count > MAX_ENTRIES_WITHOUT_ZIP64;
  const shown = uint16(zip64 ? 0xffff : count);
  const end = [uint32(0x06054b50), uint32(0), shown, shown, uint32(size), uint32(offset), uint16(0)];
  if (!zip64) return Buffer.concat(end);
  const record = [uint32(0x06064b50), uint64(44), uint16(45), uint16(45), uint32(0), uint32(0)];
  const locator = [uint32(0x07064b50), uint32(0), uint64(offset + size), uint32(1)];
  return Buffer.concat([...record, ...[count, count, size, offset].map(uint64), ...locator, ...end]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
