import {
  ButtonBuilder,
  ButtonStyle,
  ContainerBuilder,
  type Interaction as Incoming,
  MediaGalleryBuilder,
  MessageFlags,
  SectionBuilder,
  TextDisplayBuilder,
} from 'discord.js';
import { describe, expect, test } from 'vitest';
import { controlsOf, describeMessage } from '../support/discord/index.ts';
import { until } from '../support/wait.ts';
import { refusal, refusedWith } from './bot.ts';
import { many, plain } from './parts.ts';
import { start } from './pipeline-bot.ts';

const v2 = MessageFlags.IsComponentsV2;
const chart = Buffer.from('iVBORw0KGgo=', 'base64');

describe('a command', () => {
  test('deferred, then answered by a card with a picture', async () => {
    const { fake, errors, ask } = await start(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      expect(interaction.options.getSubcommand()).toBe('show');
      expect(interaction.options.getString('source')).toBe('web');
      expect(interaction.memberPermissions?.has('SendMessages')).toBe(true);
      expect(interaction.appPermissions.has('AttachFiles')).toBe(true);
      expect(interaction.attachmentSizeLimit).toBe(10 * 1024 * 1024);
      expect(interaction.channel?.id).toBe(fake.channel('ops').id);
      await interaction.deferReply();
      const box = new ContainerBuilder()
        .setAccentColor(0xaa0000)
        .addTextDisplayComponents(new TextDisplayBuilder({ content: '## web is late' }))
        .addMediaGalleryComponents(
          new MediaGalleryBuilder().addItems({ media: { url: 'attachment://web.png' }, description: 'Falls since 14:05' }),
        )
        .addSectionComponents(
          new SectionBuilder()
            .addTextDisplayComponents(new TextDisplayBuilder({ content: 'Orders −42 %' }))
            .setButtonAccessory(new ButtonBuilder({ customId: 'mute:1', label: 'Mute', style: ButtonStyle.Danger })),
        );
      const files = [{ attachment: chart, name: 'web.png', description: 'Falls since 14:05' }];
      const message = await interaction.editReply({ flags: v2, components: [box], files });
      expect(message.components).toHaveLength(1);
      expect(message.attachments.first()?.url).toContain('/attachments/');
    });
    const done = await ask();
    expect(done).toMatchObject({ acked: true, callbackType: 5, type: 'command' });
    const message = await done.answer();
    expect(errors).toEqual([]);
    expect(describeMessage(message)).toBe(
      [
        '│ ## web is late',
        '│ (attachment://web.png: Falls since 14:05)',
        '│ Orders −42 %',
        '│   [Mute ·danger]',
        `📎 web.png ${chart.length} B “Falls since 14:05”`,
      ].join('\n'),
    );
    expect(controlsOf(message)).toMatchObject([{ kind: 'button', label: 'Mute', customId: 'mute:1', disabled: false, style: 4 }]);
    expect(message.edits).toEqual([]);
    expect(fake.problems).toEqual([]);
  });

  test('an ephemeral answer is seen by its user alone and edited through the token alone', async () => {
    const { fake, rest, errors, ana, ask } = await start(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      const { resource } = await interaction.reply({ content: 'for you', flags: MessageFlags.Ephemeral, withResponse: true });
      expect(resource?.message?.content).toBe('for you');
      await interaction.editReply('for you, edited');
      await interaction.followUp({ content: 'for all' });
    });
    const message = await (await ask()).answer();
    await until('the follow-up', () => fake.channel('ops').messages.length === 1);
    expect(fake.seenBy('ana', 'ops').map((one) => one.content)).toEqual(['for you, edited', 'for all']);
    expect(fake.seenBy('bo', 'ops').map((one) => one.content)).toEqual(['for all']);
    const path = `/channels/${fake.channel('ops').id}/messages/${message.id}` as const;
    expect(await refusedWith(rest.patch(path, { body: plain('x') }))).toBe('10008');
    expect(await refusedWith(rest.get(path))).toBe('10008');
    await expect(fake.user('bo').press(message, 'x')).rejects.toThrow('bo does not see this message');
    expect(ana.name).toBe('ana');
    expect(errors).toEqual([]);
  });

  test('the first follow-up after "is thinking" takes its place, as private as it was', async () => {
    const { fake, ask } = await start(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.followUp('done');
    });
    const message = await (await ask()).answer();
    expect(message).toMatchObject({ content: 'done', only: fake.user('ana').id, via: 'response' });
    expect(fake.channel('ops').all).toHaveLength(1);
  });

  test('only as registered: the client lets nothing else go', async () => {
    const { fake, ana } = await start(async () => {});
    await expect(ana.command('ops', '/nothing')).rejects.toThrow('nobody offers /nothing here; there is /pipeline');
    await expect(ana.command('ops', '/pipeline')).rejects.toThrow('/pipeline needs a sub-command');
    await expect(ana.command('ops', '/pipeline hide')).rejects.toThrow('/pipeline has no sub-command hide');
    await expect(ana.command('ops', '/pipeline show')).rejects.toThrow('option source is required');
    await expect(ana.command('ops', '/pipeline show source:web sink:x')).rejects.toThrow('there is no option sink');
    await expect(ana.command('ops', '/pipeline show source:web hours:99')).rejects.toThrow('option hours is out of range');
    await expect(ana.command('ops', '/pipeline show source:web hours:soon')).rejects.toThrow('option hours is a number');
    await expect(ana.command('ops', '/pipeline show', { source: 'web', for: 'nobody' })).rejects.toThrow('no user nobody');
    expect(fake.interactions()).toEqual([]);
  });

  test('a late, a repeated and a wrong acknowledgement', async () => {
    const codes: string[] = [];
    const { fake, ask } = await start(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      const path = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
      const respond = (body: object) => refusedWith(interaction.client.rest.post(path, { body, auth: false }));
      codes.push(await respond({ type: 6 }));
      if (codes.length > 1) return;
      codes.push(await respond({ type: 5, data: { flags: v2 } }));
      await interaction.reply('pong');
      codes.push(await respond({ type: 5 }));
    });
    await ask();
    await until('all answers', () => codes.length === 3);
    const late = await ask({ late: true });
    await until('the late one', () => codes.length === 4);
    expect(codes).toEqual(['50035 | type BASE_TYPE_CHOICES', '50035 | data.flags MESSAGE_FLAGS_INVALID', '40060', '10062']);
    expect(late).toMatchObject({ acked: false, error: '10062' });
    expect(fake.problems).toContain(`command ${late.id} was acknowledged too late`);
  });

  test('brings who asked and where: options of a user, roles, a direct message', async () => {
    const seen: unknown[] = [];
    const { fake, ana, errors } = await start(
      async (interaction) => {
        if (!interaction.isChatInputCommand()) return;
        const roles = interaction.inCachedGuild() ? interaction.member.roles.cache.map((role) => role.name).sort() : [];
        seen.push([interaction.user.username, roles, interaction.options.getUser('for')?.username, interaction.context]);
        await interaction.reply('seen');
      },
      {
        guilds: [
          {
            name: 'Acme',
            roles: [{ name: 'on call' }],
            members: [{ user: 'ana', roles: ['on call'] }, { user: 'bo' }],
            channels: [{ name: 'ops' }],
          },
        ],
      },
    );
    await ana.command('ops', '/pipeline show source:web shop for:bo');
    await ana.command(ana.dm().id, '/pipeline show source:web');
    expect(seen).toEqual([
      ['ana', ['@everyone', 'on call'], 'bo', 0],
      ['ana', [], undefined, 1],
    ]);
    expect(fake.interactions('command')[0]?.payload.data).toMatchObject({ options: [{ options: [{ value: 'web shop' }, {}] }] });
    expect(errors).toEqual([]);
  });

  test('nobody answers: the time runs out', async () => {
    const { ask } = await start(async () => {}, { limits: { ackMs: 30 } });
    expect(await ask()).toMatchObject({ acked: false, error: 'timeout' });
  });

  test('the token dies after 15 minutes', async () => {
    let now = Date.now();
    const open: Incoming[] = [];
    const { ask } = await start(
      async (interaction) => {
        open.push(interaction);
        if (interaction.isChatInputCommand()) await interaction.deferReply();
      },
      { now: () => now },
    );
    await ask();
    const [interaction] = open;
    if (!interaction?.isChatInputCommand()) throw new Error('no command came');
    await until('the library knows', () => interaction.deferred);
    now += 15 * 60_000 + 1;
    expect(await refusal(interaction.editReply('late'))).toMatchObject({ code: 50027, status: 401 });
    expect(await refusal(interaction.followUp('late'))).toMatchObject({ code: 50027 });
  });
});

describe('autocomplete', () => {
  test('gives its choices', async () => {
    const { ana } = await start(async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      expect(interaction.options.getFocused(true)).toMatchObject({ name: 'source', value: 'we' });
      await interaction.respond([{ name: 'Web shop', value: 'web' }]);
    });
    const offered = await ana.autocomplete('ops', '/pipeline show', { source: 'we' });
    expect(offered).toMatchObject({ callbackType: 8, choices: [{ name: 'Web shop', value: 'web' }] });
    await expect(ana.autocomplete('ops', '/pipeline show', { hours: 1 })).rejects.toThrow('option hours completes nothing');
  });

  test('is refused beyond 25, and cannot be deferred', async () => {
    const codes: string[] = [];
    const { ana } = await start(async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      codes.push(await refusedWith(interaction.respond(many(26, (i) => ({ name: `${i}`, value: `${i}` })))));
      const path = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
      codes.push(await refusedWith(interaction.client.rest.post(path, { body: { type: 5 }, auth: false })));
      await interaction.respond([]);
    });
    await ana.autocomplete('ops', '/pipeline show', { source: '' });
    expect(codes).toEqual(['50035 | data.choices BASE_TYPE_BAD_LENGTH', '50035 | type BASE_TYPE_CHOICES']);
  });
});
