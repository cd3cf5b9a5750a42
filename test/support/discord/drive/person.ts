import { may } from '../access.ts';
import { type Control, controlsOf } from '../describe.ts';
import type { Doing, Person } from '../interface.ts';
import type { Json } from '../json.ts';
import { type Begun, beginInteraction } from '../live.ts';
import { addMessage } from '../messages.ts';
import { channelJson, memberJson, messageJson, roleJson, userJson } from '../payloads.ts';
import type { FakeMessage, Interaction } from '../types.ts';
import { directChannel, findChannel, findRole, findUser, type Live, type World } from '../world.ts';
import { formData } from './form.ts';
import { commandData } from './line.ts';

export type Deliver = (live: Live) => void;

/** Sends an interaction off and waits for the acknowledgement or the end of its time. */
async function perform(world: World, deliver: Deliver, begun: Begun, doing: Doing = {}): Promise<Interaction> {
  const { live, settled } = beginInteraction(world, begun);
  if (doing.late) Object.assign(live, { dead: true, expired: true });
  const timer = setTimeout(() => {
    live.dead = true;
    live.error ??= 'timeout';
    world.problems.push(`${live.type} ${live.id} was not acknowledged in time`);
    live.settle();
  }, world.limits.ackMs);
  deliver(live);
  await settled;
  clearTimeout(timer);
  if (!live.acked) {
    live.dead = true;
    live.error ??= 'timeout';
  }
  return live;
}

function sees(world: World, userId: string, message: FakeMessage): void {
  const channel = findChannel(world, message.channelId);
  const name = findUser(world, userId).name;
  if (message.deleted) throw new Error(`the message is gone: ${name} cannot use it`);
  if (message.only && message.only !== userId) throw new Error(`${name} does not see this message`);
  if (!may(world, userId, channel, 'VIEW_CHANNEL')) throw new Error(`${name} does not see ${channel.name}`);
}

function controlIn(message: FakeMessage, kind: Control['kind'], wanted: string, doing: Doing = {}): Control {
  const isMeant = (one: Control) => one.customId === wanted || one.label === wanted;
  const shown = [message, ...(doing.stale ? message.edits.toReversed() : [])].map((one) =>
    controlsOf(one).filter((it) => it.kind === kind),
  );
  const all = shown.find((controls) => controls.some(isMeant)) ?? shown[0] ?? [];
  const found = all.filter(isMeant);
  if (found.length !== 1)
    throw new Error(
      `${found.length} ${kind}s are called ${wanted}; there are ${all.map((one) => one.label).join(', ') || 'none'}`,
    );
  const [control] = found as [Control];
  if (control.disabled) throw new Error(`${kind} ${wanted} is off`);
  return control;
}

/** What a select that fills itself sends. */
function picked(
  world: World,
  guildId: string | undefined,
  type: number,
  wanted: readonly string[],
): { values: string[]; resolved: Json } {
  const guild = world.guilds.get(guildId ?? '');
  const resolved: Record<string, Json> = {};
  const put = (kind: string, id: string, value: Json) => {
    resolved[kind] = { ...resolved[kind], [id]: value };
    return id;
  };
  const values = wanted.map((name) => {
    if (type === 8)
      return put('channels', findChannel(world, name).id, { ...channelJson(world, findChannel(world, name)), permissions: '0' });
    if (type === 6 && guild) {
      const role = guild.roles.get(findRole(guild, name));
      return put('roles', role?.id ?? '', role ? roleJson(role, 0) : {});
    }
    const user = findUser(world, name);
    const member = guild?.members.get(user.id);
    const { user: _, ...partial } = member ? memberJson(world, member) : { user: undefined };
    if (member) put('members', user.id, partial);
    return put('users', user.id, userJson(user));
  });
  return { values, resolved };
}

function chosen(world: World, message: FakeMessage, control: Control, options: readonly string[]): Json {
  const type = Number(control.raw.type);
  const [least, most] = [Number(control.raw.min_values ?? 1), Number(control.raw.max_values ?? 1)];
  if (options.length < least || options.length > most) throw new Error(`choose ${least} to ${most} of ${control.label}`);
  if (type !== 3) return picked(world, findChannel(world, message.channelId).guildId, type, options);
  const values = options.map((wanted) => {
    const found = control.options.find((one) => one.label === wanted || one.value === wanted);
    if (!found) throw new Error(`${control.label} offers ${control.options.map((one) => one.label).join(', ')}, not ${wanted}`);
    return found.value;
  });
  return { values };
}

export function createPerson(world: World, userId: string, deliver: Deliver): Person {
  const user = findUser(world, userId);
  const where = (name: string) => {
    const channel = findChannel(world, name);
    if (!may(world, user.id, channel, 'VIEW_CHANNEL')) throw new Error(`${user.name} does not see ${channel.name}`);
    return channel;
  };
  /** Something done to a component of a message. */
  const use = (message: FakeMessage, control: Control, data: Json, doing?: Doing) => {
    const channel = findChannel(world, message.channelId);
    const extra = { message: messageJson(world, message) };
    const whole = { custom_id: control.customId, component_type: control.raw.type, ...data };
    return perform(world, deliver, { type: 'component', userId: user.id, channel, data: whole, source: message, extra }, doing);
  };

  return {
    id: user.id,
    name: user.name,
    async command(name, line, options = {}, doing) {
      const channel = where(name);
      return perform(
        world,
        deliver,
        { type: 'command', userId: user.id, channel, data: commandData(world, user.id, channel, line, options) },
        doing,
      );
    },
    async autocomplete(name, line, options, focused) {
      const channel = where(name);
      const on = focused ?? Object.keys(options).at(-1) ?? '';
      const data = commandData(world, user.id, channel, line, options, on);
      return perform(world, deliver, { type: 'autocomplete', userId: user.id, channel, data });
    },
    async press(message, button, doing) {
      sees(world, user.id, message);
      return use(message, controlIn(message, 'button', button, doing), {}, doing);
    },
    async select(message, select, options, doing) {
      sees(world, user.id, message);
      const control = controlIn(message, 'select', select, doing);
      return use(message, control, chosen(world, message, control, [options].flat()), doing);
    },
    async submitModal(values = {}, doing) {
      const modal = world.modals.get(user.id);
      if (!modal) throw new Error(`${user.name} has no form open`);
      const data = formData(modal, values);
      world.modals.delete(user.id);
      const channel = findChannel(world, modal.channelId);
      const source = modal.message;
      return perform(
        world,
        deliver,
        {
          type: 'modal',
          userId: user.id,
          channel,
          data,
          ...(source ? { source, extra: { message: messageJson(world, source) } } : {}),
        },
        doing,
      );
    },
    closeModal: () => void world.modals.delete(user.id),
    get modal() {
      return world.modals.get(user.id);
    },
    say: (name, content) => addMessage(world, where(name), { content }, { via: 'user', authorId: user.id }),
    dm: () => directChannel(world, user.id),
  };
}
