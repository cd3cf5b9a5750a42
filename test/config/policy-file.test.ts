import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepPolicy, loadPolicy } from '../../src/config/policy-file.ts';
import { noPolicy } from '../../src/core/people/policy.ts';
import { emptyFolder } from '../support/process.ts';

const main = resolve('dist/src/main.js');
let folder: ReturnType<typeof emptyFolder>;
beforeEach(() => {
  folder = emptyFolder();
});
afterEach(() => folder.remove());

const write = (text: string | Buffer, name = 'pipewarden.yml'): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};

describe('loading', () => {
  test('a file that was named has to be there', () => {
    const path = join(folder.path, 'missing.yml');
    expect(() => loadPolicy(path)).toThrow(`There is no file ${path}. Set CONFIG_FILE to the policy file, or to nothing.`);
  });

  test('takes a file whole or not at all, with the list of its mistakes', () => {
    const path = write('timezone: UTC\nroles: {ownr: []}\npeople: 7\n');
    expect(() => loadPolicy(path)).toThrow(
      `${path}:2:9 “ownr” is not known in roles. Did you mean owner? There are owner, approver, operator, viewer, default\n${path}:3:9 people must be`,
    );
    expect(() => loadPolicy(write(Buffer.from([0xff, 0xfe])))).toThrow(':1:1 The file is not UTF-8');
  });

  test('again keeps the old policy while the new one has mistakes', () => {
    const path = write('timezone: Europe/Berlin');
    const lines: object[] = [];
    const log = { info() {}, warn() {}, error: (fields: object) => void lines.push(fields) };
    const policy = keepPolicy(path, log);
    write('timezone: Europe/Berln');
    expect(policy.reload()).toBe(false);
    expect(policy.current().timezone).toBe('Europe/Berlin');
    expect(lines).toEqual([{ error: expect.stringContaining(`${path}:1:11 timezone “Europe/Berln” is no time zone`) }]);
    write('timezone: UTC');
    expect(policy.reload()).toBe(true);
    expect(policy.current()).toEqual(noPolicy);
  });

  test('with mistakes at the start is no start', () => {
    expect(() => keepPolicy(write('a: 1'), { info() {}, warn() {}, error() {} })).toThrow(':1:1 “a” is not known here.');
  });
});

describe('pipewarden check', () => {
  const checkWith = (env: Record<string, string>, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'check', ...args], {
      cwd: folder.path,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, ...env },
    });
    return { status, stdout, stderr };
  };
  const check = (...args: string[]) => checkWith({}, ...args);

  test('says what a right file holds', () => {
    write('people:\n  - {name: Dana, accounts: ["slack:U1"]}\nroles:\n  owner: [Dana, "slack-group:S1"]\n');
    expect(check()).toEqual({
      status: 0,
      stdout: 'pipewarden.yml: 1 person, 2 roles given, viewer for everyone else, UTC\n',
      stderr: '',
    });
  });

  test('prints each mistake as file:line:column, and fails', () => {
    write('timezone: nowhere\nrolse: {}\n', 'other.yml');
    expect(check('other.yml')).toEqual({
      status: 1,
      stdout:
        'other.yml:1:11 timezone “nowhere” is no time zone. Write it as in Europe/Berlin or UTC\nother.yml:2:1 “rolse” is not known here. Did you mean roles? There are timezone, roles, people, audit, segment, forwards\n',
      stderr: '',
    });
  });

  test('looks at the file that a start would load: CONFIG_FILE, unless another is named', () => {
    write('timezone: UTC\n');
    const live = { CONFIG_FILE: write('timezone: Europe/Berlin\n', 'live.yml') };
    expect(checkWith(live).stdout).toMatch(/live\.yml: .*Europe\/Berlin/);
    expect(checkWith(live, 'pipewarden.yml').stdout).toMatch(/^pipewarden\.yml: .*UTC/);
    expect(checkWith({ CONFIG_FILE: '' }).stdout).toMatch(/^pipewarden\.yml: /);
    expect(checkWith({ CONFIG_FILE: 'gone.yml' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('no file gone.yml'),
    });
  });

  test('without a file says that none is needed, and how to begin one', () => {
    expect(check()).toMatchObject({ status: 0, stdout: expect.stringContaining('cp pipewarden.example.yml pipewarden.yml') });
  });

  test('passes the example', () => {
    expect(check(resolve('pipewarden.example.yml'))).toMatchObject({ status: 0 });
  });

  test('of a file that is not there says so, and fails', () => {
    expect(check('none.yml')).toMatchObject({ status: 1, stderr: expect.stringContaining('There is no file none.yml') });
  });
});
