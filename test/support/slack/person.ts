import { onBareAck, onCommandAck, onOptionsAck, onSubmissionAck } from './acks.ts';
import { type Control, controlsOf, findControl, findOption } from './controls.ts';
import type { Courier } from './deliver.ts';
import type { SlackEvent } from './events.ts';
import type { Person, Value } from './interface.ts';
import type { Json } from './json.ts';
import { dropView, modalsOf, wireView } from './methods/views.ts';
import {
  actionsBody,
  closedBody,
  commandBody,
  isView,
  shortcutBody,
  stateValues,
  submissionBody,
  suggestionBody,
} from './payloads.ts';
import type { Choice, Delivery, FakeChannel, FakeMessage, FakeUser, FakeView } from './types.ts';
import { clientObjection, fieldFor, isChoice, namesOf, stateOf } from './values.ts';
import { addMessage, directChannel, isMember, maySee, newResponseUrl, newTrigger, type World } from './world.ts';

export interface Hands {
  world: World;
  courier: Courier;
  /** Delivers an event if the app is subscribed to it. */
  event(event: SlackEvent, fields?: Json): Promise<Delivery>;
  commands?: readonly string[];
}

const seconds = (world: World): string => (world.now() / 1000).toFixed(6);

/** What a user can do in Slack's own client, and nothing beyond. */
export function createPerson(hands: Hands, user: FakeUser): Person {
  const { world, courier } = hands;
  /** What was chosen in selects so far, by view or message and element. */
  const chosen = new Map<string, unknown>();
  const key = (on: FakeMessage | FakeView, control: Control) =>
    `${isView(on) ? on.id : on.ts} ${control.blockId} ${control.actionId}`;
  const valuesOf = (on: FakeMessage | FakeView) => stateValues(on, (control) => chosen.get(key(on, control)));

  function reach(id: string): FakeChannel {
    const channel = world.channels.get(id);
    if (!channel || !maySee(world, user.id, channel)) throw new Error(`${user.id} sees no channel ${id}`);
    return channel;
  }

  /** The message itself, where a snapshot of it was pressed. */
  const current = (on: FakeMessage): FakeMessage => world.channels.get(on.channel)?.all.find((one) => one.ts === on.ts) ?? on;

  /** Only what stands before one's eyes can be touched. */
  function check(on: FakeMessage | FakeView): void {
    if (isView(on)) {
      const there = on.type === 'home' ? world.homes.get(user.id) : modalsOf(world, user.id).at(-1);
      if (there?.id !== on.id) throw new Error(`${user.id} does not have this view in front`);
      return;
    }
    reach(on.channel);
    if (on.deleted || (on.only && on.only !== user.id)) throw new Error(`${user.id} does not see this message`);
  }

  async function act(on: FakeMessage | FakeView, control: Control, fields: Json): Promise<Delivery> {
    const triggerId = newTrigger(world, user.id);
    const responseUrl = isView(on)
      ? undefined
      : newResponseUrl(world, 'actions', { user: user.id, channel: on.channel, message: current(on) });
    const { placeholder: _p, options: _o, option_groups: _g, confirm: _c, ...shown } = control.element;
    const action = { ...shown, action_id: control.actionId, block_id: control.blockId, ...fields };
    const body = actionsBody(world, {
      user,
      on,
      action,
      values: valuesOf(on),
      triggerId,
      ...(responseUrl ? { responseUrl } : {}),
    });
    const delivery = await courier.send('interactive', body, { triggerId, ...(responseUrl ? { responseUrl } : {}) });
    onBareAck(world, delivery, 'an action');
    return delivery;
  }

  async function suggest(on: FakeMessage | FakeView, control: Control, typed: string): Promise<Delivery> {
    if (!control.type.endsWith('external_select')) throw new Error(`${control.label} is no external select`);
    if (typed.length < Number(control.element.min_query_length ?? 3))
      throw new Error(`Slack asks only from ${control.element.min_query_length ?? 3} characters on`);
    const delivery = await courier.send('interactive', suggestionBody(world, { user, on, control, typed, values: valuesOf(on) }));
    delivery.options = onOptionsAck(world, delivery);
    return delivery;
  }

  async function choose(on: FakeMessage | FakeView, control: Control, name: string, typed = name): Promise<Choice> {
    if (!control.type.endsWith('external_select')) return findOption(control.options, name);
    const least = Number(control.element.min_query_length ?? 3);
    const { options = [] } = await suggest(on, control, least === 0 && typed === name ? '' : typed);
    return findOption(options, name);
  }

  /** What was written for one field, in the words of its element. */
  async function enter(view: FakeView, control: Control, value: Value): Promise<unknown> {
    const field = fieldFor(control.type);
    if (value === null || isChoice(value)) return value;
    if (field === 'selected_option') return choose(view, control, String(value));
    if (field === 'selected_options') {
      const names = typeof value === 'string' ? [value] : namesOf(value);
      const found: Choice[] = [];
      for (const name of names) found.push(await choose(view, control, name));
      return found.length > 0 ? found : value;
    }
    return value;
  }

  function formControl(view: FakeView, name: string): Control {
    const controls = controlsOf(view).filter((one) => one.input);
    const found =
      controls.find((one) => one.label === name) ?? controls.find((one) => one.blockId === name || one.actionId === name);
    if (!found)
      throw new Error(`no field is called ${JSON.stringify(name)}; there are: ${controls.map((one) => one.label).join(', ')}`);
    return found;
  }

  const person: Person = {
    id: user.id,
    dm: () => directChannel(world, user.id).id,
    get modals() {
      return [...modalsOf(world, user.id)];
    },
    get modal() {
      const view = modalsOf(world, user.id).at(-1);
      if (!view) throw new Error(`${user.id} has no form open`);
      return view;
    },
    get home() {
      return world.homes.get(user.id);
    },

    async command(channelId, line) {
      const channel = reach(channelId);
      if (channel.archived) throw new Error('nobody can write in an archived channel');
      if (user.teamId !== world.team.id) throw new Error('commands are offered to the own workspace alone');
      const [command = '', ...rest] = line.trim().split(' ');
      if (!command.startsWith('/') || (hands.commands && !hands.commands.includes(command))) {
        throw new Error(`${command} is not a valid command`);
      }
      const triggerId = newTrigger(world, user.id);
      const responseUrl = newResponseUrl(world, 'commands', { user: user.id, channel: channel.id });
      const body = commandBody(world, { user, channel, command, text: rest.join(' ').trim(), triggerId, responseUrl });
      const delivery = await courier.send('slash_commands', body, { triggerId, responseUrl });
      onCommandAck(world, delivery, user.id, channel.id);
      return delivery;
    },

    async press(on, button) {
      check(on);
      return act(on, findControl(on, button, true), {});
    },

    async select(on, element, option, typed) {
      check(on);
      const control = findControl(on, element, false);
      if (control.input && !control.dispatches) {
        throw new Error(`${control.label} is part of a form: it is sent with submit`);
      }
      const choice = await choose(on, control, option, typed);
      const value = fieldFor(control.type) === 'selected_options' ? [choice] : choice;
      if (control.type !== 'overflow') chosen.set(key(on, control), value);
      return act(on, control, { [fieldFor(control.type)]: value });
    },

    async options(on, element, typed) {
      check(on);
      return suggest(on, findControl(on, element, false), typed);
    },

    async submit(view, values = {}) {
      check(view);
      if (!view.submit) throw new Error('this form has no submit button');
      for (const [name, value] of Object.entries(values)) {
        const control = formControl(view, name);
        chosen.set(key(view, control), await enter(view, control, value));
      }
      for (const control of controlsOf(view).filter((one) => one.input)) {
        const objection = clientObjection(control, stateOf(control, chosen.get(key(view, control))));
        if (objection) throw new Error(`Slack keeps the form open: ${control.label}: ${objection}`);
      }
      const triggerId = newTrigger(world, user.id);
      const body = submissionBody(world, { user, view, values: valuesOf(view), triggerId });
      const delivery = await courier.send('interactive', body, { triggerId });
      onSubmissionAck(world, delivery, world.views.get(view.id) ?? view);
      return delivery;
    },

    async close(view) {
      check(view);
      const stack = modalsOf(world, user.id);
      const gone = view.clearOnClose ? stack : stack.filter((one) => one.id === view.id);
      const body = closedBody(world, { user, view, values: valuesOf(view), cleared: view.clearOnClose });
      for (const one of gone) dropView(world, one);
      if (!view.notifyOnClose) return undefined;
      const delivery = await courier.send('interactive', body);
      onBareAck(world, delivery, 'view_closed');
      return delivery;
    },

    async shortcut(callbackId, on) {
      if (on) check(on);
      const triggerId = newTrigger(world, user.id);
      const responseUrl = on && newResponseUrl(world, 'actions', { user: user.id, channel: on.channel, message: current(on) });
      const body = shortcutBody(world, { user, callbackId, triggerId, ...(on && responseUrl ? { on, responseUrl } : {}) });
      const delivery = await courier.send('interactive', body, { triggerId, ...(responseUrl ? { responseUrl } : {}) });
      onBareAck(world, delivery, 'a shortcut');
      return delivery;
    },

    async openHome(tab = 'home') {
      const view = world.homes.get(user.id);
      const channel = directChannel(world, user.id).id;
      return hands.event({
        ...{ type: 'app_home_opened', user: user.id, channel, tab, event_ts: seconds(world) },
        ...(view && tab === 'home' ? { view: wireView(world, view) } : {}),
      });
    },

    async say(channelId, line, threadTs) {
      const channel = reach(channelId);
      const message = addMessage(world, channel, {
        ...{ user: user.id, botId: undefined, text: line, via: 'user' },
        ...(threadTs ? { threadTs } : {}),
      });
      const event = { user: user.id, text: line, ts: message.ts, channel: channel.id, event_ts: message.ts, team: user.teamId };
      const thread = threadTs ? { thread_ts: threadTs } : {};
      if (channel.kind === 'im')
        return { message, delivery: await hands.event({ type: 'message', channel_type: 'im', ...event, ...thread }) };
      const mentioned = line.includes(`<@${world.app.botUserId}>`) && isMember(world, channel);
      return mentioned ? { message, delivery: await hands.event({ type: 'app_mention', ...event, ...thread }) } : { message };
    },

    async invite(who, channelId) {
      const channel = reach(channelId);
      const id = who === undefined || who === 'bot' ? world.app.botUserId : who;
      channel.members.add(id);
      // By the letter of its id: private channels made since 2021 have a C as well.
      const channel_type = channel.id.slice(0, 1);
      const event = {
        type: 'member_joined_channel',
        user: id,
        channel: channel.id,
        channel_type,
        team: world.team.id,
        inviter: user.id,
      };
      return hands.event({ ...event, event_ts: seconds(world) });
    },
  };
  return person;
}
