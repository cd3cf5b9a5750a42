import { describe, expect, test } from 'vitest';
import { commands } from '../../commands/index.ts';
import type { Answer, Args, Call, Command, Verb } from '../../src/core/commands/command.ts';
import { parseLine } from '../../src/core/commands/line.ts';
import type { Role } from '../../src/core/people/actor.ts';
import { forwardsUse } from '../../src/flows/forwards/list.ts';
import type { Use } from '../../src/flows/index.ts';
import { act, roomy } from '../audit/card-samples.ts';
import { onPglite } from '../support/backends.ts';
import { forwardDesk } from './desk.ts';

const audit = commands.find(({ name }) => name === 'audit') as Command<Use>;

onPglite((backend) => {
  const desk = forwardDesk(backend);

  async function shown(args: Args, role: Role): Promise<Answer['message']> {
    const call: Call<Use> = {
      actor: { person: 'Dana', account: 'console:dana', personKey: 'console:dana', roles: [role] },
      place: { platform: 'console', team: 'T', channel: 'general', person: 'console:dana' },
      ...{ args, use: forwardsUse(desk.listing()) as Use, act, capabilities: roomy },
    };
    return (await (audit.verbs.forwards as Verb<Use>).run(call)).message;
  }
  const press = (action: string, choice = ''): Args => audit.verbs.forwards?.actions[action]?.({}, choice, []) ?? {};

  describe('/audit forwards', () => {
    test('is a verb of its own', () => {
      expect(parseLine(commands, '/audit forwards')).toMatchObject({ verbName: 'forwards' });
      expect(() => parseLine(commands, '/audit forwards of dana')).toThrow('one word too many');
    });

    test('lists what is dead; Send again sends it, once', async () => {
      desk.siem.answer = 410;
      await desk.begin();
      const seqs = await desk.add({}, {});
      await desk.run();
      expect((await shown({}, 'approver')).title).toBe('Not everything is delivered: siem');
      await expect(shown(press('again', 'siem'), 'approver')).rejects.toThrow('may not manage');
      desk.siem.answer = 204;
      const done = await shown(press('again', 'siem'), 'owner');
      expect(done.title).toBe('siem is sent 2 changes again');
      await desk.run();
      expect(desk.siem.taken.slice(0, 2)).toEqual(seqs);
      expect((await shown(press('refresh'), 'owner')).title).toBe('siem gets every change');
      await desk.run();
      expect(desk.siem.taken).toHaveLength(3);
    });

    test('is not for viewers', async () => {
      await desk.begin();
      await expect(shown({}, 'viewer')).rejects.toThrow('may not search the audit trail');
    });
  });
});
