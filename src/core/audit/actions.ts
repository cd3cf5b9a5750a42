/** Kinds by the words providers begin an event's name with; the longest that fits is meant. Singular, without case. */
const kinds: Record<string, string> = {
  source: 'source',
  'source function': 'function',
  'destination function': 'function',
  function: 'function',
  integration: 'destination',
  destination: 'destination',
  'destination filter': 'filter',
  filter: 'space_filter',
  mapping: 'mapping',
  warehouse: 'warehouse',
  'storage destination': 'warehouse',
  'warehouse credential': 'credential',
  'profiles sync warehouse': 'profiles_sync',
  'engage warehouse source': 'engage_source',
  'personas warehouse source': 'engage_source',
  'tracking plan': 'tracking_plan',
  transformation: 'transformation',
  model: 'model',
  audience: 'audience',
  'computed trait': 'computed_trait',
  space: 'space',
  journey: 'journey',
  broadcast: 'broadcast',
  label: 'label',
  policy: 'policy',
  'user group': 'user_group',
  'user policy': 'policy',
  'user group policy': 'policy',
  'group memberships': 'user_group',
  user: 'user',
  'user invite': 'invite',
  invite: 'invite',
  'source regulation': 'regulation',
  'workspace regulation': 'regulation',
  regulation: 'regulation',
  schema: 'schema',
  'support access': 'support',
  support: 'support',
};

/** Whole names that do not begin with what they are about. */
const wholes: Record<string, string> = {
  'new segment user invited to workspace': 'user.invited',
  'non-segment user invited to workspace': 'user.invited',
  'subjects added to group': 'user_group.subjects_added',
  'user added to user group': 'user_group.user_added',
  'user removed from user group': 'user_group.user_removed',
  'new event allowed': 'schema.new_event_allowed',
  'violations detected': 'tracking_plan.violations_detected',
  'permission check': 'permission.checked',
};

/** Verbs that mean the same. */
const verbs: Record<string, string> = { updated: 'modified' };

const longest = Math.max(...Object.keys(kinds).map((words) => words.split(' ').length));

/** "Integration Disabled" is `destination.disabled`. Names of things nobody knows yet become `other.their_words`. */
export function canonicalAction(type: string): string {
  const words = type
    .toLowerCase()
    .split(/[\s_]+/)
    .filter((word) => word !== '');
  const whole = wholes[words.join(' ')];
  if (whole && Object.hasOwn(wholes, words.join(' '))) return whole;
  for (let length = Math.min(longest, words.length - 1); length > 0; length--) {
    const start = words.slice(0, length).join(' ');
    const kind = Object.hasOwn(kinds, start) ? kinds[start] : kinds[singular(start)];
    if (kind && (Object.hasOwn(kinds, start) || Object.hasOwn(kinds, singular(start)))) {
      return `${kind}.${snake(words.slice(length))}`;
    }
  }
  return `other.${snake(words)}`;
}

const singular = (words: string): string => words.replace(/s$/, '');

function snake(words: readonly string[]): string {
  const text = words
    .map((word) => word.replace(/[^\p{L}\p{N}]+/gu, ''))
    .filter((word) => word !== '')
    .join('_');
  return Object.hasOwn(verbs, text) ? (verbs[text] as string) : text || 'happened';
}

/** The kind of a resource as providers write it: `integration` is a destination, `destination_filter` a filter. */
export function canonicalKind(type: string): string {
  const words = type
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .trim();
  if (Object.hasOwn(kinds, words)) return kinds[words] as string;
  const one = singular(words);
  return Object.hasOwn(kinds, one) ? (kinds[one] as string) : words.replaceAll(' ', '_') || 'other';
}
