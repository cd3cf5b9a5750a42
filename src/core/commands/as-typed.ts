import type { Block, Message, Text } from '../messages/message.ts';
import type { CommandFacts } from './command.ts';
import { parseLine } from './line.ts';

/**
 * A message for a platform on which a command is typed by its options: what stands in it to be typed reads as it is typed there,
 * "/pipeline show source:web destination:amplitude" for "/pipeline web amplitude".
 */
export const withNamedOptions = (message: Message, commands: readonly CommandFacts[]): Message =>
  mapLines(message, commands, (line) => {
    const { command, verbName, args } = parseLine(commands, line);
    return [`/${command.name}`, verbName, ...Object.entries(args).map(([option, value]) => `${option}:${value}`)].join(' ');
  });

/** The same where all commands have something before their name: "/cdp-pipeline web". */
export const withPrefix = (message: Message, commands: readonly CommandFacts[], prefix: string): Message =>
  prefix === '' ? message : mapLines(message, commands, (line) => `/${prefix}${line.slice(1)}`);

/** Lines with one of the commands, wherever they stand as code. What `write` cannot read stays as it is. */
function mapLines(message: Message, commands: readonly CommandFacts[], write: (line: string) => string): Message {
  const inCode = (line: string): string => {
    const name = /^\/(\S+)/.exec(line)?.[1];
    if (!commands.some((command) => command.name === name)) return line;
    try {
      return write(line);
    } catch {
      return line;
    }
  };
  const inText = (text: Text): Text =>
    typeof text === 'string'
      ? text
      : text.map((span) => (typeof span === 'object' && 'code' in span ? { code: inCode(span.code) } : span));
  const inBlock = (block: Block): Block => {
    if (block.kind === 'text' || block.kind === 'context') return { ...block, text: inText(block.text) };
    if (block.kind === 'table') return { ...block, rows: block.rows.map((row) => row.map(inText)) };
    if (block.kind !== 'fields') return block;
    return { ...block, fields: block.fields.map(({ label, value }) => ({ label, value: inText(value) })) };
  };
  return { ...message, blocks: message.blocks.map(inBlock) };
}
