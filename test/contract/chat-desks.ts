import type { Page } from 'playwright-core';
import { commands } from '../../commands/index.ts';
import { parseLine } from '../../src/core/commands/line.ts';
import * as discord from '../support/discord/index.ts';
import * as slack from '../support/slack/index.ts';
import { until } from '../support/wait.ts';

/** A message as one person sees it, whatever the platform. */
export interface Card {
  id: string;
  text: string;
  private: boolean;
  buttons: string[];
  /** By label or placeholder. */
  selects: string[];
  links: { text: string; url: string }[];
  /** Alt texts of its pictures, each with its PNG. */
  figures: { alt: string; png: Buffer }[];
}

/** The hands and eyes of one person in one channel. */
export interface DeskPerson {
  /** Sends a command as typed. Resolves once the platform has acknowledged it. */
  say(line: string): Promise<void>;
  /** Oldest first. */
  sees(): Promise<Card[]>;
  press(card: Card, button: string): Promise<void>;
  choose(card: Card, select: string, option: string): Promise<void>;
  /** Title of the form that is open. */
  form(): Promise<string | undefined>;
  /** Fills in by label and sends. Resolves to what it was told is wrong; to nothing once it was taken. */
  fill(values: Record<string, string>): Promise<string>;
  /** What is offered while the line is typed. */
  completes(line: string): Promise<string[]>;
}

export interface Desk {
  platform: string;
  dana: DeskPerson;
  sam: DeskPerson;
  /** How things said here reach others: pings of people or channels that anything of ours has made. */
  pings(): string[];
  /** What the fake platform found fault with. */
  problems(): string[];
  /** Cuts the connection; resolves when it is there again. Absent where there is no network between. */
  reconnect?(): Promise<void>;
  /** The next public post is refused for a second, or its answer is lost. Absent there too. */
  trouble?(what: 'rate' | 'lost'): void;
  /** True where the platform itself tells a repeat from another message. */
  tellsRepeats: boolean;
}

/** Links as the platform's markup writes them. */
const linksIn = (markup: string, shape: RegExp): Card['links'] =>
  [...markup.matchAll(shape)].map(([, one = '', other = '']) =>
    one.startsWith('http') ? { url: one, text: other } : { url: other, text: one },
  );

const isPng = (bytes: Buffer | undefined): bytes is Buffer => bytes?.subarray(1, 4).toString() === 'PNG';

// ---- Slack.

export function slackDesk(fake: slack.FakeSlack, channel: string, ids: { dana: string; sam: string }): Desk {
  const person = (id: string): DeskPerson => {
    const user = fake.user(id);
    const found = ({ id: ts }: Card) => {
      const message = fake.seenBy(id, channel).find((one) => one.ts === ts);
      if (!message) throw new Error(`${id} does not see ${ts}`);
      return message;
    };
    return {
      say: async (line) => acked(await user.command(channel, line)),
      sees: async () => fake.seenBy(id, channel).map((message) => cardOfSlack(fake, message)),
      press: async (card, button) => acked(await user.press(found(card), button)),
      choose: async (card, select, option) => acked(await user.select(found(card), select, option)),
      form: async () => titleOf(user.modals.at(-1)?.title),
      async fill(values) {
        const view = user.modal;
        acked(await user.submit(view, values));
        return Object.values(user.modals.at(-1)?.errors ?? {}).join(' ');
      },
      completes: async () => [],
    };
  };
  return {
    platform: 'slack',
    dana: person(ids.dana),
    sam: person(ids.sam),
    pings: () =>
      fake
        .channel(channel)
        .all.filter(({ user }) => user === fake.app.botUserId)
        .flatMap(({ text, blocks }) => tagsIn([{ type: 'mrkdwn', text }, blocks])),
    problems: () => fake.problems,
    async reconnect() {
      fake.closeSockets();
      await until('the sockets are gone', () => fake.sockets() === 0);
      await fake.connected();
    },
    trouble: (what) => fake.fail('chat.postMessage', what === 'rate' ? { status: 429, retryAfter: 1 } : { drop: 'after' }),
    tellsRepeats: false,
  };
}

/** What reaches people: tags in Slack's markup, and the elements made for it. Plain text shows a tag as it was written. */
function tagsIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const { type, text } = part as { type?: unknown; text?: unknown };
  const tags = type === 'mrkdwn' ? (String(text).match(/<[!@#][^>]*>/g) ?? []).filter((tag) => !tag.startsWith('<!date')) : [];
  const element = ['user', 'usergroup', 'broadcast', 'channel'].includes(String(type)) ? [String(type)] : [];
  return [...tags, ...element, ...Object.values(part).flatMap(tagsIn)];
}

const titleOf = (title: unknown): string | undefined => (title as { text?: string } | undefined)?.text;

function acked({ acked: yes, error }: { acked: boolean; error?: string }): void {
  if (!yes) throw new Error(`not acknowledged: ${error}`);
}

function cardOfSlack(fake: slack.FakeSlack, message: slack.FakeMessage): Card {
  const controls = slack.controlsOf(message);
  const pictures = message.blocks.filter((block) => block.type === 'image');
  return {
    id: message.ts,
    text: slack.describeMessage(message),
    private: message.only !== undefined,
    buttons: controls.filter(({ type }) => type === 'button').map(({ label }) => label),
    selects: controls.filter(({ type }) => type.includes('select')).map(({ label }) => label),
    links: linksIn(JSON.stringify(message.blocks), /<(https?:[^|>]+)\|([^>]*)>/g),
    figures: pictures.flatMap((block) => {
      const png = fake.file((block.slack_file as { id: string } | undefined)?.id ?? '')?.bytes;
      return isPng(png) ? [{ alt: String(block.alt_text), png }] : [];
    }),
  };
}

// ---- Discord.

export function discordDesk(fake: discord.FakeDiscord, channel: string, names: { dana: string; sam: string }): Desk {
  const person = (name: string): DeskPerson => {
    const user = fake.user(name);
    const found = ({ id }: Card) => {
      const message = fake.seenBy(name, channel).find((one) => one.id === id);
      if (!message) throw new Error(`${name} does not see ${id}`);
      return message;
    };
    return {
      say: async (line) => {
        const { command, verbName, args } = parseLine(commands, line);
        acked(await user.command(channel, `/${command.name} ${verbName}`, args));
      },
      sees: async () =>
        fake
          .seenBy(name, channel)
          .filter(({ loading }) => !loading)
          .map(cardOfDiscord),
      press: async (card, button) => acked(await user.press(found(card), button)),
      choose: async (card, select, option) => acked(await user.select(found(card), select, option)),
      form: async () => user.modal?.title,
      async fill(values) {
        const seen = () => fake.seenBy(name, channel);
        const known = new Set(seen().map(({ id }) => id));
        const edits = () => seen().reduce((sum, message) => sum + message.edits.length, 0);
        const before = edits();
        acked(await user.submitModal(values));
        const mistake = () =>
          seen().find((one) => !known.has(one.id) && discord.controlsOf(one).some(({ label }) => label === 'Retry'));
        // Taken, the card is edited; else what is wrong stands beside it.
        await until('the form is answered', () => mistake() !== undefined || edits() > before);
        const said = mistake();
        if (!said) return '';
        const retry = discord.controlsOf(said).find(({ kind }) => kind === 'button');
        if (retry) await user.press(said, retry.label);
        return discord.describeMessage(said);
      },
      async completes(line) {
        const [, verb = '', ...words] = line.split(' ');
        const [first = '', second = ''] = words;
        const options: Record<string, string> = line.startsWith('/audit')
          ? { query: words.join(' ') }
          : words.length > 1
            ? { source: first, destination: second }
            : { source: first };
        const { choices = [] } = await user.autocomplete(channel, `${line.split(' ')[0]} ${verb}`, options);
        return choices.map((choice) => String(choice.value));
      },
    };
  };
  return {
    platform: 'discord',
    dana: person(names.dana),
    sam: person(names.sam),
    pings: () => fake.channel(channel).all.flatMap(({ pings }) => pings),
    problems: () => fake.problems,
    async reconnect() {
      fake.closeSockets();
      await fake.connected();
    },
    trouble: (what) =>
      fake.fail('POST /channels/:id/messages', what === 'rate' ? { status: 429, retryAfter: 1 } : { drop: 'after' }),
    tellsRepeats: true,
  };
}

function cardOfDiscord(message: discord.FakeMessage): Card {
  const controls = discord.controlsOf(message);
  return {
    id: message.id,
    text: discord.describeMessage(message),
    private: message.only !== undefined,
    buttons: controls.filter(({ kind }) => kind === 'button').map(({ label }) => label),
    selects: controls.filter(({ kind }) => kind === 'select').map(({ label }) => label),
    links: linksIn(discord.describeMessage(message), /(?<=\[([^\]]*)\]\(<)(https?:[^>]+)>/g),
    figures: message.attachments.flatMap(({ description = '', bytes }) =>
      isPng(bytes) ? [{ alt: description, png: bytes }] : [],
    ),
  };
}

// ---- The console, in a browser.

export function consoleDesk(pages: { dana: Page; sam: Page }): Desk {
  const person = (page: Page): DeskPerson => {
    const article = ({ id }: Card) => page.locator(`article#${id}`);
    const dialog = () => page.getByRole('dialog');
    return {
      async say(line) {
        await page.locator('#text').fill(line);
        await page.keyboard.press('Escape');
        await page.locator('#text').press('Enter');
      },
      async sees() {
        const cards = await page.locator('article.answer').evaluateAll((all) =>
          all.map((one) => ({
            id: one.id,
            text: (one as unknown as { innerText: string }).innerText,
            private: one.querySelector('.private') !== null,
            buttons: [...one.querySelectorAll('.controls button')].map((button) => button.textContent ?? ''),
            selects: [...one.querySelectorAll('.controls label')].map((label) => label.textContent ?? ''),
            links: [...one.querySelectorAll('p a, dd a')].map((link) => ({
              text: link.textContent ?? '',
              url: link.getAttribute('href') ?? '',
            })),
            pictures: [...one.querySelectorAll('img')].map((image) => ({ alt: image.alt, url: image.src })),
          })),
        );
        return Promise.all(
          cards.map(async ({ pictures, ...card }) => ({
            ...card,
            figures: await Promise.all(
              pictures.map(async ({ alt, url }) => ({ alt, png: await (await page.request.get(url)).body() })),
            ),
          })),
        );
      },
      press: (card, button) => article(card).getByRole('button', { name: button, exact: true }).click(),
      async choose(card, select, option) {
        const list = article(card).getByLabel(select, { exact: true });
        // What is said of an option stands behind its name.
        const labels = await list.locator('option').allTextContents();
        await list.selectOption({ index: labels.findIndex((label) => label === option || label.startsWith(`${option} · `)) });
      },
      form: async () => ((await dialog().isVisible()) ? ((await dialog().locator('h2').textContent()) ?? '') : undefined),
      async fill(values) {
        for (const [label, value] of Object.entries(values)) await dialog().getByLabel(label).fill(value);
        await dialog().locator('button.send').click();
        // Busy from the click on, and until it is answered.
        await dialog().locator('form[aria-busy]').waitFor({ state: 'detached' });
        return (await dialog().isVisible()) ? ((await dialog().locator('.mistake').first().textContent()) ?? '') : '';
      },
      async completes(line) {
        await page.locator('#text').fill('');
        await page.locator('#text').pressSequentially(line);
        await page.locator('#suggestions:not([hidden])').waitFor();
        const offered = await page.locator('#suggestions .option-label').allTextContents();
        await page.locator('#text').fill('');
        return offered;
      },
    };
  };
  return {
    platform: 'console',
    dana: person(pages.dana),
    sam: person(pages.sam),
    pings: () => [],
    problems: () => [],
    tellsRepeats: true,
  };
}
