import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderMessage } from '../../src/chat/console/render.ts';
import { render as renderSlack } from '../../src/chat/slack/render.ts';
import { fitLines } from '../../src/core/messages/code.ts';
import type { Message } from '../../src/core/messages/message.ts';
import { findInBlocks } from '../support/slack/blocks/check.ts';
import { createWorld } from '../support/slack/world.ts';

const hostile = '```<!here> <@U1> @everyone\n**bold** [x](https://evil.example) </pre><script>alert(1)</script> & `';
const card = (text: string): Message => ({ title: 'Code', tone: 'info', blocks: [{ kind: 'code', text }] });
const frame = { surface: 'message', fileOf: () => undefined, newBlocks: true, charts: false, link: undefined } as const;
const inSlack = (text: string) => renderSlack(card(text), frame).blocks;
const inConsole = (text: string): string => {
  const context = { id: 'm1', actionsUrl: '/c/general', origin: { mine: false, thread: null }, mine: false };
  return renderMessage(card(text), { ...context, figure: () => ({ url: '', width: 1, height: 1 }) }).text;
};

describe('a code block', () => {
  test('keeps its columns everywhere', () => {
    const caret = 'acter:dana since:7d\n^^^^^';
    expect(JSON.stringify(inSlack(caret))).toContain(JSON.stringify(`\`\`\`\n${caret}\n\`\`\``).slice(1, -1));
    expect(inConsole(caret)).toContain(`\n${caret}</pre>`);
  });

  test('ends where it ends, whatever it holds', () => {
    expect(JSON.stringify(inSlack(hostile)).split('```')).toHaveLength(3);
    expect(JSON.stringify(inSlack(hostile))).toContain('&lt;!here&gt; &lt;@U1&gt;');
    expect(inConsole(hostile).split('</pre>')).toHaveLength(2);
    expect(inConsole(hostile)).not.toContain('<script>');
  });

  test('that shows nothing is none', () => {
    expect(inSlack(' \n')).toHaveLength(1);
  });

  test('that is too long says what is missing', () => {
    const lines = Array.from({ length: 400 }, (_, at) => `line ${at}`).join('\n');
    expect(JSON.stringify(inSlack(lines))).toMatch(/… and \d+ more lines/);
    expect(JSON.stringify(inSlack('&'.repeat(9_000)))).toMatch(/… and \d+ more characters/);
  });

  test('is what Slack takes, and fits', () => {
    const world = createWorld({});
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 9_000 }), fc.constant('<`&'.repeat(3_000))), (text) => {
        expect(findInBlocks(world, inSlack(text), 'message').all).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('is cut between lines, or between characters, and the sum is right', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 1, max: 80 }), (text, limit) => {
        const { shown, left } = fitLines(text, limit);
        expect(shown.length).toBeLessThanOrEqual(limit);
        expect(text.startsWith(shown)).toBe(true);
        expect(left === undefined).toBe(shown === text);
        expect(shown).not.toMatch(/[\uD800-\uDBFF]$/);
      }),
    );
  });
});
