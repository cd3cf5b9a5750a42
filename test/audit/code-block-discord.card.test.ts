import fc from 'fast-check';
import { expect, test } from 'vitest';
import { render } from '../../src/chat/discord/render.ts';

const inDiscord = (text: string): { content?: string }[] => {
  const [container] = render({ title: 'Code', tone: 'info', blocks: [{ kind: 'code', text }] }, { fileOf: () => undefined });
  return (container?.components ?? []) as { content?: string }[];
};

test('a code block keeps its columns', () => {
  const caret = 'acter:dana since:7d\n^^^^^';
  expect(inDiscord(caret)[1]?.content).toBe(`\`\`\`\n${caret}\n\`\`\``);
  expect(inDiscord(' \n')).toHaveLength(1);
});

test('it ends where it ends, whatever it holds, and says what is missing', () => {
  const hostile = '```<@1> @everyone\n**bold** [x](https://evil.example) `';
  expect(inDiscord(hostile)[1]?.content?.split('```')).toHaveLength(3);
  const lines = Array.from({ length: 400 }, (_, at) => `line ${at}`).join('\n');
  expect(inDiscord(lines)[1]?.content).toMatch(/```\n-# … and \d+ more lines$/);
});

test('it fits', () => {
  const long = fc.oneof(fc.string({ unit: 'binary', maxLength: 9_000 }), fc.constant('<`&'.repeat(3_000)));
  fc.assert(
    fc.property(long, (text) => {
      for (const { content } of inDiscord(text)) expect(content?.length ?? 0).toBeLessThan(2_600);
    }),
    { numRuns: 30 },
  );
});
