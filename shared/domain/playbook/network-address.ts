/**
 * What an address may be used for. `forbidden`: loopback, link-local and cloud metadata, multicast, reserved and documentation ranges,
 * carrier-grade NAT, and whatever is no address at all.
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

type Range = readonly [base: readonly [number, number, number, number], bits: number];

/** IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates). */
const FORBIDDEN_V4: readonly Range[] = [
  [[0, 0, 0, 0], 8],
  [[100, 64, 0, 0], 10],
  [[127, 0, 0, 0], 8],
  [[169, 254, 0, 0], 16],
  [[192, 0, 0, 0], 24],
  [[192, 0, 2, 0], 24],
  [[192, 88, 99, 0], 24],
  [[198, 18, 0, 0], 15],
  [[198, 51, 100, 0], 24],
  [[203, 0, 113, 0], 24],
  [[224, 0, 0, 0], 3],
];
/** RFC 1918. */
const PRIVATE_V4: readonly Range[] = [
  [[10, 0, 0, 0], 8],
  [[172, 16, 0, 0], 12],
  [[192, 168, 0, 0], 16],
];

/** The kind of an address in text, as a resolver or `URL` gives it: dotted IPv4, or IPv6 with or without brackets. */
export function addressKindOf(address: string): AddressKind {
  const text = address.replace(/^\[|\]$/g, '');
  const four = bytesOf(text);
  if (four !== null) return kindOfV4(four);
  const groups = groupsOf(text);
  return groups === null ? 'forbidden' : kindOfV6(groups);
}

/** True when the text is an address and not a name. */
export function isAddress(host: string): boolean {
  const text = host.replace(/^\[|\]$/g, '');
  return bytesOf(text) !== null || groupsOf(text) !== null;
}

function bytesOf(text: string): readonly number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

/** The eight groups of an IPv6 address (RFC 4291, 2.2), or null. A zone (`%eth0`) makes it none. */
function groupsOf(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':').flatMap(groupsOfPart)));
  const given = [...(head ?? []), ...(tail ?? [])];
  if (given.some((group) => Number.isNaN(group))) return null;
  const missing = 8 - given.length;
  if (tail === undefined) return missing === 0 ? given : null;
  return missing > 0 ? [...(head ?? []), ...Array<number>(missing).fill(0), ...tail] : null;
}

/** One group, or the two that an IPv4 address in it makes. */
function groupsOfPart(part: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = bytesOf(part) ?? [];
  if (part.includes('.')) return bytesOf(part) === null ? [Number.NaN] : [a * 256 + b, c * 256 + d];
  return [/^[0-9a-f]{1,4}$/i.test(part) ? Number.parseInt(part, 16) : Number.NaN];
}

function kindOfV4(bytes: readonly number[]): AddressKind {
  if (FORBIDDEN_V4.some((range) => isIn(bytes, range))) return 'forbidden';
  return PRIVATE_V4.some((range) => isIn(bytes, range)) ? 'private' : 'public';
}

function isIn(bytes: readonly number[], [base, bits]: Range): boolean {
  return base.every((byte, at) => {
    const kept = Math.min(8, Math.max(0, bits - 8 * at));
    const mask = 256 - 2 ** (8 - kept);
    return ((bytes[at] ?? 0) & mask) === (byte & mask);
  });
}

/** Amazon's metadata, name and time services live in `fd00:ec2::/32`. */
const AMAZON_SERVICES = [0xfd00, 0x0ec2] as const;

function kindOfV6(groups: readonly number[]): AddressKind {
  const [first = 0, second = 0] = groups;
  const embedded = embeddedV4(groups);
  if (embedded !== null) return kindOfV4(embedded);
  if (first === AMAZON_SERVICES[0] && second === AMAZON_SERVICES[1]) return 'forbidden';
  // fc00::/7 is private (RFC 4193); of the rest only 2000::/3 is given out, and 2001:db8::/32 is for documentation.
  if ((first & 0xfe00) === 0xfc00) return 'private';
  if (first === 0x2001 && (second === 0x0db8 || second < 0x0200)) return 'forbidden';
  return (first & 0xe000) === 0x2000 ? 'public' : 'forbidden';
}

/** The IPv4 address that a mapped, compatible, NAT64 or 6to4 address leads to. */
function embeddedV4(groups: readonly number[]): readonly number[] | null {
  const bytes = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255];
  const [first = 0, second = 0, third = 0, , , sixth = 0, seventh = 0, eighth = 0] = groups;
  if (first === 0x2002) return bytes(second, third);
  const zeroes = groups.slice(0, 5).every((group) => group === 0);
  const nat64 = first === 0x64 && second === 0xff9b;
  return nat64 || (zeroes && (sixth === 0xffff || sixth === 0)) ? bytes(seventh, eighth) : null;
}
