type XmlValue = string | number | boolean | null | undefined | XmlObject | readonly XmlValue[];
interface XmlObject {
  readonly [name: string]: XmlValue;
}

/** Escapes text for element content and attributes. */
function escapeXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character).replace(/\r/g, '&#13;');
}

/** `{A: [1, 2]}` becomes `<A>1</A><A>2</A>`; null and undefined produce no element. */
export function toXml(value: XmlObject): string {
  return Object.entries(value)
    .map(([name, inner]) => (Array.isArray(inner) ? inner : [inner]).map((each) => element(name, each)).join(''))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === null || value === undefined) return '';
  const content = typeof value === 'object' ? toXml(value as XmlObject) : escapeXml(String(value));
  return `<${name}>${content}</${name}>`;
}

export const XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
