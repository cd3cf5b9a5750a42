import { ModalBuilder } from 'discord.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modalOf } from '../../src/chat/discord/modal.ts';
import type { Form, FormField } from '../../src/core/messages/form.ts';
import { anyString } from '../support/any-message.ts';
import { checkModal } from '../support/discord/rules/modal.ts';

const option = fc.record({ value: anyString, label: anyString, hint: fc.option(anyString, { nil: undefined }) });
const shared = {
  label: anyString,
  hint: fc.option(anyString, { nil: undefined }),
  value: fc.option(anyString, { nil: undefined }),
  optional: fc.option(fc.boolean(), { nil: undefined }),
};
const field = fc.oneof(
  fc.record({
    ...{ ...shared, kind: fc.constant('text' as const), multiline: fc.boolean() },
    maxLength: fc.option(fc.integer({ min: 0, max: 9_000 }), { nil: undefined }),
  }),
  fc.record({
    ...{ ...shared, kind: fc.constant('pick' as const), more: fc.option(fc.boolean(), { nil: undefined }) },
    options: fc.oneof(
      fc.array(option, { maxLength: 30 }),
      fc.constant(Array.from({ length: 25 }, (_, at) => ({ value: `${at}`, label: `Option ${at}` }))),
    ),
  }),
);
const form: fc.Arbitrary<Form> = fc
  .record({
    title: anyString,
    submit: anyString,
    note: fc.option(anyString, { nil: undefined }),
    fields: fc.array(field, { minLength: 1, maxLength: 5 }),
  })
  .map((one) => ({ ...one, fields: one.fields.map((f, at) => ({ ...f, name: 'abcde'.charAt(at) }) as FormField) }));

test('no form of any kind breaks a limit', () => {
  fc.assert(
    fc.property(form, fc.dictionary(fc.constantFrom('a', 'b', 'c'), anyString), (one, values) => {
      const modal = modalOf(one, 'pipeline.find:v1', values);
      expect(() => checkModal(JSON.parse(JSON.stringify(modal)))).not.toThrow();
      new ModalBuilder(modal as never).toJSON();
    }),
    { numRuns: 150 },
  );
});

test('a short whole list is chosen from, a long one typed; the note stands above, or under the first field', () => {
  const options = [
    { value: '1h', label: 'Last hour' },
    { value: '24h', label: 'Last day' },
  ];
  const fields: FormField[] = [
    { name: 'period', label: 'Period', kind: 'pick', options, value: '24h' },
    { name: 'source', label: 'Source', kind: 'pick', options: [{ value: 'web', label: 'Web' }], more: true, optional: true },
    { name: 'why', label: 'Why', kind: 'text', multiline: true, hint: 'One sentence' },
  ];
  const asked = { title: 'Find', submit: 'Find', note: 'By *name*.', fields };
  const { components } = modalOf(asked, 'x:1');
  expect(components[0]).toEqual({ type: 10, content: 'By \\*name\\*.' });
  expect(components.slice(1).map(({ component }) => component)).toMatchObject([
    { type: 3, required: true, options: [{ value: '1h' }, { value: '24h', default: true }] },
    { type: 4, required: false, style: 1, placeholder: 'e.g. web' },
    { type: 4, required: true, style: 2 },
  ]);
  const five = modalOf(
    { ...asked, fields: [...fields, { ...(fields[2] as FormField), name: 'd' }, { ...(fields[2] as FormField), name: 'e' }] },
    'x:1',
  );
  expect(five.components).toHaveLength(5);
  expect(five.components[0]).toMatchObject({ description: 'By *name*.' });
});
