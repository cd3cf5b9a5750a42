import type { Resource } from '../../core/delivery/series.ts';
import { variantOf } from './model.ts';
import { audiences } from './profiles.ts';
import { destinations, sources } from './shop.ts';

export const WORKSPACE = 'demo';

const sourceBySlug = new Map(sources.map((source) => [source.slug, source]));

function sourceOf(of: { slug: string; source: string }) {
  const source = sourceBySlug.get(of.source);
  if (!source) throw new Error(`${of.slug} has no source`);
  return source;
}

export const pipelines = destinations.map((destination) => ({ source: sourceOf(destination), destination }));
export const sourcedAudiences = audiences.map((audience) => ({ source: sourceOf(audience), audience }));

/** There is nothing to open elsewhere: the shop exists only here. */
const nowhere = { workspace: WORKSPACE, url: '' };

export function demoResources(): Resource[] {
  const plain = { ...nowhere, variant: '' };
  return [
    ...sources.map(({ id, slug, name }) => ({ ...plain, kind: 'source', id, slug, name, parent: '' })),
    ...sourcedAudiences.map(({ source, audience: { id, slug, name } }) => ({
      ...plain,
      kind: 'audience',
      id,
      slug,
      name,
      parent: source.id,
    })),
    ...pipelines.flatMap(({ source, destination }) => {
      const { id, slug, name, mappings } = destination;
      return [
        { ...nowhere, kind: 'destination', id, slug, name, parent: source.id, variant: variantOf(destination) },
        ...mappings.map((mapping) => ({
          ...plain,
          kind: 'mapping',
          id: mapping.id,
          slug: mapping.slug,
          name: mapping.name,
          parent: id,
        })),
      ];
    }),
  ];
}
