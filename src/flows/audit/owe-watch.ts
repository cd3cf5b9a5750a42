import type { Stores } from '../../core/ports/stores.ts';

/**
 * Owes the telling of what has just been added to the trail, where anybody watches. After the adding: a watch that begins meanwhile
 * is told of it by its own first look, which waits for us.
 */
export async function oweWatch({ owed, watches }: Pick<Stores, 'owed' | 'watches'>, now: Date): Promise<void> {
  if (await watches.any()) await owed.owe([{ kind: 'watch', key: 'all', dueAt: now }]);
}
