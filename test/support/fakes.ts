import { createInterface } from 'node:readline/promises';
import * as discord from './discord/index.ts';
import * as slack from './slack/index.ts';

/**
 * `npm run fakes`: a Slack and a Discord on this machine, to try the bot by hand without an account. It prints the variables to start
 * the bot with, then takes lines: what a person types, presses, chooses and fills in.
 */
const CHANNEL = 'general';
const people = ['dana', 'sam'] as const;
type Name = (typeof people)[number];

/** What both platforms have in common for the hands of a person. */
interface Hands {
  command(line: string): Promise<unknown>;
  press(label: string): Promise<unknown>;
  choose(select: string, option: string): Promise<unknown>;
  fill(values: Record<string, string>): Promise<unknown>;
  sees(): string[];
}

const slackIds: Record<Name, string> = { dana: 'U0DANA001', sam: 'U0SAM0001' };
const fakeSlack = await slack.createFakeSlack({
  delivery: 'socket',
  users: people.map((name) => ({ id: slackIds[name], name, realName: name })),
  channels: [{ id: 'C0GENERAL', name: CHANNEL, members: [...Object.values(slackIds), 'bot'] }],
});
const fakeDiscord = await discord.createFakeDiscord({
  guilds: [{ name: 'Acme', members: people.map((user) => ({ user })), channels: [{ name: CHANNEL }] }],
});

function onSlack(name: Name): Hands {
  const id = slackIds[name];
  const user = fakeSlack.user(id);
  const last = () => fakeSlack.lastSeenBy(id, 'C0GENERAL');
  return {
    command: (line) => user.command('C0GENERAL', line),
    press: (label) => user.press(last(), label),
    choose: (select, option) => user.select(last(), select, option),
    fill: (values) => user.submit(user.modal, values),
    sees: () => [...fakeSlack.seenBy(id, 'C0GENERAL').map(slack.describeMessage), ...user.modals.map(slack.describeView)],
  };
}

function onDiscord(name: Name): Hands {
  const user = fakeDiscord.user(name);
  const last = () => fakeDiscord.lastSeenBy(name, CHANNEL);
  return {
    command: (line) => user.command(CHANNEL, line),
    press: (label) => user.press(last(), label),
    choose: (select, option) => user.select(last(), select, option),
    fill: (values) => user.submitModal(values),
    sees: () => [
      ...fakeDiscord.seenBy(name, CHANNEL).map(discord.describeMessage),
      ...(user.modal ? [discord.describeModal(user.modal)] : []),
    ],
  };
}

console.log(`Start the bot in another terminal with

  DEMO=1 \\
  SLACK_BOT_TOKEN=${fakeSlack.botToken} SLACK_APP_TOKEN=${fakeSlack.appToken} SLACK_API_URL=${fakeSlack.apiUrl} \\
  DISCORD_TOKEN=${fakeDiscord.token} DISCORD_APPLICATION_ID=${fakeDiscord.applicationId} DISCORD_API_URL=${fakeDiscord.apiUrl} \\
  npm start

and once, with the same variables, npx pipewarden register-discord. Then type here:

  slack | discord            where you are          dana | sam     who you are
  /pipeline web amplitude    on Slack               /pipeline show source:web destination:amplitude    on Discord
  press Counts               a button of the newest message
  choose Period = Last hour  one of its selects
  fill From = 2026-11-20; To = 2026-11-21           the form that is open
  see                        all that you see here  quit
`);

let platform: 'slack' | 'discord' = 'slack';
let name: Name = 'dana';
const hands = () => (platform === 'slack' ? onSlack(name) : onDiscord(name));

/** Prints what is new to this person since then; waits a little for it. */
async function tellNews(before: readonly string[]): Promise<void> {
  let told = before;
  for (let quiet = 0; quiet < 10; quiet++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = hands().sees();
    const news = now.filter((text) => !told.includes(text));
    if (news.length > 0) quiet = 0;
    for (const text of news) console.log(`\n${text}`);
    told = now;
  }
}

const pair = (text: string): [string, string] => {
  const at = text.indexOf('=');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
};

async function carryOut(line: string): Promise<void> {
  const [word = '', ...rest] = line.split(' ');
  const after = rest.join(' ');
  const before = hands().sees();
  if (word === 'slack' || word === 'discord') platform = word;
  else if (people.some((one) => one === word)) name = word as Name;
  else if (word === 'see') console.log(before.join('\n\n') || '(nothing)');
  else if (word.startsWith('/')) await hands().command(line);
  else if (word === 'press') await hands().press(after);
  else if (word === 'choose') await hands().choose(...pair(after));
  else if (word === 'fill') await hands().fill(Object.fromEntries(after.split(';').map(pair)));
  else return console.log('Type a command that begins with /, or press, choose, fill, see, slack, discord, dana, sam, quit.');
  if (word.startsWith('/') || ['press', 'choose', 'fill'].includes(word)) await tellNews(before);
}

const lines = createInterface({ input: process.stdin, output: process.stdout });
lines.setPrompt('> ');
lines.prompt();
for await (const line of lines) {
  if (line.trim() === 'quit') break;
  try {
    if (line.trim() !== '') await carryOut(line.trim());
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
  }
  for (const problem of [...fakeSlack.problems.splice(0), ...fakeDiscord.problems.splice(0)]) console.log(`! ${problem}`);
  lines.setPrompt(`${name} on ${platform}> `);
  lines.prompt();
}
lines.close();
await fakeSlack.close();
await fakeDiscord.close();
