/**
 * Whether an address may be called. `forbidden`: loopback, link-local and cloud metadata, multicast, reserved and
 * documentation ranges, carrier-grade NAT, and anything that is no address.
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

/** The first range that holds an address says its kind; in none of them it is forbidden. */
const RANGES: readonly (readonly [start: string, length: number, kind: AddressKind])[] = [
  // IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates), and RFC 1918.
  ['0.0.0.0', 8, 'forbidden'],
  ['100.64.0.0', 10, 'forbidden'],
  ['127.0.0.0', 8, 'forbidden'],
  ['169.254.0.0', 16, 'forbidden'],
  ['192.0.0.0', 24, 'forbidden'],
  ['192.0.2.0', 24, 'forbidden'],
  ['192.88.99.0', 24, 'forbidden'],
  ['198.18.0.0', 15, 'forbidden'],
  ['198.51.100.0', 24, 'forbidden'],
  ['203.0.113.0', 24, 'forbidden'],
  ['224.0.0.0', 3, 'forbidden'],
  ['10.0.0.0', 8, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['0.0.0.0', 0, 'public'],
  // Amazon's metadata, name and time services; then RFC 4193. Of the rest only 2000::/3 is assigned.
  ['fd00:ec2::', 32, 'forbidden'],
  ['fc00::', 7, 'private'],
  ['2001:db8::', 32, 'forbidden'],
  ['2001::', 23, 'forbidden'],
  ['2000::', 3, 'public'],
];
/** IPv6 ranges whose addresses lead to the IPv4 address that begins at this bit: mapped, compatible, NAT64 and 6to4. */
const EMBEDDING: readonly (readonly [start: string, length: number, at: number])[] = [
  ['::ffff:0:0', 96, 96],
  ['::', 96, 96],
  ['64:ff9b::', 32, 96],
  ['2002::', 16, 16],
];

/** The kind of a textual address, as a resolver or `URL` gives it: dotted IPv4, or IPv6 with or without brackets. */
export function addressKindOf(address: string): AddressKind {
  const bits = bitsOf(address);
  if (bits === null) return 'forbidden';
  const embedding = EMBEDDING.find(([start, length]) => isIn(bits, start, length));
  const reached = embedding === undefined ? bits : bits.slice(embedding[2], embedding[2] + 32);
  return RANGES.find(([start, length]) => isIn(reached, start, length))?.[2] ?? 'forbidden';
}

/** True when the text is an address and not a name. */
export function isAddress(host: string): boolean {
  return bitsOf(host) !== null;
}

function isIn(bits: string, start: string, length: number): boolean {
  const range = bitsOf(start) ?? '';
  return bits.length === range.length && bits.startsWith(range.slice(0, length));
}

/** The 32 or 128 digits 0 and 1 of an address; null for anything else, an address with a zone (`%eth0`) too. */
function bitsOf(address: string): string | null {
  const text = address.replace(/^\[|\]$/g, '');
  if (!/^\d+(\.\d+){3}$|^[\da-f:.]*:[\da-f:.]*$/i.test(text)) return null;
  const isV4 = !text.includes(':');
  const host = URL.parse(isV4 ? `http://${text}` : `http://[${text}]`)?.hostname;
  // `URL` also reads decimal and shortened IPv4, and writes it in full: only that form is taken.
  if (host === undefined || (isV4 && host !== text)) return null;
  if (isV4)
    return text
      .split('.')
      .map((byte) => binary(Number(byte), 8))
      .join('');
  const [head = [], tail = []] = host
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.map((group) => binary(Number.parseInt(group, 16), 16)).join('');
}

const binary = (number: number, digits: number): string => number.toString(2).padStart(digits, '0');
