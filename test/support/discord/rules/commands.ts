import { given, type Json, list, record, records, text } from '../json.ts';
import { Form, type Path } from '../refusal.ts';

const slashName = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** What counts towards the 8000: names, descriptions and values, of all options and choices. */
function weight(of: Json): number {
  const choices = records(of.choices).reduce((sum, one) => sum + text(one.name).length + String(one.value).length, 0);
  return (
    text(of.name).length + text(of.description).length + choices + records(of.options).reduce((sum, one) => sum + weight(one), 0)
  );
}

function name(form: Form, value: unknown, at: Path): void {
  form.length(at, value, 1, 32);
  const given = text(value);
  if (given && (!slashName.test(given) || given !== given.toLowerCase()))
    form.add(at, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
}

function choices(form: Form, of: Json, at: Path): void {
  const all = records(of.choices);
  form.count([...at, 'choices'], all, 0, 25);
  if (all.length > 0 && of.autocomplete === true)
    form.add(
      [...at, 'autocomplete'],
      'APPLICATION_COMMAND_OPTION_CHOICES_AND_AUTOCOMPLETE',
      'Choices and autocomplete exclude each other',
    );
  const names = new Set<unknown>();
  for (const [i, choice] of all.entries()) {
    const here = [...at, 'choices', i];
    form.length([...here, 'name'], choice.name, 1, 100);
    if (names.has(choice.name))
      form.add([...here, 'name'], 'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_DUPLICATE', 'Choice names must be unique');
    names.add(choice.name);
    if (of.type === 3) form.length([...here, 'value'], choice.value, 1, 100);
    else if (typeof choice.value !== 'number')
      form.add([...here, 'value'], 'NUMBER_TYPE_COERCE', `Value "${choice.value}" is not a number.`);
  }
}

function option(form: Form, of: Json, at: Path): void {
  const type = Number(of.type);
  if (!(type >= 3 && type <= 11)) form.choices([...at, 'type'], [3, 4, 5, 6, 7, 8, 9, 10, 11]);
  if (list(of.options).length > 0) form.add([...at, 'options'], 'APPLICATION_COMMAND_OPTIONS_NESTED', 'An option has no options');
  if (![3, 4, 10].includes(type)) {
    for (const key of ['choices', 'autocomplete'])
      if (given(of[key])) form.add([...at, key], 'APPLICATION_COMMAND_OPTION_TYPE', `An option of type ${type} has no ${key}`);
  } else choices(form, of, at);
  form.range([...at, 'min_length'], of.min_length, 0, 6000);
  form.range([...at, 'max_length'], of.max_length, 1, 6000);
  if (type !== 3 && (given(of.min_length) || given(of.max_length)))
    form.add([...at, 'max_length'], 'APPLICATION_COMMAND_OPTION_TYPE', 'Only a string option has a length');
}

function options(form: Form, of: Json, at: Path, depth: number): void {
  const all = records(of.options);
  const path = [...at, 'options'];
  form.count(path, all, 0, 25);
  const nested = all.filter((one) => one.type === 1 || one.type === 2).length;
  if (nested > 0 && nested < all.length)
    form.add(path, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Sub-commands and options cannot stand beside each other');
  const names = new Set<unknown>();
  let optional = false;
  for (const [i, one] of all.entries()) {
    const here = [...path, i];
    name(form, one.name, [...here, 'name']);
    form.length([...here, 'description'], one.description, 1, 100);
    if (names.has(one.name))
      form.add([...here, 'name'], 'APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE', 'Option names must be unique');
    names.add(one.name);
    if (one.type === 1 || one.type === 2) {
      // A group stands at the top only, a sub-command there or in a group.
      if (one.type === 2 ? depth > 0 : depth > 1)
        form.add([...here, 'type'], 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'Sub-commands go no deeper');
      else options(form, one, here, one.type === 2 ? 1 : 2);
      if (one.type === 2 && records(one.options).some((inner) => inner.type !== 1))
        form.add([...here, 'options'], 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'A group holds sub-commands only');
      continue;
    }
    option(form, one, here);
    if (one.required === true && optional)
      form.add(
        [...here, 'required'],
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    if (one.required !== true) optional = true;
  }
}

function command(form: Form, of: Json, at: Path): void {
  const type = Number(of.type ?? 1);
  if (type === 1) {
    name(form, of.name, [...at, 'name']);
    form.length([...at, 'description'], of.description, 1, 100);
    options(form, of, at, 0);
    if (weight(of) > 8000) form.add(at, 'APPLICATION_COMMAND_TOO_LARGE', `Command exceeds maximum size (8000): ${weight(of)}`);
  } else if (type === 2 || type === 3) {
    form.length([...at, 'name'], of.name, 1, 32);
    form.length([...at, 'description'], of.description, 0, 0);
    form.count([...at, 'options'], list(of.options), 0, 0);
  } else form.choices([...at, 'type'], [1, 2, 3]);
  const permissions = of.default_member_permissions;
  if (given(permissions) && !(typeof permissions === 'string' && /^\d+$/.test(permissions)))
    form.add([...at, 'default_member_permissions'], 'BASE_TYPE_PERMISSIONS', 'Must be a decimal text');
  for (const [key, allowed] of [
    ['contexts', [0, 1, 2]],
    ['integration_types', [0, 1]],
  ] as const)
    for (const [i, value] of list(of[key]).entries())
      if (!allowed.includes(value as never)) form.choices([...at, key, i], allowed);
  for (const [locale, local] of Object.entries(record(of.name_localizations)))
    name(form, local, [...at, 'name_localizations', locale]);
  for (const [locale, local] of Object.entries(record(of.description_localizations)))
    form.length([...at, 'description_localizations', locale], local, 1, 100);
}

/** A whole list of definitions, as a PUT brings it. */
export function checkCommands(all: readonly Json[]): void {
  const form = new Form();
  const names = new Set<string>();
  for (const [type, most] of [
    [1, 100],
    [2, 15],
    [3, 15],
  ] as const)
    if (all.filter((one) => Number(one.type ?? 1) === type).length > most)
      form.add([], 'APPLICATION_COMMANDS_TOO_MANY', `Maximum number of application commands of type ${type} reached (${most})`);
  for (const [i, one] of all.entries()) {
    command(form, one, [i]);
    const key = `${one.type ?? 1} ${text(one.name)}`;
    if (names.has(key)) form.add([i, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
    names.add(key);
  }
  form.throwIfBad();
}
