import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));

/** What a file imports at run time: type-only imports are free. Our own files as paths from the root, packages by name. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;'"]*?from\s*)?['"]([^'"]+)['"]/gm)].map(
    (m) => m[1] as string,
  );
  return found.map((name) => (name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name));
}

const edges = ['src/storage', 'src/queue', 'src/connectors', 'src/chat', 'src/charts', 'src/http', 'src/hooks'];
const isWithin = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);

function offences(folder: string, allowed: (imported: string, file: string) => boolean): string[] {
  return filesIn(folder).flatMap((file) =>
    importsOf(file)
      .filter((imported) => !allowed(imported, file))
      .map((imported) => `${file} imports ${imported}`),
  );
}

const isPackage = (imported: string): boolean =>
  !imported.startsWith('src/') && !/^(commands|migrations|test|bench)\//.test(imported);

describe('the house', () => {
  test('core is pure: it imports itself, and of packages only those that compute', () => {
    // Of node:crypto only what computes: hashes and signatures, no chance.
    const pure = ['zod', 'date-fns/formatDistanceStrict', 'fastest-levenshtein', 'node:crypto'];
    expect(offences('src/core', (imported) => isWithin(imported, 'src/core') || pure.includes(imported))).toEqual([]);
  });

  test('core reads no clock and no chance', () => {
    const impure = filesIn('src/core').filter((file) =>
      /Date\.now\(|new Date\(\)|Math\.random\(|random(Bytes|Int|UUID)|generateKey|process\./.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );
    expect(impure).toEqual([]);
  });

  test('flows lean on core alone', () => {
    expect(
      offences(
        'src/flows',
        (imported) => isWithin(imported, 'src/core') || isWithin(imported, 'src/flows') || imported.startsWith('node:crypto'),
      ),
    ).toEqual([]);
  });

  test('edges import core and never each other; the schema is the storage edge’s own', () => {
    for (const edge of edges) {
      const allowed = (imported: string) =>
        isPackage(imported) ||
        isWithin(imported, 'src/core') ||
        isWithin(imported, edge) ||
        (edge === 'src/storage' && isWithin(imported, 'migrations'));
      expect(offences(edge, allowed)).toEqual([]);
    }
  });

  test('chat adapters and connectors do not know each other', () => {
    for (const family of ['src/chat', 'src/connectors']) {
      const members = readdirSync(join(root, family), { withFileTypes: true }).filter((entry) => entry.isDirectory());
      for (const { name } of members) {
        expect(
          offences(`${family}/${name}`, (imported) => !isWithin(imported, family) || isWithin(imported, `${family}/${name}`)),
        ).toEqual([]);
      }
    }
  });

  test('commands import core and are handed the flows', () => {
    expect(offences('commands', (imported) => isWithin(imported, 'src/core') || isWithin(imported, 'commands'))).toEqual([]);
  });

  test('migrations import only kysely', () => {
    expect(offences('migrations', (imported, file) => imported === 'kysely' || file === 'migrations/index.ts')).toEqual([]);
  });

  test('the environment is read where a command begins, and parsed by the configuration', () => {
    const readers = filesIn('src').filter((file) => /process\.env/.test(readFileSync(join(root, file), 'utf8')));
    expect(readers).toEqual(
      ['check', 'doctor', 'move', 'register-discord', 'start', 'trail'].map((name) => `src/cli/${name}.ts`),
    );
  });

  test('every command and migration stands in its index', () => {
    for (const folder of ['commands', 'migrations']) {
      const index = readFileSync(join(root, folder, 'index.ts'), 'utf8');
      const missing = filesIn(folder).filter(
        // What stands deeper are parts of a command.
        (file) => dirname(file) === folder && !file.endsWith('/index.ts') && !index.includes(`./${file.split('/').pop()}`),
      );
      expect(missing).toEqual([]);
    }
  });

  test('files stay small enough to read', () => {
    const long = ['src', 'commands', 'migrations', 'test', 'bench']
      .flatMap(filesIn)
      .filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 400);
    expect(long).toEqual([]);
  });

  test('helpers of tests have no hooks on their own: only the first file that imports them would have them', () => {
    const hooks = /^(before|after)(Each|All)\(/m;
    const helpers = filesIn('test').filter((file) => !file.endsWith('.test.ts'));
    expect(helpers.filter((file) => hooks.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });

  test('exports are named', () => {
    const anonymous = ['src', 'commands', 'migrations']
      .flatMap(filesIn)
      .filter((file) => /^export default/m.test(readFileSync(join(root, file), 'utf8')));
    expect(anonymous).toEqual([]);
  });
});
