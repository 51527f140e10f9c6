import { SaxesParser } from 'saxes';
import { UnreadableReport } from '../../normal-form/unreadable-report.ts';
import type { ReportParser } from '../contract.ts';
import { hasDecimalCommas } from './numbers.ts';

/** Attributes by their names as they are written. */
export type XmlAttributes = Readonly<Record<string, string>>;

/** Takes the elements of a document in order. */
export interface XmlReader {
  /** `name`: without a prefix. Returns true when the element's own text is wanted. */
  open(name: string, attributes: XmlAttributes): boolean;
  /** `text`: what stood directly in the element, at most `MAX_TEXT` characters; empty when it was not wanted. */
  close(name: string, text: string): void;
}

/** What a reader may ask of the document that it reads. */
export interface XmlDocument {
  /** Throws `UnreadableReport` at the place that was read last. */
  refuse(problem: string, remedy: string): never;
  /** Whether its times are written with decimal commas, as its beginning shows. */
  readonly hasDecimalCommas: boolean;
}

/** Deeper than any real report; suites of suites have some ten levels. */
const MAX_DEPTH = 200;
/** Characters of an element's text that are kept. */
const MAX_TEXT = 64_000;
/** The longest name, reference or declaration, in characters: it is held in memory as a whole. */
const MAX_NAME = 1_000_000;
/** What the parser gathers of a text, an attribute, a comment or a CDATA section before it is cut. */
const MAX_GATHERED = 4 * MAX_TEXT;
/** Where it gathers, which its types do not show: a section of any length is read in bounded memory only when it is cut here. */
interface Gathered {
  text: string;
  readonly name: string;
  readonly entity: string;
  readonly piTarget: string;
}
/** What XML forbids even as text, but tools write: replaced, because the rest of the report is sound. */
const code = (value: number): string => String.fromCharCode(value);
const FORBIDDEN = new RegExp(
  `[${code(1)}-${code(8)}${code(0x0b)}${code(0x0c)}${code(0x0e)}-${code(0x1f)}${code(0xfffe)}${code(0xffff)}]`,
);
const EVERY_FORBIDDEN = new RegExp(FORBIDDEN.source, 'g');
const WELL_FORMED = 'Write the report again with the tool that made it';

/**
 * A parser for XML that hands elements to a reader. It never expands entities but the five of XML itself, loads nothing, and does not read the
 * declarations of a DTD: any other entity stays in the text as it is written (`&name;`).
 */
export function openXml(makeReader: (document: XmlDocument) => XmlReader): ReportParser {
  const parser = new SaxesParser({ xmlns: false });
  const path: { name: string; text: string | null }[] = [];
  const gathered = parser as unknown as Gathered;
  const refuse = (problem: string, remedy: string): never => {
    throw new UnreadableReport(problem, remedy, { line: parser.line, column: parser.column + 1 });
  };
  let commas: boolean | null = null;
  const reader = makeReader({
    refuse,
    get hasDecimalCommas() {
      return commas === true;
    },
  });

  const takeText = (text: string): void => {
    const top = path.at(-1);
    if (top === undefined || top.text === null || top.text.length >= MAX_TEXT) return;
    // Copied, or the few characters would hold on to the whole piece of the file.
    top.text += text.slice(0, MAX_TEXT - top.text.length);
  };
  const listen = (): void => {
    if (path.at(-1)?.text == null) parser.off('text');
    else parser.on('text', takeText);
  };
  parser.on('error', (error) => {
    const said = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    if (said === 'malformed character entity') return;
    // Output of tools has those of HTML (`&nbsp;`): they stay as they are written.
    if (said === 'undefined entity') return;
    refuse(...explained(said));
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (path.length >= MAX_DEPTH)
      refuse(
        `elements are nested more than ${MAX_DEPTH} deep`,
        'No test tool writes that: check where the file is from',
      );
    const local = withoutPrefix(name);
    path.push({ name: local, text: reader.open(local, attributes) ? '' : null });
    listen();
  });
  parser.on('closetag', () => {
    const closed = path.pop();
    if (closed !== undefined) reader.close(closed.name, closed.text ?? '');
    listen();
  });
  parser.on('cdata', takeText);
  return {
    write(text) {
      commas ??= hasDecimalCommas(text);
      parser.write(FORBIDDEN.test(text) ? text.replace(EVERY_FORBIDDEN, '\ufffd') : text);
      if (gathered.text.length > MAX_GATHERED) gathered.text = gathered.text.slice(0, MAX_TEXT);
      const { name, entity, piTarget } = gathered;
      if (Math.max(name.length, entity.length, piTarget.length) > MAX_NAME)
        refuse(
          'a single name is longer than a million characters',
          'No tool writes that: check where the file is from',
        );
    },
    end: () => {
      const unclosed = path.at(-1)?.name;
      if (unclosed !== undefined)
        refuse(`the file ends inside of <${unclosed}>: it was cut off`, 'Fetch or write the report again');
      parser.close();
    },
  };
}

function explained(said: string): [problem: string, remedy: string] {
  if (said === 'documents may contain only one root')
    return ['a second document begins here: several reports were joined', 'Pass each report as a file of its own'];
  if (said === 'document must contain a root element' || said === 'unexpected end')
    return ['the file ends too early: it was cut off', 'Fetch or write the report again'];
  return [`not well-formed XML (${said})`, WELL_FORMED];
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);
