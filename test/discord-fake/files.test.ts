import { describe, expect, test } from 'vitest';
import type { FakeDiscord, Json } from '../support/discord/index.ts';
import { refusal, refusedWith, restOf, startFake } from './bot.ts';
import { card, gallery, many, plain, silence, v2, words } from './parts.ts';

const pixel = Buffer.from('iVBORw0KGgo=', 'base64');
const file = (name: string, data = pixel) => ({ name, data, contentType: 'image/png' });
const post = (fake: FakeDiscord, body: Json, files: ReturnType<typeof file>[] = [], channel = 'ops') =>
  restOf(fake).post(`/channels/${fake.channel(channel).id}/messages`, { body, files });

const long = (length: number) => 'x'.repeat(length);

describe('files', () => {
  test('an upload that no component shows', async () => {
    const fake = await startFake();
    expect(await refusedWith(post(fake, card(words()), [file('a.png')]))).toBe('50035 | attachments.0 ATTACHMENT_NOT_REFERENCED');
    fake.strict.referencedFiles = false;
    await post(fake, card(words()), [file('a.png')]);
  });

  test('a description of 1025, eleven files, an unknown id', async () => {
    const fake = await startFake();
    const described = plain('x', { attachments: [{ id: 0, description: long(1025) }] });
    expect(await refusedWith(post(fake, described, [file('a.png')]))).toBe(
      '50035 | attachments.0.description BASE_TYPE_MAX_LENGTH',
    );
    const eleven = many(11, (i) => file(`${i}.png`));
    expect(await refusedWith(post(fake, plain('x'), eleven))).toBe('50035 | attachments BASE_TYPE_BAD_LENGTH');
    expect(await refusedWith(post(fake, plain('x', { attachments: [{ id: 7 }] })))).toBe(
      '50035 | attachments.0.id ATTACHMENT_NOT_FOUND',
    );
  });

  test('more bytes than the guild allows', async () => {
    const fake = await startFake({ guilds: [{ name: 'Small', attachmentLimit: 100 }] });
    expect(await refusal(post(fake, plain('x'), [file('a.png', Buffer.alloc(101))]))).toMatchObject({ code: 40005, status: 413 });
  });

  test('are kept with their bytes and served for a day', async () => {
    const at = Date.parse('2026-03-01T10:00:00Z');
    let now = at;
    const fake = await startFake({ now: () => now });
    const body = { ...card(gallery('attachment://a_b.png')), attachments: [{ id: 0, description: 'Orders fall' }] };
    const sent = (await post(fake, body, [file('a b.png')])) as { attachments: { url: string }[] };
    const stored = fake.channel('ops').messages[0]?.attachments[0];
    expect(stored).toMatchObject({ filename: 'a_b.png', description: 'Orders fall', bytes: pixel });
    const url = sent.attachments[0]?.url ?? '';
    expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(pixel);
    now += 2 * 86_400_000;
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('an edit', () => {
  const edit = (fake: FakeDiscord, id: string, body: Json, files: ReturnType<typeof file>[] = []) =>
    restOf(fake).patch(`/channels/${fake.channel('ops').id}/messages/${id}`, { body, files });

  test('never takes Components V2 back, and brings it only without what was there', async () => {
    const fake = await startFake();
    const { id } = (await post(fake, card(words()))) as { id: string };
    expect(await refusedWith(edit(fake, id, { flags: 0, ...silence }))).toBe(
      '50035 | flags MESSAGE_FLAGS_COMPONENTS_V2_CANNOT_BE_REMOVED',
    );
    expect(await refusedWith(edit(fake, id, plain('x')))).toBe(
      '50035 | content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    );
    const classic = (await post(fake, plain('old'))) as { id: string };
    const next = { flags: v2, components: [words('new')], ...silence };
    expect(await refusedWith(edit(fake, classic.id, next))).toBe(
      '50035 | content MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
    );
    await edit(fake, classic.id, { ...next, content: null });
    expect(fake.message(classic.id)).toMatchObject({ content: '', flags: v2, edits: [{ content: 'old' }] });
  });

  test('replaces a chart by a new file and a list without the old one', async () => {
    const fake = await startFake();
    const { id } = (await post(fake, card(gallery('attachment://old.png')), [file('old.png')])) as { id: string };
    const next = { components: [gallery('attachment://new.png')], ...silence };
    expect(await refusedWith(edit(fake, id, { ...next, attachments: [] }, [file('new.png')]))).toBe(
      '50035 | attachments ATTACHMENT_NOT_LISTED',
    );
    await edit(fake, id, { ...next, attachments: [{ id: 0 }] }, [file('new.png')]);
    expect(fake.message(id)?.attachments.map((one) => one.filename)).toEqual(['new.png']);
    fake.problems.length = 0;
    await edit(fake, id, { components: [words('no chart any more')], ...silence });
    expect(fake.problems).toEqual([`Message ${id} keeps new.png, which no component shows`]);
  });

  test('of a message that is gone, or of another', async () => {
    const fake = await startFake();
    const said = fake.user('ana').say('ops', 'hello');
    expect(await refusal(edit(fake, said.id, plain('x')))).toMatchObject({ code: 50005, status: 403 });
    fake.messageDelete(said);
    expect(await refusal(edit(fake, said.id, plain('x')))).toMatchObject({ code: 10008, status: 404 });
  });
});
