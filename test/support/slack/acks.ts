import { checkedView } from './blocks/check.ts';
import { checkOption } from './blocks/elements.ts';
import { Findings } from './blocks/findings.ts';
import { checkedContent } from './content.ts';
import { isRecord, type Json, records, text } from './json.ts';
import { dropView, modalsOf, pushView, updateView } from './methods/views.ts';
import { Refusal } from './refusal.ts';
import type { Choice, Delivery, FakeView } from './types.ts';
import { addMessage, type World } from './world.ts';

/** What Slack does with the bot's answer. It reports no mistakes here, so they go to the problems. */
function carefully(world: World, what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    world.problems.push(`${what}: ${error.code} ${JSON.stringify(error.fields.response_metadata ?? '')}`);
  }
}

/** The answer to a slash command is a message. */
export function onCommandAck(world: World, delivery: Delivery, user: string, channelId: string): void {
  if (!delivery.acked || delivery.ackBody === '' || delivery.ackBody === undefined) return;
  const body: Json = isRecord(delivery.ackBody) ? delivery.ackBody : { text: String(delivery.ackBody) };
  const channel = world.channels.get(channelId);
  carefully(world, 'the ack of a command', () => {
    const content = checkedContent(world, body);
    if (channel)
      addMessage(world, channel, { ...content, ...(body.response_type === 'in_channel' ? {} : { only: user }), via: 'ack' });
  });
}

/** An action's or event's answer is nothing but an ack: a body would be lost. */
export function onBareAck(world: World, delivery: Delivery, what: string): void {
  const empty = delivery.ackBody === '' || delivery.ackBody === undefined;
  if (delivery.acked && !empty)
    world.problems.push(`the ack of ${what} has a body, which Slack drops: ${JSON.stringify(delivery.ackBody)}`);
}

export function onOptionsAck(world: World, delivery: Delivery): Choice[] {
  if (!delivery.acked) return [];
  const body = isRecord(delivery.ackBody) ? delivery.ackBody : {};
  const groups = records(body.option_groups);
  const found = new Findings(world, 'modal');
  if (!Array.isArray(body.options) && groups.length === 0) found.add('missing required field: options', '/');
  found.items(body.options, '/options', 100, 0);
  const options = [...records(body.options), ...groups.flatMap((group) => records(group.options))];
  options.forEach((option, n) => {
    checkOption(found, option, `/options/${n}`);
  });
  if (found.all.length === 0) return options as Choice[];
  world.problems.push(`the ack of a block_suggestion: ${found.all.join('; ')}`);
  return [];
}

/** Without a response_action the form closes; without an ack it stays, with an apology of Slack's own. */
export function onSubmissionAck(world: World, delivery: Delivery, view: FakeView): void {
  if (!delivery.acked) return;
  const body: Json = isRecord(delivery.ackBody) ? delivery.ackBody : {};
  if (!isRecord(delivery.ackBody) && delivery.ackBody !== '' && delivery.ackBody !== undefined) {
    world.problems.push(`the ack of a view_submission is no object: ${JSON.stringify(delivery.ackBody)}`);
  }
  view.errors = {};
  carefully(world, 'the ack of a view_submission', () => {
    switch (body.response_action) {
      case undefined:
        return dropView(world, view);
      case 'clear':
        for (const one of modalsOf(world, view.user)) dropView(world, one);
        return;
      case 'errors':
        return takeErrors(world, view, body.errors);
      case 'update':
        return updateView(world, view, checkedView(world, body.view));
      case 'push':
        pushView(world, view.user, checkedView(world, body.view));
        return;
      default:
        throw new Refusal(`invalid response_action ${text(body.response_action)}`);
    }
  });
}

function takeErrors(world: World, view: FakeView, errors: unknown): void {
  if (!isRecord(errors) || Object.keys(errors).length === 0) throw new Refusal('errors must name at least one block');
  for (const [block, sentence] of Object.entries(errors)) {
    const there = view.blocks.some((one) => one.block_id === block && one.type === 'input');
    if (!there) world.problems.push(`the ack of a view_submission names ${block}, which is no input block: Slack shows nothing`);
    if (typeof sentence !== 'string' || sentence === '') world.problems.push(`the error of ${block} is no sentence`);
    view.errors[block] = text(sentence);
  }
}
