import { LabelBuilder, MessageFlags, ModalBuilder, TextDisplayBuilder, TextInputBuilder, TextInputStyle } from 'discord.js';
import { describe, expect, test } from 'vitest';
import { describeMessage } from '../support/discord/index.ts';
import { noMentions, refusedWith } from './bot.ts';
import { card, form, many, press, row, words } from './parts.ts';
import { start } from './pipeline-bot.ts';

describe('components', () => {
  const post = async ({ fake, rest }: Awaited<ReturnType<typeof start>>, ...components: Parameters<typeof card>) => {
    const sent = (await rest.post(`/channels/${fake.channel('ops').id}/messages`, { body: card(...components) })) as {
      id: string;
    };
    const message = fake.message(sent.id);
    if (!message) throw new Error('nothing was posted');
    return message;
  };

  test('a button deferred, then the message edited', async () => {
    const bot = await start(async (interaction) => {
      if (!interaction.isButton()) return;
      await interaction.deferUpdate();
      const components = [new TextDisplayBuilder({ content: `muted by ${interaction.user.displayName}` })];
      await interaction.message.edit({ components, allowedMentions: noMentions });
    });
    const message = await post(bot, words('web'), row(press('mute:1', 'Mute')));
    const pressed = await bot.ana.press(message, 'Mute');
    expect(pressed.callbackType).toBe(6);
    expect(describeMessage(await pressed.answer())).toBe('(edited ×1)\nmuted by ana');
    await expect(bot.ana.press(message, 'Mute')).rejects.toThrow('0 buttons are called Mute; there are none');
    // Another screen may not have caught up yet.
    expect((await bot.fake.user('bo').press(message, 'Mute', { stale: true })).acked).toBe(true);
    expect(bot.errors).toEqual([]);
  });

  test('a select updates its message; what is off or absent cannot be used', async () => {
    const bot = await start(async (interaction) => {
      if (interaction.isStringSelectMenu())
        await interaction.update({ components: [new TextDisplayBuilder({ content: interaction.values.join() })] });
    });
    const select = {
      type: 3,
      custom_id: 'p',
      placeholder: 'Period',
      options: [
        { label: 'Day', value: 'd' },
        { label: 'Week', value: 'w' },
      ],
    };
    const message = await post(bot, row(select), row({ ...press('off'), disabled: true }));
    await expect(bot.ana.select(message, 'Period', 'Year')).rejects.toThrow('Period offers Day, Week, not Year');
    await expect(bot.ana.press(message, 'off')).rejects.toThrow('button off is off');
    const chosen = await bot.ana.select(message, 'Period', 'Week');
    expect(chosen.callbackType).toBe(7);
    expect(describeMessage(await chosen.answer())).toBe('(edited ×1)\nw');
  });

  test('a form opens first, is filled in and answered', async () => {
    const bot = await start(async (interaction) => {
      if (interaction.isButton()) {
        const input = new TextInputBuilder({ customId: 'why', style: TextInputStyle.Paragraph, minLength: 5, maxLength: 200 });
        const label = new LabelBuilder().setLabel('Reason').setTextInputComponent(input);
        await interaction.showModal(new ModalBuilder({ customId: 'revert:1', title: 'Revert' }).addLabelComponents(label));
      }
      if (interaction.isModalSubmit()) {
        const path = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
        const second = interaction.client.rest.post(path, { body: { type: 9, data: form() }, auth: false });
        expect(await refusedWith(second)).toBe('50035 | type BASE_TYPE_CHOICES');
        await interaction.reply({ content: interaction.fields.getTextInputValue('why'), flags: MessageFlags.Ephemeral });
      }
    });
    const message = await post(bot, row(press('revert:1', 'Revert')));
    expect((await bot.ana.press(message, 'Revert')).modal).toMatchObject({ title: 'Revert', customId: 'revert:1' });
    await expect(bot.ana.submitModal({})).rejects.toThrow('field Reason is required');
    await expect(bot.ana.submitModal({ Reason: 'abc' })).rejects.toThrow('field Reason takes 5 to 200 characters, not 3');
    await expect(bot.ana.submitModal({ Cause: 'x' })).rejects.toThrow('the form has no field Cause; only Reason');
    const sent = await bot.ana.submitModal({ Reason: 'wrong filter' });
    expect((await sent.answer()).content).toBe('wrong filter');
    expect(bot.ana.modal).toBeUndefined();
    expect(bot.errors).toEqual([]);
  });

  test('a select of people fills itself', async () => {
    const bot = await start(async (interaction) => {
      if (interaction.isUserSelectMenu()) await interaction.reply(interaction.users.map((user) => user.username).join());
    });
    const message = await post(bot, row({ type: 5, custom_id: 'who', placeholder: 'Who', max_values: 2 }));
    expect((await (await bot.ana.select(message, 'Who', ['bo', 'ana'])).answer()).content).toBe('bo,ana');
  });

  test('a card on one screen only is replaced by its button', async () => {
    const bot = await start(async (interaction) => {
      if (interaction.isChatInputCommand())
        await interaction.reply({
          flags: MessageFlags.Ephemeral | MessageFlags.IsComponentsV2,
          components: [row(press('yes', 'Yes'))] as never,
        });
      if (interaction.isButton()) {
        await interaction.deferUpdate();
        await interaction.editReply({ components: [words('done')] as never });
      }
    });
    const asked = await (await bot.ask()).answer();
    const pressed = await bot.ana.press(asked, 'Yes');
    expect(describeMessage(await pressed.answer())).toBe('(only for one · edited ×1)\ndone');
    expect(bot.fake.seenBy('bo', 'ops')).toEqual([]);
    expect(bot.errors).toEqual([]);
  });

  const forms: [string, object, string][] = [
    ['a title of 46', form({ title: 'x'.repeat(46) }), 'data.title BASE_TYPE_BAD_LENGTH'],
    ['six components', form({ components: many(6, () => words()) }), 'data.components BASE_TYPE_BAD_LENGTH'],
    [
      'a label of 46',
      form({ components: [{ type: 18, label: 'x'.repeat(46), component: { type: 4, custom_id: 'a', style: 1 } }] }),
      'data.components.0.label BASE_TYPE_BAD_LENGTH',
    ],
    [
      'a placeholder of 101',
      form({}, { placeholder: 'x'.repeat(101) }),
      'data.components.0.component.placeholder BASE_TYPE_MAX_LENGTH',
    ],
    ['a text of 4001', form({}, { max_length: 4001 }), 'data.components.0.component.max_length NUMBER_TYPE_MAX'],
    ['a label of its own', form({}, { label: 'x' }), 'data.components.0.component.label TEXT_INPUT_LABEL_IN_LABEL'],
    ['a button', form({ components: [row(press('a'))] }), 'data.components.0.components.0.type BASE_TYPE_CHOICES'],
    [
      'a label without a field',
      form({ components: [{ type: 18, label: 'x' }] }),
      'data.components.0.component BASE_TYPE_REQUIRED',
    ],
    [
      'one radio button',
      form({}, { type: 21, options: [{ label: 'a', value: 'a' }] }),
      'data.components.0.component.options BASE_TYPE_BAD_LENGTH',
    ],
  ];
  test('a form is refused for what it holds too much of', async () => {
    const codes: string[] = [];
    const bot = await start(async (interaction) => {
      if (!interaction.isButton()) return;
      const path = `/interactions/${interaction.id}/${interaction.token}/callback` as const;
      for (const [, data] of forms)
        codes.push(await refusedWith(interaction.client.rest.post(path, { body: { type: 9, data }, auth: false })));
      await interaction.deferUpdate();
    });
    await bot.ana.press(await post(bot, row(press('a'))), 'a');
    for (const [i, [name, , expected]] of forms.entries()) expect(`${name}: ${codes[i]}`).toContain(expected);
  });
});
