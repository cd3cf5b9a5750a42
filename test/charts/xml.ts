/**
 * As much of an XML reader as the figures need, and strict: it throws at what is not well-formed. Independent of how the
 * figures are written, so that both cannot share a mistake.
 */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
  all(name: string): Element[];
  names(): string[];
  words(): string;
  /** The words by the weight they are set in, and the gap before them. */
  runs(): { words: string; weight: string; gap: number }[];
}

const allowed = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const token = /<(\/?)([a-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
const entity = /&(?:amp|lt|gt|quot|#39);/g;
const characters: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

export function parseXml(source: string): Element {
  if (!allowed.test(source)) throw new Error('A character that XML does not allow.');
  const document = element('', {});
  const open = [document];
  let end = 0;
  for (const match of source.matchAll(token)) {
    end = match.index + match[0].length;
    take(match, open);
  }
  if (end !== source.length) throw new Error(`Not well-formed at: ${source.slice(end, end + 80)}`);
  const [root] = document.children.filter((child) => typeof child !== 'string');
  if (open.length !== 1 || root === undefined) throw new Error('An element is not closed.');
  return root;
}

function take([, closing, name = '', attributes = '', single, text]: RegExpMatchArray, open: Element[]): void {
  const parent = open.at(-1);
  if (text !== undefined) parent?.children.push(decode(text));
  else if (closing) {
    if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing.`);
  } else {
    const child = element(name, readAttributes(attributes));
    parent?.children.push(child);
    if (!single) open.push(child);
  }
}

function readAttributes(source: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = '', value = ''] of source.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (name in attributes) throw new Error(`${name} is there twice.`);
    attributes[name] = decode(value);
  }
  return attributes;
}

function decode(source: string): string {
  if (source.replace(entity, '').includes('&')) throw new Error(`A bare & in: ${source.slice(0, 80)}`);
  return source.replace(entity, (found) => characters[found] ?? '');
}

function element(name: string, attributes: Record<string, string>): Element {
  const children: Element['children'] = [];
  const elements = (): Element[] => children.filter((child) => typeof child !== 'string');
  return {
    name,
    attributes,
    children,
    all: (wanted) => elements().flatMap((child) => [...(child.name === wanted ? [child] : []), ...child.all(wanted)]),
    names: () => [name, ...elements().flatMap((child) => child.names())],
    words: () => children.map((child) => (typeof child === 'string' ? child : child.words())).join(''),
    runs: () =>
      children.map((child) => {
        const own: Record<string, string> = typeof child === 'string' ? {} : child.attributes;
        const words = typeof child === 'string' ? child : child.words();
        return { words, weight: own['font-weight'] ?? attributes['font-weight'] ?? '400', gap: Number(own.dx ?? 0) };
      }),
  };
}
