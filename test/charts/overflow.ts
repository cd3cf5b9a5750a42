import type { Weight } from '../../src/charts/fonts.ts';
import { measure } from '../../src/charts/text.ts';
import { type Element, parseXml } from './xml.ts';

/** The texts that do not keep to their box, or whose box does not keep to the card. */
export function overflowing(source: string): string[] {
  return parseXml(source)
    .all('text')
    .filter((text) => !fits(text))
    .map((text) => text.words());
}

function fits(text: Element): boolean {
  const size = Number(text.attributes['font-size']);
  const width = text.runs().reduce((sum, run) => sum + run.gap + measure(run.words, size, Number(run.weight) as Weight), 0);
  const box = Number(text.attributes['data-box']);
  const before = { start: 0, middle: box / 2, end: box }[text.attributes['text-anchor'] ?? ''] ?? Number.NaN;
  const start = Number(text.attributes.x) - before;
  return width <= box + 0.01 && start >= 0 && start + box <= 900;
}
