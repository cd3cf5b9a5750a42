import { describe, expect, test } from 'vitest';
import {
  directoryOf,
  findPart,
  findPipeline,
  isSource,
  nearest,
  unknownSource,
  wordsOf,
} from '../../src/core/delivery/directory.ts';
import { entryOf, halfACharacter, refusal, resource, seriesState } from './samples.ts';

const series = [
  seriesState({ id: 1, source: 'src_web' }),
  seriesState({ id: 2, source: 'src_web', destination: 'dst_amp', mapping: 'map_1' }),
  seriesState({ id: 3, source: 'src_web', destination: 'dst_amp', mapping: 'map_2' }),
  seriesState({ id: 4, source: 'src_web', destination: 'dst_bq' }),
  seriesState({ id: 5, source: 'ios', destination: 'dst_amp' }),
  seriesState({ id: 6, workspace: 'demo', source: 'src_web' }),
  seriesState({ id: 7, workspace: 'demo', source: 'src_web', destination: 'dst_amp' }),
];
const resources = [
  resource({ kind: 'source', id: 'src_web', slug: 'web-prod', name: 'Web shop', url: 'https://example.com/web' }),
  resource({ kind: 'destination', id: 'dst_amp', slug: 'amplitude', name: 'Amplitude EU' }),
  resource({ kind: 'source', id: 'dst_bq', name: 'A source with the id of a destination' }),
];
const entries = directoryOf(series, resources);
const main = entries.filter(({ pipeline }) => pipeline.workspace === 'main');
const find = (source: string, destination: string, workspace?: string) =>
  findPipeline(entries, { source, destination, ...(workspace === undefined ? {} : { workspace }) });

describe('the directory', () => {
  test('lists every pipeline once, by workspace, source and destination, whatever order its series have', () => {
    const listed = (of: typeof entries) => of.map(({ pipeline: p }) => `${p.workspace} ${p.source} ${p.destination}`);
    expect(listed(entries)).toEqual(['demo src_web dst_amp', 'main ios dst_amp', 'main src_web dst_amp', 'main src_web dst_bq']);
    expect(listed(directoryOf([...series].reverse(), resources))).toEqual(listed(entries));
  });

  test('joins the series of a source to every pipeline of it, and to no other', () => {
    expect(entries.map((entry) => entry.series.map(({ id }) => id))).toEqual([[6, 7], [5], [1, 2, 3], [1, 4]]);
  });

  test('names things as people do, and by their id where nobody said', () => {
    const [, ios, amplitude, bigquery] = entries;
    expect(amplitude?.source).toEqual({ id: 'src_web', slug: 'web-prod', name: 'Web shop', url: 'https://example.com/web' });
    expect(ios?.source).toEqual({ id: 'ios', slug: 'ios', name: 'ios', url: '' });
    expect(bigquery?.destination).toEqual({ id: 'dst_bq', slug: 'dst_bq', name: 'dst_bq', url: '' });
  });

  test('takes names of one workspace for that workspace only', () => {
    expect(entries[0]?.source.name).toBe('src_web');
  });

  test('takes a pipeline with mappings for an actions one, unless somebody said', () => {
    expect(entries.map(({ variant }) => variant)).toEqual(['classic', 'classic', 'actions', 'classic']);
    const said = (variant: string) =>
      directoryOf(series, [resource({ kind: 'destination', id: 'dst_amp', variant })])[2]?.variant;
    expect(said('classic')).toBe('classic');
    expect(said('spaceship')).toBe('actions');
  });

  test('has no pipeline for levels that name a destination alone', () => {
    expect(directoryOf([seriesState({ source: '', destination: 'dst_amp' })], [])).toEqual([]);
  });
});

describe('a pipeline is found', () => {
  test.each([
    ['by id', 'src_web', 'dst_amp'],
    ['by slug', 'web-prod', 'amplitude'],
    ['by name', 'Web shop', 'Amplitude EU'],
    ['in any case', 'WEB SHOP', 'AMPLITUDE'],
  ])('%s', (_, source, destination) => {
    expect(find(source, destination, 'main').pipeline).toEqual({ workspace: 'main', source: 'src_web', destination: 'dst_amp' });
  });

  test('without its workspace where only one has it', () => {
    expect(find('ios', 'amplitude').pipeline.workspace).toBe('main');
  });

  test('not where two have it: both are listed', () => {
    const error = refusal(() => find('src_web', 'dst_amp'));
    expect(error).toMatchObject({ code: 'ambiguous', suggestions: ['demo: src_web → dst_amp', 'main: src_web → dst_amp'] });
    for (const suggestion of error.suggestions) expect(error.message).toContain(suggestion);
  });

  test('not where two share a name: their ids are listed', () => {
    const twins = directoryOf(
      [seriesState({ destination: 'dst_1' }), seriesState({ destination: 'dst_2' })],
      ['dst_1', 'dst_2'].map((id) => resource({ kind: 'destination', id, name: 'Webhook' })),
    );
    expect(refusal(() => findPipeline(twins, { source: 'src_web', destination: 'webhook' }))).toMatchObject({
      code: 'ambiguous',
      suggestions: ['main: src_web → dst_1', 'main: src_web → dst_2'],
    });
  });

  test('by its ids, even where another one is called so', () => {
    const twins = directoryOf(
      [seriesState({ source: 'web', destination: 'crm' }), seriesState({ source: 'src_2', destination: 'crm' })],
      [resource({ kind: 'source', id: 'src_2', name: 'Web' })],
    );
    const found = (source: string) => findPipeline(twins, { source, destination: 'crm' }).pipeline.source;
    expect([found('web'), found('src_2')]).toEqual(['web', 'src_2']);
    expect(refusal(() => found('Web')).code).toBe('ambiguous');
  });

  test('not under a wrong name: the nearest are suggested, as one types them', () => {
    const error = refusal(() => findPipeline(main, { source: 'wep-prod', destination: 'amplitud' }));
    expect(error.code).toBe('unknown_pipeline');
    expect(error.suggestions[0]).toBe('web-prod amplitude');
    expect(error.message).toBe('There is no pipeline wep-prod → amplitud. Did you mean web-prod amplitude?');
  });

  test('not before any counts came: the answer says so', () => {
    const error = refusal(() => findPipeline([], { source: 'web', destination: 'amplitude' }));
    expect(error.message).toBe('There is no pipeline web → amplitude. No counts have arrived yet.');
    expect(error.suggestions).toEqual([]);
  });

  test('not under hostile words, which come back short and whole', () => {
    const word = `${'x'.repeat(63)}😀${'y'.repeat(10_000)}`;
    for (const source of [word, '', '__proto__', '\u0000']) {
      const { message } = refusal(() => findPipeline(main, { source, destination: word }));
      expect(message.length).toBeLessThan(400);
      expect(message).not.toMatch(halfACharacter);
    }
  });
});

describe('a mapping or audience is found', () => {
  const part = (id: string, slug: string, name: string) => ({ id, slug, name, url: '' });
  const parts = [
    part('map_1', 'purchases', 'Purchases'),
    part('map_2', 'pages', 'Page views'),
    part('map_3', 'more', 'Page views'),
  ];
  const lost = (word: string, of = parts) => refusal(() => findPart(of, 'mapping', word));

  test.each(['map_1', 'purchases', 'PURCHASES', 'Purchases'])('by id, slug or name: %s', (word) => {
    expect(findPart(parts, 'mapping', word)).toBe(parts[0]);
  });

  test('by its id, even where another one is called so', () => {
    const twins = [part('web', 'a', 'A'), part('map_9', 'web', 'Web')];
    expect(findPart(twins, 'mapping', 'web').id).toBe('web');
    expect(findPart(twins, 'mapping', 'WEB').id).toBe('map_9');
  });

  test('not where two share a name: their ids are listed', () => {
    expect(lost('page views')).toMatchObject({
      code: 'bad_argument',
      message: 'More than one mapping is called page views: use the id.',
      suggestions: ['map_2', 'map_3'],
    });
  });

  test('not under a wrong name: the nearest are suggested, or that there are none', () => {
    expect(lost('purchase')).toMatchObject({
      code: 'bad_argument',
      message: 'There is no mapping purchase. Did you mean Purchases?',
      suggestions: ['Purchases'],
    });
    expect(refusal(() => findPart([], 'audience', 'vip'))).toMatchObject({
      message: 'There is no audience vip. This pipeline has no audiences.',
      suggestions: [],
    });
  });

  test('not under hostile words, which come back short and whole', () => {
    for (const word of ['', '__proto__', '\u0000', `${'x'.repeat(63)}😀${'y'.repeat(10_000)}`]) {
      expect(lost(word).message.length).toBeLessThan(200);
      expect(lost(word).message).not.toMatch(halfACharacter);
    }
  });

  test('in what the directory lists of a pipeline: each once, by name where there is one', () => {
    const [entry] = directoryOf(
      [
        seriesState({ id: 1, destination: 'dst', mapping: 'map_2', audience: 'vip' }),
        seriesState({ id: 2, destination: 'dst', mapping: 'map_1', audience: 'vip' }),
        seriesState({ id: 3, destination: 'dst' }),
        seriesState({ id: 4, audience: 'other' }),
        seriesState({ id: 5, audience: 'vip' }),
      ],
      [
        resource({ kind: 'mapping', id: 'map_1', name: 'Purchases' }),
        resource({ kind: 'audience', id: 'vip', slug: 'very-important' }),
      ],
    );
    expect(entry?.mappings.map(({ id, name }) => [id, name])).toEqual([
      ['map_1', 'Purchases'],
      ['map_2', 'map_2'],
    ]);
    expect(entry?.audiences.map(({ slug }) => slug)).toEqual(['very-important']);
    // What happens at the source for another audience is another pipeline's business.
    expect(entry?.series.map(({ id }) => id)).toEqual([5, 1, 2, 3]);
  });
});

describe('a source', () => {
  test('is known by id, slug or name', () => {
    for (const word of ['src_web', 'Web-Prod', 'web SHOP']) expect(main.filter((entry) => isSource(entry, word))).toHaveLength(2);
    expect(main.some((entry) => isSource(entry, 'web'))).toBe(false);
  });

  test('that is unknown is answered with the nearest', () => {
    expect(unknownSource('webprod', ['ios', 'web-prod', 'web-prod'])).toMatchObject({
      code: 'unknown_pipeline',
      message: 'There is no source webprod. Did you mean web-prod?',
      suggestions: ['web-prod'],
    });
    expect(unknownSource('web', []).message).toBe('There is no source web. No counts have arrived yet.');
  });
});

describe('the nearest words', () => {
  test('come first, in any case, each once, and no more than asked for', () => {
    expect(nearest('AMPLITUD', ['braze', 'amplitude', 'Amplitude', 'amplitude'], 2)).toEqual(['Amplitude', 'amplitude']);
  });

  test('that are equally near have one order', () => {
    expect(nearest('x', ['c', 'a', 'b'], 3)).toEqual(['a', 'b', 'c']);
    expect(nearest('x', ['b', 'c', 'a'], 3)).toEqual(['a', 'b', 'c']);
  });

  test('leave out what is far from the word when something is near', () => {
    expect(nearest('amplitud', ['amplitude', 'bigquery', 'braze'], 3)).toEqual(['amplitude']);
    expect(nearest('zzz', ['amplitude', 'bigquery', 'braze'], 3)).toHaveLength(3);
  });

  test('are found among none', () => {
    expect(nearest('x', [], 3)).toEqual([]);
  });

  test('of huge words are found at once', () => {
    expect(nearest('x'.repeat(1_000_000), ['y'.repeat(1_000_000), 'x'], 1)).toHaveLength(1);
  });
});

test('the words to type for a pipeline have quotes where they hold blanks', () => {
  expect(wordsOf(entryOf({ slug: 'web' }, { slug: 'Big Query' }))).toBe('web "Big Query"');
});
